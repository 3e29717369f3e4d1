//! Waivers that end soon. Rule: rules/waiv/ending.yaml

use super::days;
use crate::check::Case;
use crate::config::Waiver;

pub(super) fn check(waiver: &Waiver, case: &mut Case<'_>) {
    if let (Some(left), Some(last)) = (waiver.days_left, &waiver.expires) {
        let flag = case.flag(last.span).with("id", waiver.name()).with("last", &last.text);
        flag.with("days", days(left));
    }
}
