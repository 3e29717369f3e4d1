//! Attestations that rest on another file than the signed one. Rule: rules/atte/link-changed.yaml

use crate::check::Case;
use crate::config::{Attestation, LinkState, Unsigned};

pub(super) fn check(attestation: &Attestation, case: &mut Case<'_>) {
    let Some(Unsigned::LinkChanged(number)) = attestation.unsigned else { return };
    let Some(link) = attestation.links.get(number) else { return };
    let fault = match link.state {
        LinkState::Missing => "is not there",
        _ => "is not what was signed",
    };
    let flag = case.flag(link.target.span).with("about", attestation.about());
    flag.with("target", &link.target.text).with("fault", fault);
}
