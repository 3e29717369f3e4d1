//! Names that some text of the repository mentions, whatever its format: recorded names in
//! expressions, dashboards, adapters and autoscalers; files in compositions and build files.

use super::Repo;
use crate::identify::Kind;
use crate::source::SourceId;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

    pub(super) fn mentioned(&self) -> &Mentions {
        self.mentions.get_or_init(|| gather(self))
    }
}

fn gather(repo: &Repo) -> Mentions {
    let mut defined: HashMap<&str, usize> = HashMap::new();
    for rule in &repo.facts.recording_rules {
        *defined.entry(&rule.name.text).or_default() += 1;
    }
    let found: Vec<(Vec<&str>, Vec<String>)> = repo
        .sources
        .par_iter()
        .enumerate()
        .map(|(number, source)| {
            let id = SourceId(u32::try_from(number).unwrap_or(u32::MAX));
            of_source(repo, id, &source.look(), &defined)
        })
        .collect();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut files = BTreeSet::new();
    for (names, paths) in found {
        for name in names {
            *seen.entry(name).or_default() += 1;
        }
        files.extend(paths);
    }
    let read = seen.into_iter().filter(|(name, count)| *count > defined[name]);
    Mentions { records: read.map(|(name, _)| name.to_owned()).collect(), files }
}

/// Recorded names that a text holds, each as often as it does, and last parts of paths.
fn of_source<'r>(
    repo: &Repo,
    id: SourceId,
    text: &str,
    defined: &HashMap<&'r str, usize>,
) -> (Vec<&'r str>, Vec<String>) {
    let kinds = || repo.documents_in(id).iter().map(|document| document.kind);
    let mut names = Vec::new();
    if !defined.is_empty() && !kinds().any(|kind| kind == Kind::PrometheusRuleTest) {
        let known = words(text).filter_map(|word| defined.get_key_value(word));
        names.extend(known.map(|(name, _)| *name));
    }
    let mut paths = Vec::new();
    if kinds().any(|kind| matches!(kind, Kind::Kubernetes | Kind::Terraform | Kind::Text)) {
        let parts = text.split(|c: char| c.is_whitespace() || "\"'=,:/[]()".contains(c));
        let named = parts.filter(|part| ENDINGS.iter().any(|ending| part.ends_with(ending)));
        paths.extend(named.map(str::to_owned));
    }
    (names, paths)
}

/// Runs of letters that can be a metric's name.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.as_bytes()
        .split(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':')))
        .filter_map(|word| std::str::from_utf8(word).ok())
        .map(|word| word.trim_end_matches(':'))
        .filter(|word| !word.is_empty())
}
