//! Objectives that nobody is told about. Rule: rules/slo/slo-without-alert.yaml

use crate::check::Case;
use crate::facts::slo::{Generated, Slo};

pub(super) fn check<'a>(slo: &'a Slo, case: &mut Case<'a>) {
    if slo.index > 0 {
        return case.skip();
    }
    let off = match slo.alerting.generated {
        Generated::Yes | Generated::Partly | Generated::Unknown => return,
        Generated::Off => true,
        Generated::Never => false,
    };
    if slo.open || case.model.is_watched(slo) {
        return;
    }
    let (span, what) = match slo.alerting.off {
        Some(span) if off => (span, "its burn-rate alerts are turned off, and no other alert"),
        _ => (slo.anchor, "no alert"),
    };
    super::flag(case, slo, span).with("what", what);
}
