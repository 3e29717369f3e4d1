//! Waivers that nobody stands for. Rule: rules/waiv/incomplete.yaml

use crate::check::Case;
use crate::config::{Invalid, Waiver};
use crate::facts::Subject;

pub(super) fn check(waiver: &Waiver, case: &mut Case<'_>) {
    if let Some(Invalid::Incomplete(missing)) = &waiver.invalid {
        let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
        case.flag(waiver.anchor()).with("id", waiver.name()).with("missing", names.join(", "));
    }
}
