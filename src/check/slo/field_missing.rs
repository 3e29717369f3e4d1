//! Objectives without a part that makes one. Rule: rules/slo/field-missing.yaml

use crate::check::Case;
use crate::facts::slo::{Slo, SloDialect};

pub(super) fn check(slo: &Slo, case: &mut Case<'_>) {
    if slo.open || slo.index > 0 {
        return;
    }
    // Sloth and slo-generator take the window from a file of their own.
    let window = slo.window.is_some()
        || matches!(slo.dialect, SloDialect::Sloth | SloDialect::Generator)
        || slo.settings.keys().any(|key| key.contains("window") || key.contains("period"));
    let indicator = slo.indicator.is_some()
        || slo.settings.keys().any(|key| key.contains("query") || key.contains("sli"));
    let parts = [
        ("an objective", slo.objective.is_some()),
        ("a window", window),
        ("an indicator", indicator),
    ];
    let missing: Vec<&str> =
        parts.iter().filter(|(_, there)| !there).map(|(name, _)| *name).collect();
    if !missing.is_empty() {
        super::flag(case, slo, slo.anchor).with("missing", missing.join(" and "));
    }
}
