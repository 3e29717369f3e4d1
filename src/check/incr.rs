//! INCR: what happens after an alert fires.

use super::{Builtin, Case};
use crate::facts::code::{AlertHandler, NameMap};
use crate::facts::rules::AlertRule;
use std::collections::BTreeMap;

mod automation_unwired;
mod escalation_single_step;
mod remediation_on_broken_alert;
mod remediation_unknown_alert;
mod severity_unmapped;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("INCR002", Builtin::AlertHandler(automation_unwired::check)),
    ("INCR003", Builtin::AlertHandler(remediation_unknown_alert::check)),
    ("INCR004", Builtin::AlertHandler(remediation_on_broken_alert::check)),
    ("INCR006", Builtin::AlertRule(severity_unmapped::check)),
    ("INCR012", Builtin::OnCall(escalation_single_step::check)),
];

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
