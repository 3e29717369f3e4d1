//! Nothing of the business is measured. Rule: rules/xref/business-metric-missing.yaml

use crate::check::Case;
use crate::identify::Kind;
use crate::repo::classes::{self, Class};

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let documents = &repo.facts.documents;
    let first = [Kind::PrometheusRules, Kind::PrometheusConfig, Kind::Slo]
        .into_iter()
        .find_map(|kind| documents.iter().find(|it| it.kind == kind && repo.is_ours(it.id)));
    let Some(first) = first else { return case.skip() };
    // Code may define what nothing here uses yet.
    let unread = documents.iter().any(|document| document.masked || document.broken);
    if unread || repo.has_unread_code() {
        return;
    }
    let lexicon = case.model.lexicon();
    if repo.definitions().keys().any(|name| classes::is_business(name, lexicon)) {
        return;
    }
    if !case.model.classes().iter().any(|classes| classes.contains(Class::Business)) {
        case.flag(first.anchor);
    }
}
