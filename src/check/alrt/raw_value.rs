//! A computed value printed with all its digits. Rule: rules/alrt/raw-value.yaml

use super::{alert_of, percent_sign};
use crate::check::Case;
use crate::finding::Edit;
use crate::lang::promql::ast::{Aggregator, Kind, Op};
use crate::lang::template::{StepKind, reads};
use crate::repo::model::leaf::Leaf;
use crate::repo::model::texts::AlertText;
use crate::repo::model::{Model, Place, scale};
use crate::repo::queries::Query;
use std::cell::OnceCell;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some((alert, root)) = alert_of(query) else { return case.skip() };
    let model = case.model;
    let value = model.value_of(root);
    if !is_computed(model, value) {
        return;
    }
    let is_ratio = OnceCell::new();
    let is_ratio = || *is_ratio.get_or_init(|| scale::of(model, root).whole() == Some(1.0));
    for text in model.texts_of(alert).iter().filter(|text| !text.is_label) {
        for print in reads::values(&text.parsed) {
            // Another rule speaks of a ratio in front of a percent sign.
            let wrong_scale = || percent_sign(text, &print).is_some() && is_ratio();
            if !print.functions.is_empty() || wrong_scale() {
                continue;
            }
            let words = &text.value.text[print.operand.range()];
            let function = match !names_unit(text, print.step) && is_seconds(model, value) {
                true => "humanizeDuration",
                false => "humanize",
            };
            let span = case.repo.place(text.value, print.operand.range());
            let flag = case.flag(span).with("key", &text.key.text).with("value", words);
            if print.plain {
                let edit = Edit {
                    span: crate::source::Span { start: span.end, ..span },
                    text: format!(" | {function}"),
                };
                flag.fix(true, format!("print it with `{function}`"), vec![edit]);
            }
        }
    }
}

/// Functions whose results have many digits.
const COMPUTING: &[&str] = &["rate", "irate", "deriv", "histogram_quantile", "quantile_over_time"];

/// Whether the value is a rate, a quotient or a quantile, or made of one.
fn is_computed<'r>(model: &Model<'r>, place: Place<'_, 'r>) -> bool {
    let mut stack = vec![(place.query, place.node)];
    // Each recorded name is followed once, so that no chain of them can be long.
    let mut steps = 0;
    while let Some((query, node)) = stack.pop() {
        steps += 1;
        if steps > 64 {
            return false;
        }
        let place = model.follow(Place { query, node });
        let ast = place.query;
        match place.kind() {
            Kind::Binary(binary) => match binary.op {
                Op::Div => {
                    // A fixed divisor only changes the unit.
                    if model.constant(place.at(binary.right)).is_none() {
                        return true;
                    }
                    stack.push((ast, binary.left));
                }
                Op::Add | Op::Sub | Op::Mul => {
                    stack.extend([(ast, binary.left), (ast, binary.right)])
                }
                Op::Or => stack.push((ast, binary.left)),
                op if op.is_comparison() || op.is_set() => stack.push((ast, binary.left)),
                _ => {}
            },
            Kind::Unary { inner, .. } => stack.push((ast, *inner)),
            Kind::Aggregate(aggregate) => match (aggregate.op, aggregate.inner) {
                (Aggregator::Quantile, _) => return true,
                (
                    Aggregator::Sum
                    | Aggregator::Avg
                    | Aggregator::Min
                    | Aggregator::Max
                    | Aggregator::Topk
                    | Aggregator::Bottomk,
                    Some(inner),
                ) => stack.push((ast, inner)),
                _ => {}
            },
            Kind::Call(call)
                if call.function.is_some_and(|function| COMPUTING.contains(&function.name)) =>
            {
                return true;
            }
            // By its name a quotient that is computed elsewhere.
            Kind::Selector(selector)
                if selector.metric().is_some_and(|name| name.ends_with("ratio")) =>
            {
                return true;
            }
            _ => {}
        }
    }
    false
}

/// Whether the value is a number of seconds: a quantile or an average of a duration.
fn is_seconds<'r>(model: &Model<'r>, place: Place<'_, 'r>) -> bool {
    let metric = |place: Place<'_, 'r>| Leaf::of(model, place).and_then(|leaf| leaf.metric());
    match place.kind() {
        Kind::Call(call) => {
            call.function.is_some_and(|function| function.name == "histogram_quantile")
                && call.args.get(1).is_some_and(|arg| {
                    metric(place.at(*arg)).is_some_and(|name| name.ends_with("_seconds_bucket"))
                })
        }
        Kind::Binary(binary) if binary.op == Op::Div => {
            metric(place.at(binary.left)).is_some_and(|name| name.ends_with("_seconds_sum"))
                && metric(place.at(binary.right))
                    .is_some_and(|name| name.ends_with("_seconds_count"))
        }
        _ => false,
    }
}

/// Whether the text after a step names a unit itself.
fn names_unit(text: &AlertText<'_>, step: usize) -> bool {
    let Some(next) = text.parsed.steps.get(step + 1) else { return false };
    let after = text.value.text[next.extent.range()].trim_start();
    let word = after.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    matches!(next.kind, StepKind::Text)
        && (after.starts_with('%')
            || matches!(
                word,
                "s" | "sec" | "secs" | "second" | "seconds" | "ms" | "m" | "min" | "h"
            ))
}
