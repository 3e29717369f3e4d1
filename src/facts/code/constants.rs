//! Constants that other files may name, in every language.
//!
//! They are read from lines alone: a file of constants holds nothing that it would be parsed for.
//! Only a text that is certainly never another one is kept.

mod classes;
mod python;
mod script;

use super::CodeText;
use super::file::File;
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::identify::Kind;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind};

/// Longest text that is kept.
const MAX_TEXT: usize = 80;
/// Most constants of one file.
const MAX_CONSTANTS: usize = 2000;

/// A constant that is a short text.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Constant {
    /// The file.
    pub document: DocumentId,
    /// Its name, behind those of the classes and modules it stands in: `Labels.METHOD`.
    pub name: String,
    /// The text.
    pub value: String,
}

/// Constants as they are found; a name that is set to something else stands for nothing.
type Found = Vec<(String, Option<String>)>;

/// What was found, for tests: `NAME=text`, and `NAME=` where it stands for nothing.
#[cfg(test)]
fn shown(found: Found) -> Vec<String> {
    let one =
        |(name, text): (String, Option<String>)| format!("{name}={}", text.unwrap_or_default());
    found.into_iter().map(one).collect()
}

/// Reads the constants of a file, outside of its functions.
pub(super) fn scan(code: CodeText<'_>, facts: &mut FileFacts) {
    let mut found = match code.kind {
        Kind::Go => go(code.text),
        Kind::Python => python::read(code.text),
        Kind::Java | Kind::Csharp => classes::of_classes(code.text),
        Kind::Rust => classes::of_modules(code.text),
        Kind::Javascript | Kind::Typescript => script::read(code.text),
        _ => return,
    };
    found.truncate(MAX_CONSTANTS);
    found.sort();
    for same in found.chunk_by(|one, other| one.0 == other.0) {
        if let [(name, Some(value))] = same {
            let (name, value) = (name.clone(), value.clone());
            facts.constants.push(Constant { document: code.document, name, value });
        }
    }
}

fn go(text: &str) -> Found {
    let mut found = Found::new();
    let mut block = false;
    for line in text.lines() {
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
        let Some((head, value)) = entry.split_once('=') else { continue };
        if let Some(name) = head.split_whitespace().next().filter(|name| is_word(name))
            && let Some(value) = whole_text(value)
        {
            found.push((name.to_owned(), Some(value.to_owned())));
        }
    }
    found
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_' || c == b'$')
}

/// The text that a value is: `"text";`, `'text' as const, // why`.
fn whole_text(value: &str) -> Option<&str> {
    let value = value.trim();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (text, rest) = value[1..].split_once(quote)?;
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("as const").unwrap_or(rest).trim_start_matches([';', ',', ' ']);
    let plain = text.bytes().all(|c| c.is_ascii_alphanumeric() || b"_:.-/ {}<>".contains(&c));
    let whole = rest.is_empty() || ["//", "#", "/*"].iter().any(|it| rest.starts_with(it));
    (plain && whole && !text.is_empty() && text.len() <= MAX_TEXT).then_some(text)
}

/// How far a line is moved to the right.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

impl File<'_, '_> {
    /// The constant that an expression names, if other files may say what it is: an unknown text
    /// that holds its full name, until `repo/settled/constants.rs` knows better.
    pub(super) fn constant(&self, id: ExprId) -> Option<Scalar> {
        // `{ [USER]: user }`
        let id = match self.unit.expr(id) {
            ExprKind::Other(inner) if inner.len() == 1 => inner[0],
            _ => id,
        };
        let id = self.names.resolved(id);
        let mut root = id;
        while let ExprKind::Member { of, .. } = self.unit.expr(root) {
            root = *of;
        }
        let path = self.names.path(id).filter(|path| !path.contains(['(', '<', '[', '#']))?;
        let named = match self.unit.expr(root) {
            // `require("./names").TOTAL`
            ExprKind::Module(_) => root != id,
            ExprKind::Name("self" | "this") => false,
            ExprKind::Name(name) => {
                // What the function around sets or is given is no constant.
                let local = self.names.owner(self.unit.function_of(root), name);
                let required = || root != id && path.starts_with('.');
                let elsewhere = !matches!(self.unit.language, Language::Python | Language::Rust);
                (local.is_none() || required()) && (elsewhere || root != id || path != *name)
            }
            _ => false,
        };
        named.then(|| Scalar { text: path, span: self.expr_span(id), known: false, plain: true })
    }

    /// The text that an expression is, or the constant of another file that it names.
    pub(super) fn named_text(&self, id: ExprId) -> Option<Scalar> {
        self.scalar(id).or_else(|| self.constant(id))
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, go, whole_text};

    #[test]
    fn a_text_alone_is_a_constant() {
        assert_eq!(whole_text(" \"b_c\""), Some("b_c"));
        assert_eq!(whole_text("'b' as const, // why"), Some("b"));
        for value in ["b", "\"b\" + c", "\"b\\n\"", "\"b", "\"\"", "f\"b\"", "\"b\", \"c\""] {
            assert_eq!(whole_text(value), None, "{value}");
        }
    }

    #[test]
    fn constants_of_go() {
        let text = "const A = \"a\"\nconst (\n\tB Kind = \"b\" // why\n\tC = D\n)\nvar E = \"e\"\n";
        let of = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
        assert_eq!(go(text), Found::from([of("A", "a"), of("B", "b")]));
    }
}
