//! The four searches the standard asks for. Rule: rules/kiba/analysis-set-incomplete.yaml

use crate::check::Case;
use crate::facts::query::Form;
use crate::identify::Kind;
use crate::repo::logfields::Purpose;
use crate::repo::pillars::{Evidence, Part};
use std::collections::BTreeSet;

/// Stores of logs that keep anything else as well.
const ENGINES: &[&str] = &["Elasticsearch", "OpenSearch", "index-template"];

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let queries = || repo.facts.log_queries.iter().filter(|query| repo.stands(query.document));
    let found: BTreeSet<Purpose> = queries().flat_map(|query| query.purposes()).collect();
    let missing: Vec<&str> = Purpose::ALL
        .iter()
        .filter(|purpose| !found.contains(purpose))
        .map(|purpose| purpose.name())
        .collect();
    // Where logs are kept, they are to be searched. A search engine alone is a program's database.
    let own = || repo.evidence().iter().filter(|evidence| repo.stands(evidence.document));
    let ships = own().any(|it| matches!(it.part, Part::LogPipeline | Part::LogView));
    let keeps = |it: &&Evidence| {
        it.part == Part::LogStore && (ships || !ENGINES.contains(&it.what.as_str()))
    };
    let store = own().find(keeps);
    let view = repo
        .facts
        .documents
        .iter()
        .find(|document| document.kind == Kind::KibanaConfig && repo.stands(document.id));
    let search = queries().find(|query| query.form != Form::Panel);
    let anchor = search
        .map(|query| query.anchor)
        .or_else(|| store.map(|store| store.span))
        .or_else(|| view.map(|view| view.anchor));
    let Some(anchor) = anchor else { return case.skip() };
    if missing.is_empty() {
        return;
    }
    case.flag(anchor).with("missing", missing.join(", "));
}
