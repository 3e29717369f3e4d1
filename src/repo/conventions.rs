//! Names of attributes: who still reads the old ones, and whether both are sent.

use super::Repo;
use crate::semconv;
use aho_corasick::AhoCorasick;
use std::collections::BTreeSet;

impl Repo {
    /// Whether programs are told to send attributes under their old and their current names.
    pub fn sends_both_names(&self) -> bool {
        self.facts.otel_variables.iter().any(|variable| {
            variable.name.text == "OTEL_SEMCONV_STABILITY_OPT_IN"
                && variable.value.text.contains("/dup")
        })
    }

    /// Whether something but code reads an attribute that was renamed: a dashboard, a rule, a
    /// pipeline; also as the label that Prometheus makes of it.
    pub fn reads_attribute(&self, old: &str) -> bool {
        self.read_attributes.get_or_init(|| read_attributes(self)).contains(old)
    }
}

fn read_attributes(repo: &Repo) -> BTreeSet<&'static str> {
    let names: Vec<&'static str> = semconv::renames().collect();
    let labels = names.iter().map(|name| name.replace('.', "_"));
    let patterns: Vec<String> = names.iter().map(|name| (*name).to_owned()).chain(labels).collect();
    let Ok(finder) = AhoCorasick::new(&patterns) else { return names.into_iter().collect() };
    let mut found = BTreeSet::new();
    for (number, source) in repo.sources.iter().enumerate() {
        let id = crate::source::SourceId(u32::try_from(number).unwrap_or(u32::MAX));
        let documents = repo.documents_in(id);
        if documents.is_empty() || documents.iter().any(|document| document.kind.is_code()) {
            continue;
        }
        let text = source.look();
        let hits = finder.find_overlapping_iter(text.as_ref());
        found.extend(hits.map(|hit| names[hit.pattern().as_usize() % names.len()]));
    }
    found
}
