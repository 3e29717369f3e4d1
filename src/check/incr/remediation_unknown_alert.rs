//! A remediation for an alert that does not exist. Rule: rules/incr/remediation-unknown-alert.yaml

use super::{alerts, remediations};
use crate::check::Case;
use crate::config::World;
use crate::facts::code::AlertHandler;
use crate::finding::Edit;
use crate::lang::distance;

pub(super) fn check(handler: &AlertHandler, case: &mut Case<'_>) {
    let alerts = alerts(case);
    let maps = remediations(handler, &alerts);
    if maps.is_empty() || alerts.is_empty() || !case.repo.holds_all(World::Alerts) {
        return case.skip();
    }
    for key in maps.into_iter().flat_map(|map| &map.keys) {
        if alerts.contains_key(key.text.as_str()) {
            continue;
        }
        let near = alerts
            .keys()
            .filter_map(|name| Some((distance::within(&key.text, name, 2)?, *name)))
            .min();
        let hint =
            near.map_or_else(String::new, |(_, name)| format!(", but one is called `{name}`"));
        let raw = case.repo.text(key.span).to_owned();
        let flag = case.flag(key.span).with("alert", key.text.clone()).with("hint", hint);
        let Some((_, name)) = near else { continue };
        flag.related(alerts[name][0].name.span, "an alert with nearly this name").fix(
            false,
            format!("call it `{name}`"),
            vec![Edit { span: key.span, text: raw.replace(&key.text, name) }],
        );
    }
}
