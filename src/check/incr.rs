//! INCR: what happens after an alert fires.

use super::{Builtin, Case, refusal};
use crate::facts::alertmanager::AlertmanagerConfig;
use crate::facts::code::{AlertHandler, NameMap};
use crate::facts::rules::AlertRule;
use crate::source::{Origin, Span};
use std::collections::BTreeMap;

mod automation_missing;
mod automation_unwired;
mod escalation_single_step;
mod on_call_missing;
mod remediation_on_broken_alert;
mod remediation_unknown_alert;
mod response_plan_missing;
mod runbook_orphan;
mod runbook_thin;
mod severity_unmapped;
mod team_without_schedule;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("INCR001", Builtin::Repository(automation_missing::check)),
    ("INCR002", Builtin::AlertHandler(automation_unwired::check)),
    ("INCR003", Builtin::AlertHandler(remediation_unknown_alert::check)),
    ("INCR004", Builtin::AlertHandler(remediation_on_broken_alert::check)),
    ("INCR006", Builtin::AlertRule(severity_unmapped::check)),
    ("INCR010", Builtin::Repository(on_call_missing::check)),
    ("INCR011", Builtin::AlertRule(team_without_schedule::check)),
    ("INCR012", Builtin::OnCall(escalation_single_step::check)),
    ("INCR020", Builtin::Page(runbook_thin::check)),
    ("INCR021", Builtin::Repository(runbook_orphan::check)),
    ("INCR022", Builtin::Repository(response_plan_missing::check)),
];

pub(super) use automation_missing::check as automation_missing;

/// Where alerts are sent on here: the first Alertmanager of the repository's own.
fn alerting_here(case: &Case<'_>) -> Option<Span> {
    let repo = case.repo;
    let own = |config: &&AlertmanagerConfig| {
        !repo.is_rehearsal(config.document)
            && repo.origin(config.document.source) == Origin::Own
            && refusal::is_read(repo.document(config.document))
    };
    repo.facts.alertmanagers.iter().find(own).map(|config| config.anchor)
}

/// Alerts by name.
type Alerts<'r> = BTreeMap<&'r str, Vec<&'r AlertRule>>;

fn alerts<'r>(case: &Case<'r>) -> Alerts<'r> {
    let mut alerts = Alerts::new();
    let repo = case.repo;
    for alert in repo.facts.alert_rules.iter().filter(|alert| alert.name.known) {
        alerts.entry(alert.name.text.as_str()).or_default().push(alert);
    }
    alerts
}

/// The maps of a handler whose keys are names of alerts: it looks alerts up in them, or one of
/// the names is an alert's.
fn remediations<'h>(handler: &'h AlertHandler, alerts: &Alerts<'_>) -> Vec<&'h NameMap> {
    let real = |map: &&NameMap| {
        map.looked_up || map.keys.iter().any(|key| alerts.contains_key(key.text.as_str()))
    };
    handler.alerts.iter().filter(real).collect()
}
