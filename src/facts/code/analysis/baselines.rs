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

/// Whether a text looks for the root among spans: Jaeger marks it by having no references.
fn seeks_root(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    SPANS.iter().any(|word| text.contains(word))
        && ["parent", "root", "references"].iter().any(|word| text.contains(word))
}

/// The first of a list of those that match, by its number: `[s for s in spans if …][0]`.
fn indexed(file: &File<'_, '_>) -> Vec<ExprId> {
    let unit = file.unit;
    if unit.language != Language::Python {
        return Vec::new();
    }
    let first = |id: &ExprId| {
        let ExprKind::Index { of, key: Some(key) } = unit.expr(*id) else { return false };
        let text = unit.slice(&unit.place(*of));
        matches!(unit.expr(*key), ExprKind::Number("0"))
            && text.starts_with('[')
            && text.contains(" for ")
            && text.contains(" if ")
            && seeks_root(text)
            && !file.is_faulty(*id)
    };
    super::ids(file).filter(first).collect()
}

/// The first of some spans, taken although there may be none.
pub(super) fn lookups(file: &File<'_, '_>, around: &Around<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    for id in unit.calls().collect::<Vec<_>>().into_iter().chain(indexed(file)) {
        if let ExprKind::Index { of, .. } = unit.expr(id) {
            let guarded = is_caught(file, around, id, &["IndexError", "Exception", "LookupError"])
                || tests(file, around, id)
                    .iter()
                    .any(|test| mentions(test, unit.slice(&unit.place(*of))));
            let name = scalar(file, &unit.place(*of));
            let slip = Slip::First { guarded };
            facts.sums.push(Sum { document: file.document, name, slip });
            continue;
        }
        let Some(name) = file.called(id).filter(|_| !file.is_faulty(id)) else { continue };
        // `roots = (…); next(roots)`
        let given = unit.args(id).first().map(|arg| file.names.resolved(arg.value));
        let given = given.filter(|_| name == "next");
        let text = unit.slice(&unit.place(id)).to_owned()
            + given.map_or("", |given| unit.slice(&unit.place(given)));
        if !seeks_root(&text) {
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
