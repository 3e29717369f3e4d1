//! Objectives that nothing measures. Rule: rules/slo/sli-missing.yaml

use crate::check::Case;
use crate::facts::slo::Slo;

pub(super) fn check(slo: &Slo, case: &mut Case<'_>) {
    if slo.index > 0 || slo.open {
        return;
    }
    let Some(indicator) = &slo.indicator else {
        if !measures(slo) {
            super::flag(case, slo, slo.anchor).with("what", "has no indicator");
        }
        return;
    };
    let parts = || case.repo.facts.slo_parts.iter().filter(|part| part.kind == "SLI");
    let Some(name) = indicator.reference.as_ref().filter(|name| name.known) else { return };
    if parts().any(|part| !part.name.known || part.name.text == name.text) {
        return;
    }
    // Where no indicator is defined here at all, they stand elsewhere.
    if parts().next().is_some() {
        let what = format!("names the indicator `{}`, which is not defined here", name.text);
        super::flag(case, slo, name.span).with("what", what);
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
