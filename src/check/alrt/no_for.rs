//! A critical alert on a single sample. Rule: rules/alrt/no-for.yaml
//!
//! Reads the expression by its letters: only a plain selector of a gauge compared with a
//! number is certain enough. Anything with a function, an aggregation or arithmetic is silent.

use crate::check::Case;
use crate::facts::rules::AlertRule;
use crate::lang::duration;

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    let critical = alert
        .label(&case.repo.settings.severity_label)
        .and_then(|value| value.known_text())
        .is_some_and(|value| matches!(value, "critical" | "page"));
    let masked = case.document().is_some_and(|document| document.masked);
    let Some(expr) =
        alert.expr.as_ref().map(|expr| &expr.scalar).filter(|expr| expr.known && critical)
    else {
        return case.skip();
    };
    let waits = match &alert.hold {
        None => masked,
        Some(hold) => hold.known_text().and_then(duration::prometheus) != Some(0),
    };
    if let Some(metric) = gauge_threshold(&expr.text).filter(|_| !waits) {
        case.flag(alert.name.span).with("metric", metric);
    }
}

/// The metric of `metric{…} <op> number`, if its name speaks for a gauge.
fn gauge_threshold(expr: &str) -> Option<&str> {
    let expr = expr.trim();
    if expr.contains('#') || expr.contains("${") || expr.contains("{{") {
        return None;
    }
    let name_end = expr.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':')?;
    let (metric, rest) = expr.split_at(name_end);
    let mut rest = rest.trim_start();
    if let Some(body) = rest.strip_prefix('{') {
        rest = body[closing_brace(body)? + 1..].trim_start();
    }
    let op = ["==", "!=", ">=", "<=", ">", "<"].into_iter().find(|op| rest.starts_with(op))?;
    rest[op.len()..].trim().parse::<f64>().ok()?;
    let starts = metric.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == ':');
    let counter = ["_total", "_count", "_sum", "_bucket", "_created"]
        .into_iter()
        .any(|ending| metric.ends_with(ending));
    // Expiry dates and ages move slowly, and a recorded name says nothing of its kind.
    let slow =
        ["expir", "not_after", "timestamp", "_time", "_age", "days", "ALERTS", "absent", ":"]
            .into_iter()
            .any(|part| metric.contains(part));
    (starts && !counter && !slow).then_some(metric)
}

fn closing_brace(body: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '}') => return Some(at),
            _ => {}
        }
    }
    None
}
