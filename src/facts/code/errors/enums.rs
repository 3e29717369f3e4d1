//! Rust: enums of errors whose texts are fixed, read from their lines.

use std::collections::BTreeSet;

/// Names of the enums whose every text is fixed, or holds only what could not be read.
pub(super) fn fixed(text: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for (at, word) in text.match_indices("enum ") {
        let rest = &text[at + word.len()..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        let head = text[..at].rsplit("\n\n").next().unwrap_or_default();
        let derives = head.contains("derive(") && head.contains("Error");
        let body = rest.split("\n}").next().unwrap_or(rest);
        if derives && !name.is_empty() && is_fixed(body) {
            found.insert(name);
        }
    }
    found
}

/// Whether the texts of an enum hold nothing of another error, unless that only says what could not
/// be read, and no text that is made elsewhere.
fn is_fixed(body: &str) -> bool {
    let mut messages = body.split("#[error(").skip(1).peekable();
    if messages.peek().is_none() || body.contains("transparent") {
        return false;
    }
    let shows = messages.any(|message| {
        let text = message.split(")]").next().unwrap_or(message);
        text.contains('{')
    });
    // Every other part between quotes is a text.
    let code: Vec<&str> = body.split('"').step_by(2).collect();
    let mut types = code.iter().flat_map(|part| {
        part.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
    });
    let open = |ty: &str| {
        let other = ty.ends_with("Error") && !ty.contains("Parse") && !ty.contains("Utf8");
        other || matches!(ty, "String" | "anyhow" | "Box" | "Report" | "str" | "Cow")
    };
    !shows || !types.any(open)
}
