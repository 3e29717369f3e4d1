//! Comparisons with baselines, and spans that are looked up.

use super::super::around::Around;
use super::super::file::File;
use super::{Slip, Sum, ids, is_caught, mentions, scalar, tests};
use crate::facts::FileFacts;
use crate::facts::scalar::Scalar;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind};

/// Words of baselines.
pub(super) const WORDS: &[&str] =
    &["baseline", "historical", "previous", "last_week", "lastweek", "reference_"];
/// Quantities that are never zero where anything was measured.
const NEVER_ZERO: &[&str] = &[
    "duration",
    "latency",
    "p50",
    "p90",
    "p95",
    "p99",
    "percentile",
    "_ms",
    "millis",
    "seconds",
    "response_time",
    "responsetime",
    "elapsed",
    "memory",
    "bytes",
];
/// Words of tests that ask how much was measured.
const COUNTS: &[&str] =
    &["count", "total", "len(", ".length", ".size()", "samples", "min_", "_min", "Count", "enough"];

/// `x > baseline * k` and `x / baseline > k`.
pub(super) fn read(file: &File<'_, '_>, around: &Around<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    for id in ids(file) {
        let ExprKind::Binary { op, left, right } = unit.expr(id) else { continue };
        let big = match *op {
            ">" | ">=" => (*left, *right),
            "<" | "<=" => (*right, *left),
            _ => continue,
        };
        if file.is_faulty(id) {
            continue;
        }
        let Some(baseline) = multiplied(file, big.1).or_else(|| divided(file, big.0)) else {
            continue;
        };
        let text = unit.slice(&unit.place(baseline));
        let whole = unit.slice(&unit.place(id)).to_ascii_lowercase();
        if NEVER_ZERO.iter().any(|word| whole.contains(word)) {
            continue;
        }
        let guarded = tests(file, around, id).iter().any(|test| {
            let own = test.contains(unit.slice(&unit.place(id)));
            let rest = test.replace(unit.slice(&unit.place(id)), "");
            let test = if own { rest.as_str() } else { test };
            mentions(test, text) || COUNTS.iter().any(|word| test.contains(word))
        });
        facts.sums.push(Sum {
            document: file.document,
            name: scalar(file, &unit.place(baseline)),
            slip: Slip::Baseline { of: text.to_owned(), guarded },
        });
    }
}

fn names_baseline(file: &File<'_, '_>, id: ExprId) -> bool {
    let text = file.unit.slice(&file.unit.place(id)).to_ascii_lowercase();
    let plain = matches!(
        file.unit.expr(id),
        ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Index { .. }
    );
    plain && WORDS.iter().any(|word| text.contains(word))
}

/// The baseline of `baseline * 2`.
fn multiplied(file: &File<'_, '_>, id: ExprId) -> Option<ExprId> {
    let ExprKind::Binary { op: "*", left, right } = file.unit.expr(id) else { return None };
    let factor =
        |id: ExprId| !matches!(file.unit.expr(id), ExprKind::Text(_) | ExprKind::Call { .. });
    [(*left, *right), (*right, *left)]
        .into_iter()
        .find(|(base, by)| names_baseline(file, *base) && factor(*by) && !names_baseline(file, *by))
        .map(|(base, _)| base)
}

/// The baseline of `x / baseline`.
fn divided(file: &File<'_, '_>, id: ExprId) -> Option<ExprId> {
    match file.unit.expr(id) {
        ExprKind::Binary { op: "/", right, .. } if names_baseline(file, *right) => Some(*right),
        _ => None,
    }
}

/// Words that tell spans from other things that are looked up.
const SPANS: &[&str] = &["span", "trace"];

/// The first of some spans, taken although there may be none.
pub(super) fn lookups(file: &File<'_, '_>, around: &Around<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    for id in unit.calls() {
        let Some(name) = file.called(id).filter(|_| !file.is_faulty(id)) else { continue };
        let text = unit.slice(&unit.place(id)).to_ascii_lowercase();
        if !SPANS.iter().any(|word| text.contains(word))
            || !(text.contains("parent") || text.contains("root"))
        {
            continue;
        }
        let outer = around.past(id);
        let args = unit.args(id);
        let method = around.method(outer).map(|(_, name)| name);
        let taken = match (unit.language, name) {
            (Language::Python, "next") => args.len() == 1 && !args[0].spread,
            (Language::Javascript | Language::Typescript | Language::Tsx, "find") => {
                let member = around.parent(outer).filter(
                    |up| matches!(unit.expr(*up), ExprKind::Member { of, .. } if *of == outer),
                );
                member.is_some_and(|up| {
                    let after =
                        unit.text.get(unit.place(outer).end as usize..unit.place(up).end as usize);
                    after.is_some_and(|after| {
                        !after.trim_start().starts_with('?')
                            && !after.trim_start().starts_with("!.")
                    })
                })
            }
            (Language::Rust, "find" | "position" | "next") => matches!(method, Some("unwrap")),
            (Language::Java, "findFirst" | "findAny") => matches!(method, Some("get")),
            (Language::Csharp, "First" | "Single") => true,
            _ => false,
        };
        if !taken {
            continue;
        }
        let guarded = is_caught(
            file,
            around,
            id,
            &[
                "StopIteration",
                "Exception",
                "BaseException",
                "RuntimeException",
                "NoSuchElementException",
            ],
        );
        let span = file.callee_span(id);
        facts.sums.push(Sum {
            document: file.document,
            name: Scalar { text: name.to_owned(), span, known: true, plain: false },
            slip: Slip::First { guarded },
        });
    }
}
