//! TOML to a [`Tree`], with the spans of the document; never fails.

use super::tree::{Issue, IssueKind, Node, NodeId, NodeKind, Root, Style, Tree};
use super::yaml::Input;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Parses `input` as one document.
pub fn parse(input: &Input<'_>) -> Tree {
    let (table, errors) = DeTable::parse_recoverable(input.text);
    let tree = Tree::new(input.map.source(), input.text.len());
    let mut builder = Builder { input, tree };
    let root = builder.table(table.get_ref(), 0..input.text.len());
    let mut tree = builder.tree;
    // What follows the first fault is what the parser makes of it.
    let issues: Vec<Issue> = errors
        .first()
        .map(|error| {
            let range = shown(input.text, error.span().unwrap_or(0..0));
            Issue {
                kind: IssueKind::Syntax,
                span: input.map.span(range.start, range.end),
                message: error.message().to_owned(),
                first: None,
            }
        })
        .into_iter()
        .collect();
    let span = tree.node(root).span();
    tree.roots.push(Root { node: Some(root), span, broken: !issues.is_empty(), issues });
    tree
}

/// The place of a fault; a place between two letters becomes the word that follows.
fn shown(text: &str, range: Range<usize>) -> Range<usize> {
    if !text.get(range.clone()).unwrap_or_default().trim().is_empty() {
        return range;
    }
    let rest = text.get(range.start..).unwrap_or_default();
    let start = text.len() - rest.trim_start().len();
    let end = text[start..].find(char::is_whitespace).map_or(text.len(), |len| start + len);
    start..end
}

struct Builder<'a> {
    input: &'a Input<'a>,
    tree: Tree,
}

impl Builder<'_> {
    fn add(&mut self, kind: NodeKind, range: Range<usize>) -> NodeId {
        let span = self.input.map.span(range.start, range.end);
        let unknown =
            self.input.masked.iter().any(|it| it.start < range.end && range.start < it.end);
        let unknown = unknown && matches!(kind, NodeKind::Scalar { .. });
        let id = NodeId(u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX));
        self.tree.nodes.push(Node { kind, start: span.start, end: span.end, tag: 0, unknown });
        id
    }

    fn scalar(&mut self, text: &str, quoted: bool, range: Range<usize>) -> NodeId {
        let style = match (quoted, self.input.text.get(range.clone()).unwrap_or_default()) {
            (true, raw) if raw.starts_with('\'') => Style::Single,
            (true, _) => Style::Double,
            (false, _) => Style::Plain,
        };
        let text = self.tree.keep(text);
        self.add(NodeKind::Scalar { text, style }, range)
    }

    // The reader of TOML refuses deep nesting before this sees it.
    fn table(&mut self, table: &DeTable<'_>, range: Range<usize>) -> NodeId {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let pairs: Vec<NodeId> = entries
            .into_iter()
            .flat_map(|(key, value)| {
                let quoted = self.input.text[key.span()].starts_with(['"', '\'']);
                [self.scalar(key.get_ref(), quoted, key.span()), self.value(value)]
            })
            .collect();
        let kind = NodeKind::Mapping { first: self.next(), pairs: count(pairs.len() / 2) };
        self.tree.children.extend(pairs);
        self.add(kind, range)
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>) -> NodeId {
        let range = value.span();
        match value.get_ref() {
            DeValue::String(text) => self.scalar(text, true, range),
            DeValue::Table(table) => self.table(table, range),
            DeValue::Array(items) => {
                let items: Vec<NodeId> = items.iter().map(|item| self.value(item)).collect();
                let kind = NodeKind::Sequence { first: self.next(), items: count(items.len()) };
                self.tree.children.extend(items);
                self.add(kind, range)
            }
            _ => {
                let text = self.input.text.get(range.clone()).unwrap_or_default().to_owned();
                self.scalar(&text, false, range)
            }
        }
    }

    fn next(&self) -> u32 {
        count(self.tree.children.len())
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::parse::offsets::OffsetMap;
    use crate::parse::yaml::Input;
    use crate::source::SourceId;

    #[test]
    fn tables_have_the_spans_of_the_file() {
        let text = "# c\n[sources.a]\ntype = \"file\"\ninclude = [\"/x\", '/y']\n\n[sinks.b]\ntype = \"console\"\ntls.verify = false\n";
        let map = OffsetMap::slice(SourceId(0), 0);
        let tree = parse(&Input { text, map: &map, masked: &[] });
        let root = tree.documents().next().expect("a document");
        let kind = root.at(&["sources", "a", "type"]).expect("a type");
        assert_eq!((kind.scalar(), &text[kind.span().range()]), (Some("file"), "\"file\""));
        assert_eq!(root.at(&["sources", "a", "include"]).map(|list| list.items().len()), Some(2));
        let verify = root.at(&["sinks", "b", "tls", "verify"]);
        assert_eq!(verify.and_then(|node| node.scalar()), Some("false"));
        assert!(tree.roots[0].issues.is_empty());
    }

    #[test]
    fn a_fault_is_told_and_the_rest_is_read() {
        let map = OffsetMap::slice(SourceId(0), 0);
        for text in ["[a\nb = 1\n", "[a]\nb = \n[c]\nd = 1\n", "a = 1\na = 2\n", "= ="] {
            let tree = parse(&Input { text, map: &map, masked: &[] });
            assert!(!tree.roots[0].issues.is_empty(), "{text}");
        }
        let deep = format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000));
        let tree = parse(&Input { text: &deep, map: &map, masked: &[] });
        assert!(!tree.roots[0].issues.is_empty());
    }
}
