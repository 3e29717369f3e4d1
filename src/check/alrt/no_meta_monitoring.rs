//! Nothing watches the watchers. Rule: rules/alrt/no-meta-monitoring.yaml

use super::coverage_gap::could_hold_alerts;
use crate::check::Case;
use crate::facts::rules::AlertRule;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let own = |alert: &&AlertRule| repo.is_ours(alert.document);
    let Some(first) = repo.facts.alert_rules.iter().filter(own).map(|it| it.document).min() else {
        return case.skip();
    };
    // Its own rules watch the server and the Alertmanager, and have a watchdog.
    let stack = |name: &str| name == "kube-prometheus-stack";
    if repo.facts.packages.iter().any(|package| stack(&package.name.text)) {
        return;
    }
    let hosted = repo.declared_managed("alertmanager").is_some();
    if hosted || repo.facts.documents.iter().any(could_hold_alerts) {
        return;
    }
    if case.model.meta_alerts().next().is_none() {
        case.flag(repo.document(first).anchor);
    }
}
