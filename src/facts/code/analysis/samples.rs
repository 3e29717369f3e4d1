//! Percentiles and means of values that may be too few.

use super::super::around::Around;
use super::super::file::File;
use super::{Slip, Sum, ids, is_caught, mentions, reads_traces, scalar, tests};
use crate::facts::FileFacts;
use crate::facts::scalar::Scalar;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind};

const CAUGHT: &[&str] = &[
    "StatisticsError",
    "ValueError",
    "Exception",
    "ZeroDivisionError",
    "IndexError",
    "InvalidOperationException",
    "ArithmeticException",
    "NoSuchElementException",
];

pub(super) fn read(file: &File<'_, '_>, around: &Around<'_, '_>, facts: &mut FileFacts) {
    for (call, api) in file.of_role(Role::Statistic) {
        let Some(data) = file.argument(call, api, "data") else { continue };
        let needs = api.get("needs").and_then(|needs| needs.parse().ok()).unwrap_or(1);
        // A mean of what is certainly there is fine; a percentile takes two values.
        if needs < 2 && !may_be_empty(file, data) {
            continue;
        }
        let guarded = is_guarded(file, around, call.id, data);
        facts.sums.push(Sum {
            document: file.document,
            name: Scalar {
                text: call.name().to_owned(),
                span: file.callee_span(call.id),
                known: true,
                plain: false,
            },
            slip: Slip::Sample {
                of: text(file, data),
                needs,
                guarded,
                measured: is_measured(file, call.id),
            },
        });
    }
    shares(file, around, facts);
}

fn text(file: &File<'_, '_>, id: ExprId) -> String {
    file.unit.slice(&file.unit.place(id)).to_owned()
}

/// Whether the function around, or the name of the file, speaks of what is measured of a running
/// program: means of other things are no analysis of operations.
fn is_measured(file: &File<'_, '_>, id: ExprId) -> bool {
    const WORDS: &[&str] = &[
        "anomal",
        "baseline",
        "durat",
        "elapsed",
        "error",
        "fail",
        "incident",
        "latenc",
        "metric",
        "millis",
        "p50",
        "p90",
        "p95",
        "p99",
        "percentile",
        "quantile",
        "request",
        "respon",
        "slo",
        "slow",
        "span",
        "throughput",
        "timing",
        "trace",
        "uptime",
    ];
    let unit = file.unit;
    let function = unit.outward(unit.function_of(id)).filter(|it| it.0 != 0).last();
    let text = match function {
        Some(function) => unit.slice(&unit.function(function).at),
        None => unit.text,
    };
    let text = text.to_ascii_lowercase();
    let path = file.path.to_ascii_lowercase();
    WORDS.iter().any(|word| text.contains(word) || path.contains(word))
}

/// Divisions by how many there are.
fn shares(file: &File<'_, '_>, around: &Around<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    for id in ids(file) {
        let ExprKind::Binary { op: "/", right, .. } = unit.expr(id) else { continue };
        if file.is_faulty(id) {
            continue;
        }
        let Some(data) = counted(file, *right) else { continue };
        if !may_be_empty(file, data) {
            continue;
        }
        let guarded = is_guarded(file, around, id, data);
        facts.sums.push(Sum {
            document: file.document,
            name: scalar(file, &unit.place(*right)),
            slip: Slip::Sample {
                of: text(file, data),
                needs: 1,
                guarded,
                measured: is_measured(file, id),
            },
        });
    }
}

/// What is counted: `len(x)`, `x.length`, `x.size()`, `x.Count`, `x.len() as f64`.
fn counted(file: &File<'_, '_>, id: ExprId) -> Option<ExprId> {
    let unit = file.unit;
    let mut id = id;
    for _ in 0..4 {
        match unit.expr(id) {
            ExprKind::Call { callee, args, .. } => match (unit.expr(*callee), args.as_slice()) {
                (ExprKind::Name("len"), [arg]) => return Some(arg.value),
                // `float64(len(x))`
                (ExprKind::Name(_), [arg]) => id = arg.value,
                (ExprKind::Member { of, name: "size" | "len" | "Count" }, []) => return Some(*of),
                _ => return None,
            },
            ExprKind::Member { of, name: "length" | "Count" | "Length" } => return Some(*of),
            ExprKind::Other(inner) => match inner.as_slice() {
                [one] => id = *one,
                _ => return None,
            },
            _ => return None,
        }
    }
    None
}

/// Whether a list is certainly one that can be empty: what is left of another, or what a store of
/// traces gives.
fn may_be_empty(file: &File<'_, '_>, data: ExprId) -> bool {
    is_left(file, data, 4)
}

fn is_left(file: &File<'_, '_>, data: ExprId, deep: usize) -> bool {
    let Some(deep) = deep.checked_sub(1) else { return false };
    let unit = file.unit;
    let value = file.names.resolved(data);
    let mut id = value;
    for _ in 0..8 {
        match unit.expr(id) {
            ExprKind::Await(of) | ExprKind::Propagate(of) => id = *of,
            ExprKind::Call { callee, .. } => {
                if reads_traces(file, id) {
                    return true;
                }
                match unit.expr(*callee) {
                    ExprKind::Member { name: "filter" | "Where", .. } => return true,
                    ExprKind::Member { of, .. } => id = *of,
                    _ => return false,
                }
            }
            ExprKind::Other(_) => {
                let text = unit.slice(&unit.place(id));
                // Of all that a store gives, or of what is left of something.
                let of_store = || {
                    unit.all_in(id).into_iter().filter(|part| *part != id).any(|part| {
                        reads_traces(file, part)
                            || matches!(unit.expr(part), ExprKind::Name(_))
                                && file.names.resolved(part) != part
                                && is_left(file, part, deep)
                    })
                };
                return unit.language == Language::Python
                    && text.contains(" for ")
                    && (text.contains(" if ") || of_store());
            }
            _ => return false,
        }
    }
    false
}

/// Whether something asks first how many values there are.
fn is_guarded(file: &File<'_, '_>, around: &Around<'_, '_>, at: ExprId, data: ExprId) -> bool {
    let unit = file.unit;
    // The list itself, and the lists it is made of.
    let mut names: Vec<&str> = Vec::new();
    let mut open = vec![data];
    let mut steps = 0;
    while let Some(id) = open.pop() {
        steps += 1;
        if steps > 16 {
            break;
        }
        for part in unit.all_in(id) {
            match unit.expr(part) {
                ExprKind::Name(name) if !names.contains(name) => {
                    names.push(*name);
                    let value = file.names.resolved(part);
                    if value != part {
                        open.push(value);
                    }
                }
                _ => {}
            }
        }
    }
    let tests = tests(file, around, at);
    let text = unit.slice(&unit.place(data));
    tests.iter().any(|test| names.iter().any(|name| mentions(test, name)) || test.contains(text))
        || is_caught(file, around, at, CAUGHT)
        // `xs or [0]`, `max(len(xs), 1)`
        || text.contains(" or ")
        || text.contains("||")
}
