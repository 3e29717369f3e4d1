//! Objectives that nothing measures. Rule: rules/slo/sli-missing.yaml

use crate::check::Case;
use crate::facts::slo::Slo;

pub(super) fn check(slo: &Slo, case: &mut Case<'_>) {
    if slo.index == 0 && slo.indicator.is_none() && !slo.open && !measures(slo) {
        super::flag(case, slo, slo.anchor);
    }
}

/// Whether a field of the entry names another way to measure: a log query, a vendor's indicator.
fn measures(slo: &Slo) -> bool {
    let words = ["query", "sli", "indicator", "metric", "source", "monitor"];
    slo.settings.open
        || slo.settings.entries.iter().any(|(key, value)| {
            let key = key.text.to_ascii_lowercase();
            words.iter().any(|word| key.contains(word)) && !(value.known && value.text.is_empty())
        })
}
