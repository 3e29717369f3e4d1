//! Which files the entries of a list of pipelines take in.

use crate::facts::DocumentId;
use crate::facts::logstash::node::Entry;
use crate::lang::path::{folder, glob, join, last};
use crate::repo::Repo;
use crate::repo::paths::{Resolved, mounted};
use crate::repo::runs::LOGSTASH;
use std::collections::BTreeMap;

impl Repo {
    /// What the `path.config` of an entry leads to.
    pub fn config_of(&self, entry: &Entry) -> Resolved {
        let mut found = Resolved::default();
        let written = entry.settings.text("path.config");
        let Some(written) = written.filter(|_| !entry.settings.open) else { return found };
        for container in self.runs_with(entry.document, LOGSTASH) {
            if !self.belongs(container, entry.document) {
                continue;
            }
            for path in candidates(written) {
                found.take(mounted(self, container, &path));
            }
        }
        if found.is_empty() && !found.certain {
            found.add(beside(self, entry, written).into());
        }
        found.sort();
        found
    }

    /// The pipelines that each entry of a list takes in, by the number of the entry.
    pub(super) fn listed_pipelines(&self) -> Vec<Vec<DocumentId>> {
        let mut by_path: BTreeMap<&str, Vec<DocumentId>> = BTreeMap::new();
        for pipeline in &self.facts.logstash_pipelines {
            if self.document(pipeline.document).host.is_none() {
                let path = self.source(pipeline.document.source).path.as_str();
                by_path.entry(path).or_default().push(pipeline.document);
            }
        }
        let of = |entry: &Entry| {
            let found = self.config_of(entry);
            let files = found.files(self).filter_map(|file| by_path.get(file)).flatten();
            let documents = found.documents().filter(|id| self.pipeline(*id).is_some());
            files.copied().chain(documents).collect()
        };
        self.facts.logstash_entries.iter().map(of).collect()
    }
}

/// A path, and all that a folder of this name would hold.
fn candidates(written: &str) -> Vec<String> {
    let bare = written.trim_end_matches('/');
    let mut all = vec![bare.to_owned()];
    if !last(bare).contains(['*', '?', '.', '{']) {
        all.push(format!("{bare}/*"));
    }
    // `{a,b}` is a choice.
    if let Some((before, rest)) = bare.split_once('{')
        && let Some((choices, after)) = rest.split_once('}')
    {
        all = choices.split(',').map(|one| format!("{before}{one}{after}")).collect();
    }
    all
}

/// Files beside the list, by the last parts of the path: nothing here says what is put where. By
/// their numbers among the paths.
fn beside(repo: &Repo, entry: &Entry, written: &str) -> Vec<u32> {
    let own = &repo.source(entry.document.source).path;
    let mut above = folder(own);
    loop {
        for path in candidates(written) {
            let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
            for from in 0..parts.len() {
                // A bare glob says nothing of where.
                let tail = parts[from..].join("/");
                if from + 1 == parts.len() && tail.starts_with('*') {
                    continue;
                }
                let Some(pattern) = join(above, &tail) else { continue };
                let fits = |known: &String| {
                    glob(&pattern, known) && known.as_str() != own && !known.ends_with(".yml")
                };
                let known = (0u32..).zip(&repo.paths).filter(|(_, known)| fits(known));
                let found: Vec<u32> = known.map(|(number, _)| number).collect();
                if !found.is_empty() {
                    return found;
                }
            }
        }
        if above.is_empty() {
            return Vec::new();
        }
        above = folder(above);
    }
}
