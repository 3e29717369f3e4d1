//! Declarations whose last day is over. Rule: rules/decl/expired.yaml

use crate::check::Case;
use crate::config::{Declaration, Refusal};

pub(super) fn check(declaration: &Declaration, case: &mut Case<'_>) {
    if let (Some(Refusal::Expired), Some(last)) = (&declaration.refusal, &declaration.expires) {
        case.flag(last.span).with("what", declaration.stated.text()).with("last", &last.text);
    }
}
