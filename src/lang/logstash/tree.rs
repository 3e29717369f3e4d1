//! Nodes of a pipeline: a flat list in pre-order, each with the end of its subtree.

use super::fault::Fault;

/// Bytes of the text.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub struct Extent {
    /// First byte.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
}

impl Extent {
    /// From one offset to another.
    pub fn new(start: usize, end: usize) -> Extent {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Extent { start: number(start), end: number(end) }
    }

    /// As offsets.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A section of a pipeline.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum Section {
    /// Where events come from.
    Input,
    /// What becomes of them.
    Filter,
    /// Where they go.
    Output,
}

impl Section {
    /// All sections, by their words.
    pub const ALL: [(&'static str, Section); 3] =
        [("input", Section::Input), ("filter", Section::Filter), ("output", Section::Output)];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Section::Input => "input",
            Section::Filter => "filter",
            Section::Output => "output",
        }
    }
}

/// How a test in a condition compares.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
pub enum Test {
    /// The value alone.
    Truthy,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `>`
    Greater,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `=~`
    Matches,
    /// `!~`
    Differs,
}

/// What joins tests.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
pub enum Boolean {
    /// `and`
    And,
    /// `or`
    Or,
    /// `xor`
    Xor,
    /// `nand`
    Nand,
}

/// What a node is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
pub enum Kind {
    /// `input { … }`; named by its word.
    Section(Section),
    /// A chain of `if`, `else if` and `else`.
    Branch,
    /// `if` or `else if`: a condition, then statements.
    If,
    /// `else`: statements.
    Else,
    /// A condition: tests and negations with operators between them.
    Condition,
    /// `( … )`: a condition.
    Group,
    /// `!` before a group or a field.
    Not,
    /// `and`, `or`, …
    Boolean(Boolean),
    /// One or two values.
    Test(Test),
    /// A plugin or a codec; named.
    Plugin,
    /// An option; named; one value.
    Attribute,
    /// A word without quotes.
    Bareword,
    /// A text; its extent has the quotes.
    Text,
    /// A number.
    Number,
    /// `[ … ]`
    Array,
    /// `{ … }`
    Hash,
    /// An entry of a hash; named by its key; one value.
    Entry,
    /// `[a][b]`
    Selector,
    /// `/…/`
    Regexp,
    /// `name( … )`; named.
    Call,
}

/// Number of a node.
pub type NodeId = u32;

/// A part of a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// All of it.
    pub extent: Extent,
    /// The word that names it, with its quotes; empty where nothing does.
    pub name: Extent,
    /// The node it stands in; itself for a section.
    pub parent: NodeId,
    /// The number after its last descendant.
    pub end: NodeId,
}

/// A parsed text.
#[derive(Clone, Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Tree {
    /// The nodes, parents before children.
    pub nodes: Vec<Node>,
    /// What the grammar refuses, in the order in which it was met.
    pub faults: Vec<Fault>,
}

impl Tree {
    /// A node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// The direct children of a node.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.node(id).end;
        let step = move |at: &NodeId| Some(self.node(*at).end).filter(|&next| next < end);
        let first = Some(id + 1).filter(|&first| first < end);
        std::iter::successors(first, step)
    }

    /// The sections.
    pub fn sections(&self) -> impl Iterator<Item = NodeId> + '_ {
        let len = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let step = move |at: &NodeId| Some(self.node(*at).end).filter(|&next| next < len);
        std::iter::successors(Some(0).filter(|_| len > 0), step)
    }

    /// All nodes below a node, and itself.
    pub fn subtree(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        id..self.node(id).end
    }

    /// The nodes around a node, the nearest first.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let step = move |at: &NodeId| {
            let parent = self.node(*at).parent;
            (parent != *at).then_some(parent)
        };
        std::iter::successors(step(&id), step)
    }
}

/// A name or a text without its quotes.
pub fn unquoted(text: &str) -> &str {
    let inner = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    if text.len() < 2 {
        return text;
    }
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}
