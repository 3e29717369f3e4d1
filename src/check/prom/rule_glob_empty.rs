//! A pattern no rule file fits. Rule: rules/prom/rule-glob-empty.yaml

use super::dangling;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::prometheus::PrometheusConfig;
use crate::facts::scalar::Scalar;
use crate::lang::path::folder;

pub(super) fn check(server: &PrometheusConfig, case: &mut Case<'_>) {
    let Some(entries) = dangling(server, case, true) else { return case.skip() };
    // A star before the last part is refused as a whole.
    let refused = |entry: &Scalar| folder(&entry.text).contains('*');
    for (entry, found) in entries.into_iter().filter(|(entry, _)| !refused(entry)) {
        let flag = case.flag(entry.span).with("entry", entry.text.clone());
        if !found.certain {
            // Where the path leads in the container is not shown here.
            flag.severity(Severity::Info);
        }
    }
}
