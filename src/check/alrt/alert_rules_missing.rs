//! Monitoring without a single alert. Rule: rules/alrt/alert-rules-missing.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::{Dialect, Document};
use crate::identify::Kind;

pub(super) fn check(case: &mut Case<'_>) {
    let documents = &case.repo.facts.documents;
    let applicable =
        [Kind::PrometheusConfig, Kind::AlertmanagerConfig, Kind::PrometheusRules, Kind::Strategy];
    let Some(first) = case.first_standing(&applicable) else { return };
    if case.repo.facts.alert_rules.is_empty()
        && case.repo.facts.monitors.is_empty()
        && !case.repo.has_default_rules()
        && !documents.iter().any(could_hold_alerts)
    {
        // What only scrapes and sends on leaves alerts to whom it sends to.
        let mut servers = case.repo.own_servers().peekable();
        let sends = servers.peek().is_some() && servers.all(|it| case.repo.is_agent(it));
        let flag = case.miss(first.anchor);
        if sends {
            flag.at_most(Severity::Warning);
        }
    }
}

/// Documents with alerts that were not read, or that another program evaluates.
fn could_hold_alerts(document: &Document) -> bool {
    let object = document.object.as_ref().map_or("", |object| object.kind.as_str());
    let rules = document.kind == Kind::PrometheusRules || object == "PrometheusRule";
    let unread = document.masked
        || document.dialect == Some(Dialect::Loki)
        || !document.text_issues.is_empty()
        || !document.schema_issues.is_empty();
    document.kind == Kind::GrafanaProvisioning || (rules && unread)
}
