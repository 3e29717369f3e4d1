//! A credential in the code. Rule: rules/incd/secret-literal.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::check::amgr::credentials::is_stand_in;
use crate::facts::code::secrets::CodeSecret;

pub(super) fn check(secret: &CodeSecret, case: &mut Case<'_>) {
    if !secret.value.known {
        return;
    }
    let stands_in = is_stand_in(&secret.value.text);
    let flag = case.flag(secret.value.span);
    if stands_in {
        flag.severity(Severity::Warning);
    }
}
