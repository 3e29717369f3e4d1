//! Monitoring without a single objective. Rule: rules/slo/slo-config-missing.yaml

use crate::check::Case;
use crate::facts::Document;
use crate::identify::Kind;

pub(super) fn check(case: &mut Case<'_>) {
    let facts = &case.repo.facts;
    let applicable =
        [Kind::Strategy, Kind::PrometheusConfig, Kind::AlertmanagerConfig, Kind::PrometheusRules];
    let Some(first) = case.first_standing(&applicable) else { return };
    let exists = facts.documents.iter().any(|document| document.kind == Kind::Slo)
        || !facts.slos.is_empty()
        || !facts.slo_parts.is_empty();
    // Burn rates stand on objectives, wherever those are written.
    let burns = case.model.queries().iter().any(|query| {
        query.ast().selectors().any(|(_, it)| it.metric().is_some_and(is_burn))
            || query.record().is_some_and(|record| is_burn(&record.name.text))
    });
    if !exists && !burns && !facts.documents.iter().any(could_hold) {
        case.miss(first.anchor);
    }
}

fn is_burn(name: &str) -> bool {
    ["burnrate", "burn_rate", "error_budget", "slo:", "slo_"].iter().any(|it| name.contains(it))
}

/// A document that was not read to its end.
fn could_hold(document: &Document) -> bool {
    document.masked && document.kind == Kind::Kubernetes && document.broken
}
