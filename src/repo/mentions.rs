//! Names that some text of the repository mentions, whatever its format: recorded names in
//! expressions, dashboards, adapters and autoscalers; files in compositions and build files.

use super::Repo;
use crate::identify::Kind;
use crate::source::SourceId;
use std::collections::{BTreeMap, BTreeSet};

/// What the texts of a repository mention.
#[derive(Debug, Default)]
pub struct Mentions {
    records: BTreeSet<String>,
    files: BTreeSet<String>,
}

/// Endings of files that hold rules.
const ENDINGS: &[&str] = &[".yml", ".yaml", ".rules", ".json"];

impl Repo {
    /// Whether a recorded name stands somewhere else than where it is recorded. Tests of rules do
    /// not count.
    pub fn is_mentioned(&self, record: &str) -> bool {
        self.mentioned().records.contains(record)
    }

    /// Last parts of the paths that objects and compositions mention: what puts them where, only
    /// the programs that read those know.
    pub fn named_files(&self) -> &BTreeSet<String> {
        &self.mentioned().files
    }

    fn mentioned(&self) -> &Mentions {
        self.mentions.get_or_init(|| gather(self))
    }
}

fn gather(repo: &Repo) -> Mentions {
    let mut defined: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in &repo.facts.recording_rules {
        *defined.entry(&rule.name.text).or_default() += 1;
    }
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut files = BTreeSet::new();
    for (number, source) in repo.sources.iter().enumerate() {
        let id = SourceId(u32::try_from(number).unwrap_or(u32::MAX));
        let kinds = || repo.documents_in(id).iter().map(|document| document.kind);
        if !defined.is_empty() && !kinds().any(|kind| kind == Kind::PrometheusRuleTest) {
            for word in words(&source.text) {
                if let Some((name, _)) = defined.get_key_value(word) {
                    *seen.entry(name).or_default() += 1;
                }
            }
        }
        if kinds().any(|kind| {
            matches!(
                kind,
                Kind::Kubernetes | Kind::Terraform | Kind::Text | Kind::Dockerfile | Kind::EnvFile
            )
        }) {
            let parts = source.text.split(|c: char| c.is_whitespace() || "\"'=,:/[]()".contains(c));
            let rules = parts.filter(|part| ENDINGS.iter().any(|ending| part.ends_with(ending)));
            files.extend(rules.map(str::to_owned));
        }
    }
    let read = seen.into_iter().filter(|(name, count)| *count > defined[name]);
    Mentions { records: read.map(|(name, _)| name.to_owned()).collect(), files }
}

/// Runs of letters that can be a metric's name.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':')))
        .map(|word| word.trim_end_matches(':'))
        .filter(|word| !word.is_empty())
}
