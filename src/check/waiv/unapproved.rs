//! Waivers that nobody may have approved. Rule: rules/waiv/unapproved.yaml

use crate::check::Case;
use crate::config::{Invalid, Waiver};

pub(super) fn check(waiver: &Waiver, case: &mut Case<'_>) {
    let Some(approver) = &waiver.approver else { return };
    let fault = match &waiver.invalid {
        Some(Invalid::SelfApproved) => "is approved by its owner".to_owned(),
        Some(Invalid::NotListed) if case.repo.settings.approvers.is_empty() => {
            format!("is approved by {}, but the policy lists no approvers", approver.text)
        }
        Some(Invalid::NotListed) => {
            format!("is approved by {}, who is no approver of the policy", approver.text)
        }
        _ => return,
    };
    case.flag(approver.span).with("id", waiver.name()).with("fault", fault);
}
