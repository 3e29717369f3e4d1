//! Names that some text of the repository mentions, whatever its format: recorded names in
//! expressions, dashboards, adapters and autoscalers; files in compositions and build files.

use super::Repo;
use crate::identify::Kind;
use crate::lang::quick::QuickMap;
use crate::source::SourceId;
use rayon::prelude::*;
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

    pub(super) fn mentioned(&self) -> &Mentions {
        self.mentions.get_or_init(|| gather(self))
    }
}

fn gather(repo: &Repo) -> Mentions {
    let defined = Defined::of(repo);
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
    let read = seen.into_iter().filter(|(name, count)| *count > defined.names[name]);
    Mentions { records: read.map(|(name, _)| name.to_owned()).collect(), files }
}

/// Recorded names, and how often each is recorded.
struct Defined<'r> {
    names: QuickMap<&'r str, usize>,
    /// Which lengths they have, and which letters they begin with: most words need no more.
    lengths: Vec<bool>,
    letters: Vec<bool>,
}

impl<'r> Defined<'r> {
    fn of(repo: &'r Repo) -> Defined<'r> {
        let mut names: QuickMap<&str, usize> = QuickMap::default();
        let (mut lengths, mut letters) = (Vec::new(), vec![false; 256]);
        for rule in &repo.facts.recording_rules {
            let name = rule.name.text.as_str();
            *names.entry(name).or_default() += 1;
            if lengths.len() <= name.len() {
                lengths.resize(name.len() + 1, false);
            }
            lengths[name.len()] = true;
            if let Some(&first) = name.as_bytes().first() {
                letters[first as usize] = true;
            }
        }
        Defined { names, lengths, letters }
    }

    fn get(&self, word: &str) -> Option<&'r str> {
        let first = word.as_bytes().first()?;
        let may_be =
            self.letters[*first as usize] && self.lengths.get(word.len()).is_some_and(|has| *has);
        let (name, _) = may_be.then(|| self.names.get_key_value(word))??;
        Some(*name)
    }
}

/// Recorded names that a text holds, each as often as it does, and last parts of paths.
fn of_source<'r>(
    repo: &Repo,
    id: SourceId,
    text: &str,
    defined: &Defined<'r>,
) -> (Vec<&'r str>, Vec<String>) {
    let kinds = || repo.documents_in(id).iter().map(|document| document.kind);
    let mut names = Vec::new();
    if !defined.names.is_empty() && !kinds().any(|kind| kind == Kind::PrometheusRuleTest) {
        names.extend(words(text).filter_map(|word| defined.get(word)));
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
    /// One look at a table for each byte: all texts are read here.
    const PART: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 128 {
            let letter = byte as u8;
            table[byte] = letter.is_ascii_alphanumeric() || letter == b'_' || letter == b':';
            byte += 1;
        }
        table
    };
    let is_part = |byte: u8| PART[byte as usize];
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        at += bytes[at..].iter().position(|&byte| is_part(byte))?;
        let start = at;
        at += bytes[at..].iter().take_while(|&&byte| is_part(byte)).count();
        Some(text[start..at].trim_end_matches(':'))
    })
    .filter(|word| !word.is_empty())
}
