//! Content that Kibana does not import. Rule: rules/kiba/not-importable.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::Document;
use crate::facts::query::{Form, SavedObject};
use crate::identify::Kind;
use crate::lang::version::Version;
use crate::repo::runs;
use crate::source::Span;
use std::collections::BTreeSet;

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    match document.kind {
        Kind::LogQuery => wrapper(document, case),
        Kind::KibanaObjects => objects(document, case),
        _ => case.skip(),
    }
}

/// Searches inside a shape of somebody's own, in a file that says it is for Kibana.
fn wrapper(document: &Document, case: &mut Case<'_>) {
    let repo = case.repo;
    let queries = repo.of_document(&repo.facts.log_queries, document.id);
    let wrapped = queries.into_iter().any(|query| query.form == Form::Wrapped);
    let key = repo.text(document.anchor).trim_matches(['"', '\'']).to_ascii_lowercase();
    let path = repo.path(document.anchor).to_ascii_lowercase();
    let file = path.rsplit('/').next().unwrap_or_default();
    let presented = key.contains("kibana") || file.contains("kibana") || file.ends_with(".ndjson");
    if wrapped && presented {
        case.flag(document.anchor).with(
            "what",
            "is a shape of its own: neither an export of saved objects nor a search the store takes",
        );
    }
}

fn objects(document: &Document, case: &mut Case<'_>) {
    let repo = case.repo;
    let objects = repo.facts.saved_objects.iter();
    let objects: Vec<&SavedObject> =
        objects.filter(|object| object.document == document.id).collect();
    if let Some(first) = objects.iter().find(|object| object.old) {
        old(document, first.anchor, case);
    }
    for fault in objects.iter().flat_map(|object| &object.faults) {
        case.flag(fault.span).with("what", &fault.message);
    }
    // A file of one object is brought together with others by something else.
    if objects.len() < 2 {
        return;
    }
    let here: BTreeSet<(&str, &str)> = repo
        .facts
        .saved_objects
        .iter()
        .filter_map(|object| Some((&*object.kind.as_ref()?.text, &*object.id.as_ref()?.text)))
        .collect();
    let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (kind, id) in objects.iter().flat_map(|object| &object.references) {
        let key = (kind.text.as_str(), id.text.as_str());
        let data = matches!(key.0, "index-pattern" | "data-view");
        // Data views that the programs themselves bring: `logs-*`, `filebeat-*`.
        let brought = data && (key.1.ends_with('*') || key.1.contains("security-solution"));
        let kinds = ["tag", "action", "alert", "epm-packages", "ingest-outputs"];
        let known = brought || kinds.contains(&key.0) || !kind.known || !id.known;
        if known || here.contains(&key) || !told.insert(key) {
            continue;
        }
        if repo.makes_object(key.1) {
            continue;
        }
        let what = format!("names {} `{}`, which is in no export here", key.0, key.1);
        case.flag(id.span).with("what", what);
    }
}

/// One list of all objects, as releases before 7 wrote it.
fn old(document: &Document, anchor: Span, case: &mut Case<'_>) {
    let releases = case.repo.releases(document.id, runs::KIBANA);
    let severity = match releases.reach(Version::new(8, 0, 0)) {
        Some(true) => Severity::Warning,
        Some(false) => return,
        None => Severity::Info,
    };
    case.flag(anchor)
        .with("what", "is of an export that Kibana 8.0 and later do not import")
        .severity(severity);
}
