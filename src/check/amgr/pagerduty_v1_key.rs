//! The key of PagerDuty's first API. Rule: rules/amgr/pagerduty-v1-key.yaml

use crate::check::Case;
use crate::facts::alertmanager::Integration;

pub(super) fn check(integration: &Integration, case: &mut Case<'_>) {
    if integration.kind != "pagerduty" {
        return case.skip();
    }
    let key = ["service_key", "service_key_file"]
        .into_iter()
        .find_map(|key| integration.settings.key(key));
    if let Some(key) = key {
        case.flag(key.span).with("key", &key.text);
    }
}
