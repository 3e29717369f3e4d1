//! YAML and JSON text to a [`Tree`]; never fails, goes on at the next document.
//!
//! The only module that knows the YAML library.

mod error;
mod keys;
mod tabs;

use super::offsets::OffsetMap;
use super::tree::{Comment, Issue, IssueKind, Node, NodeId, NodeKind, Root, Style, Tree};
use super::{block, plain};
use crate::source::Span;
use error::{place, tolerated, word_at};
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError};
use std::borrow::Cow;
use std::collections::HashMap;
use tabs::Tabs;

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
    if !input.masked.is_empty() {
        return from_yaml(input);
    }
    match plain::read(input.text) {
        Some(events) => from_json(input, events),
        None => from_blocks(input).unwrap_or_else(|| from_yaml(input)),
    }
}

fn from_json(input: &Input<'_>, events: Vec<plain::Event<'_>>) -> Tree {
    let mut builder = Builder::new(input);
    builder.document = Some(0);
    for event in events {
        builder.read(event);
    }
    builder.finish()
}

fn from_blocks(input: &Input<'_>) -> Option<Tree> {
    let mut builder = Builder::new(input);
    builder.document = Some(0);
    block::read(input.text, |event| builder.read(event))?;
    Some(builder.finish())
}

/// How often a text is read again without what only the YAML library refuses in it.
const MAX_AGAIN: usize = 16;

/// What [`parse`] gives for text that is no JSON; the same for text that is.
pub(super) fn from_yaml(input: &Input<'_>) -> Tree {
    let mut text = Cow::Borrowed(input.text);
    let mut left = MAX_AGAIN;
    loop {
        let again = Input { text: &text, ..*input };
        match attempt(&again, left > 0) {
            Ok(tree) => return tree,
            Err(blanks) => {
                let mut bytes = text.into_owned().into_bytes();
                blanks.into_iter().for_each(|blank| bytes[blank].fill(b' '));
                // Whole lines and comments of them went: what is left is text.
                text = Cow::Owned(String::from_utf8(bytes).unwrap_or_default());
            }
        }
        left -= 1;
    }
}

/// Reads a text. Where something in it may be `tolerated`, the error is what to read it without.
fn attempt(input: &Input<'_>, tolerates: bool) -> Result<Tree, Vec<std::ops::Range<usize>>> {
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        max_buffered_comment_events: usize::MAX,
        simple_key_max_lookahead: 1 << 20,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut parser = Parser::new_from_str_with_options(input.text, options);
    let mut builder = Builder::new(input);
    let mut tabs = Tabs::of(input.text);
    loop {
        let event = parser.next_event();
        let tab = match (&event, &mut tabs) {
            (Some(Ok((event, span))), Some(tabs)) => {
                tabs.see(event, &span.byte_range().unwrap_or(0..0))
            }
            (None, Some(tabs)) => tabs.rest(),
            _ => None,
        };
        if let Some(tab) = tab {
            builder.refuse_tab(tab);
            // What comes after it may be read in another way by those who stop there.
            break;
        }
        match event {
            None => break,
            Some(Ok((event, span))) => {
                let range = span.byte_range().unwrap_or(0..0);
                builder.event(event, range);
            }
            Some(Err(error)) => {
                let brackets = tabs.as_ref().map_or(0, Tabs::brackets);
                let blanks = tolerated(&error, input.text, brackets);
                if tolerates && !blanks.is_empty() {
                    return Err(blanks);
                }
                builder.fail(&error);
                match parser.proceed_next_document() {
                    Ok(true) => {}
                    Ok(false) | Err(_) => break,
                }
            }
        }
    }
    Ok(builder.finish())
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
    /// The anchor that the next node of an own reader has; 0 without one.
    anchor: usize,
}

impl<'a> Builder<'a> {
    fn new(input: &'a Input<'a>) -> Self {
        let tree = Tree::new(input.map.source(), input.text.len());
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
            anchor: 0,
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        self.input.map.span(start, end)
    }

    /// Takes what the own readers of simple texts give.
    fn read(&mut self, event: plain::Event<'_>) {
        match event {
            plain::Event::Open { mapping, at } => {
                let kind = match mapping {
                    true => NodeKind::Mapping { first: 0, pairs: 0 },
                    false => NodeKind::Sequence { first: 0, items: 0 },
                };
                let anchor = std::mem::take(&mut self.anchor);
                self.begin(kind, at..at + 1, anchor, 0, mapping);
            }
            plain::Event::Close { end } => self.end(end),
            plain::Event::Scalar { text, style, range } => {
                let text = self.tree.keep(&text);
                let id = self.add(NodeKind::Scalar { text, style }, range, 0, false);
                let anchor = std::mem::take(&mut self.anchor);
                self.anchor(anchor, id);
                self.place(id);
            }
            plain::Event::Anchor { number } => self.anchor = number,
            plain::Event::Alias { number, range } => self.alias(number, range),
            plain::Event::Comment { range } => {
                let text = &self.input.text[range.start + 1..range.end];
                self.comment(text, range);
            }
            plain::Event::Next => {
                self.close_document(0, false);
                self.document = Some(0);
            }
        }
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
                let kind = NodeKind::Scalar { text: self.tree.keep(text), style };
                let tag = self.tag(tag.as_deref());
                let id = self.add(kind, range.start..end, tag, unknown);
                self.anchor(anchor, id);
                self.place(id);
            }
            Event::SequenceStart(_, anchor, tag) => {
                let kind = NodeKind::Sequence { first: 0, items: 0 };
                let tag = self.tag(tag.as_deref());
                self.begin(kind, range, anchor, tag, false);
            }
            Event::MappingStart(_, anchor, tag) => {
                let kind = NodeKind::Mapping { first: 0, pairs: 0 };
                let tag = self.tag(tag.as_deref());
                self.begin(kind, range, anchor, tag, true);
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(range.end),
            Event::Alias(anchor) => self.alias(anchor, range),
            Event::UnresolvedAlias(name) => {
                let message = format!("no anchor `&{name}` stands before this alias");
                self.issue(IssueKind::UnknownAnchor, &range, &message);
                let id = self.add(NodeKind::Alias(None), range, 0, false);
                self.place(id);
            }
            _ => {}
        }
    }

    fn add(
        &mut self,
        kind: NodeKind,
        range: std::ops::Range<usize>,
        tag: u32,
        unknown: bool,
    ) -> NodeId {
        let span = self.span(range.start, range.end);
        self.tree.aliased |= matches!(kind, NodeKind::Alias(_));
        let id = NodeId(u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX));
        self.tree.nodes.push(Node { kind, start: span.start, end: span.end, tag, unknown });
        id
    }

    fn alias(&mut self, anchor: usize, range: std::ops::Range<usize>) {
        let target = self.anchors.get(&anchor).copied();
        if target.is_some_and(|target| self.open.iter().any(|open| open.node == target)) {
            self.issue(IssueKind::CyclicAlias, &range, "an alias inside the node it names");
        }
        let id = self.add(NodeKind::Alias(target), range, 0, false);
        self.place(id);
    }

    fn tag(&mut self, tag: Option<&granit_parser::Tag>) -> u32 {
        tag.map_or(0, |tag| self.tree.keep_tag(tag.to_string()))
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
        tag: u32,
        mapping: bool,
    ) {
        let id = self.add(kind, range, tag, false);
        self.anchor(anchor, id);
        self.open.push(Open { node: id, stack_base: self.stack.len(), mapping });
    }

    fn end(&mut self, end: usize) {
        let Some(Open { node, stack_base, mapping }) = self.open.pop() else { return };
        let at = self.tree.children.len();
        self.tree.children.extend(self.stack.drain(stack_base..));
        let first = u32::try_from(at).unwrap_or(u32::MAX);
        let count = u32::try_from(self.tree.children.len() - at).unwrap_or(u32::MAX);
        if mapping {
            self.check_keys(at);
        }
        // The end mark of a block collection is the start of the next token.
        let last = self.tree.children[at..].last();
        let last_end = last.map(|last| self.tree.nodes[last.0 as usize].end);
        let flow_end = self.span(end, end).start;
        let closed = end > 0 && matches!(self.input.text.as_bytes()[end - 1], b']' | b'}');
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
        let range = word_at(self.input.text, place(error, self.input.text));
        let start = self.document.unwrap_or(range.start).min(range.start);
        self.document.get_or_insert(start);
        let kind = match error.kind() {
            ErrorKind::RecursionLimitExceeded => IssueKind::TooDeep,
            _ => IssueKind::Syntax,
        };
        self.issue(kind, &range, &error.info());
        self.close_document(range.end, true);
    }

    fn refuse_tab(&mut self, tab: usize) {
        self.document.get_or_insert(tab);
        self.issue(IssueKind::Syntax, &(tab..tab + 1), "a tab where only spaces may stand");
        self.close_document(tab + 1, true);
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

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::SingleQuoted => Style::Single,
        ScalarStyle::DoubleQuoted => Style::Double,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
        _ => Style::Plain,
    }
}
