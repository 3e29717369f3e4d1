//! What a document is, from its content alone: also with a key misspelt or a line lost.

pub mod kind;
mod signature;

pub use kind::Kind;

use crate::parse::tree::NodeRef;

/// Whether `text` can hold a document of any kind: a literal search, so that most files are
/// never parsed.
pub fn is_candidate(text: &str) -> bool {
    signature::is_candidate(text)
}

/// The kind of a parsed document.
pub fn classify(root: NodeRef<'_>) -> Option<Kind> {
    signature::classify(&signature::Shape::of_node(root))
}

/// The kind of a document that does not parse, from the keys its lines begin with.
pub fn classify_text(text: &str) -> Option<Kind> {
    signature::classify(&signature::Shape::of_lines(text))
}

/// Endings of source code that is analysed or could hold annotations.
const CODE: &[&str] = &[
    "py", "go", "java", "js", "jsx", "mjs", "cjs", "ts", "tsx", "rs", "cs", "rb", "php", "kt",
    "scala", "c", "cc", "cpp", "h", "hpp", "swift", "css", "scss",
];

/// Whether a file is source code.
pub fn is_code(source: &crate::source::Source) -> bool {
    source.path.rsplit_once('.').is_some_and(|(_, ending)| CODE.contains(&ending))
}
