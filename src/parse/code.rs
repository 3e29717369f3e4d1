//! Source code to a flat syntax tree that knows no language; never fails.
//!
//! The only module that knows tree-sitter. Nodes stand in the order of the text, so that a
//! subtree is a range and nothing that walks it has to recurse. To read one more language, add
//! it to [`Language`] and give it a reader in `facts/code/`.

use std::ops::Range;

/// A language that can be read.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum Language {
    /// C#.
    Csharp,
    /// Go.
    Go,
    /// Java.
    Java,
    /// JavaScript.
    Javascript,
    /// Python.
    Python,
    /// Rust.
    Rust,
    /// TypeScript.
    Typescript,
    /// TypeScript with elements of pages.
    Tsx,
}

/// Deepest nesting of brackets or blocks that is given to a parser.
const MAX_DEPTH: usize = 500;

/// One node.
#[derive(Clone, Copy, Debug)]
pub struct Syntax {
    /// Its kind in the grammar; of an operator or a keyword, its text.
    pub kind: &'static str,
    /// The field of its parent that it fills.
    pub field: &'static str,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// The node above it; its own number at the root.
    pub parent: u32,
    /// One past the last node below it.
    pub last: u32,
    /// It is no operator and no keyword.
    pub named: bool,
}

/// A file's syntax.
#[derive(Debug, Default)]
pub struct Code<'a> {
    /// The text.
    pub text: &'a str,
    /// All nodes, parents before children.
    pub nodes: Vec<Syntax>,
    /// Where the text could not be understood, statements around it included; ascending.
    pub faults: Vec<Range<u32>>,
    /// Comments; ascending.
    pub comments: Vec<Range<u32>>,
}

/// Reads `text`; `None` where it nests too deep, or the language was left out of this build.
pub fn parse(language: Language, text: &str) -> Option<Code<'_>> {
    if is_too_deep(text) {
        return None;
    }
    grammar::parse(language, text)
}

/// Whether this build reads a language.
pub fn reads(language: Language) -> bool {
    grammar::reads(language)
}

/// Whether brackets or blocks nest deeper than any parser may safely go.
fn is_too_deep(text: &str) -> bool {
    let mut depth = 0usize;
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    let mut indents: Vec<usize> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let indent = line.len() - line.trim_start().len();
        while indents.last().is_some_and(|&open| open >= indent) {
            indents.pop();
        }
        indents.push(indent);
        if indents.len() > MAX_DEPTH {
            return true;
        }
    }
    false
}

impl<'a> Code<'a> {
    /// The node with this number.
    pub fn node(&self, id: usize) -> &Syntax {
        &self.nodes[id]
    }

    /// The text of a node.
    pub fn text(&self, id: usize) -> &'a str {
        let node = &self.nodes[id];
        self.text.get(node.start as usize..node.end as usize).unwrap_or_default()
    }

    /// Numbers of all nodes of a kind.
    pub fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = usize> + '_ {
        (0..self.nodes.len()).filter(move |&id| self.nodes[id].kind == kind)
    }

    /// The nodes right below a node.
    pub fn children(&self, id: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.nodes[id].last as usize;
        let mut next = id + 1;
        std::iter::from_fn(move || {
            let at = next;
            (at < end).then(|| {
                next = self.nodes[at].last as usize;
                at
            })
        })
    }

    /// All nodes below a node.
    pub fn below(&self, id: usize) -> Range<usize> {
        id + 1..self.nodes[id].last as usize
    }

    /// The child that fills a field.
    pub fn field(&self, id: usize, field: &str) -> Option<usize> {
        self.children(id).find(|&child| self.nodes[child].field == field)
    }

    /// The node above.
    pub fn parent(&self, id: usize) -> Option<usize> {
        let parent = self.nodes[id].parent as usize;
        (parent != id).then_some(parent)
    }

    /// Whether a node stands in, or right beside, text that could not be understood.
    pub fn is_faulty(&self, id: usize) -> bool {
        let node = &self.nodes[id];
        let next = self.faults.partition_point(|fault| fault.end < node.start);
        self.faults.get(next).is_some_and(|fault| fault.start <= node.end)
    }
}

#[cfg(any(
    feature = "csharp",
    feature = "go",
    feature = "java",
    feature = "javascript",
    feature = "python",
    feature = "rust",
    feature = "typescript"
))]
mod grammar {
    use super::{Code, Language, Syntax};
    use std::ops::Range;
    use std::sync::OnceLock;

    pub(super) fn parse(language: Language, text: &str) -> Option<Code<'_>> {
        let mut parser = tree_sitter::Parser::new();
        let grammar = grammar(language)?;
        parser.set_language(grammar).ok()?;
        let tree = parser.parse(text, None)?;
        Some(flatten(text, &tree, grammar))
    }

    pub(super) fn reads(language: Language) -> bool {
        grammar(language).is_some()
    }

    macro_rules! grammars {
        ($($variant:ident, $feature:literal => $grammar:expr;)*) => {
            /// Made once: names of kinds and fields live as long as it does.
            fn grammar(language: Language) -> Option<&'static tree_sitter::Language> {
                match language {
                    $(
                        #[cfg(feature = $feature)]
                        Language::$variant => {
                            static MADE: OnceLock<tree_sitter::Language> = OnceLock::new();
                            Some(MADE.get_or_init(|| $grammar.into()))
                        }
                    )*
                    #[allow(unreachable_patterns, reason = "languages that were left out")]
                    _ => None,
                }
            }
        };
    }

    grammars! {
        Csharp, "csharp" => tree_sitter_c_sharp::LANGUAGE;
        Go, "go" => tree_sitter_go::LANGUAGE;
        Java, "java" => tree_sitter_java::LANGUAGE;
        Javascript, "javascript" => tree_sitter_javascript::LANGUAGE;
        Python, "python" => tree_sitter_python::LANGUAGE;
        Rust, "rust" => tree_sitter_rust::LANGUAGE;
        Typescript, "typescript" => tree_sitter_typescript::LANGUAGE_TYPESCRIPT;
        Tsx, "typescript" => tree_sitter_typescript::LANGUAGE_TSX;
    }

    /// Punctuation says nothing.
    fn is_kept(node: tree_sitter::Node<'_>) -> bool {
        node.is_named()
            || !matches!(node.kind(), "(" | ")" | "[" | "]" | "{" | "}" | "," | ":" | "." | ";")
    }

    fn is_comment(kind: &str) -> bool {
        matches!(kind, "comment" | "line_comment" | "block_comment" | "html_comment")
    }

    fn flatten<'a>(
        text: &'a str,
        tree: &tree_sitter::Tree,
        grammar: &'static tree_sitter::Language,
    ) -> Code<'a> {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut code = Code { text, nodes: Vec::new(), faults: Vec::new(), comments: Vec::new() };
        let mut cursor = tree.walk();
        // Nodes whose children are being read.
        let mut open: Vec<usize> = Vec::new();
        let mut faults = Vec::new();
        loop {
            let node = cursor.node();
            let own = number(node.start_byte())..number(node.end_byte());
            if node.is_error() || node.is_missing() {
                faults.push(tainted(&code, &open, own.clone()));
            }
            let comment = node.is_named() && is_comment(node.kind());
            if comment {
                code.comments.push(own.clone());
            }
            let kept = !comment && is_kept(node);
            let id = code.nodes.len();
            if kept {
                code.nodes.push(Syntax {
                    kind: grammar.node_kind_for_id(node.kind_id()).unwrap_or("ERROR"),
                    field: cursor
                        .field_id()
                        .and_then(|id| grammar.field_name_for_id(id.get()))
                        .unwrap_or_default(),
                    start: own.start,
                    end: own.end,
                    parent: number(open.last().copied().unwrap_or(id)),
                    last: number(id + 1),
                    named: node.is_named(),
                });
            }
            if kept && cursor.goto_first_child() {
                open.push(id);
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    faults.sort_by_key(|fault| (fault.start, fault.end));
                    code.faults = merged(faults);
                    return code;
                }
                if let Some(id) = open.pop() {
                    code.nodes[id].last = number(code.nodes.len());
                }
            }
        }
    }

    /// What a fault makes doubtful: the statement around it, unless that is a whole block.
    fn tainted(code: &Code<'_>, open: &[usize], own: Range<u32>) -> Range<u32> {
        let mut above = open.iter().rev().map(|&id| code.nodes[id]);
        let around = above.find(|above: &Syntax| {
            above.kind.ends_with("_statement")
                || above.kind.ends_with("_declaration")
                || above.kind == "decorator"
        });
        let whole = around.filter(|above| !has_block(above.kind));
        whole.map_or(own, |above| above.start..above.end)
    }

    fn has_block(kind: &str) -> bool {
        const PLAIN: &[&str] = &[
            "short_var_declaration",
            "var_declaration",
            "const_declaration",
            "let_declaration",
            "lexical_declaration",
            "variable_declaration",
            "local_variable_declaration",
            "field_declaration",
            "import_declaration",
            "use_declaration",
            "package_declaration",
        ];
        const BLOCKS: &[&str] = &[
            "if_statement",
            "for_statement",
            "for_in_statement",
            "foreach_statement",
            "enhanced_for_statement",
            "while_statement",
            "do_statement",
            "try_statement",
            "try_with_resources_statement",
            "with_statement",
            "using_statement",
            "lock_statement",
            "synchronized_statement",
            "match_statement",
            "switch_statement",
            "expression_switch_statement",
            "type_switch_statement",
            "select_statement",
            "labeled_statement",
            "export_statement",
            "local_function_statement",
            "unsafe_statement",
            "fixed_statement",
            "checked_statement",
        ];
        match kind.ends_with("_declaration") {
            true => !PLAIN.contains(&kind),
            false => BLOCKS.contains(&kind),
        }
    }

    fn merged(faults: Vec<Range<u32>>) -> Vec<Range<u32>> {
        let mut merged: Vec<Range<u32>> = Vec::new();
        for fault in faults {
            match merged.last_mut() {
                Some(last) if fault.start <= last.end => last.end = last.end.max(fault.end),
                _ => merged.push(fault),
            }
        }
        merged
    }
}

#[cfg(not(any(
    feature = "csharp",
    feature = "go",
    feature = "java",
    feature = "javascript",
    feature = "python",
    feature = "rust",
    feature = "typescript"
)))]
mod grammar {
    use super::{Code, Language};

    pub(super) fn parse(_language: Language, _text: &str) -> Option<Code<'_>> {
        None
    }

    pub(super) fn reads(_language: Language) -> bool {
        false
    }
}

#[cfg(all(test, feature = "python"))]
mod tests {
    use super::{Language, parse};

    #[test]
    fn a_subtree_is_a_range_and_a_fault_taints_its_statement_only() {
        let text = "a = f(1)\nb = (2\nc = 3 +\nd = 4\n";
        let Some(code) = parse(Language::Python, text) else { unreachable!("it nests little") };
        let call = code.of_kind("call").next().unwrap_or_else(|| unreachable!("a call"));
        assert_eq!(code.text(call), "f(1)");
        let below: Vec<_> = code.below(call).map(|id| code.text(id)).collect();
        assert_eq!(below, ["f", "(1)", "1"]);
        assert!(!code.is_faulty(call));
        let last = (0..code.nodes.len()).rfind(|&id| code.text(id) == "3");
        assert!(last.is_some_and(|id| code.is_faulty(id)));
    }

    #[test]
    fn what_nests_too_deep_is_not_parsed() {
        assert!(parse(Language::Python, &"(".repeat(100_000)).is_none());
        let blocks: String = (0..600).map(|n| format!("{}if x:\n", " ".repeat(n))).collect();
        assert!(parse(Language::Python, &blocks).is_none());
        let chain = format!("a = {}1\n", "1 + ".repeat(50_000));
        assert!(parse(Language::Python, &chain).is_some_and(|code| code.nodes.len() > 100_000));
    }
}
