//! Monitoring without recording rules. Rule: rules/rule/recording-rules-missing.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::{Dialect, Document};
use crate::identify::Kind as Format;
use crate::lang::promql::ast::Kind;
use crate::repo::queries::Query;

pub(super) fn check(case: &mut Case<'_>) {
    let documents = &case.repo.facts.documents;
    let applicable = [Format::PrometheusConfig, Format::PrometheusRules];
    let Some(first) = case.first_standing(&applicable) else { return };
    let repo = case.repo;
    let kept = !repo.facts.recording_rules.is_empty() || repo.has_default_rules();
    if kept || documents.iter().any(could_hold_records) {
        return;
    }
    let computed = case.model.queries().iter().any(computes);
    let alone = repo.only_watches();
    let flag = case.miss(first.anchor);
    // What nothing asks for needs not be kept either.
    if !computed || alone {
        flag.at_most(Severity::Warning);
    }
}

/// Whether a query computes a rate or a quantile of what programs do, which a record would keep: not
/// one of hosts, or of the programs that watch.
fn computes(query: &Query<'_>) -> bool {
    const COMPUTES: &[&str] = &["histogram_quantile", "increase", "irate", "rate"];
    const WATCHING: &[&str] = &[
        "alertmanager_",
        "blackbox_",
        "cadvisor_",
        "container_",
        "go_",
        "grafana_",
        "kube_",
        "kubelet_",
        "loki_",
        "machine_",
        "node_",
        "process_",
        "prometheus_",
        "scrape_",
        "thanos_",
        "windows_",
    ];
    let computed = query.ast().all().any(|(_, node)| match &node.kind {
        Kind::Call(call) => call.function.is_some_and(|it| COMPUTES.contains(&it.name)),
        _ => false,
    });
    let watches = |name: &str| WATCHING.iter().any(|prefix| name.starts_with(prefix));
    computed && query.ast().selectors().any(|(_, it)| it.metric().is_none_or(|it| !watches(it)))
}

/// Rule documents that were not read, and specifications that records are generated from.
pub(super) fn could_hold_records(document: &Document) -> bool {
    let object = document.object.as_ref().map_or("", |object| object.kind.as_str());
    let rules = document.kind == Format::PrometheusRules || object == "PrometheusRule";
    let unread = document.masked
        || document.dialect == Some(Dialect::Loki)
        || !document.text_issues.is_empty();
    document.kind == Format::Slo || (rules && unread)
}
