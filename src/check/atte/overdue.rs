//! Attestations whose last day is over. Rule: rules/atte/overdue.yaml

use crate::check::Case;
use crate::config::{Attestation, Unsigned};

pub(super) fn check(attestation: &Attestation, case: &mut Case<'_>) {
    if let (Some(Unsigned::Overdue), Some(last)) = (&attestation.unsigned, &attestation.valid_until)
    {
        case.flag(last.span).with("about", attestation.about()).with("last", &last.text);
    }
}
