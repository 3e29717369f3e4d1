//! Names of components that have a newer one. Rule: rules/otcl/deprecated-alias.yaml

use super::model;
use crate::check::Case;
use crate::components;
use crate::facts::collector::Component;
use crate::finding::Edit;
use crate::repo::Repo;

pub(super) fn check(component: &Component, case: &mut Case<'_>) {
    let (repo, kind) = (case.repo, component.kind());
    let row = components::find(component.section.key(), kind).filter(|row| row.name == kind);
    let Some((now, since)) = row.and_then(|row| Some((row.now?, row.renamed?))) else {
        return case.skip();
    };
    let own = repo.builds().has(component.section, kind);
    if !component.id.known || own || model::reaches(repo, component.document, since) != Some(true) {
        return;
    }
    let edits = edits(case, component, now);
    let flag = case
        .flag(component.id.span)
        .with("old", kind)
        .with("new", now)
        .with("since", format!("{}.{}", since.major, since.minor));
    if let Some(edits) = edits {
        flag.fix(true, format!("name it `{now}`"), edits);
    }
}

/// The new name wherever the old one stands; `None` where something else may go by the old one:
/// another layer, or a query for the collector's own metrics.
fn edits(case: &Case<'_>, component: &Component, now: &str) -> Option<Vec<Edit>> {
    let repo: &Repo = case.repo;
    let alone = model::in_all(repo, component.document, |set| set.documents.len() == 1);
    let id = component.id.text.as_str();
    let asked = case.model.queries().iter().any(|query| {
        let text = query.scalar.text.as_str();
        text.contains("otelcol_") && text.contains(id)
    });
    if alone && !asked { model::renamed(repo, component, now) } else { None }
}
