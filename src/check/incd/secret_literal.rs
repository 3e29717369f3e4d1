//! A credential in the code. Rule: rules/incd/secret-literal.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::check::amgr::credentials::is_stand_in;
use crate::facts::code::secrets::CodeSecret;

pub(super) fn check(secret: &CodeSecret, case: &mut Case<'_>) {
    // What is written into a template for somebody to fill in.
    if !secret.value.known || matches!(secret.value.text.as_str(), "REPLACE" | "REPLACE_ME") {
        return;
    }
    let stands_in = is_stand_in(&secret.value.text);
    let flag = case.flag(secret.value.span);
    if stands_in {
        flag.severity(Severity::Warning);
    }
}
