//! The four searches the standard asks for. Rule: rules/kiba/analysis-set-incomplete.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::query::{Form, LogQuery};
use crate::identify::Kind;
use crate::repo::Repo;
use crate::repo::logfields::Purpose;
use crate::repo::pillars::{Evidence, Part};
use std::collections::BTreeSet;

/// Stores of logs that keep anything else as well.
const ENGINES: &[&str] = &["Elasticsearch", "OpenSearch", "index-template"];

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    // What a program carries with it it asks itself.
    let carried =
        |query: &&LogQuery| repo.source(query.document.source).path.contains("src/main/resources/");
    let queries = || {
        let all = repo.facts.log_queries.iter();
        all.filter(|query| repo.stands(query.document)).filter(|query| !carried(query))
    };
    let found: BTreeSet<Purpose> = queries().flat_map(|query| query.purposes()).collect();
    let missing: Vec<&str> = Purpose::ALL
        .iter()
        .filter(|purpose| !found.contains(purpose))
        .map(|purpose| purpose.name())
        .collect();
    // Where logs are kept, they are to be searched. A search engine alone is a program's database.
    let own = || repo.evidence().iter().filter(|evidence| repo.stands(evidence.document));
    // Who looks at what a program keeps there sees no logs.
    let ships = own().any(|it| match it.part {
        Part::LogPipeline => true,
        Part::LogView => !is_database(repo),
        _ => false,
    });
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
    // Who keeps some of them has somebody who asks them of services. What one user did is asked of
    // anything, flows and firewalls too; and where none is kept here, a tool may keep them itself.
    let of_services = found.iter().any(|it| *it != Purpose::User);
    let searched = search.is_some() && of_services;
    let searched = searched && !repo.only_shows() && !repo.is_for_others();
    let flag = case.flag(anchor);
    let flag = if searched { flag } else { flag.at_most(Severity::Warning) };
    flag.with("missing", missing.join(", "));
}

/// Whether a program here keeps its own data in a search engine.
fn is_database(repo: &Repo) -> bool {
    let mut needed = repo.facts.manifests.iter().flat_map(|it| &it.dependencies);
    needed.any(|it| {
        let name = it.name.text.to_ascii_lowercase();
        !it.development
            && !it.indirect
            && !name.contains("log")
            && !name.contains("apm")
            && ["elasticsearch", "opensearch"].iter().any(|engine| name.contains(engine))
    })
}
