//! Attestations that nobody signed. Rule: rules/atte/incomplete.yaml

use crate::check::Case;
use crate::config::{Attestation, Unsigned};

pub(super) fn check(attestation: &Attestation, case: &mut Case<'_>) {
    if let Some(Unsigned::Incomplete(missing)) = &attestation.unsigned {
        let flag = case.flag(attestation.head.span).with("about", attestation.about());
        flag.with("missing", missing.join(", "));
    }
}
