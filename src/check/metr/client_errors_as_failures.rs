//! Mistakes of clients counted as failures. Rule: rules/metr/client-errors-as-failures.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::{MetricUse, ValueOrigin};
use crate::repo::classes::tokens;

/// Words of counters of failures.
const FAILURES: &[&str] = &["error", "errors", "failure", "failures", "failed", "fail"];
/// Words that say whose mistakes are counted.
const CLIENTS: &[&str] = &["client", "4xx", "bad", "rejected", "invalid", "denied"];
/// Labels that hold how a request ended.
const STATUSES: &[&str] = &[
    "status",
    "status_code",
    "code",
    "http_status",
    "http_status_code",
    "http_response_status_code",
    "http.response.status_code",
];

pub(super) fn check(one: &MetricUse, case: &mut Case<'_>) {
    let Some(test) = one.client_errors else { return case.skip() };
    let Some(metric) = case.repo.metric_of(one) else { return case.skip() };
    let words: Vec<String> = tokens(&metric.exposed);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if !has(FAILURES) {
        return case.skip();
    }
    let Some(labels) = &one.labels else { return };
    let apart = labels.iter().any(|label| {
        let class = |key: &str| key.contains("class") || key.contains("category");
        let key = label.key.as_ref().map_or("", |key| key.text.as_str());
        class(key)
            || label
                .text
                .as_deref()
                .is_some_and(|text| text.contains("4xx") || text.contains("client"))
    });
    let declared = metric.labels.iter().flatten().map(|label| label.text.as_str());
    let given = labels.iter().filter_map(|label| label.key.as_ref().map(|key| key.text.as_str()));
    let by_status = declared.chain(given).any(|key| STATUSES.contains(&key));
    let named = labels
        .iter()
        .any(|label| matches!(&label.origin, ValueOrigin::Named(name) if name.contains("class")));
    let of_http = words.iter().any(|word| {
        matches!(word.as_str(), "http" | "request" | "requests" | "response" | "responses")
    });
    if has(CLIENTS) || apart || named || (by_status && of_http) {
        return;
    }
    // By the status they can still be told apart, by whoever knows to ask.
    let severity = if by_status { Severity::Info } else { Severity::Warning };
    case.flag(test)
        .severity(severity)
        .with("metric", metric.name.text.clone())
        .related(one.method.span, "counted here")
        .related(metric.name.span, "the counter");
}
