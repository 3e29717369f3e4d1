//! Placeholders: text that something else fills in before the reader sees it.

use super::promql::HOLE;

/// Whether `text` holds a placeholder, so that nobody can know its value:
/// `${VAR}`, `$(VAR)`, `{{ … }}`, `{% … %}`, `<% … %>`, `%(x)s`, `ENC[…]`, `op://…`, `vault:…`,
/// or the gap of a variable that was taken out.
pub fn is_in(text: &str) -> bool {
    // Nearly every text holds none of the characters that every placeholder has.
    if !text
        .bytes()
        .any(|byte| matches!(byte, b'$' | b'{' | b'%' | b'<' | b'[' | b':' | b'_' | 0x1A))
    {
        return false;
    }
    let delimited = |open: &str, close: &str| {
        text.find(open).is_some_and(|at| text[at + open.len()..].contains(close))
    };
    // Expressions hold braces and brackets, and hardly ever one of these pairs.
    let opened = text
        .as_bytes()
        .windows(2)
        .any(|pair| matches!(pair, b"${" | b"$(" | b"{{" | b"{%" | b"<%" | b"C[" | b"%("));
    let filled = || {
        delimited("${", "}")
            || delimited("$(", ")")
            || delimited("{{", "}}")
            || delimited("{%", "%}")
            || delimited("<%", "%>")
            || delimited("ENC[", "]")
            || delimited("%(", ")s")
    };
    text.contains(HOLE)
        || (opened && filled())
        || text.starts_with("op://")
        || text.starts_with("vault:")
        || (text.starts_with("$") && is_variable(&text[1..]))
        || (text.starts_with("__") && text.ends_with("__") && text.len() > 4)
}

/// Whether `text` begins with a placeholder, so that it may become a mapping or a list.
pub fn opens(text: &str) -> bool {
    ["${", "$(", "{{", "{%", "<%", "%(", "ENC[", "op://", "vault:", "$", "__"]
        .iter()
        .any(|open| text.starts_with(open))
        && is_in(text)
}

/// `$NAME` alone, as `envsubst` replaces it.
fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::is_in;

    #[test]
    fn placeholders_are_seen_and_plain_text_is_not() {
        for text in [
            "${HOST}:9090",
            "{{ .Values.x }}",
            "%(name)s",
            "ENC[AES256,x]",
            "$TOKEN",
            "op://v/i",
            "__HOST__",
        ] {
            assert!(is_in(text), "{text}");
        }
        for text in ["30s", "$1:$2", "a{b}", "100%", "__meta_x", "$labels"] {
            assert!(!is_in(text), "{text}");
        }
    }
}
