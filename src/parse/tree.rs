//! The span tree of YAML and JSON: an arena of nodes with exact byte ranges.
//!
//! Aliases and `<<` are resolved when asked, never expanded, so a bomb costs nothing
//! until somebody walks it; [`NodeRef::entries`] bounds what one question may cost.

use crate::source::{SourceId, Span};

/// Index of a node in its [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(crate) u32);

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes.
    Double,
    /// A `|` block.
    Literal,
    /// A `>` block.
    Folded,
}

/// A text among those a tree keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    start: u32,
    end: u32,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(crate) enum NodeKind {
    Scalar {
        text: Text,
        style: Style,
    },
    Mapping {
        first: u32,
        pairs: u32,
    },
    Sequence {
        first: u32,
        items: u32,
    },
    /// `None`: the anchor does not exist.
    Alias(Option<NodeId>),
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) kind: NodeKind,
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Number of its tag in the tree, from 1; 0 without one.
    pub(crate) tag: u32,
    /// The text under this node was masked or could be filled in later: nobody knows its value.
    pub(crate) unknown: bool,
}

/// A comment with its place; `text` is what follows the `#`.
#[derive(Clone, Debug)]
pub struct Comment {
    /// The whole comment, marker included, line break not.
    pub span: Span,
    /// Text after the marker.
    pub text: Box<str>,
    /// Whether something else stands before it on its line.
    pub trailing: bool,
}

/// What is wrong with the text itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssueKind {
    /// The text does not parse from here on.
    Syntax,
    /// Collections are nested deeper than anything reads.
    TooDeep,
    /// A key that the same mapping already has.
    DuplicateKey,
    /// A `<<` that merges no mapping.
    BadMerge,
    /// An alias to an anchor that does not exist.
    UnknownAnchor,
    /// An alias inside the very node it names.
    CyclicAlias,
}

/// One fault of the text, with the place to look at.
#[derive(Clone, Debug)]
pub struct Issue {
    /// Kind of fault.
    pub kind: IssueKind,
    /// Where.
    pub span: Span,
    /// What was found, in words.
    pub message: String,
    /// Where the first of two stands, for a duplicate.
    pub first: Option<Span>,
}

/// One document of a stream.
#[derive(Clone, Debug)]
pub struct Root {
    /// The root node; `None` for an empty or a broken document.
    pub node: Option<NodeId>,
    /// From the document's first content to its last.
    pub span: Span,
    /// The document stopped at a syntax error.
    pub broken: bool,
    /// Faults of this document.
    pub issues: Vec<Issue>,
}

/// A parsed stream of documents.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The file all spans point into.
    pub source: SourceId,
    pub(crate) nodes: Vec<Node>,
    pub(crate) children: Vec<NodeId>,
    /// The texts of all scalars, one behind the other.
    texts: String,
    tags: Vec<Box<str>>,
    /// Some nodes come again through others.
    pub(crate) aliased: bool,
    /// The documents, in order.
    pub roots: Vec<Root>,
    /// All comments, in order.
    pub comments: Vec<Comment>,
}

/// Most pairs that one mapping can have after `<<` is resolved.
const MERGE_BUDGET: usize = 10_000;
/// Deepest chain of aliases and merges that is followed.
const MERGE_DEPTH: usize = 32;

impl Tree {
    /// An empty tree for a text of this many bytes.
    ///
    /// Room is made in powers of two, so that the room of one file serves the next.
    pub(crate) fn new(source: SourceId, bytes: usize) -> Tree {
        let nodes = (bytes / 16).next_power_of_two();
        Tree {
            source,
            nodes: Vec::with_capacity(nodes),
            children: Vec::with_capacity(nodes),
            texts: String::with_capacity(bytes.next_power_of_two()),
            tags: Vec::new(),
            aliased: false,
            roots: Vec::new(),
            comments: Vec::new(),
        }
    }

    /// Takes a text in.
    pub(crate) fn keep(&mut self, text: &str) -> Text {
        let start = count(self.texts.len());
        self.texts.push_str(text);
        Text { start, end: count(self.texts.len()) }
    }

    /// A text that was taken in.
    pub(crate) fn text(&self, text: Text) -> &str {
        self.texts.get(text.start as usize..text.end as usize).unwrap_or_default()
    }

    /// Whether a text that was taken in is this one: most differ in their length.
    fn is(&self, text: Text, other: &str) -> bool {
        let (start, end) = (text.start as usize, text.end as usize);
        end - start == other.len()
            && self.texts.as_bytes().get(start..end) == Some(other.as_bytes())
    }

    /// Takes a tag in; its number.
    pub(crate) fn keep_tag(&mut self, tag: String) -> u32 {
        self.tags.push(tag.into());
        count(self.tags.len())
    }

    /// The node with this id.
    pub fn node(&self, id: NodeId) -> NodeRef<'_> {
        NodeRef { tree: self, id }
    }

    /// Root nodes of the documents that parsed.
    pub fn documents(&self) -> impl Iterator<Item = NodeRef<'_>> {
        self.roots.iter().filter_map(|root| root.node).map(|id| self.node(id))
    }
}

/// A node seen through its tree.
#[derive(Clone, Copy)]
pub struct NodeRef<'t> {
    tree: &'t Tree,
    id: NodeId,
}

/// A mapping's pair; the key is never an alias.
pub type Pair<'t> = (NodeRef<'t>, NodeRef<'t>);

/// The pairs of a mapping, one after the other.
#[derive(Clone, Default)]
pub struct Entries<'t> {
    tree: Option<&'t Tree>,
    /// Those that are not yet given out, where none is merged.
    own: &'t [NodeId],
    /// Those that are not yet given out, where some are.
    merged: std::vec::IntoIter<Pair<'t>>,
}

impl<'t> Iterator for Entries<'t> {
    type Item = Pair<'t>;

    #[inline]
    fn next(&mut self) -> Option<Pair<'t>> {
        let ([key, value, rest @ ..], Some(tree)) = (self.own, self.tree) else {
            return self.merged.next();
        };
        self.own = rest;
        Some((tree.node(*key), tree.node(*value)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.own.len() / 2 + self.merged.len();
        (left, Some(left))
    }
}

impl DoubleEndedIterator for Entries<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let ([rest @ .., key, value], Some(tree)) = (self.own, self.tree) else {
            return self.merged.next_back();
        };
        self.own = rest;
        Some((tree.node(*key), tree.node(*value)))
    }
}

impl ExactSizeIterator for Entries<'_> {}

impl<'t> NodeRef<'t> {
    fn raw(self) -> &'t Node {
        &self.tree.nodes[self.id.0 as usize]
    }

    /// Identity of the node, for visited sets.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The tree this node belongs to.
    pub fn tree(self) -> &'t Tree {
        self.tree
    }

    /// Follows aliases to the node that holds the value.
    #[inline]
    pub fn resolve(self) -> NodeRef<'t> {
        if self.is_alias() { self.follow() } else { self }
    }

    #[cold]
    fn follow(self) -> NodeRef<'t> {
        let mut node = self;
        for _ in 0..MERGE_DEPTH {
            match node.raw().kind {
                NodeKind::Alias(Some(target)) => node.id = target,
                _ => break,
            }
        }
        node
    }

    /// Where the node stands; of an alias, the alias itself.
    pub fn span(self) -> Span {
        let node = self.raw();
        Span { source: self.tree.source, start: node.start, end: node.end }
    }

    /// Whether this is an alias (before resolving).
    pub fn is_alias(self) -> bool {
        matches!(self.raw().kind, NodeKind::Alias(_))
    }

    /// Explicit tag, as resolved (`!Ref`, `tag:yaml.org,2002:str`).
    pub fn tag(self) -> Option<&'t str> {
        self.tag_of(self.resolve().raw())
    }

    /// Whether nobody can know this value: masked template text.
    pub fn is_unknown(self) -> bool {
        self.raw().unknown || self.resolve().raw().unknown
    }

    /// Text of a scalar, quotes and escapes resolved.
    pub fn scalar(self) -> Option<&'t str> {
        match &self.resolve().raw().kind {
            NodeKind::Scalar { text, .. } => Some(self.tree.text(*text)),
            _ => None,
        }
    }

    fn tag_of(self, node: &Node) -> Option<&'t str> {
        let number = (node.tag as usize).checked_sub(1)?;
        self.tree.tags.get(number).map(|tag| &**tag)
    }

    /// Style of a scalar.
    pub fn style(self) -> Option<Style> {
        match self.resolve().raw().kind {
            NodeKind::Scalar { style, .. } => Some(style),
            _ => None,
        }
    }

    /// Whether this is an untagged plain `null`, `~` or nothing at all.
    pub fn is_null(self) -> bool {
        let node = self.resolve().raw();
        match &node.kind {
            NodeKind::Scalar { text, style: Style::Plain } => {
                self.tag_of(node).is_none_or(|tag| tag.ends_with(":null"))
                    && matches!(self.tree.text(*text), "" | "~" | "null" | "Null" | "NULL")
            }
            _ => false,
        }
    }

    /// Whether this is a mapping.
    pub fn is_mapping(self) -> bool {
        matches!(self.resolve().raw().kind, NodeKind::Mapping { .. })
    }

    /// Whether this is a sequence.
    pub fn is_sequence(self) -> bool {
        matches!(self.resolve().raw().kind, NodeKind::Sequence { .. })
    }

    /// Items of a sequence; nothing for any other node.
    pub fn items(self) -> impl ExactSizeIterator<Item = NodeRef<'t>> {
        let (first, items) = match self.resolve().raw().kind {
            NodeKind::Sequence { first, items } => (first as usize, items as usize),
            _ => (0, 0),
        };
        let tree = self.tree;
        tree.children[first..first + items].iter().map(move |&id| NodeRef { tree, id })
    }

    /// Pairs as written, `<<` included and not resolved; nothing for any other node.
    pub fn pairs(self) -> impl ExactSizeIterator<Item = Pair<'t>> {
        let tree = self.tree;
        self.children_of_mapping()
            .chunks_exact(2)
            .map(move |pair| (NodeRef { tree, id: pair[0] }, NodeRef { tree, id: pair[1] }))
    }

    /// Keys and values of a mapping, in turns; nothing for any other node.
    fn children_of_mapping(self) -> &'t [NodeId] {
        match self.resolve().raw().kind {
            NodeKind::Mapping { first, pairs } => {
                let (first, pairs) = (first as usize, pairs as usize);
                &self.tree.children[first..first + 2 * pairs]
            }
            _ => &[],
        }
    }

    /// Pairs with `<<` resolved: a mapping's own keys win over merged ones.
    pub fn entries(self) -> Entries<'t> {
        let (tree, own) = (self.tree, self.children_of_mapping());
        let merges = own.chunks_exact(2).any(|pair| NodeRef { tree, id: pair[0] }.is_merge_key());
        if !merges {
            return Entries { tree: Some(tree), own, ..Entries::default() };
        }
        let mut merged = Vec::new();
        self.merge_into(&mut merged, 0);
        Entries { merged: merged.into_iter(), ..Entries::default() }
    }

    fn merge_into(self, entries: &mut Vec<Pair<'t>>, depth: usize) {
        if depth > MERGE_DEPTH {
            return;
        }
        for (key, value) in self.pairs().filter(|(key, _)| !key.is_merge_key()) {
            if entries.len() >= MERGE_BUDGET {
                return;
            }
            let name = key.scalar();
            if depth == 0 || !entries.iter().any(|(known, _)| known.scalar() == name) {
                entries.push((key, value));
            }
        }
        for (_, merged) in self.pairs().filter(|(key, _)| key.is_merge_key()) {
            if merged.is_sequence() {
                for item in merged.items() {
                    item.merge_into(entries, depth + 1);
                }
            } else {
                merged.merge_into(entries, depth + 1);
            }
        }
    }

    fn is_merge_key(self) -> bool {
        matches!(self.raw().kind, NodeKind::Scalar { text, style: Style::Plain } if self.tree.is(text, "<<"))
    }

    /// Whether this is a scalar of this text.
    fn is_called(self, text: &str) -> bool {
        match self.raw().kind {
            NodeKind::Scalar { text: own, .. } => self.tree.is(own, text),
            NodeKind::Alias(_) => self.follow().scalar() == Some(text),
            _ => false,
        }
    }

    /// The pair with this key; `<<` is looked through.
    pub fn entry(self, key: &str) -> Option<Pair<'t>> {
        let mut merges = false;
        for (name, value) in self.pairs() {
            if name.is_called(key) {
                return Some((name, value));
            }
            merges |= name.is_merge_key();
        }
        if !merges {
            return None;
        }
        self.entries().find(|(name, _)| name.scalar() == Some(key))
    }

    /// The pair whose key stands first among these; `<<` is looked through.
    pub fn first_of(self, keys: &[&str]) -> Option<Pair<'t>> {
        let mut found = None;
        let mut left = keys;
        for (name, value) in self.pairs() {
            if name.is_merge_key() {
                return keys.iter().find_map(|key| self.entry(key));
            }
            if let Some(at) = left.iter().position(|key| name.is_called(key)) {
                found = Some((name, value));
                left = &left[..at];
            }
        }
        found
    }

    /// The value under this key.
    pub fn get(self, key: &str) -> Option<NodeRef<'t>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The value under a path of keys.
    pub fn at(self, path: &[&str]) -> Option<NodeRef<'t>> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
