//! Where a value comes from: the path of a request, the text of an error, something new each time;
//! and what a length of time is counted in.

use super::file::File;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, Part, Place, StmtKind};
use crate::source::Span;

/// Where a value comes from.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
pub enum ValueOrigin {
    /// A constant, or nobody can say.
    Plain,
    /// The path or address of a request as it was sent.
    Path,
    /// The text of an error.
    Error,
    /// Another one each time: a random id, the time.
    Unique,
    /// Held in something of this name.
    Named(String),
}

/// A value and the place that says where it comes from.
pub(super) struct Traced {
    pub(super) origin: ValueOrigin,
    pub(super) at: Span,
}

/// What lengths of time are counted in.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum TimeUnit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Millis,
    /// Microseconds.
    Micros,
    /// Nanoseconds.
    Nanos,
}

impl TimeUnit {
    /// The word used in output.
    pub fn name(self) -> &'static str {
        match self {
            TimeUnit::Seconds => "seconds",
            TimeUnit::Millis => "milliseconds",
            TimeUnit::Micros => "microseconds",
            TimeUnit::Nanos => "nanoseconds",
        }
    }

    fn of(word: &str) -> Option<TimeUnit> {
        Some(match word {
            "s" => TimeUnit::Seconds,
            "ms" => TimeUnit::Millis,
            "us" => TimeUnit::Micros,
            "ns" => TimeUnit::Nanos,
            _ => return None,
        })
    }

    fn exponent(self) -> i32 {
        match self {
            TimeUnit::Seconds => 0,
            TimeUnit::Millis => 3,
            TimeUnit::Micros => 6,
            TimeUnit::Nanos => 9,
        }
    }

    /// The unit of a value after it was multiplied by a power of ten.
    fn scaled(self, by: i32) -> Option<TimeUnit> {
        [TimeUnit::Seconds, TimeUnit::Millis, TimeUnit::Micros, TimeUnit::Nanos]
            .into_iter()
            .find(|unit| unit.exponent() == self.exponent() + by)
    }
}

/// Most steps from a value to where it comes from.
const STEPS: usize = 12;

/// Functions and methods that change how a value looks, and nothing that could bound it.
const LOOKS: &[&str] = &[
    "str",
    "String",
    "string",
    "toString",
    "to_string",
    "ToString",
    "to_owned",
    "into",
    "clone",
    "as_str",
    "as_ref",
    "valueOf",
    "Sprint",
    "Sprintf",
    "format",
    "lower",
    "upper",
    "toLowerCase",
    "toUpperCase",
    "ToLower",
    "ToUpper",
    "ToLowerInvariant",
    "trim",
    "Trim",
    "strip",
    "unwrap",
    "unwrap_or_default",
    "repr",
    "Value",
    "of",
];
/// Functions that change the type of a number.
const CASTS: &[&str] = &[
    "float",
    "int",
    "round",
    "abs",
    "float64",
    "float32",
    "int64",
    "uint64",
    "Number",
    "floor",
    "ceil",
    "from",
    "into",
    "doubleValue",
    "unwrap",
    "unwrap_or",
    "max",
    "min",
    "ToDouble",
];
/// Names of errors that are caught.
const ERRORS: &[&str] = &["e", "ex", "err", "error", "exc", "exception", "cause", "reason"];

impl File<'_, '_> {
    /// Where the value of an expression comes from: in it, in the variable it is, or one call back.
    pub(super) fn traced(&self, id: ExprId) -> Traced {
        let found = self.trace(id, STEPS, true);
        let plain = || Traced { origin: ValueOrigin::Plain, at: self.expr_span(id) };
        found.unwrap_or_else(plain)
    }

    fn trace(&self, id: ExprId, steps: usize, back: bool) -> Option<Traced> {
        let steps = steps.checked_sub(1)?;
        let unit = self.unit;
        if let Some(origin) = self.sign(id) {
            return Some(Traced { origin, at: self.expr_span(id) });
        }
        match unit.expr(id) {
            ExprKind::Name(name) => self.trace_name(id, name, steps, back),
            ExprKind::Member { name, .. } => {
                let origin = ValueOrigin::Named((*name).to_owned());
                Some(Traced { origin, at: self.expr_span(id) })
            }
            ExprKind::Template(parts) => parts.iter().find_map(|part| match part {
                Part::Value(value, _) => self.telling(*value, steps, back),
                Part::Text(_) => None,
            }),
            ExprKind::Binary { op: "+" | "||" | "??" | "or", left, right } => {
                self.telling(*left, steps, back).or_else(|| self.telling(*right, steps, back))
            }
            ExprKind::Choice { yes, no, .. } => {
                self.telling(*yes, steps, back).or_else(|| self.telling(*no, steps, back))
            }
            ExprKind::Await(of) | ExprKind::Propagate(of) => self.trace(*of, steps, back),
            ExprKind::Unary { op, of } if matches!(*op, "&" | "*" | "!") => {
                self.trace(*of, steps, back)
            }
            ExprKind::Other(inner) => match inner.as_slice() {
                [one] => self.trace(*one, steps, back),
                _ => None,
            },
            ExprKind::Call { callee, args, .. } => {
                let name = match unit.expr(*callee) {
                    ExprKind::Name(name) | ExprKind::Member { name, .. } => *name,
                    _ => return None,
                };
                if !LOOKS.contains(&name) {
                    return None;
                }
                let made_on = match unit.expr(*callee) {
                    ExprKind::Member { of, .. } if args.is_empty() => Some(*of),
                    _ => None,
                };
                let mut inside = made_on.into_iter().chain(args.iter().map(|arg| arg.value));
                inside.find_map(|id| self.telling(id, steps, back))
            }
            _ => None,
        }
    }

    /// What a part of a text tells; plain parts tell nothing.
    fn telling(&self, id: ExprId, steps: usize, back: bool) -> Option<Traced> {
        self.trace(id, steps, back).filter(|traced| traced.origin != ValueOrigin::Plain)
    }

    fn trace_name(&self, id: ExprId, name: &str, steps: usize, back: bool) -> Option<Traced> {
        if let Some(value) = self.names.value(id) {
            let found = self.trace(value, steps, back);
            let tells =
                |it: &Traced| !matches!(it.origin, ValueOrigin::Plain | ValueOrigin::Named(_));
            if let Some(found) = found.filter(tells) {
                return Some(found);
            }
            // What was looked up, counted or chosen may still be named for what it holds.
        } else if back && let Some(found) = self.passed(id, name, steps) {
            return Some(found);
        }
        let origin = ValueOrigin::Named(name.to_owned());
        Some(Traced { origin, at: self.expr_span(id) })
    }

    /// What callers in the same file pass for a parameter.
    fn passed(&self, id: ExprId, name: &str, steps: usize) -> Option<Traced> {
        let unit = self.unit;
        let home = unit.outward(unit.function_of(id)).find(|function| {
            unit.function(*function).params.iter().any(|param| param.name == name)
        })?;
        let function = unit.function(home);
        if function.name.is_empty() {
            return None;
        }
        let position = function.params.iter().position(|param| param.name == name)?;
        let of_name = self.calls_named(function.name);
        let mut calls = of_name.filter(|call| self.calls_to(call.path.as_str(), home));
        calls.find_map(|call| {
            let value = unit.arg(call.id, position, name)?;
            let traced = self.trace(value, steps, false)?;
            let tells = !matches!(traced.origin, ValueOrigin::Plain | ValueOrigin::Named(_));
            tells.then_some(traced)
        })
    }

    /// Whether a call's path leads to a function of the file.
    fn calls_to(&self, path: &str, function: FunctionId) -> bool {
        let function = self.unit.function(function);
        let Some(before) = path.strip_suffix(function.name) else { return false };
        match function.class {
            None => before.is_empty(),
            Some(class) => {
                let class = self.unit.class(class).name;
                let before = before.strip_suffix('.').unwrap_or(before);
                [class, &format!("<{class}>"), &format!("{class}()"), "self", "this"]
                    .contains(&before)
            }
        }
    }

    /// What an expression is by the tables, or by the way errors are caught.
    fn sign(&self, id: ExprId) -> Option<ValueOrigin> {
        let unit = self.unit;
        if let Some(origin) = self.error_text(id) {
            return Some(origin);
        }
        let named = match unit.expr(id) {
            ExprKind::Call { callee, .. } => *callee,
            ExprKind::Member { .. } => id,
            _ => return None,
        };
        let row = |words: Option<String>| self.table.role(&words?, Role::Value);
        // A type that says nothing (`any`) leaves the name.
        let row = row(self.names.path(named)).or_else(|| row(self.written(named)))?;
        Some(match row.get("gives")? {
            "path" => ValueOrigin::Path,
            "error" => ValueOrigin::Error,
            _ => ValueOrigin::Unique,
        })
    }

    /// The text of an error: `str(e)`, `err.Error()`, `e.message`, `e.to_string()`.
    fn error_text(&self, id: ExprId) -> Option<ValueOrigin> {
        let unit = self.unit;
        let caught = |of: ExprId| self.is_error(of);
        let told = match (unit.language, unit.expr(id)) {
            (Language::Go, ExprKind::Call { callee, args, .. }) if args.is_empty() => {
                matches!(unit.expr(*callee), ExprKind::Member { name: "Error", .. })
            }
            (_, ExprKind::Member { of, name: "message" | "stack" | "Message" | "StackTrace" }) => {
                caught(*of)
            }
            (_, ExprKind::Call { callee, args, .. }) => match unit.expr(*callee) {
                ExprKind::Member { of, name } => {
                    let text = matches!(
                        *name,
                        "getMessage"
                            | "getLocalizedMessage"
                            | "toString"
                            | "ToString"
                            | "to_string"
                    );
                    text && args.is_empty() && caught(*of)
                }
                ExprKind::Name("str" | "repr" | "String" | "format") => {
                    args.iter().any(|arg| caught(arg.value))
                }
                _ => false,
            },
            (_, ExprKind::Template(parts)) => parts.iter().any(|part| match part {
                Part::Value(value, _) => caught(*value),
                Part::Text(_) => false,
            }),
            _ => false,
        };
        told.then_some(ValueOrigin::Error)
    }

    /// Whether a name is that of an error that was caught around it.
    fn is_error(&self, id: ExprId) -> bool {
        let ExprKind::Name(name) = self.unit.expr(id) else { return false };
        let at = self.unit.place(id);
        let holds = |place: &Place| place.start <= at.start && at.end <= place.end;
        let by_catch = self.unit.stmts.iter().any(|stmt| match &stmt.kind {
            StmtKind::Try { catches, .. } if holds(&stmt.at) => {
                catches.iter().any(|catch| catch.name == Some(*name) && holds(&catch.at))
            }
            _ => false,
        });
        if by_catch {
            return true;
        }
        // Arms of a `match` and callbacks name what they are given.
        let language = self.unit.language;
        let by_name = matches!(
            language,
            Language::Rust | Language::Javascript | Language::Typescript | Language::Tsx
        );
        by_name && ERRORS.contains(name) && self.names.value(id).is_none()
    }

    /// What a length of time is counted in, where that is certain.
    pub(super) fn time_unit(&self, id: ExprId) -> Option<TimeUnit> {
        self.counted(id, STEPS)
    }

    fn counted(&self, id: ExprId, steps: usize) -> Option<TimeUnit> {
        let steps = steps.checked_sub(1)?;
        let unit = self.unit;
        let id = self.names.resolved(id);
        let by_table = |words: Option<String>| {
            TimeUnit::of(self.table.role(&words?, Role::Time)?.get("unit")?)
        };
        match unit.expr(id) {
            ExprKind::Binary { op: "-", left, right } => {
                let (left, right) = (self.counted(*left, steps), self.counted(*right, steps));
                match (left, right) {
                    (Some(left), Some(right)) => (left == right).then_some(left),
                    (one, other) => one.or(other),
                }
            }
            ExprKind::Binary { op: op @ ("*" | "/"), left, right } => {
                let (of, factor) = match (self.number(*left), self.number(*right)) {
                    (None, Some(factor)) => (*left, factor),
                    (Some(factor), None) if *op == "*" => (*right, factor),
                    _ => return None,
                };
                let by = power(factor)?;
                self.counted(of, steps)?.scaled(if *op == "*" { by } else { -by })
            }
            ExprKind::Unary { of, .. } | ExprKind::Await(of) => self.counted(*of, steps),
            // `(DateTime.UtcNow - began).TotalMilliseconds`
            ExprKind::Member { name, .. } => {
                by_table(self.words(id).or_else(|| Some(format!("?.{name}"))))
            }
            ExprKind::Call { callee, args, .. } => {
                if let Some(found) = by_table(self.words(*callee)) {
                    return Some(found);
                }
                let name = match unit.expr(*callee) {
                    ExprKind::Name(name) | ExprKind::Member { name, .. } => *name,
                    _ => return None,
                };
                if !CASTS.contains(&name) {
                    return None;
                }
                let made_on = match unit.expr(*callee) {
                    ExprKind::Member { of, .. } if args.is_empty() => Some(*of),
                    _ => None,
                };
                self.counted(args.first().map(|arg| arg.value).or(made_on)?, steps)
            }
            ExprKind::Other(inner) => match inner.as_slice() {
                [one] => self.counted(*one, steps),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Which power of ten a number of thousands is.
fn power(factor: f64) -> Option<i32> {
    [(1.0, 0), (1e3, 3), (1e6, 6), (1e9, 9), (1e-3, -3), (1e-6, -6), (1e-9, -9)]
        .into_iter()
        .find(|(value, _)| (factor / value - 1.0).abs() < 1e-9)
        .map(|(_, power)| power)
}
