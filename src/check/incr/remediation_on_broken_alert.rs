//! Automation that acts on an alert that says nothing. Rule: rules/incr/remediation-on-broken-alert.yaml

use super::{alerts, remediations};
use crate::check::Case;
use crate::facts::code::AlertHandler;

/// Rules whose findings mean that the alert fires for nothing, or never.
const BROKEN: &[&str] = &["PQL001", "PQL015", "PQL016", "ALRT016", "ALRT017"];

pub(super) fn check(handler: &AlertHandler, case: &mut Case<'_>) {
    let alerts = alerts(case);
    let maps = remediations(handler, &alerts);
    if maps.is_empty() {
        return case.skip();
    }
    for key in maps.into_iter().flat_map(|map| &map.keys) {
        let named = alerts.get(key.text.as_str()).into_iter().flatten();
        let found = named.flat_map(|alert| case.findings_on(alert, BROKEN)).next();
        if let Some(found) = found {
            let title = found.rule.title.to_lowercase();
            let flag = case.flag(key.span).with("alert", key.text.clone()).with("fault", title);
            if let Some(span) = found.span {
                flag.related(span, format!("{}: {}", found.rule.code, found.message()));
            }
        }
    }
}
