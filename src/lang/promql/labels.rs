//! Label flow: which labels the series of each node certainly have, and which they cannot have.
//!
//! What is not certain is left open; a rule speaks of certain labels only.

use super::ast::{
    Aggregate, Aggregator, Ast, Binary, Call, Grouping, Kind, Matcher, Matching, Name, NodeId,
    Selector,
};
use super::types::{self, Type};
use crate::lang::matcher::MatchOp;
use crate::lang::pattern::asks_for_text;
use crate::lang::placeholder;

/// Sets with more labels than this are taken as open, so that no expression costs more than its
/// length.
const MOST_LABELS: usize = 64;

/// What is known about one label of a vector's series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence<'a> {
    /// Every series has this value.
    Is(&'a str),
    /// Every series has one of these values: words with `|` between them, as a pattern lists them.
    Among(&'a str),
    /// Every series has it, with some value.
    Present,
    /// A series may have it.
    Possible,
    /// No series has it.
    Absent,
}

impl Presence<'_> {
    /// Whether every series has the label.
    pub fn is_certain(self) -> bool {
        matches!(self, Presence::Is(_) | Presence::Among(_) | Presence::Present)
    }
}

/// What is known about the labels of a vector's series; the metric's name is none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSet<'a> {
    /// Nothing but the labels named here can be there.
    pub closed: bool,
    /// By label name.
    named: Vec<(&'a str, Presence<'a>)>,
}

impl<'a> LabelSet<'a> {
    /// Series without any label: a number as a vector.
    pub fn empty() -> LabelSet<'a> {
        LabelSet { closed: true, named: Vec::new() }
    }

    /// Anything.
    pub fn open() -> LabelSet<'a> {
        LabelSet::default()
    }

    /// What is known of a label.
    pub fn get(&self, label: &str) -> Presence<'a> {
        match self.named.binary_search_by(|(name, _)| (*name).cmp(label)) {
            Ok(at) => self.named[at].1,
            Err(_) if self.closed => Presence::Absent,
            Err(_) => Presence::Possible,
        }
    }

    /// Labels of which something is known.
    pub fn named(&self) -> impl ExactSizeIterator<Item = (&'a str, Presence<'a>)> {
        self.named.iter().copied()
    }

    /// Learns about a label, whatever was known before.
    pub fn set(&mut self, label: &'a str, presence: Presence<'a>) {
        let default = if self.closed { Presence::Absent } else { Presence::Possible };
        match self.named.binary_search_by(|(name, _)| (*name).cmp(label)) {
            Ok(at) if presence == default => {
                self.named.remove(at);
            }
            Ok(at) => self.named[at].1 = presence,
            Err(_) if presence == default => {}
            Err(at) if self.named.len() < MOST_LABELS => self.named.insert(at, (label, presence)),
            // A closed set that is not whole would claim absences.
            Err(_) => *self = LabelSet::open(),
        }
    }

    /// This, with what is learnt about a label.
    fn with(mut self, label: &'a str, presence: Presence<'a>) -> LabelSet<'a> {
        self.set(label, presence);
        self
    }

    /// What `by` leaves.
    fn keep(&self, labels: &'a [Name]) -> LabelSet<'a> {
        let mut kept = LabelSet::empty();
        if labels.iter().any(|label| placeholder::is_in(&label.text)) {
            return LabelSet::open();
        }
        kept.named.reserve_exact(labels.len().min(MOST_LABELS));
        for label in labels {
            kept.set(&label.text, self.get(&label.text));
        }
        kept
    }

    /// What `without` leaves.
    fn drop(&self, labels: &'a [Name]) -> LabelSet<'a> {
        if labels.iter().any(|label| placeholder::is_in(&label.text)) {
            return LabelSet::open();
        }
        let mut left = self.clone();
        for label in labels {
            left.set(&label.text, Presence::Absent);
        }
        left
    }

    /// Series that are in both: each side's certainties hold.
    fn meet(&self, other: &LabelSet<'a>) -> LabelSet<'a> {
        let mut met = self.clone();
        if !met.closed && other.closed {
            met = LabelSet { closed: true, named: Vec::new() };
            for (label, presence) in self.named() {
                met.set(label, presence);
            }
            // What only the closed side knows may be there.
            for (label, presence) in other.named() {
                if self.get(label) == Presence::Possible {
                    met.set(label, presence);
                }
            }
            return met;
        }
        for (label, presence) in other.named() {
            let stronger = match (self.get(label), presence) {
                (Presence::Possible, presence) => presence,
                (Presence::Present, known @ (Presence::Is(_) | Presence::Among(_)))
                | (Presence::Among(_), known @ Presence::Is(_)) => known,
                (known, _) => known,
            };
            met.set(label, stronger);
        }
        met
    }

    /// Series that are in one of the two: only what holds on both sides holds.
    fn join(&self, other: &LabelSet<'a>) -> LabelSet<'a> {
        let mut joined = LabelSet { closed: self.closed && other.closed, named: Vec::new() };
        for label in self.named.iter().chain(&other.named).map(|(label, _)| *label) {
            let either = match (self.get(label), other.get(label)) {
                (left, right) if left == right => left,
                (left, right) if left.is_certain() && right.is_certain() => Presence::Present,
                _ => Presence::Possible,
            };
            joined.set(label, either);
        }
        joined
    }
}

/// The label sets of an expression's nodes. Most nodes have that of a node below them.
#[derive(Clone, Debug, Default)]
pub struct Flow<'a> {
    sets: Vec<LabelSet<'a>>,
    /// For each node the number of its set.
    of_nodes: Vec<u32>,
}

impl<'a> Flow<'a> {
    /// The label set of a node.
    pub fn of(&self, node: NodeId) -> &LabelSet<'a> {
        &self.sets[self.of_nodes[node.index()] as usize]
    }

    /// The label set of the whole expression; `None` for an empty text.
    pub fn root(&self) -> Option<&LabelSet<'a>> {
        self.of_nodes.last().map(|&number| &self.sets[number as usize])
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.of_nodes.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.of_nodes.is_empty()
    }

    fn push(&mut self, known: Known<'a>, bare: &mut Bare) {
        let number = match known {
            Known::As(node) => self.of_nodes[node.index()],
            Known::New(set) if set.named.is_empty() => {
                let number = if set.closed { &mut bare.closed } else { &mut bare.open };
                *number.get_or_insert_with(|| self.add(set))
            }
            Known::New(set) => self.add(set),
        };
        self.of_nodes.push(number);
    }

    /// Takes a set in; its number.
    fn add(&mut self, set: LabelSet<'a>) -> u32 {
        if self.sets.is_empty() {
            // Most expressions have one or two.
            self.sets.reserve_exact(2);
        }
        self.sets.push(set);
        u32::try_from(self.sets.len() - 1).unwrap_or(u32::MAX)
    }
}

/// The sets that name no label, once there are some: numbers and bare names share them.
#[derive(Default)]
struct Bare {
    closed: Option<u32>,
    open: Option<u32>,
}

/// What is known of a node.
enum Known<'a> {
    /// The same as of this node below it.
    As(NodeId),
    New(LabelSet<'a>),
}

/// The label sets of all nodes. `recorded` knows what a recorded name carries.
pub fn flow<'a>(ast: &'a Ast, recorded: impl Fn(&Selector) -> Option<LabelSet<'a>>) -> Flow<'a> {
    let types = types::of(ast);
    let of_nodes = Vec::with_capacity(ast.nodes.len());
    let mut flow = Flow { sets: Vec::new(), of_nodes };
    let mut bare = Bare::default();
    for (id, node) in ast.all() {
        let known = match &node.kind {
            Kind::Selector(selector) => {
                Known::New(select(selector, recorded(selector).unwrap_or_default()))
            }
            Kind::Range { inner, .. } | Kind::Paren(inner) | Kind::Unary { inner, .. } => {
                Known::As(*inner)
            }
            Kind::Subquery(subquery) => Known::As(subquery.inner),
            Kind::Number { .. } | Kind::Text(_) => Known::New(LabelSet::empty()),
            Kind::Call(_) if types[id.index()] == Type::Scalar => Known::New(LabelSet::empty()),
            Kind::Call(call) => self::call(ast, call, &flow),
            Kind::Aggregate(aggregate) => self::aggregate(ast, aggregate, &flow),
            Kind::Binary(binary) => self::binary(binary, &flow, &types),
            Kind::Invalid => Known::New(LabelSet::open()),
        };
        flow.push(known, &mut bare);
    }
    flow
}

/// What the matchers of a selector add.
fn select<'a>(selector: &'a Selector, mut set: LabelSet<'a>) -> LabelSet<'a> {
    let unknown = |matcher: &Matcher| {
        placeholder::is_in(&matcher.value) || placeholder::is_in(&matcher.label.text)
    };
    set.named.reserve_exact(selector.matchers.len().min(MOST_LABELS));
    for matcher in selector.labels().filter(|matcher| !unknown(matcher)) {
        let value = &*matcher.value;
        let known = match matcher.op {
            MatchOp::Equal if value.is_empty() => Presence::Absent,
            MatchOp::Equal => Presence::Is(value),
            MatchOp::NotEqual if value.is_empty() => Presence::Present,
            MatchOp::Regex if is_words(value) && value.contains('|') => Presence::Among(value),
            MatchOp::Regex if is_words(value) => Presence::Is(value),
            MatchOp::Regex if asks_for_text(value) => Presence::Present,
            _ => continue,
        };
        // A recorded label keeps its own value: a matcher of another selects nothing.
        if !matches!(set.get(&matcher.label.text), Presence::Is(_)) {
            set.set(&matcher.label.text, known);
        }
    }
    set
}

/// Whether a pattern lists words, none of them empty.
fn is_words(pattern: &str) -> bool {
    pattern.split('|').all(|word| {
        !word.is_empty() && word.bytes().all(|c| c.is_ascii_alphanumeric() || b"_-/:".contains(&c))
    })
}

fn call<'a>(ast: &'a Ast, call: &'a Call, flow: &Flow<'a>) -> Known<'a> {
    let Some(function) = call.function else { return Known::New(LabelSet::open()) };
    let text = |index: usize| match call.args.get(index).map(|arg| ast.kind(*arg)) {
        Some(Kind::Text(text)) => Some(&**text).filter(|text| !placeholder::is_in(text)),
        _ => None,
    };
    let vector = call.args.iter().find(|arg| {
        !matches!(ast.kind(**arg), Kind::Number { .. } | Kind::Text(_))
            && matches!(function.arg(position(call, **arg)), Some(Type::Vector | Type::Range))
    });
    let Some(&vector) = vector else { return Known::New(LabelSet::empty()) };
    let changed = || flow.of(vector).clone();
    Known::New(match function.name {
        "absent" | "absent_over_time" => absent(ast, call),
        "histogram_quantile" | "histogram_fraction" => changed().with("le", Presence::Absent),
        "histogram_quantiles" => match text(1) {
            Some(label) => changed().with("le", Presence::Absent).with(label, Presence::Present),
            None => LabelSet::open(),
        },
        "label_replace" => match text(1) {
            Some(target) => {
                let everything = matches!(text(4), Some(".*" | "(.*)" | ""));
                let value = text(2).filter(|value| everything && !value.contains('$'));
                let presence = match (value, text(4)) {
                    // An empty pattern matches series without the source label only.
                    (_, Some("")) | (None, _) => Presence::Possible,
                    (Some(""), _) => Presence::Absent,
                    (Some(value), _) => Presence::Is(value),
                };
                changed().with(target, presence)
            }
            None => LabelSet::open(),
        },
        "label_join" => match text(1) {
            Some(target) => changed().with(target, Presence::Possible),
            None => LabelSet::open(),
        },
        "info" => {
            let mut set = changed();
            set.closed = false;
            set.named.retain(|(_, presence)| presence.is_certain());
            set
        }
        "vector" => LabelSet::empty(),
        _ => return Known::As(vector),
    })
}

fn position(call: &Call, arg: super::ast::NodeId) -> usize {
    call.args.iter().position(|known| *known == arg).unwrap_or_default()
}

/// `absent` of a plain selector keeps what its `=` matchers pin; of anything else, nothing.
fn absent<'a>(ast: &'a Ast, call: &'a Call) -> LabelSet<'a> {
    let mut set = LabelSet::empty();
    let Some(arg) = call.args.first() else { return set };
    let kind = match ast.kind(ast.bare(*arg)) {
        Kind::Range { inner, .. } => ast.kind(*inner),
        kind => kind,
    };
    let Kind::Selector(selector) = kind else { return set };
    for matcher in selector.labels() {
        let label = &*matcher.label.text;
        // A label that is matched twice is left out.
        let twice = selector.labels().filter(|other| &*other.label.text == label).count() > 1;
        if matcher.op == MatchOp::Equal && !matcher.value.is_empty() && !twice {
            set.set(label, Presence::Is(&matcher.value));
        }
    }
    set
}

fn aggregate<'a>(ast: &'a Ast, aggregate: &'a Aggregate, flow: &Flow<'a>) -> Known<'a> {
    let Some(inner) = aggregate.inner else { return Known::New(LabelSet::open()) };
    if aggregate.op.keeps_series() {
        return Known::As(inner);
    }
    let inner = flow.of(inner);
    let mut set = match &aggregate.grouping {
        None => LabelSet::empty(),
        Some(Grouping { without: true, labels, .. }) => inner.drop(labels),
        Some(Grouping { without: false, labels, .. }) => inner.keep(labels),
    };
    if aggregate.op == Aggregator::CountValues {
        match aggregate.param.map(|param| ast.kind(ast.bare(param))) {
            Some(Kind::Text(label)) if !placeholder::is_in(label) => {
                set.set(label, Presence::Present);
            }
            _ => return Known::New(LabelSet::open()),
        }
    }
    Known::New(set)
}

fn binary<'a>(binary: &'a Binary, flow: &Flow<'a>, types: &[Type]) -> Known<'a> {
    match (types[binary.left.index()], types[binary.right.index()]) {
        (Type::Vector, Type::Vector) => {}
        (Type::Vector, _) => return Known::As(binary.left),
        (_, Type::Vector) => return Known::As(binary.right),
        (Type::Scalar, Type::Scalar) => return Known::New(LabelSet::empty()),
        _ => return Known::New(LabelSet::open()),
    }
    let (left, right) = (flow.of(binary.left), flow.of(binary.right));
    match binary.op {
        super::ast::Op::Or => Known::New(left.join(right)),
        op if op.is_set() => Known::As(binary.left),
        _ => Known::New(matched(binary, left, right)),
    }
}

/// Pairs of series of the two sides.
fn matched<'a>(binary: &'a Binary, left: &LabelSet<'a>, right: &LabelSet<'a>) -> LabelSet<'a> {
    let Some(Matching { on, labels, group, .. }) = binary.matching.as_deref() else {
        return left.meet(right);
    };
    if let Some(group) = group {
        let (many, one) = if group.left { (left, right) } else { (right, left) };
        let mut set = many.clone();
        if group.labels.iter().any(|label| placeholder::is_in(&label.text)) {
            return LabelSet::open();
        }
        for label in &group.labels {
            set.set(&label.text, one.get(&label.text));
        }
        return set;
    }
    if *on {
        return left.keep(labels).meet(&right.keep(labels));
    }
    left.drop(labels).meet(&right.drop(labels))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::promql::parse;

    fn shown(text: &str) -> String {
        let parsed = parse(text);
        assert!(parsed.faults.is_empty(), "{text}: {:?}", parsed.faults);
        let flow = flow(&parsed.ast, |_| None);
        let set = flow.root().expect("a root");
        let mut words = vec![if set.closed { "closed" } else { "open" }.to_owned()];
        words.extend(set.named().map(|(label, presence)| match presence {
            Presence::Is(value) => format!("{label}={value}"),
            Presence::Among(words) => format!("{label}=({words})"),
            Presence::Present => format!("{label}!"),
            Presence::Possible => format!("{label}?"),
            Presence::Absent => format!("-{label}"),
        }));
        words.join(" ")
    }

    #[test]
    fn labels_flow_as_in_prometheus() {
        for (text, expected) in [
            ("x", "open"),
            (r#"x{a="1",b="",c!="",d=~"p|q",e=~"p?",f!="z"}"#, "open a=1 -b c! d=(p|q)"),
            (r#"x{a=~"p",b=~".+"}"#, "open a=p b!"),
            (r#"x{a=~"p|q"} / y{a=~"p"}"#, "open a=p"),
            ("sum(x)", "closed"),
            (r#"sum by (a, b) (x{a="1"})"#, "closed a=1 b?"),
            (r#"sum without (a) (x{a="1",b="2"})"#, "open -a b=2"),
            (r#"sum by (a) (sum without (a) (x))"#, "closed"),
            (r#"topk(1, x{a="1"})"#, "open a=1"),
            (r#"count_values("v", x)"#, "closed v!"),
            (r#"rate(x{a="1"}[5m])"#, "open a=1"),
            ("histogram_quantile(0.9, sum by (le, a) (rate(x[5m])))", "closed a?"),
            ("histogram_quantile(0.9, x)", "open -le"),
            (r#"absent(x{a="1",b!="2",c=~"3"})"#, "closed a=1"),
            (r#"absent(sum(x{a="1"}))"#, "closed"),
            (r#"absent_over_time(x{a="1"}[5m])"#, "closed a=1"),
            (r#"label_replace(sum(x), "a", "v", "", "")"#, "closed a?"),
            (r#"label_replace(sum(x), "a", "v", "b", ".*")"#, "closed a=v"),
            (r#"label_replace(x{a="1"}, "a", "$1", "b", "(.*)")"#, "open"),
            (r#"label_join(sum(x), "a", "-", "b")"#, "closed a?"),
            ("vector(1)", "closed"),
            ("time()", "closed"),
            ("hour()", "closed"),
            ("x > 5", "open"),
            (r#"x{a="1"} / y{b="2"}"#, "open a=1 b=2"),
            (r#"x{a="1",b="2"} / on (a) y"#, "closed a=1"),
            (r#"x{a="1"} > on (c) y{c="3"}"#, "closed c=3"),
            (r#"x{a="1"} / ignoring (a) y"#, "open -a"),
            (r#"x{a="1"} * on (c) group_left (d) y{d="4"}"#, "open a=1 d=4"),
            (r#"x{a="1"} * on (c) group_right (a) y{d="4"}"#, "open a=1 d=4"),
            (r#"x{a="1"} and y{b="2"}"#, "open a=1"),
            (r#"x{a="1"} or x{a="2"}"#, "open a!"),
            (r#"sum by (a) (x{a="1"}) or vector(0)"#, "closed a?"),
            (r#"sum by (a) (x) / sum by (a, b) (y{b="2"})"#, "closed a?"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
