//! Declarations that nobody stands for. Rule: rules/decl/incomplete.yaml

use crate::check::Case;
use crate::config::{Declaration, Refusal};

pub(super) fn check(declaration: &Declaration, case: &mut Case<'_>) {
    if let Some(Refusal::Incomplete(missing)) = &declaration.refusal {
        let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
        case.flag(declaration.key.span)
            .with("what", declaration.stated.text())
            .with("missing", names.join(", "));
    }
}
