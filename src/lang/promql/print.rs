//! The one way to write an expression: equal texts mean equal expressions.

use super::ast::{
    Aggregate, Ast, Binary, Extent, Kind, Length, Matcher, Modifiers, Name, NodeId, Point, Selector,
};
use crate::lang::duration;
use crate::lang::matcher::MatchOp;
use std::fmt::Write;

/// Writes a subtree with single spaces, groupings before the arguments, labels in order and
/// durations in their shortest form. `source` is the text the tree was read from.
pub fn print(ast: &Ast, source: &str, root: NodeId) -> String {
    let mut printer = Printer { ast, source, out: String::new(), todo: vec![Part::Node(root)] };
    while let Some(part) = printer.todo.pop() {
        match part {
            Part::Node(id) => printer.node(id),
            Part::Sign(sign) => printer.out.push_str(sign),
            Part::Infix(id) => printer.infix(id),
            Part::Tail(id) => printer.tail(id),
        }
    }
    printer.out
}

enum Part {
    Node(NodeId),
    Sign(&'static str),
    /// The operator of a binary operation, and how its sides match.
    Infix(NodeId),
    /// What stands behind the operand of a range or subquery.
    Tail(NodeId),
}

struct Printer<'a> {
    ast: &'a Ast,
    source: &'a str,
    out: String,
    /// What is still to be written, last first.
    todo: Vec<Part>,
}

impl Printer<'_> {
    fn node(&mut self, id: NodeId) {
        let ast = self.ast;
        match ast.kind(id) {
            Kind::Number { value, duration } => self.number(*value, *duration),
            Kind::Text(text) => self.quoted(text),
            Kind::Selector(selector) => {
                self.selector(selector);
                self.modifiers(&selector.modifiers);
            }
            Kind::Range { inner, .. } => {
                self.todo.push(Part::Tail(id));
                match ast.kind(*inner) {
                    Kind::Selector(selector) => self.selector(selector),
                    _ => self.todo.push(Part::Node(*inner)),
                }
            }
            Kind::Subquery(subquery) => {
                self.todo.extend([Part::Tail(id), Part::Node(subquery.inner)]);
            }
            Kind::Call(call) => {
                match call.function {
                    Some(function) => self.out.push_str(function.name),
                    None => self.raw(call.name),
                }
                self.arguments(&call.args);
            }
            Kind::Aggregate(aggregate) => self.aggregate(aggregate),
            Kind::Binary(binary) => {
                let (left, right) = (binary.left, binary.right);
                self.todo.extend([Part::Node(right), Part::Infix(id), Part::Node(left)]);
            }
            Kind::Unary { negative, inner } => {
                self.out.push(if *negative { '-' } else { '+' });
                self.todo.push(Part::Node(*inner));
            }
            Kind::Paren(inner) => {
                self.out.push('(');
                self.todo.extend([Part::Sign(")"), Part::Node(*inner)]);
            }
            Kind::Invalid => self.out.push('?'),
        }
    }

    fn raw(&mut self, extent: Extent) {
        self.out.push_str(self.source.get(extent.range()).unwrap_or_default());
    }

    fn arguments(&mut self, args: &[NodeId]) {
        self.out.push('(');
        self.todo.push(Part::Sign(")"));
        for (index, arg) in args.iter().enumerate().rev() {
            self.todo.push(Part::Node(*arg));
            if index > 0 {
                self.todo.push(Part::Sign(", "));
            }
        }
    }

    fn aggregate(&mut self, aggregate: &Aggregate) {
        self.out.push_str(aggregate.op.name());
        // Grouping by nothing is no grouping.
        let grouping = aggregate.grouping.as_ref();
        if let Some(grouping) =
            grouping.filter(|grouping| grouping.without || !grouping.labels.is_empty())
        {
            self.out.push_str(if grouping.without { " without " } else { " by " });
            self.labels(&grouping.labels);
            self.out.push(' ');
        }
        let args: Vec<NodeId> = aggregate.param.into_iter().chain(aggregate.inner).collect();
        self.arguments(&args);
    }

    fn labels(&mut self, labels: &[Name]) {
        self.out.push('(');
        for (index, label) in labels.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            self.name(&label.text);
        }
        self.out.push(')');
    }

    fn name(&mut self, name: &str) {
        if is_plain_name(name) {
            self.out.push_str(name);
        } else {
            self.quoted(name);
        }
    }

    fn quoted(&mut self, text: &str) {
        write_quoted(&mut self.out, text);
    }

    fn number(&mut self, value: f64, is_duration: bool) {
        if is_duration {
            return self.seconds(value);
        }
        if value.is_infinite() {
            self.out.push_str(if value > 0.0 { "Inf" } else { "-Inf" });
        } else {
            // Writing into a text cannot fail.
            let _ = write!(self.out, "{value}");
        }
    }

    fn seconds(&mut self, seconds: f64) {
        if seconds < 0.0 {
            self.out.push('-');
        }
        #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
        let ms = (seconds.abs() * 1000.0).round() as i64;
        self.out.push_str(&duration::display(ms));
    }

    fn length(&mut self, length: &Length) {
        match length.seconds.filter(|_| length.literal) {
            Some(seconds) => self.seconds(seconds),
            None => self.raw(length.extent),
        }
    }

    fn selector(&mut self, selector: &Selector) {
        let name = selector.metric().unwrap_or_default();
        let names = |matcher: &Matcher| &*matcher.label.text == "__name__";
        let is_it = |matcher: &Matcher| {
            names(matcher) && matcher.op == MatchOp::Equal && &*matcher.value == name
        };
        // Before the braces a metric is named once; inside they may say more of its name.
        let once = selector.matchers.iter().filter(|it| names(it)).all(is_it);
        let plain = once && is_plain_metric(name);
        if plain {
            self.out.push_str(name);
        }
        let mut texts: Vec<String> = selector
            .matchers
            .iter()
            .filter(|matcher| !(plain && is_it(matcher)))
            .map(|matcher| {
                let mut text = String::new();
                if is_plain_name(&matcher.label.text) {
                    text.push_str(&matcher.label.text);
                } else {
                    write_quoted(&mut text, &matcher.label.text);
                }
                text.push_str(matcher.op.sign());
                write_quoted(&mut text, &matcher.value);
                text
            })
            .collect();
        if texts.is_empty() {
            if name.is_empty() {
                self.out.push_str("{}");
            }
            return;
        }
        texts.sort_unstable();
        texts.dedup();
        self.out.push('{');
        self.out.push_str(&texts.join(","));
        self.out.push('}');
    }

    fn modifiers(&mut self, modifiers: &Modifiers) {
        if modifiers.anchored.is_some() {
            self.out.push_str(" anchored");
        }
        if modifiers.smoothed.is_some() {
            self.out.push_str(" smoothed");
        }
        match modifiers.at.map(|at| at.point) {
            Some(Point::Seconds(seconds)) => {
                let _ = write!(self.out, " @ {seconds:.3}");
            }
            Some(Point::Start) => self.out.push_str(" @ start()"),
            Some(Point::End) => self.out.push_str(" @ end()"),
            None => {}
        }
        // Times are counted in milliseconds: less than half of one is none.
        let none = |offset: &Length| {
            offset.literal && offset.seconds.is_some_and(|seconds| (seconds * 1e3).round() == 0.0)
        };
        if let Some(offset) = modifiers.offset.filter(|offset| !none(offset)) {
            self.out.push_str(" offset ");
            self.length(&offset);
        }
    }

    fn infix(&mut self, id: NodeId) {
        let Kind::Binary(binary) = self.ast.kind(id) else { return };
        let Binary { op, returns_bool, matching, fill, .. } = &**binary;
        self.out.push(' ');
        self.out.push_str(op.sign());
        if returns_bool.is_some() {
            self.out.push_str(" bool");
        }
        if let Some(matching) = matching.as_ref().filter(|matching| {
            matching.on || !matching.labels.is_empty() || matching.group.is_some()
        }) {
            self.out.push_str(if matching.on { " on " } else { " ignoring " });
            self.labels(&matching.labels);
            if let Some(group) = &matching.group {
                self.out.push_str(if group.left { " group_left " } else { " group_right " });
                self.labels(&group.labels);
            }
        }
        if let Some(fill) = fill {
            self.out.push(' ');
            self.raw(*fill);
        }
        self.out.push(' ');
    }

    fn tail(&mut self, id: NodeId) {
        let ast = self.ast;
        match ast.kind(id) {
            Kind::Range { inner, window } => {
                self.out.push('[');
                self.length(window);
                self.out.push(']');
                if let Kind::Selector(selector) = ast.kind(*inner) {
                    self.modifiers(&selector.modifiers);
                }
            }
            Kind::Subquery(subquery) => {
                self.out.push('[');
                self.length(&subquery.window);
                self.out.push(':');
                if let Some(step) = &subquery.step {
                    self.length(step);
                }
                self.out.push(']');
                self.modifiers(&subquery.modifiers);
            }
            _ => {}
        }
    }
}

fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && !name.as_bytes()[0].is_ascii_digit()
        && name.bytes().all(|c| c == b'_' || c.is_ascii_alphanumeric())
}

fn is_plain_metric(name: &str) -> bool {
    !name.is_empty()
        && !name.as_bytes()[0].is_ascii_digit()
        && name.bytes().all(|c| c == b'_' || c == b':' || c.is_ascii_alphanumeric())
}

/// Writes a text as Prometheus quotes it.
fn write_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Written as it is, the replacement character would stand for a broken text.
            c if c.is_control() || c == char::REPLACEMENT_CHARACTER => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
