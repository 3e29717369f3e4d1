//! Targets that may rename themselves. Rule: rules/prom/honor-labels.yaml

use crate::check::Case;
use crate::facts::prometheus::ScrapeJob;

/// What passes on the metrics of others, whose labels must win.
const PASS_ON: &[&str] = &[
    "federat",
    "pushgateway",
    "push-gateway",
    "kubelet",
    "cadvisor",
    "kube-state-metrics",
    "kubestatemetrics",
];

pub(super) fn check(job: &ScrapeJob, case: &mut Case<'_>) {
    let Some(value) = job.setting("honor_labels") else { return case.skip() };
    // A templated name may be any of them.
    if job.name.as_ref().is_some_and(|name| !name.known) {
        return;
    }
    if value.boolean() != Some(true) || job.speaks_of(PASS_ON) {
        return;
    }
    if case.repo.monitors_what_passes_on(job) {
        return;
    }
    let key = job.settings.key("honor_labels").map_or(value.span, |key| key.span);
    case.flag(key).with("job", job.label());
}
