//! An alert nobody owns. Rule: rules/alrt/owner-missing.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::rules::AlertRule;
use crate::facts::subject::Held;

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    let labels = &case.settings().owner_labels;
    if labels.iter().any(|label| !matches!(alert.label_held(label), Held::Nothing)) {
        return;
    }
    let vendored = ["runbook_url", "runbook"]
        .into_iter()
        .filter_map(|key| alert.annotations.get(key))
        .any(|runbook| is_upstream(&runbook.text));
    let names = labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(" nor ");
    let flag = case.flag(alert.name.span).with("labels", names);
    if vendored {
        flag.severity(Severity::Info);
    }
}

/// Runbooks of the mixins that everybody installs: such an alert was not written here.
fn is_upstream(runbook: &str) -> bool {
    const HOSTS: &[&str] = &[
        "runbooks.prometheus-operator.dev/",
        "runbooks.thanos.io/",
        "github.com/kubernetes-monitoring/",
        "github.com/prometheus-operator/",
        "github.com/openshift/runbooks/",
        "grafana.com/docs/",
        "etcd.io/",
    ];
    runbook.split("://").skip(1).any(|place| {
        HOSTS.iter().any(|host| place.starts_with(host))
            || (place.starts_with("github.com/") && runbook.contains("mixin"))
    })
}
