//! Waivers whose last day is over. Rule: rules/waiv/expired.yaml

use crate::check::Case;
use crate::config::{Invalid, Waiver};

pub(super) fn check(waiver: &Waiver, case: &mut Case<'_>) {
    if let (Some(Invalid::Expired), Some(last)) = (&waiver.invalid, &waiver.expires) {
        case.flag(last.span).with("id", waiver.name()).with("last", &last.text);
    }
}
