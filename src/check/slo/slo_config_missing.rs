//! Monitoring without a single objective. Rule: rules/slo/slo-config-missing.yaml

use crate::catalogue::model::Severity;
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
    let budgets = facts.alert_rules.iter().any(|alert| is_of_objective(&alert.name.text))
        || facts.panels.iter().any(|panel| is_of_objective(&panel.name()));
    if exists || burns || budgets || facts.documents.iter().any(could_hold) {
        return;
    }
    // Where nothing runs but what watches, nothing here promises anything.
    let alone = case.repo.only_watches();
    let flag = case.miss(first.anchor);
    if alone {
        flag.at_most(Severity::Warning);
    }
}

/// Whether the name of an alert or of a panel speaks of an objective.
fn is_of_objective(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.to_ascii_lowercase();
    ["burnrate", "errorbudget", "servicelevelobjective"].iter().any(|it| plain.contains(it))
}

fn is_burn(name: &str) -> bool {
    ["burnrate", "burn_rate", "error_budget", "slo:", "slo_"].iter().any(|it| name.contains(it))
}

/// A document that was not read to its end.
fn could_hold(document: &Document) -> bool {
    document.masked && document.kind == Kind::Kubernetes && document.broken
}
