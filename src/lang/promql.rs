//! PromQL as Prometheus 3.16 reads it: lexer, parser, functions and types, with exact extents.
//!
//! A tree is a flat list in post-order: children stand before their parents and a subtree is one
//! run of the list. The parser keeps its own stack, so no nesting can overflow the thread's, and
//! every analysis from the leaves up is one loop.

pub mod ast;
pub mod fingerprint;
pub mod fold;
pub mod functions;
pub mod labels;
mod lex;
mod number;
mod parse;
pub mod print;
pub(in crate::lang) mod text;
pub mod types;

pub use ast::{Ast, Extent};
use functions::State;
pub use parse::{parse, parse_with_gaps};

/// Marks text that something else fills in before the server reads it: a name, a number or a
/// value that holds it is not known. Only [`parse_with_gaps`] reads it.
pub const HOLE: char = '\u{1a}';

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub extent: Extent,
    /// What is wrong and what was expected, in words.
    pub message: String,
}

/// A part of the language that a server has only from or up to a version, or behind a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Where it is used.
    pub extent: Extent,
    /// What is used.
    pub feature: Feature,
}

/// Parts of PromQL that not every server of the current major version accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// A function behind `--enable-feature=promql-experimental-functions`, or gone.
    Function(&'static functions::Function),
    /// `limitk` or `limit_ratio`: aggregations behind the same flag.
    Aggregation(ast::Aggregator),
    /// `fill`, `fill_left`, `fill_right` behind `--enable-feature=promql-binop-fill-modifiers`.
    Fill,
    /// Arithmetic in a range, step or offset, behind `--enable-feature=promql-duration-expr`.
    DurationArithmetic,
    /// `anchored` or `smoothed`, behind `--enable-feature=promql-extended-range-selectors`.
    ExtendedRange,
    /// A quoted metric or label name (from 3.0).
    QuotedName,
}

/// An expression as far as it could be read.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The tree; where the text is at fault it holds `Invalid` nodes.
    pub ast: Ast,
    /// What no version of Prometheus accepts, in the order found: syntax, then types.
    pub faults: Vec<Fault>,
    /// What only some servers accept.
    pub needs: Vec<Need>,
}

impl Parsed {
    /// Whether `promtool` of release 3.16 accepts the expression without feature flags.
    pub fn accepted_without_flags(&self) -> bool {
        self.faults.is_empty()
            && !self.needs.iter().any(|need| match need.feature {
                Feature::Function(function) => !matches!(function.state, State::Since(..)),
                Feature::Aggregation(_) | Feature::Fill => true,
                Feature::DurationArithmetic | Feature::ExtendedRange | Feature::QuotedName => false,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::ast::Kind;
    use super::*;

    fn messages(text: &str) -> Vec<String> {
        let told = |fault: &Fault| format!("{}: {}", &text[fault.extent.range()], fault.message);
        parse(text).faults.iter().map(told).collect()
    }

    #[test]
    fn trees_are_post_order_and_subtrees_are_runs() {
        let text = "sum by (job) (rate(a[5m])) / on (job) (b + -c)";
        let parsed = parse(text);
        assert!(parsed.faults.is_empty());
        for (id, node) in parsed.ast.all() {
            assert!(node.first <= id.0);
            for (inner, child) in parsed.ast.subtree(id) {
                assert!(inner <= id && node.extent.start <= child.extent.start);
                assert!(child.extent.end <= node.extent.end);
            }
        }
        let texts: Vec<&str> =
            parsed.ast.nodes.iter().map(|node| &text[node.extent.range()]).collect();
        let whole = ["a", "a[5m]", "rate(a[5m])", "sum by (job) (rate(a[5m]))"];
        assert_eq!(texts[..4], whole);
        assert_eq!(texts[4..], ["b", "c", "-c", "b + -c", "(b + -c)", text]);
    }

    #[test]
    fn operators_bind_as_in_prometheus() {
        for (text, left, right) in [
            ("a + b * c", "a", "b * c"),
            ("a ^ b ^ c", "a", "b ^ c"),
            ("a - b - c", "a - b", "c"),
            ("a or b and c", "a", "b and c"),
            ("a > b == c", "a > b", "c"),
            ("-a ^ b + c", "-a ^ b", "c"),
            ("a offset 5m * 2", "a offset 5m", "2"),
            ("a or vector(0) > 1", "a", "vector(0) > 1"),
        ] {
            let parsed = parse(text);
            let Some(Kind::Binary(binary)) = parsed.ast.root().map(|root| parsed.ast.kind(root))
            else {
                panic!("{text}")
            };
            let side = |id| &text[parsed.ast.node(id).extent.range()];
            assert_eq!((side(binary.left), side(binary.right)), (left, right));
        }
    }

    #[test]
    fn faults_say_where_and_what_was_expected() {
        for (text, expected) in [
            ("sum(up", vec!["(: this `(` is never closed: expected `)`"]),
            ("a +", vec!["+: nothing follows `+`: expected an expression"]),
            ("sum(up))", vec!["): unexpected `)`: no parenthesis is open here"]),
            ("raet(x[5m])", vec!["raet: there is no function `raet`, did you mean `rate`?"]),
            (
                "rate(x)",
                vec!["x: argument 1 of `rate` must be a range vector, not an instant vector"],
            ),
            ("x[5 m]", vec!["m: expected a number or a duration such as `5m`"]),
            (
                "a b",
                vec!["b: unexpected `b`: expected an operator, `)` or the end of the expression"],
            ),
            ("x{a=b}", vec!["b: unexpected `b`: expected a text in quotes"]),
            ("1 > 2", vec![">: comparing two scalars needs `bool`: write `> bool`"]),
            (
                "x{a=~\"(\"}",
                vec!["\"(\": this regular expression does not compile: missing closing `)`"],
            ),
            (
                "{}",
                vec![
                    "{}: this selects every series: name a metric, or match one label with \
                         something that is not empty",
                ],
            ),
        ] {
            let found = messages(text);
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn gaps_stand_for_what_nobody_knows() {
        for text in [
            "rate(~m[~__rate_interval])",
            "sum by (~a, b, ~c) (x{job=\"~job\"}) / on (~a) group_left (~b) y",
            "x{~filters}",
            "x{~filters job=\"a\"}",
            "x{job=\"a\", ~~filters~raw~}",
            "x{job=~job}",
            "x{job~op\"a\"}",
            "topk(~n, node_~x_total offset ~off)",
            "~agg by (a) (x)",
            "~agg(x) by (a)",
            "~fn(x[5m]) > ~limit",
            "x[1~unit:~step] @ ~to",
            "max_over_time(x[~~n~m] offset ~~n~d) * 1~zeros",
            "~query",
            "~query offset 5m",
            "a:~x:b",
        ] {
            let text = text.replace('~', "\u{1a}");
            let parsed = parse_with_gaps(&text).unwrap_or_else(|| panic!("{text}"));
            assert!(parsed.faults.is_empty(), "{text}: {:?}", parsed.faults);
            assert!(!parse(&text).faults.is_empty() || text.contains('"'), "{text}");
        }
        for text in ["rate(x[~__rate_interval)", "sum(x{job=\"~job\"}", "raet(~m[5m])"] {
            let parsed = parse_with_gaps(&text.replace('~', "\u{1a}"));
            assert!(parsed.is_some_and(|parsed| !parsed.faults.is_empty()), "{text}");
        }
        // What the variable stands for may complete these.
        for text in ["sum(x ~op y", "sum ~by (x)", "~start x)", "x{a=\"b\" ~more y}"] {
            assert!(parse_with_gaps(&text.replace('~', "\u{1a}")).is_none(), "{text}");
        }
    }

    #[test]
    fn more_than_the_first_fault_is_told() {
        let found = messages("sum(rat(x[5m])) / sum(y{a=b}) + rate(z)");
        assert_eq!(found.len(), 3, "{found:?}");
        let found = messages("foo bar + rate(z) + holt(x)");
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn size_and_depth_have_no_limit() {
        for (open, close) in [("(", ")"), ("sum(", ")"), ("-", ""), ("abs(", ")"), ("1+(", ")")] {
            let deep = format!("{}x{}", open.repeat(100_000), close.repeat(100_000));
            let parsed = parse(&deep);
            assert!(parsed.faults.is_empty(), "{open}: {:?}", parsed.faults.first());
            let printed = print::print(&parsed.ast, &deep, parsed.ast.root().expect("a root"));
            assert!(printed.len() >= deep.len());
            assert!(!parse(&open.repeat(100_000)).faults.is_empty());
        }
        let brackets = format!("x[{}5m{}]", "(".repeat(100_000), ")".repeat(100_000));
        assert!(parse(&brackets).faults.is_empty());
        let long = vec!["rate(http_requests_total{job=\"api\"}[5m])"; 25_000].join(" + ");
        assert!(long.len() > 1_000_000);
        assert!(parse(&long).faults.is_empty());
        for junk in ["[", "{", "x{a", "x[5m:", "\"", "x offset ", "sum by (", "a on", "é", "\u{0}"]
        {
            assert!(!parse(&junk.repeat(50_000)).faults.is_empty());
        }
    }

    #[test]
    fn printing_is_stable() {
        for (text, expected) in [
            ("sum(rate(x[5m]))by(a)", "sum by (a) (rate(x[5m]))"),
            ("x{b='1',a=\"2\"}", "x{a=\"2\",b=\"1\"}"),
            ("{__name__=\"x\"}", "x"),
            ("a+on()b", "a + on () b"),
            ("x[60m:30]", "x[1h:30s]"),
            ("count by () (x)", "count(x)"),
        ] {
            let parsed = parse(text);
            let root = parsed.ast.root().expect("a root");
            let printed = print::print(&parsed.ast, text, root);
            assert_eq!(printed, expected);
            let again = parse(&printed);
            assert_eq!(
                print::print(&again.ast, &printed, again.ast.root().expect("a root")),
                printed
            );
        }
    }
}
