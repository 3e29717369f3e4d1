//! YAML and JSON text to a [`Tree`]; never fails, goes on at the next document.
//!
//! The only module that knows the YAML library.

use super::offsets::OffsetMap;
use super::plain;
use super::tree::{Comment, Issue, IssueKind, Node, NodeId, NodeKind, Root, Style, Tree};
use crate::source::Span;
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError};
use std::collections::HashMap;

/// Deepest nesting of collections that is read; the reader of the format stops far earlier.
pub const MAX_DEPTH: usize = 500;

/// Text to parse, where it stands, and which parts of it were masked.
pub struct Input<'a> {
    /// The text.
    pub text: &'a str,
    /// Where its bytes stand in the file.
    pub map: &'a OffsetMap,
    /// Masked ranges of `text`, ascending: scalars that touch one are unknown.
    pub masked: &'a [std::ops::Range<usize>],
}

/// Parses all documents of `input`.
pub fn parse(input: &Input<'_>) -> Tree {
    let json = if input.masked.is_empty() { plain::read(input.text) } else { None };
    match json {
        Some(events) => from_json(input, events),
        None => from_yaml(input),
    }
}

fn from_json(input: &Input<'_>, events: Vec<plain::Event<'_>>) -> Tree {
    let mut builder = Builder::new(input);
    builder.document = Some(0);
    for event in events {
        match event {
            plain::Event::Open { mapping, at } => {
                let kind = match mapping {
                    true => NodeKind::Mapping { first: 0, pairs: 0 },
                    false => NodeKind::Sequence { first: 0, items: 0 },
                };
                builder.begin(kind, at..at + 1, 0, None, mapping);
            }
            plain::Event::Close { end } => builder.end(end),
            plain::Event::Scalar { text, style, range } => {
                let kind = NodeKind::Scalar { text: text.into(), style };
                let id = builder.add(kind, range, None, false);
                builder.place(id);
            }
        }
    }
    builder.finish()
}

/// What [`parse`] gives for text that is no JSON; the same for text that is.
pub(super) fn from_yaml(input: &Input<'_>) -> Tree {
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        max_buffered_comment_events: usize::MAX,
        simple_key_max_lookahead: 1 << 20,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut parser = Parser::new_from_str_with_options(input.text, options);
    let mut builder = Builder::new(input);
    loop {
        match parser.next_event() {
            None | Some(Ok((Event::StreamEnd, _))) => break,
            Some(Ok((event, span))) => {
                let range = span.byte_range().unwrap_or(0..0);
                builder.event(event, range);
            }
            Some(Err(error)) => {
                builder.fail(&error);
                match parser.proceed_next_document() {
                    Ok(true) => {}
                    Ok(false) | Err(_) => break,
                }
            }
        }
    }
    builder.finish()
}

/// An open collection: its node, where its children start on the stack, keys seen.
struct Open {
    node: NodeId,
    stack_base: usize,
    mapping: bool,
}

struct Builder<'a> {
    input: &'a Input<'a>,
    tree: Tree,
    open: Vec<Open>,
    stack: Vec<NodeId>,
    anchors: HashMap<usize, NodeId>,
    issues: Vec<Issue>,
    document: Option<usize>,
    root: Option<NodeId>,
    next_masked: usize,
}

impl<'a> Builder<'a> {
    fn new(input: &'a Input<'a>) -> Self {
        let tree = Tree {
            source: input.map.source(),
            nodes: Vec::with_capacity(input.text.len() / 16),
            children: Vec::with_capacity(input.text.len() / 16),
            roots: Vec::new(),
            comments: Vec::new(),
        };
        Builder {
            input,
            tree,
            open: Vec::new(),
            stack: Vec::new(),
            anchors: HashMap::new(),
            issues: Vec::new(),
            document: None,
            root: None,
            next_masked: 0,
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        self.input.map.span(start, end)
    }

    fn event(&mut self, event: Event<'_>, range: std::ops::Range<usize>) {
        match event {
            Event::DocumentStart(..) => {
                self.document = Some(range.start);
                self.root = None;
                self.anchors.clear();
            }
            Event::DocumentEnd => self.close_document(range.end, false),
            Event::Comment(text, _) => self.comment(&text, range),
            Event::Scalar(text, style, anchor, tag) => {
                let style = style_of(style);
                let end = self.scalar_end(&range, style);
                let unknown = self.is_masked(&(range.start..end));
                // The library writes an absent value as `~`.
                let absent = range.is_empty() && style == Style::Plain;
                let text = if absent { "" } else { text.as_ref() };
                let kind = NodeKind::Scalar { text: text.into(), style };
                let id = self.add(kind, range.start..end, tag.map(|tag| tag_name(&tag)), unknown);
                self.anchor(anchor, id);
                self.place(id);
            }
            Event::SequenceStart(_, anchor, tag) => {
                let kind = NodeKind::Sequence { first: 0, items: 0 };
                self.begin(kind, range, anchor, tag.map(|tag| tag_name(&tag)), false);
            }
            Event::MappingStart(_, anchor, tag) => {
                let kind = NodeKind::Mapping { first: 0, pairs: 0 };
                self.begin(kind, range, anchor, tag.map(|tag| tag_name(&tag)), true);
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(range.end),
            Event::Alias(anchor) => {
                let target = self.anchors.get(&anchor).copied();
                if target.is_some_and(|target| self.open.iter().any(|open| open.node == target)) {
                    self.issue(IssueKind::CyclicAlias, &range, "an alias inside the node it names");
                }
                let id = self.add(NodeKind::Alias(target), range, None, false);
                self.place(id);
            }
            Event::UnresolvedAlias(name) => {
                let message = format!("no anchor `&{name}` stands before this alias");
                self.issue(IssueKind::UnknownAnchor, &range, &message);
                let id = self.add(NodeKind::Alias(None), range, None, false);
                self.place(id);
            }
            _ => {}
        }
    }

    fn add(
        &mut self,
        kind: NodeKind,
        range: std::ops::Range<usize>,
        tag: Option<Box<str>>,
        unknown: bool,
    ) -> NodeId {
        let span = self.span(range.start, range.end);
        let id = NodeId(u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX));
        self.tree.nodes.push(Node { kind, start: span.start, end: span.end, tag, unknown });
        id
    }

    fn anchor(&mut self, anchor: usize, id: NodeId) {
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
    }

    fn place(&mut self, id: NodeId) {
        if self.open.is_empty() {
            self.root = Some(id);
        } else {
            self.stack.push(id);
        }
    }

    fn begin(
        &mut self,
        kind: NodeKind,
        range: std::ops::Range<usize>,
        anchor: usize,
        tag: Option<Box<str>>,
        mapping: bool,
    ) {
        let id = self.add(kind, range, tag, false);
        self.anchor(anchor, id);
        self.open.push(Open { node: id, stack_base: self.stack.len(), mapping });
    }

    fn end(&mut self, end: usize) {
        let Some(Open { node, stack_base, mapping }) = self.open.pop() else { return };
        let first = u32::try_from(self.tree.children.len()).unwrap_or(u32::MAX);
        let children: Vec<NodeId> = self.stack.drain(stack_base..).collect();
        let count = u32::try_from(children.len()).unwrap_or(u32::MAX);
        if mapping {
            self.check_duplicates(&children);
        }
        // The end mark of a block collection is the start of the next token.
        let last_end = children.last().map(|last| self.tree.nodes[last.0 as usize].end);
        let flow_end = self.span(end, end).start;
        let closed = end > 0 && matches!(self.input.text.as_bytes()[end - 1], b']' | b'}');
        self.tree.children.extend(children);
        let open = &mut self.tree.nodes[node.0 as usize];
        open.end = match last_end {
            Some(last_end) if !closed || last_end > flow_end => last_end,
            _ => flow_end,
        }
        .max(open.start);
        match &mut open.kind {
            NodeKind::Mapping { first: slot, pairs } => (*slot, *pairs) = (first, count / 2),
            NodeKind::Sequence { first: slot, items } => (*slot, *items) = (first, count),
            NodeKind::Scalar { .. } | NodeKind::Alias(_) => {}
        }
        self.place(node);
    }

    fn check_duplicates(&mut self, children: &[NodeId]) {
        let mut names: Vec<(&str, usize)> = Vec::with_capacity(children.len() / 2);
        let mut merges = Vec::new();
        for (index, pair) in children.chunks_exact(2).enumerate() {
            let key = &self.tree.nodes[pair[0].0 as usize];
            // Key text that was masked says nothing about the key.
            if let (NodeKind::Scalar { text, style }, false) = (&key.kind, key.unknown) {
                names.push((text, index));
                if &**text == "<<" && *style == Style::Plain {
                    merges.push(pair[1]);
                }
            }
        }
        names.sort_unstable();
        let repeated: Vec<(NodeId, usize)> = names
            .windows(2)
            .filter(|pair| pair[0].0 == pair[1].0)
            .map(|pair| {
                let first = names.partition_point(|(name, _)| *name < pair[1].0);
                (children[2 * names[first].1], pair[1].1)
            })
            .collect();
        for value in merges {
            self.check_merge(value);
        }
        for (first, again) in repeated {
            self.repeated(children, first, again);
        }
    }

    /// A key that the mapping has already: a fault, but in a template one of two branches.
    fn repeated(&mut self, children: &[NodeId], first: NodeId, again: usize) {
        if !self.input.masked.is_empty() {
            // Each branch may give the value: nobody knows which.
            let at = children.iter().position(|&id| id == first).unwrap_or(0);
            for id in [children[at + 1], children[2 * again + 1]] {
                self.tree.nodes[id.0 as usize].unknown = true;
            }
            return;
        }
        let first = self.tree.node(first).span();
        let key = self.tree.node(children[2 * again]);
        let message = format!("`{}` is set twice", key.scalar().unwrap_or_default());
        let span = key.span();
        self.issues.push(Issue {
            kind: IssueKind::DuplicateKey,
            span,
            message,
            first: Some(first),
        });
    }

    fn check_merge(&mut self, value: NodeId) {
        let node = self.tree.node(value);
        if node.is_alias() || node.is_mapping() || node.is_sequence() || node.is_unknown() {
            return;
        }
        let span = node.span();
        let message = "`<<` merges a mapping, and this is none".to_owned();
        self.issues.push(Issue { kind: IssueKind::BadMerge, span, message, first: None });
    }

    fn comment(&mut self, text: &str, range: std::ops::Range<usize>) {
        let line_start = self.input.text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let trailing = !self.input.text[line_start..range.start].trim().is_empty();
        let span = self.span(range.start, range.end);
        self.tree.comments.push(Comment { span, text: text.into(), trailing });
    }

    fn is_masked(&mut self, range: &std::ops::Range<usize>) -> bool {
        if self.input.masked.is_empty() {
            return false;
        }
        let masked = self.input.masked;
        while self.next_masked < masked.len() && masked[self.next_masked].end <= range.start {
            self.next_masked += 1;
        }
        // An empty value in masked text may be filled in by a line that became blank.
        range.is_empty() || masked.get(self.next_masked).is_some_and(|next| next.start < range.end)
    }

    fn scalar_end(&self, range: &std::ops::Range<usize>, style: Style) -> usize {
        match style {
            // A block scalar ends at the next token; its own text ends before the line break.
            Style::Literal | Style::Folded => {
                range.start + self.input.text[range.clone()].trim_end().len()
            }
            _ => range.end,
        }
    }

    fn issue(&mut self, kind: IssueKind, range: &std::ops::Range<usize>, message: &str) {
        let span = self.span(range.start, range.end);
        self.issues.push(Issue { kind, span, message: message.to_owned(), first: None });
    }

    fn fail(&mut self, error: &ScanError) {
        let at = error.marker().byte_offset().unwrap_or(0).min(self.input.text.len());
        let range = word_at(self.input.text, at);
        let start = self.document.unwrap_or(range.start).min(range.start);
        self.document.get_or_insert(start);
        let kind = match error.kind() {
            ErrorKind::RecursionLimitExceeded => IssueKind::TooDeep,
            _ => IssueKind::Syntax,
        };
        self.issue(kind, &range, &error.info());
        self.close_document(range.end, true);
    }

    fn close_document(&mut self, end: usize, broken: bool) {
        let Some(start) = self.document.take() else { return };
        self.open.clear();
        self.stack.clear();
        let root = self.root.take().filter(|_| !broken);
        let span = match root {
            Some(root) => self.tree.node(root).span(),
            None => self.span(start, end.max(start)),
        };
        let mut issues = std::mem::take(&mut self.issues);
        issues.sort_by_key(|issue| issue.span);
        self.tree.roots.push(Root { node: root, span, broken, issues });
    }

    fn finish(mut self) -> Tree {
        self.close_document(self.input.text.len(), false);
        self.tree
    }
}

/// The word that starts at `at`, or the last visible character before it at a line's end.
fn word_at(text: &str, at: usize) -> std::ops::Range<usize> {
    let mut at = at;
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let word: usize = text[at..]
        .chars()
        .take_while(|c| !c.is_whitespace() && !matches!(c, ':' | ',' | '[' | ']' | '{' | '}' | '#'))
        .map(char::len_utf8)
        .sum();
    if word > 0 {
        return at..at + word;
    }
    match text[at..].chars().next() {
        Some(c) if !matches!(c, '\n' | '\r') => at..at + c.len_utf8(),
        _ => {
            let end = text[..at].trim_end().len();
            let start = text[..end].char_indices().next_back().map_or(end, |(start, _)| start);
            start..end
        }
    }
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::SingleQuoted => Style::Single,
        ScalarStyle::DoubleQuoted => Style::Double,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
        _ => Style::Plain,
    }
}

fn tag_name(tag: &granit_parser::Tag) -> Box<str> {
    tag.to_string().into()
}
