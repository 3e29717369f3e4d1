//! Values somebody should have put in. Rule: rules/kiba/placeholder-left.yaml

use crate::check::Case;
use crate::check::amgr::credentials::{is_sample, is_stand_in};
use crate::facts::query::LogQuery;

pub(super) fn check(query: &LogQuery, case: &mut Case<'_>) {
    if is_sample(case.repo.path(query.anchor)) {
        return case.skip();
    }
    for used in &query.uses {
        for (text, range) in &used.values {
            let Some(value) = text.text.get(range.clone()).filter(|_| text.known) else { continue };
            if stands_in(value) {
                let field = used.field();
                let span = case.repo.place(text, range.clone());
                case.flag(span).with("value", value).with("field", field);
            }
        }
    }
}

/// `TRACE_ID_HERE`, `YOUR_USER`, `CHANGEME`, `<id>`.
fn stands_in(value: &str) -> bool {
    let upper = value.to_ascii_uppercase();
    let constant = value.chars().any(|c| c.is_ascii_uppercase())
        && value.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let here = ["_HERE", "-HERE", " HERE"].iter().any(|tail| upper.ends_with(tail));
    (here && (constant || upper.starts_with("YOUR") || upper.starts_with("PUT")))
        || (upper.starts_with("YOUR_") || upper.starts_with("YOUR-"))
        || (value.starts_with('<') && value.ends_with('>') && value.len() > 2)
        || (matches!(upper.as_str(), "CHANGEME" | "CHANGE_ME" | "REPLACE_ME" | "REPLACEME"))
        || (constant && is_stand_in(value))
}
