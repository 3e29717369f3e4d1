//! Constants of Go that other files of a package, or other packages, may name.
//!
//! They are read from lines alone: a file of constants holds nothing that it would be parsed for.

use super::CodeText;
use crate::facts::{DocumentId, FileFacts};
use crate::identify::Kind;

/// Longest text that is kept.
const MAX_TEXT: usize = 80;

/// A constant that is a short text.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Constant {
    /// The file.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// The text.
    pub value: String,
}

/// Reads the constants of a file of Go, outside of its functions.
pub(super) fn scan(code: CodeText<'_>, facts: &mut FileFacts) {
    if code.kind != Kind::Go {
        return;
    }
    let mut block = false;
    for line in code.text.lines() {
        if block && line.starts_with(')') {
            block = false;
            continue;
        }
        let entry = match line.strip_prefix("const ") {
            Some(rest) if rest.trim() == "(" => {
                block = true;
                continue;
            }
            Some(rest) => rest,
            None if block => line,
            None => continue,
        };
        if let Some((name, value)) = constant(entry.trim()) {
            let (name, value) = (name.to_owned(), value.to_owned());
            facts.constants.push(Constant { document: code.document, name, value });
        }
    }
}

/// `name = "text"`, `name Type = "text" // why`.
fn constant(entry: &str) -> Option<(&str, &str)> {
    let (head, rest) = entry.split_once('=')?;
    let name = head.split_whitespace().next()?;
    let (value, rest) = rest.trim().strip_prefix('"')?.split_once('"')?;
    let rest = rest.trim_start();
    let is_word = |text: &str| text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
    let plain = value.bytes().all(|c| c.is_ascii_alphanumeric() || b"_:.-".contains(&c));
    let whole = rest.is_empty() || rest.starts_with("//");
    (is_word(name) && plain && whole && value.len() <= MAX_TEXT).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::constant;

    #[test]
    fn a_text_alone_is_a_constant() {
        assert_eq!(constant("a = \"b_c\""), Some(("a", "b_c")));
        assert_eq!(constant("a Name = \"b\" // why"), Some(("a", "b")));
        for entry in
            ["a = b", "a = \"b\" + c", "a, b = \"c\", \"d\"", "a = \"b c\"", "// a = \"b\""]
        {
            assert_eq!(constant(entry), None, "{entry}");
        }
    }
}
