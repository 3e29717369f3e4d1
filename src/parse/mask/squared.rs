//! Templates of Go whose program sets `[[` and `]]` as their marks, often around texts of alerts that
//! keep `{{` and `}}`.

/// Words by which an action begins.
const WORDS: &[&str] = &[
    "block", "define", "else", "end", "if", "include", "index", "printf", "range", "template",
    "with",
];

/// Most bytes of an action.
const LONGEST: usize = 1024;

/// The text with the usual marks in place of square ones; `None` where there are none. Not one byte of
/// it stands elsewhere.
pub fn squared(text: &str) -> Option<String> {
    let mut found: Option<Vec<u8>> = None;
    let mut close = 0;
    for at in memchr::memmem::find_iter(text.as_bytes(), "[[") {
        // The next end is that of many beginnings, where lists lie in lists.
        if close < at + 2 {
            let rest = &text.as_bytes()[at + 2..];
            let Some(end) = memchr::memmem::find(rest, b"]]") else { break };
            close = at + 2 + end;
        }
        let body = &text.as_bytes()[at + 2..close];
        let short = body.len() <= LONGEST && !body.contains(&b'\n');
        if !short || !is_action(&text[at + 2..close]) {
            continue;
        }
        let bytes = found.get_or_insert_with(|| text.as_bytes().to_vec());
        bytes[at..at + 2].copy_from_slice(b"{{");
        bytes[close..close + 2].copy_from_slice(b"}}");
    }
    String::from_utf8(found?).ok()
}

/// Whether what stands between the marks is an action: `.Name`, `- range .Rules`. Lists in lists, tests
/// of a shell and classes of characters are none.
fn is_action(body: &str) -> bool {
    let inner = body.strip_prefix("- ").unwrap_or(body);
    let inner = inner.strip_suffix(" -").unwrap_or(inner).trim();
    let word = inner.split([' ', '(']).next().unwrap_or_default();
    let field = |word: &str| {
        word.strip_prefix('.').is_some_and(|name| {
            name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
                && !name.ends_with('.')
        })
    };
    // A test of a shell has a space before its variable.
    let variable = inner.strip_prefix('$').is_some_and(|rest| {
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        field(rest) || rest.is_empty() && body.starts_with('$')
    });
    field(word) || variable || WORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::squared;

    #[test]
    fn only_actions_are_taken() {
        let of = |text: &str| squared(text);
        assert_eq!(of("wait: [[.Wait]]").as_deref(), Some("wait: {{.Wait}}"));
        assert_eq!(of("[[- range .Rules ]]").as_deref(), Some("{{- range .Rules }}"));
        assert_eq!(of("[[- end -]]").as_deref(), Some("{{- end -}}"));
        assert_eq!(of("- [[$it.Type]]_x").as_deref(), Some("- {{$it.Type}}_x"));
        assert_eq!(of("[[.A]] [[ x").as_deref(), Some("{{.A}} [[ x"));
        assert_eq!(of("[[ [[.A]]").as_deref(), Some("[[ {{.A}}"));
        for text in [
            "a: [[1, 2]]",
            "a: [[-1, .5]]",
            "if [[ $a == b ]]; then",
            "[[ -f x ]]",
            "[[.hyphen.]]",
            "[[:alpha:]]",
            "[[a, b]]",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
