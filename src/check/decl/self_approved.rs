//! Declarations approved by their owner. Rule: rules/decl/self-approved.yaml

use crate::check::Case;
use crate::config::{Declaration, Refusal};

pub(super) fn check(declaration: &Declaration, case: &mut Case<'_>) {
    if let (Some(Refusal::SelfApproved), Some(approver)) =
        (&declaration.refusal, &declaration.approver)
    {
        let mut flag = case.flag(approver.span);
        flag = flag.with("what", declaration.stated.text()).with("who", &approver.text);
        if let Some(span) = declaration.owner.as_ref().and_then(|owner| owner.span) {
            flag.related(span, "the owner");
        }
    }
}
