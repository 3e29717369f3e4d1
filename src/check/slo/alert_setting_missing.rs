//! Objectives without an alert setting. Rule: rules/slo/alert-setting-missing.yaml

use crate::check::Case;
use crate::facts::slo::{Slo, SloDialect};

pub(super) fn check(slo: &Slo, case: &mut Case<'_>) {
    if slo.dialect != SloDialect::Standard {
        return case.skip();
    }
    let any = slo.settings.keys().any(|key| key.to_ascii_lowercase().contains("alert"));
    if slo.alerting.key.is_none() && !slo.open && !any {
        super::flag(case, slo, slo.anchor);
    }
}
