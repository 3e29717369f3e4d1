//! The tree of an expression.

mod operators;

pub use operators::{Aggregator, Op};

use super::HOLE;
use super::functions::Function;
use crate::lang::matcher::MatchOp;
use std::ops::{Deref, DerefMut};

/// A range of bytes of the expression's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Extent {
    /// First byte.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
}

impl Extent {
    /// From byte offsets; beyond 4 GiB they stop at the limit.
    pub fn new(start: usize, end: usize) -> Extent {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Extent { start: number(start), end: number(end) }
    }

    /// From the start of this to the end of the other.
    #[must_use]
    pub fn to(self, other: Extent) -> Extent {
        Extent { start: self.start, end: other.end }
    }

    /// The bytes as a range.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A node of a tree: its place in the post-order list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

impl NodeId {
    /// As an index of [`Ast::nodes`] and of every list parallel to it.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The nodes of an expression, children before parents; the last is the root.
#[derive(Clone, Debug, Default)]
pub struct Ast {
    /// All nodes.
    pub nodes: Vec<Node>,
}

impl Ast {
    /// The root; `None` for an empty text.
    pub fn root(&self) -> Option<NodeId> {
        self.nodes.len().checked_sub(1).map(|last| NodeId(u32::try_from(last).unwrap_or(u32::MAX)))
    }

    /// A node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// What a node is.
    pub fn kind(&self, id: NodeId) -> &Kind {
        &self.nodes[id.index()].kind
    }

    /// The nodes of a subtree with their ids, children first, the node itself last.
    pub fn subtree(&self, id: NodeId) -> impl DoubleEndedIterator<Item = (NodeId, &Node)> {
        (self.node(id).first..=id.0).map(|index| (NodeId(index), &self.nodes[index as usize]))
    }

    /// All nodes with their ids, children first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = (NodeId, &Node)> {
        self.nodes
            .iter()
            .enumerate()
            .map(|(index, node)| (NodeId(u32::try_from(index).unwrap_or(u32::MAX)), node))
    }

    /// The selectors of the expression, in the order of the text.
    pub fn selectors(&self) -> impl Iterator<Item = (NodeId, &Selector)> {
        self.all().filter_map(|(id, node)| match &node.kind {
            Kind::Selector(selector) => Some((id, &**selector)),
            _ => None,
        })
    }

    /// The node inside all parentheses around it.
    pub fn bare(&self, mut id: NodeId) -> NodeId {
        while let Kind::Paren(inner) = self.kind(id) {
            id = *inner;
        }
        id
    }
}

/// One node.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it stands, modifiers included.
    pub extent: Extent,
    /// Number of the first node of its subtree.
    pub first: u32,
    /// What it is.
    pub kind: Kind,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// `1`, `0x1f`, `Inf`, or a length of time in seconds.
    Number {
        /// Value; seconds for a length of time.
        value: f64,
        /// Written as `5m`.
        duration: bool,
    },
    /// A quoted text, as an argument.
    Text(Box<str>),
    /// `name{label="value"}` with its modifiers.
    Selector(Box<Selector>),
    /// `selector[5m]`.
    Range {
        /// A selector, if the expression is valid.
        inner: NodeId,
        /// Its length.
        window: Length,
    },
    /// `expression[1h:5m]`.
    Subquery(Box<Subquery>),
    /// `function(…)`.
    Call(Call),
    /// `sum by (label) (…)`.
    Aggregate(Box<Aggregate>),
    /// `left op right`.
    Binary(Box<Binary>),
    /// `-operand`.
    Unary {
        /// `-`, not `+`.
        negative: bool,
        /// Operand.
        inner: NodeId,
    },
    /// `(inner)`.
    Paren(NodeId),
    /// Text that could not be read.
    Invalid,
}

/// A name and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Without quotes.
    pub text: Box<str>,
    /// With quotes.
    pub extent: Extent,
}

/// An instant selector.
#[derive(Clone, Debug, Default)]
pub struct Selector {
    /// The name before the braces.
    pub name: Option<Name>,
    /// What stands in the braces.
    pub matchers: Vec<Matcher>,
    /// From `{` to `}`.
    pub braces: Option<Extent>,
    /// `offset`, `@`, `anchored`, `smoothed`; of the range around it too.
    pub modifiers: Modifiers,
    /// Which of its texts is the metric's name: it is asked for more often than anything else.
    metric: Metric,
}

/// Where a selector has its metric's name.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Metric {
    /// Nowhere, or a part of it is not known.
    #[default]
    Unknown,
    /// Before the braces.
    Name,
    /// In this matcher.
    Matcher(usize),
}

impl Selector {
    /// A selector of this name, before its braces are read.
    pub(super) fn of(name: Option<Name>) -> Selector {
        Selector { name, ..Selector::default() }
    }

    /// Finds the metric's name once all has been read.
    pub(super) fn find_metric(&mut self) {
        self.metric = match &self.name {
            Some(name) if has_gap(&name.text) => Metric::Unknown,
            Some(_) => Metric::Name,
            None => {
                let named = |matcher: &Matcher| {
                    let named = matcher.op == MatchOp::Equal && &*matcher.label.text == "__name__";
                    named && !has_gap(&matcher.value)
                };
                self.matchers.iter().position(named).map_or(Metric::Unknown, Metric::Matcher)
            }
        };
    }

    /// The metric's name, if exactly one can match and it is known.
    pub fn metric(&self) -> Option<&str> {
        match self.metric {
            Metric::Unknown => None,
            Metric::Name => self.name.as_ref().map(|name| &*name.text),
            Metric::Matcher(at) => self.matchers.get(at).map(|matcher| &*matcher.value),
        }
    }

    /// Where the metric's name stands.
    pub fn metric_extent(&self) -> Option<Extent> {
        match &self.name {
            Some(name) => Some(name.extent),
            None => self
                .matchers
                .iter()
                .find(|matcher| &*matcher.label.text == "__name__")
                .map(|matcher| matcher.value_extent),
        }
    }

    /// Matchers of labels other than the name.
    pub fn labels(&self) -> impl Iterator<Item = &Matcher> {
        self.matchers.iter().filter(|matcher| &*matcher.label.text != "__name__")
    }
}

/// Whether a part of a name is not known.
fn has_gap(text: &str) -> bool {
    memchr::memchr(HOLE as u8, text.as_bytes()).is_some()
}

/// One matcher in braces.
#[derive(Clone, Debug, PartialEq)]
pub struct Matcher {
    /// Label; `__name__` for a quoted metric name, which stands where the value stands.
    pub label: Name,
    /// Comparison.
    pub op: MatchOp,
    /// Where the operator stands; empty for a quoted metric name.
    pub op_extent: Extent,
    /// Value or pattern, escapes resolved.
    pub value: Box<str>,
    /// Where the value stands, with its quotes.
    pub value_extent: Extent,
}

impl Matcher {
    /// From the label to the value.
    pub fn extent(&self) -> Extent {
        self.label.extent.to(self.value_extent)
    }
}

/// Modifiers of a selector, a range or a subquery: most have none, and take no room for them.
#[derive(Clone, Debug, Default)]
pub struct Modifiers(Option<Box<Written>>);

impl Deref for Modifiers {
    type Target = Written;

    fn deref(&self) -> &Written {
        static NOTHING: Written =
            Written { offset: None, at: None, anchored: None, smoothed: None };
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

impl DerefMut for Modifiers {
    fn deref_mut(&mut self) -> &mut Written {
        self.0.get_or_insert_default()
    }
}

impl PartialEq for Modifiers {
    fn eq(&self, other: &Modifiers) -> bool {
        **self == **other
    }
}

/// Modifiers that are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    /// `offset 5m`.
    pub offset: Option<Length>,
    /// `@ …`.
    pub at: Option<At>,
    /// `anchored`.
    pub anchored: Option<Extent>,
    /// `smoothed`.
    pub smoothed: Option<Extent>,
}

/// A point in time after `@`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct At {
    /// From `@` on.
    pub extent: Extent,
    /// Which point.
    pub point: Point,
}

/// Points in time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Point {
    /// Seconds since 1970.
    Seconds(f64),
    /// `start()`.
    Start,
    /// `end()`.
    End,
}

/// A length of time in brackets or after `offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Length {
    /// Where it stands.
    pub extent: Extent,
    /// Seconds, if they do not depend on the query: neither `step()` nor `range()`.
    pub seconds: Option<f64>,
    /// One number or duration, perhaps signed; arithmetic otherwise.
    pub literal: bool,
}

/// A subquery.
#[derive(Clone, Debug)]
pub struct Subquery {
    /// What is evaluated.
    pub inner: NodeId,
    /// How far back.
    pub window: Length,
    /// How often; the evaluation interval if absent.
    pub step: Option<Length>,
    /// `offset`, `@`.
    pub modifiers: Modifiers,
}

/// A function call.
#[derive(Clone, Debug)]
pub struct Call {
    /// The function; `None` if Prometheus has none of this name.
    pub function: Option<&'static Function>,
    /// Its name.
    pub name: Extent,
    /// Arguments.
    pub args: Vec<NodeId>,
}

/// An aggregation.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// Which.
    pub op: Aggregator,
    /// Where its name stands.
    pub op_extent: Extent,
    /// `by` or `without`.
    pub grouping: Option<Grouping>,
    /// First of two arguments.
    pub param: Option<NodeId>,
    /// What is aggregated; absent if the arguments are at fault.
    pub inner: Option<NodeId>,
}

/// `by (…)` or `without (…)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Grouping {
    /// `without`, not `by`.
    pub without: bool,
    /// Keyword and list.
    pub extent: Extent,
    /// Labels.
    pub labels: Vec<Name>,
}

/// A binary operation.
#[derive(Clone, Debug)]
pub struct Binary {
    /// Operator.
    pub op: Op,
    /// Where the operator stands.
    pub op_extent: Extent,
    /// `bool`.
    pub returns_bool: Option<Extent>,
    /// `on` or `ignoring`.
    pub matching: Option<Box<Matching>>,
    /// `fill…`, from the first word to the last parenthesis.
    pub fill: Option<Extent>,
    /// Left side.
    pub left: NodeId,
    /// Right side.
    pub right: NodeId,
}

impl Binary {
    /// Whether one series of the left side meets many of the right: `group_right`.
    pub fn joins_right(&self) -> bool {
        let group = self.matching.as_ref().and_then(|matching| matching.group.as_ref());
        group.is_some_and(|group| !group.left)
    }
}

/// How the series of two sides find each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Matching {
    /// `on`, not `ignoring`.
    pub on: bool,
    /// Keyword and list.
    pub extent: Extent,
    /// Labels.
    pub labels: Vec<Name>,
    /// `group_left` or `group_right`.
    pub group: Option<GroupSide>,
}

/// `group_left` or `group_right`.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupSide {
    /// The left side has many series for one of the right.
    pub left: bool,
    /// Keyword and list.
    pub extent: Extent,
    /// Labels taken from the side that has one.
    pub labels: Vec<Name>,
}
