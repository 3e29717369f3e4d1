//! HCL (Terraform, Packer, Terragrunt) to a [`Tree`]; never fails, goes on at the next line.
//!
//! The tree has the layout of Terraform's own JSON syntax, so that one reader serves both:
//!
//! - A block is a pair of its body: `resource "a" "b" { … }` is `resource: { a: { b: { … } } }`.
//!   At the top every block is a pair of its own, also where the key repeats. Inside a block the
//!   blocks of one name are one pair: the body, or a sequence of bodies where there are several.
//! - `dynamic "x" { content { … } }` is a body of `x` that is unknown: nobody knows how many.
//! - Literals, lists, objects and the arguments of `jsonencode(…)` and `yamlencode(…)` are what
//!   they say. Everything else is a plain scalar that holds its own text and is unknown, as is a
//!   string with `${…}` in it.
//! - A heredoc is a literal block from its `<<` to the end of its last line.

mod scan;

use super::tree::{Comment, Issue, IssueKind, Node, NodeId, NodeKind, Root, Style, Tree};
use super::yaml::Input;
use scan::{Scan, Stop};
use std::collections::BTreeMap;
use std::ops::Range;

/// Deepest nesting of blocks and collections that is read.
const MAX_DEPTH: usize = 150;
/// Most faults that one text is told about.
const MAX_ISSUES: usize = 20;

/// A tree, and where its text holds what only the program can fill in.
pub struct Parsed {
    /// The tree; one document.
    pub tree: Tree,
    /// `${…}` and `%{…}` in strings, as ranges of the text, ascending.
    pub unknown: Vec<Range<usize>>,
}

/// Parses `input` as one document.
pub fn parse(input: &Input<'_>) -> Parsed {
    let tree = Tree::new(input.map.source(), input.text.len());
    let mut parser = Parser { input, scan: Scan::new(input.text), tree, issues: Vec::new() };
    let root = parser.body(0, 0);
    parser.finish(root)
}

/// A key and its value.
type Pair = (NodeId, NodeId);

struct Parser<'a> {
    input: &'a Input<'a>,
    scan: Scan<'a>,
    tree: Tree,
    issues: Vec<Issue>,
}

impl Parser<'_> {
    fn finish(mut self, root: NodeId) -> Parsed {
        for range in std::mem::take(&mut self.scan.comments) {
            let line = self.input.text[..range.start].rfind('\n').map_or(0, |at| at + 1);
            let text = self.input.text[range.clone()].trim_start_matches(['#', '/', '*']);
            self.tree.comments.push(Comment {
                span: self.input.map.span(range.start, range.end),
                text: text.trim_end_matches("*/").into(),
                trailing: !self.input.text[line..range.start].trim().is_empty(),
            });
        }
        let broken = !self.issues.is_empty();
        let span = self.tree.node(root).span();
        let issues = std::mem::take(&mut self.issues);
        self.tree.roots.push(Root { node: Some(root), span, broken, issues });
        let mut unknown = std::mem::take(&mut self.scan.unknown);
        unknown.sort_by_key(|range| (range.start, range.end));
        unknown.dedup();
        Parsed { tree: self.tree, unknown }
    }

    fn add(&mut self, kind: NodeKind, range: Range<usize>, unknown: bool) -> NodeId {
        let span = self.input.map.span(range.start, range.end);
        let id = NodeId(u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX));
        self.tree.nodes.push(Node { kind, start: span.start, end: span.end, tag: 0, unknown });
        id
    }

    fn scalar(&mut self, text: &str, style: Style, range: Range<usize>, unknown: bool) -> NodeId {
        let text = self.tree.keep(text);
        self.add(NodeKind::Scalar { text, style }, range, unknown)
    }

    /// A scalar that holds its own text.
    fn raw(&mut self, range: Range<usize>, unknown: bool) -> NodeId {
        let text = self.input.text;
        self.scalar(&text[range.clone()], Style::Plain, range, unknown)
    }

    fn mapping(&mut self, pairs: &[Pair], range: Range<usize>) -> NodeId {
        let kind = NodeKind::Mapping {
            first: u32::try_from(self.tree.children.len()).unwrap_or(u32::MAX),
            pairs: u32::try_from(pairs.len()).unwrap_or(u32::MAX),
        };
        self.tree.children.extend(pairs.iter().flat_map(|&(key, value)| [key, value]));
        self.add(kind, range, false)
    }

    fn sequence(&mut self, items: &[NodeId], range: Range<usize>) -> NodeId {
        let kind = NodeKind::Sequence {
            first: u32::try_from(self.tree.children.len()).unwrap_or(u32::MAX),
            items: u32::try_from(items.len()).unwrap_or(u32::MAX),
        };
        self.tree.children.extend_from_slice(items);
        self.add(kind, range, false)
    }

    fn fault(&mut self, kind: IssueKind, at: usize, message: &str) {
        if self.issues.len() >= MAX_ISSUES {
            return;
        }
        let end = self.scan.word_end(at);
        let span = self.input.map.span(at, end);
        self.issues.push(Issue { kind, span, message: message.to_owned(), first: None });
    }

    /// Attributes and blocks up to the closing brace, or to the end of the text.
    fn body(&mut self, start: usize, depth: usize) -> NodeId {
        let mut pairs: Vec<Pair> = Vec::new();
        let mut blocks: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        loop {
            self.scan.blank(true);
            let at = self.scan.at;
            match self.scan.peek() {
                None if depth > 0 => {
                    self.fault(IssueKind::Syntax, start, "this block is not closed");
                    break;
                }
                None => break,
                Some(b'}') if depth > 0 => {
                    self.scan.at += 1;
                    break;
                }
                Some(_) => {}
            }
            match self.definition(depth) {
                Some((pair, Some(name))) if depth > 0 => {
                    blocks.entry(name).or_default().push(pairs.len());
                    pairs.push(pair);
                }
                Some((pair, _)) => pairs.push(pair),
                None => {
                    self.fault(IssueKind::Syntax, at, "neither an attribute nor a block");
                    self.scan.at = at;
                    self.scan.skip(Stop::Line);
                    // What stopped the reading is passed, whatever it is.
                    self.scan.at = self.scan.at.max(at + 1);
                    self.scan.align();
                }
            }
        }
        let pairs = self.grouped(pairs, blocks);
        self.mapping(&pairs, start..self.scan.at)
    }

    /// Joins the blocks of one name into a sequence.
    fn grouped(&mut self, pairs: Vec<Pair>, blocks: BTreeMap<String, Vec<usize>>) -> Vec<Pair> {
        let mut values: Vec<Option<NodeId>> = pairs.iter().map(|&(_, value)| Some(value)).collect();
        for places in blocks.into_values().filter(|places| places.len() > 1) {
            let bodies: Vec<NodeId> = places.iter().map(|&place| pairs[place].1).collect();
            let ends = [bodies[0], bodies[bodies.len() - 1]]
                .map(|id| self.input.map.local(self.tree.node(id).span()).unwrap_or_default());
            let open = bodies.iter().any(|&id| self.tree.node(id).is_unknown());
            let joined = self.sequence(&bodies, ends[0].start..ends[1].end);
            self.tree.nodes[joined.0 as usize].unknown = open;
            for &place in &places {
                values[place] = None;
            }
            values[places[0]] = Some(joined);
        }
        pairs
            .into_iter()
            .zip(values)
            .filter_map(|((key, _), value)| value.map(|value| (key, value)))
            .collect()
    }

    /// One attribute or block; a block comes with the name it is grouped by.
    fn definition(&mut self, depth: usize) -> Option<(Pair, Option<String>)> {
        let name = self.key()?;
        self.scan.blank(false);
        if self.scan.peek() == Some(b'=') && !self.scan.rest().starts_with("==") {
            self.scan.at += 1;
            let value = self.value(false, depth);
            return Some(((name, value), None));
        }
        let mut labels = Vec::new();
        while !matches!(self.scan.peek(), Some(b'{') | None) {
            labels.push(self.key()?);
            self.scan.blank(false);
        }
        let start = self.scan.at;
        if self.scan.peek() != Some(b'{') {
            return None;
        }
        let body = if depth < MAX_DEPTH {
            self.scan.at += 1;
            self.body(start, depth + 1)
        } else {
            self.too_deep(start)
        };
        Some(self.block(name, &labels, body))
    }

    /// A block as the pair it stands for.
    fn block(&mut self, name: NodeId, labels: &[NodeId], body: NodeId) -> (Pair, Option<String>) {
        let text = |parser: &Self, id| parser.tree.node(id).scalar().unwrap_or_default().to_owned();
        if let [label] = labels
            && text(self, name) == "dynamic"
            && let Some(content) = self.tree.node(body).get("content").map(|node| node.id())
        {
            self.tree.nodes[content.0 as usize].unknown = true;
            return ((*label, content), Some(text(self, *label)));
        }
        let mut value = body;
        for &label in labels.iter().rev() {
            let range = |id| self.input.map.local(self.tree.node(id).span()).unwrap_or_default();
            let range = range(label).start..range(value).end;
            value = self.mapping(&[(label, value)], range);
        }
        ((name, value), Some(text(self, name)))
    }

    fn too_deep(&mut self, start: usize) -> NodeId {
        self.fault(IssueKind::TooDeep, start, "nested deeper than anything reads");
        self.scan.skip(Stop::Line);
        self.raw(start..self.scan.at, true)
    }

    /// A name or a quoted string.
    fn key(&mut self) -> Option<NodeId> {
        let start = self.scan.at;
        if self.scan.peek() == Some(b'"') {
            let quoted = self.scan.quoted();
            return Some(self.scalar(
                &quoted.text,
                Style::Double,
                start..self.scan.at,
                quoted.open,
            ));
        }
        let end = self.scan.name_end(start);
        if end == start {
            return None;
        }
        self.scan.at = end;
        Some(self.raw(start..end, false))
    }

    /// An expression. `inside`: line breaks do not end it.
    fn value(&mut self, inside: bool, depth: usize) -> NodeId {
        self.scan.blank(inside);
        let start = self.scan.at;
        if depth >= MAX_DEPTH {
            return self.too_deep(start);
        }
        let marks = (self.scan.unknown.len(), self.scan.comments.len(), self.issues.len());
        if let Some(node) = self.literal(start, depth) {
            let end = self.scan.at;
            if self.scan.at_end(inside) {
                // What follows belongs to whoever asked.
                self.scan.at = end;
                return node;
            }
        }
        self.scan.at = start;
        self.scan.unknown.truncate(marks.0);
        self.scan.comments.truncate(marks.1);
        self.issues.truncate(marks.2);
        self.scan.skip(if inside { Stop::Item } else { Stop::Line });
        let end = start + self.input.text[start..self.scan.at].trim_end().len();
        if end == start {
            self.fault(IssueKind::Syntax, start, "a value is missing here");
        }
        self.raw(start..end, true)
    }

    /// What says its own value: a literal, or a collection.
    fn literal(&mut self, start: usize, depth: usize) -> Option<NodeId> {
        let rest = self.scan.rest();
        match self.scan.peek()? {
            b'"' => {
                let quoted = self.scan.quoted();
                let range = start..self.scan.at;
                Some(self.scalar(&quoted.text, Style::Double, range, quoted.open))
            }
            b'<' if rest.starts_with("<<") => {
                let block = self.scan.heredoc()?;
                Some(self.scalar(&block.text, Style::Literal, start..block.end, block.open))
            }
            b'[' => self.list(start, depth),
            b'{' => self.object(start, depth),
            b'-' | b'0'..=b'9' => {
                let end = self.scan.number_end(start)?;
                self.scan.at = end;
                Some(self.raw(start..end, false))
            }
            _ => {
                let end = self.scan.name_end(start);
                let word = &self.input.text[start..end];
                self.scan.at = end;
                match word {
                    "true" | "false" | "null" => Some(self.raw(start..end, false)),
                    "jsonencode" | "yamlencode" if self.scan.peek() == Some(b'(') => {
                        self.scan.at += 1;
                        let node = self.value(true, depth + 1);
                        self.scan.blank(true);
                        self.scan.take(b')').then_some(node)
                    }
                    _ => None,
                }
            }
        }
    }

    fn list(&mut self, start: usize, depth: usize) -> Option<NodeId> {
        self.scan.at += 1;
        let mut items = Vec::new();
        loop {
            self.scan.blank(true);
            if self.scan.take(b']') {
                return Some(self.sequence(&items, start..self.scan.at));
            }
            if items.is_empty() && self.scan.is_word("for") {
                return None;
            }
            items.push(self.value(true, depth + 1));
            self.scan.blank(true);
            if !self.scan.take(b',') && self.scan.peek() != Some(b']') {
                return None;
            }
        }
    }

    fn object(&mut self, start: usize, depth: usize) -> Option<NodeId> {
        self.scan.at += 1;
        let mut pairs = Vec::new();
        loop {
            self.scan.blank(true);
            if self.scan.take(b'}') {
                return Some(self.mapping(&pairs, start..self.scan.at));
            }
            if pairs.is_empty() && self.scan.is_word("for") {
                return None;
            }
            let key = self.object_key()?;
            self.scan.blank(false);
            if !self.scan.take(b':') && !self.scan.take(b'=') {
                return None;
            }
            let value = self.value(false, depth + 1);
            pairs.push((key, value));
            self.scan.blank(true);
            self.scan.take(b',');
        }
    }

    fn object_key(&mut self) -> Option<NodeId> {
        let start = self.scan.at;
        if self.scan.peek() == Some(b'(') {
            self.scan.group();
            return Some(self.raw(start..self.scan.at, true));
        }
        let key = self.key()?;
        if matches!(self.scan.peek(), Some(b'.' | b'[')) {
            self.scan.skip(Stop::Assignment);
            return Some(self.raw(start..self.scan.at, true));
        }
        Some(key)
    }
}

#[cfg(test)]
mod tests;
