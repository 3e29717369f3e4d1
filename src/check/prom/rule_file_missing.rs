//! A rule file that is not there. Rule: rules/prom/rule-file-missing.yaml

use super::dangling;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::prometheus::PrometheusConfig;

pub(super) fn check(server: &PrometheusConfig, case: &mut Case<'_>) {
    let Some(entries) = dangling(server, case, false) else { return case.skip() };
    for (entry, found) in entries {
        let flag = case.flag(entry.span).with("entry", entry.text.clone());
        if !found.certain {
            // Where the path leads in the container is not shown here.
            flag.severity(Severity::Info);
        }
    }
}
