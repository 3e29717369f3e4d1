//! Credentials written out. Rule: rules/otcl/credential-in-clear.yaml

use crate::check::Case;
use crate::facts::scalar::Credential;

pub(super) fn check(credential: &Credential, case: &mut Case<'_>) {
    if credential.program != "otel-collector" {
        return case.skip();
    }
    // Of the stores of a Jaeger its own rules speak.
    if credential.path.starts_with("extensions.jaeger_storage") {
        return;
    }
    if is_written_out(&credential.value.text) && credential.value.known {
        case.flag(credential.value.span);
    }
}

/// Whether a value is a credential itself, not where to find one.
fn is_written_out(text: &str) -> bool {
    let bare = text.trim();
    let words: Vec<&str> = bare.split_whitespace().collect();
    let scheme = |word: &&str| {
        ["basic", "bearer", "apikey", "api-key", "token"]
            .contains(&word.to_ascii_lowercase().as_str())
    };
    let rest: Vec<&&str> = words.iter().filter(|word| !scheme(word)).collect();
    // Paths, and the name of a header or context that is passed on.
    !rest.is_empty() && !bare.starts_with('/') && !matches!(bare, "true" | "false" | "null")
}
