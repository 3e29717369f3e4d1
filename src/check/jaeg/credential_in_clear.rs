//! Passwords of the store. Rule: rules/jaeg/credential-in-clear.yaml

use crate::check::Case;
use crate::facts::scalar::Credential;

pub(super) fn check(credential: &Credential, case: &mut Case<'_>) {
    if credential.program != "jaeger" {
        return case.skip();
    }
    let text = credential.value.text.trim();
    let gap = text.starts_with('<') && text.ends_with('>');
    if credential.value.known && !text.is_empty() && !gap {
        case.flag(credential.value.span).with("key", &credential.key.text);
    }
}
