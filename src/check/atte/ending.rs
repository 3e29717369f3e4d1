//! Attestations that end soon. Rule: rules/atte/ending.yaml

use crate::check::Case;
use crate::check::waiv::days;
use crate::config::Attestation;

pub(super) fn check(attestation: &Attestation, case: &mut Case<'_>) {
    if let (Some(left), Some(last)) = (attestation.days_left, &attestation.valid_until) {
        let flag = case.flag(last.span).with("about", attestation.about());
        flag.with("last", &last.text).with("days", days(left));
    }
}
