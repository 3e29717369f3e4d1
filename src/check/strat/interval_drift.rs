//! A collection interval that no server scrapes at. Rule: rules/strat/interval-drift.yaml

use super::{milliseconds, servers};
use crate::check::Case;
use crate::facts::prometheus::ServerForm;
use crate::facts::strategy::Pillar;

/// What a server scrapes at without a setting: Prometheus, and its operator.
const DEFAULT_MS: i64 = 60_000;
const OPERATOR_DEFAULT_MS: i64 = 30_000;

pub(super) fn check(pillar: &Pillar, case: &mut Case<'_>) {
    let interval = pillar.settings.get("collection_interval");
    let Some(interval) = interval.filter(|_| pillar.name.text == "metrics") else {
        return case.skip();
    };
    let Some(wanted) = milliseconds(interval) else { return };
    let mut found = Vec::new();
    for server in servers(case) {
        let equal = match (&server.scrape_interval, server.form) {
            // A value filled in elsewhere may be equal.
            (Some(actual), _) => match milliseconds(actual) {
                Some(actual_ms) if actual_ms != wanted => {
                    found.push(actual.clone());
                    false
                }
                _ => true,
            },
            (None, _) if server.open => true,
            (None, ServerForm::Operator) => wanted == OPERATOR_DEFAULT_MS,
            (None, _) => wanted == DEFAULT_MS,
        };
        if equal {
            return;
        }
    }
    let Some(first) = found.first() else { return };
    let mut flag =
        case.flag(interval.span).with("value", &interval.text).with("actual", &first.text);
    for actual in &found {
        flag = flag.related(actual.span, format!("scraped every {} here", actual.text));
    }
}
