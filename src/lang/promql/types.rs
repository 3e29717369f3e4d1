//! Types of expressions, and what Prometheus refuses because of them.

use super::ast::{Aggregate, Aggregator, Ast, Binary, Call, Extent, Kind, NodeId, Selector};
use super::{Fault, functions};
use crate::lang::matcher::MatchOp;
use regex::Regex;

/// Type of an expression's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// One number.
    Scalar,
    /// An instant vector.
    Vector,
    /// A range vector.
    Range,
    /// A text.
    Text,
    /// Not known, because the expression is at fault.
    Unknown,
}

impl Type {
    /// As the documentation of Prometheus names it.
    pub fn name(self) -> &'static str {
        match self {
            Type::Scalar => "a scalar",
            Type::Vector => "an instant vector",
            Type::Range => "a range vector",
            Type::Text => "a text",
            Type::Unknown => "an unknown type",
        }
    }
}

/// The type of every node, parallel to [`Ast::nodes`].
pub fn of(ast: &Ast) -> Vec<Type> {
    let mut types: Vec<Type> = Vec::with_capacity(ast.nodes.len());
    for node in &ast.nodes {
        let found = match &node.kind {
            Kind::Number { .. } => Type::Scalar,
            Kind::Text(_) => Type::Text,
            Kind::Selector(_) | Kind::Aggregate(_) => Type::Vector,
            Kind::Range { .. } | Kind::Subquery(_) => Type::Range,
            Kind::Call(call) => call.function.map_or(Type::Unknown, |function| function.returns),
            Kind::Binary(binary) => {
                match (types[binary.left.index()], types[binary.right.index()]) {
                    (Type::Unknown, _) | (_, Type::Unknown) => Type::Unknown,
                    (Type::Scalar, Type::Scalar) => Type::Scalar,
                    _ => Type::Vector,
                }
            }
            Kind::Unary { inner, .. } | Kind::Paren(inner) => types[inner.index()],
            Kind::Invalid => Type::Unknown,
        };
        types.push(found);
    }
    types
}

/// What Prometheus refuses in a tree that parses.
pub fn check(ast: &Ast, faults: &mut Vec<Fault>) {
    let types = of(ast);
    let first = faults.len();
    let mut check = Check { ast, types: &types, faults, free_selector: None };
    // From the root down, so that a call is seen before its arguments.
    for (id, node) in ast.all().rev() {
        check.node(id, node.extent, &node.kind);
    }
    faults[first..].sort_by_key(|fault| (fault.extent.start, fault.extent.end));
}

struct Check<'a> {
    ast: &'a Ast,
    types: &'a [Type],
    faults: &'a mut Vec<Fault>,
    /// A selector that may match every series, because `info` asks for labels with it.
    free_selector: Option<NodeId>,
}

impl Check<'_> {
    fn fault(&mut self, extent: Extent, message: impl Into<String>) {
        self.faults.push(Fault { extent, message: message.into() });
    }

    fn of(&self, id: NodeId) -> Type {
        self.types[id.index()]
    }

    /// `place` is asked for only where something is wrong: nearly nothing is.
    fn expect(&mut self, id: NodeId, want: Type, place: impl Fn() -> String) {
        let found = self.of(id);
        if found != want && found != Type::Unknown {
            let extent = self.ast.node(id).extent;
            let (place, want, found) = (place(), want.name(), found.name());
            self.fault(extent, format!("{place} must be {want}, not {found}"));
        }
    }

    fn node(&mut self, id: NodeId, extent: Extent, kind: &Kind) {
        match kind {
            Kind::Aggregate(aggregate) => self.aggregate(aggregate),
            Kind::Binary(binary) => self.binary(binary),
            Kind::Call(call) => self.call(call, extent),
            Kind::Unary { inner, .. } => {
                let found = self.of(*inner);
                if matches!(found, Type::Range | Type::Text) {
                    let message = format!(
                        "a sign can stand before a scalar or an instant vector, not {}",
                        found.name()
                    );
                    self.fault(extent, message);
                }
            }
            Kind::Subquery(subquery) => {
                let place = || "the expression of a subquery".to_owned();
                self.expect(subquery.inner, Type::Vector, place);
            }
            Kind::Selector(selector) => self.selector(id, selector, extent),
            _ => {}
        }
    }

    fn aggregate(&mut self, aggregate: &Aggregate) {
        let name = aggregate.op.name();
        if let Some(inner) = aggregate.inner {
            self.expect(inner, Type::Vector, || format!("what `{name}` aggregates"));
        }
        if let Some(param) = aggregate.param {
            let want = match aggregate.op {
                Aggregator::CountValues => Type::Text,
                _ => Type::Scalar,
            };
            self.expect(param, want, || format!("the parameter of `{name}`"));
        }
    }

    fn binary(&mut self, binary: &Binary) {
        let (left, right) = (self.of(binary.left), self.of(binary.right));
        let sign = binary.op.sign();
        if let Some(extent) = binary.returns_bool
            && !binary.op.is_comparison()
        {
            self.fault(extent, format!("`bool` belongs to a comparison, not to `{sign}`"));
        }
        let scalars = left == Type::Scalar && right == Type::Scalar;
        if binary.op.is_comparison() && binary.returns_bool.is_none() && scalars {
            let message = format!("comparing two scalars needs `bool`: write `{sign} bool`");
            self.fault(binary.op_extent, message);
        }
        for side in [binary.left, binary.right] {
            let found = self.of(side);
            if matches!(found, Type::Range | Type::Text) {
                let extent = self.ast.node(side).extent;
                let message = format!(
                    "an operand of `{sign}` must be a scalar or an instant vector, not {}",
                    found.name()
                );
                self.fault(extent, message);
            }
        }
        if left != Type::Unknown && right != Type::Unknown {
            self.matching(binary, left == Type::Vector && right == Type::Vector);
        }
        if binary.op.is_set() && (left == Type::Scalar || right == Type::Scalar) {
            let message = format!("`{sign}` combines instant vectors, not scalars");
            self.fault(binary.op_extent, message);
        }
    }

    fn matching(&mut self, binary: &Binary, vectors: bool) {
        let sign = binary.op.sign();
        if let Some(extent) = binary.fill {
            if !vectors {
                self.fault(extent, "missing series can only be filled between instant vectors");
            } else if binary.op.is_set() {
                self.fault(extent, format!("`{sign}` has no missing series to fill"));
            }
        }
        let Some(matching) = &binary.matching else { return };
        let group = matching.group.as_ref();
        for label in group.into_iter().filter(|_| matching.on).flat_map(|group| &group.labels) {
            if matching.labels.iter().any(|on| on.text == label.text) {
                let message =
                    format!("label `{}` is in `on` already and cannot be taken over", label.text);
                self.fault(label.extent, message);
            }
        }
        if !vectors && !matching.labels.is_empty() {
            self.fault(matching.extent, "series can only be matched between instant vectors");
        }
        if let Some(group) = group.filter(|_| vectors && binary.op.is_set()) {
            let message = format!("`{sign}` always matches many to many: remove this");
            self.fault(group.extent, message);
        }
    }

    fn call(&mut self, call: &Call, extent: Extent) {
        let Some(function) = call.function else { return };
        self.arity(function, call.args.len(), extent);
        let variadic = function.optional != functions::Optional::None;
        for (index, &arg) in call.args.iter().enumerate() {
            if index >= function.args.len() && !variadic {
                break;
            }
            let want = function.arg(index).unwrap_or(Type::Unknown);
            if want != Type::Unknown {
                let place = || format!("argument {} of `{}`", index + 1, function.name);
                self.expect(arg, want, place);
            }
        }
        if function.name == "info"
            && let Some(&labels) = call.args.get(1)
        {
            match self.ast.kind(labels) {
                Kind::Selector(selector) if selector.name.is_none() => {
                    self.free_selector = Some(labels);
                }
                _ => {
                    let extent = self.ast.node(labels).extent;
                    self.fault(extent, "argument 2 of `info` must be labels in braces, no name");
                }
            }
        }
    }

    fn arity(&mut self, function: &functions::Function, count: usize, extent: Extent) {
        let (least, most) = function.arity();
        if count >= least && most.is_none_or(|most| count <= most) {
            return;
        }
        let expected = match (least, most) {
            (least, Some(most)) if least == most => least.to_string(),
            (least, Some(most)) => format!("{least} to {most}"),
            (least, None) => format!("at least {least}"),
        };
        let plural = if expected == "1" { "" } else { "s" };
        let name = function.name;
        let message = format!("`{name}` takes {expected} argument{plural}, not {count}");
        self.fault(extent, message);
    }

    fn selector(&mut self, id: NodeId, selector: &Selector, extent: Extent) {
        if let Some(name) = &selector.name {
            let twice = selector.matchers.iter().find(|matcher| &*matcher.label.text == "__name__");
            if let Some(matcher) = twice {
                let message =
                    format!("the metric is named twice: `{}` and `{}`", name.text, matcher.value);
                self.fault(matcher.extent(), message);
            }
        } else if self.free_selector.take_if(|free| *free == id).is_none()
            && selector.matchers.iter().all(matches_empty)
        {
            let message = "this selects every series: name a metric, or match one label with \
                           something that is not empty";
            self.fault(extent, message);
        }
    }
}

/// Whether a matcher accepts series without its label.
pub fn matches_empty(matcher: &super::ast::Matcher) -> bool {
    match matcher.op {
        MatchOp::Equal => matcher.value.is_empty(),
        MatchOp::NotEqual => !matcher.value.is_empty(),
        MatchOp::Regex => pattern_matches_empty(&matcher.value),
        MatchOp::NotRegex => !pattern_matches_empty(&matcher.value),
    }
}

/// Nothing is compiled where the syntax tells: every matcher of every expression is asked.
fn pattern_matches_empty(pattern: &str) -> bool {
    let whole = || Regex::new(&format!("^(?s:{pattern})$")).is_ok_and(|regex| regex.is_match(""));
    match pattern {
        "" | ".*" => true,
        ".+" => false,
        _ if starts_with_letter(pattern) || lists_words(pattern) || needs_letter(pattern) => false,
        _ => match regex_syntax::parse(&format!("(?s:{pattern})")) {
            // At the edges of an empty text every anchor holds; a border of words does not.
            Ok(hir) if !hir.properties().look_set().contains_word() => {
                hir.properties().minimum_len() == Some(0)
            }
            Ok(_) => whole(),
            // Patterns that this engine cannot read are left to the server.
            Err(_) => false,
        },
    }
}

/// Whether a pattern is words with `|` between them, none of them empty.
fn lists_words(pattern: &str) -> bool {
    let is_plain =
        |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'/' | b'-' | b'.' | b'|');
    pattern.bytes().all(is_plain) && pattern.split('|').all(|word| !word.is_empty())
}

/// Whether a pattern without alternatives, groups, classes and escapes has a part that no quantifier
/// lets go.
fn needs_letter(pattern: &str) -> bool {
    let bytes = pattern.as_bytes();
    let is_simple = |byte: &u8| byte.is_ascii_alphanumeric() || b"_/-.*+:, ".contains(byte);
    // Two quantifiers in a row are refused.
    let twice = bytes.windows(2).any(|pair| pair.iter().all(|byte| b"*+".contains(byte)));
    !twice
        && bytes.iter().all(is_simple)
        && bytes
            .iter()
            .enumerate()
            .any(|(at, byte)| !b"*+".contains(byte) && !matches!(bytes.get(at + 1), Some(b'*')))
}

/// Whether every match starts with one certain letter.
fn starts_with_letter(pattern: &str) -> bool {
    let mut letters = pattern.bytes();
    letters.next().is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'/' | b'-'))
        && !matches!(letters.next(), Some(b'*' | b'?' | b'{'))
        && !pattern.contains('|')
}

#[cfg(test)]
mod tests {
    use super::pattern_matches_empty;

    #[test]
    fn patterns_that_match_nothing_written_are_known() {
        for pattern in [
            "", ".*", "a*", "a?", "(a|)", "|a", "a|", "(a+)*", "^$", "a{0,2}", "(?i)", "[ab]*",
            "\\B", ".*.*", "a*.*b*",
        ] {
            assert!(pattern_matches_empty(pattern), "{pattern}");
        }
        for pattern in [
            ".+", "a", "ab*", "a|b", "2..|b-c", "..|x", "^a", "[ab]", "\\d*x", "\\b", "(a|b)+",
            "a{1,2}", "(", "5..", ".*api.*", ".*.", ".+.*",
        ] {
            assert!(!pattern_matches_empty(pattern), "{pattern}");
        }
    }
}
