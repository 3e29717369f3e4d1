//! Placeholders: text that something else fills in before the reader sees it.

use super::promql::HOLE;

/// Whether `text` holds a placeholder, so that nobody can know its value:
/// `${VAR}`, `$(VAR)`, `{{ … }}`, `{% … %}`, `<% … %>`, `%(x)s`, `ENC[…]`, `SECRET[…]` (Vector's),
/// `op://…`, `vault:…`, `ref+…` (of vals), `__HOST__`, `_HOST_`, `@@HOST@@`, `<HOST>`, `<<host>>`, or the gap of a
/// variable that was taken out.
pub fn is_in(text: &str) -> bool {
    let whole = match text.as_bytes().first() {
        Some(b'o') => text.starts_with("op://"),
        Some(b'v') => text.starts_with("vault:"),
        Some(b'r') => text.starts_with("ref+"),
        Some(b'$') => is_variable(&text[1..]),
        Some(b'_' | b'@') => is_underlined(text),
        Some(b'<') => is_angled(text),
        _ => false,
    };
    whole || holds_pair(text.as_bytes())
}

/// `<SCRAPE-INTERVAL>`: a word in capitals that an entry point replaces.
fn is_angled(text: &str) -> bool {
    if let Some(word) = text.strip_prefix("<<").and_then(|text| text.strip_suffix(">>")) {
        return !word.is_empty() && word.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
    }
    let inner = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
    inner.is_some_and(|word| {
        let capital =
            |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        word.len() > 2 && word.bytes().all(capital)
    })
}

/// `__host__` or `_HOST_`: a word that a script replaces.
fn is_underlined(text: &str) -> bool {
    let upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let framed = |mark: &str| text.starts_with(mark) && text.ends_with(mark) && text.len() > 4;
    framed("__")
        || framed("@@")
        || (text.len() > 4
            && text.starts_with('_')
            && text.ends_with('_')
            && text.bytes().all(upper))
}

/// What opens a placeholder and what closes it.
const PAIRS: [(&[u8], &[u8]); 8] = [
    (b"${", b"}"),
    (b"$(", b")"),
    (b"{{", b"}}"),
    (b"{%", b"%}"),
    (b"<%", b"%>"),
    (b"ENC[", b"]"),
    (b"SECRET[", b"]"),
    (b"%(", b")s"),
];

/// Bytes that a placeholder can begin with, and the gap.
const OPENING: [bool; 256] = {
    let mut table = [false; 256];
    let mut at = 0;
    while at < PAIRS.len() {
        table[PAIRS[at].0[0] as usize] = true;
        at += 1;
    }
    table[HOLE as usize] = true;
    table
};

/// Whether a text holds a gap, or a pair with anything between. One look at each byte: nearly
/// every text holds nothing of them.
fn holds_pair(text: &[u8]) -> bool {
    let mut unclosed = [false; PAIRS.len()];
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| OPENING[byte as usize]) {
        rest = &rest[at..];
        if rest[0] == HOLE as u8 {
            return true;
        }
        for (pair, (open, close)) in PAIRS.iter().enumerate() {
            let begins = rest[0] == open[0] && rest.starts_with(open);
            if begins && !unclosed[pair] && !is_pattern(rest) {
                if memchr::memmem::find(&rest[open.len()..], close).is_some() {
                    return true;
                }
                // What does not follow the first does not follow a later one.
                unclosed[pair] = true;
            }
        }
        rest = &rest[1..];
    }
    false
}

/// Whether `$(` is the end of a line and the start of a group: no name and no command begins so.
fn is_pattern(rest: &[u8]) -> bool {
    rest.starts_with(b"$(")
        && match rest.get(2..) {
            Some([b'?' | b'|' | b')' | b'^' | b'[' | b'*' | b'+' | b'\\', ..]) => true,
            Some([b'.', next, ..]) => *next != b'/',
            _ => false,
        }
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
            "<HOST-NAME>",
            "_STORE_TYPE_",
            "SECRET[files.key]",
            "$(hostname)",
            "$(./name.sh)",
        ] {
            assert!(is_in(text), "{text}");
        }
        for text in [
            "30s",
            "$1:$2",
            "a{b}",
            "100%",
            "__meta_x",
            "$labels",
            "_id_",
            "_grok_failure_",
            "^$|x$(?i)(a)",
            "^$(.*)",
        ] {
            assert!(!is_in(text), "{text}");
        }
    }
}
