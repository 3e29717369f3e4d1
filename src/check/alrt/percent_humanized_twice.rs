//! A percentage that a template multiplies by 100 again.
//! Rule: rules/alrt/percent-humanized-twice.yaml

use super::{alert_of, prints_of, quotes, rewritten, step_of};
use crate::check::Case;
use crate::facts::grafana::Step;
use crate::facts::rules::AlertRule;
use crate::lang::promql::ast::{Aggregator, Kind, Op};
use crate::lang::template::reads;
use crate::repo::model::{Model, Place, scale};
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if let Some((alert, step, root)) = step_of(query) {
        return of_step(alert, step, root, case);
    }
    let Some((alert, root)) = alert_of(query) else { return case.skip() };
    let model = case.model;
    let texts = model.texts_of(alert).iter();
    let mut texts = texts.filter(|text| text.value.text.contains("humanizePercentage")).peekable();
    if texts.peek().is_none() || !is_percent(model, root) {
        return;
    }
    for text in texts {
        for print in reads::values(&text.parsed) {
            // What comes first sees the value itself.
            let first =
                print.functions.first().filter(|first| &*first.name == "humanizePercentage");
            let Some(function) = first else { continue };
            let value = &text.value.text[print.operand.range()];
            let quote = quotes(case, text.value);
            let inner = format!("{value} | printf {quote}%.2f{quote}");
            let edit =
                rewritten(case, text, &print, &inner, "%").filter(|_| print.functions.len() == 1);
            let span = case.repo.place(text.value, function.extent.range());
            let flag = case.flag(span).with("key", &text.key.text);
            if let Some(edit) = edit {
                flag.fix(true, "print the number and a percent sign", vec![edit]);
            }
        }
    }
}

/// An alert of Grafana, whose texts name the step they print.
fn of_step<'r>(alert: &AlertRule, step: &Step, root: Place<'_, 'r>, case: &mut Case<'r>) {
    let model = case.model;
    for text in model.texts_of(alert) {
        for print in prints_of(text, alert, step) {
            let first = print.functions.first();
            let first = first.filter(|first| &*first.name == "humanizePercentage");
            if let Some(function) = first.filter(|_| is_percent(model, root)) {
                let span = case.repo.place(text.value, function.extent.range());
                case.flag(span).with("key", &text.key.text);
            }
        }
    }
}

/// A proven percentage, or a quotient that the expression itself multiplies by 100.
fn is_percent<'r>(model: &Model<'r>, root: Place<'_, 'r>) -> bool {
    let is_hundred = |value: f64| (value - 100.0).abs() < 1e-6;
    if scale::of(model, root).whole().is_some_and(is_hundred) {
        return true;
    }
    let mut place = model.value_of(root);
    for _ in 0..16 {
        let Kind::Binary(binary) = place.kind() else { return false };
        let (left, right) = (place.at(binary.left), place.at(binary.right));
        let (first, second) = (model.constant(left), model.constant(right));
        place = match (binary.op, first, second) {
            (Op::Mul, Some(factor), None) if is_hundred(factor) => {
                return is_quotient(model, right);
            }
            (Op::Mul, None, Some(factor)) if is_hundred(factor) => return is_quotient(model, left),
            // `100 * a / b` multiplies first.
            (Op::Div, None, None) => match model.follow(left).kind() {
                Kind::Binary(product) if product.op == Op::Mul => {
                    let left = model.follow(left);
                    let factors = [product.left, product.right];
                    return factors
                        .iter()
                        .any(|factor| model.constant(left.at(*factor)).is_some_and(is_hundred));
                }
                _ => return false,
            },
            // The rest of a percentage is one.
            (Op::Sub, Some(whole), None) if is_hundred(whole) => model.follow(right),
            _ => return false,
        };
    }
    false
}

/// One vector divided by another, perhaps taken from 1 or aggregated.
fn is_quotient<'r>(model: &Model<'r>, place: Place<'_, 'r>) -> bool {
    let mut place = model.follow(place);
    for _ in 0..16 {
        let next = match place.kind() {
            Kind::Binary(binary) => {
                let sides = (place.at(binary.left), place.at(binary.right));
                match (binary.op, model.constant(sides.0), model.constant(sides.1)) {
                    (Op::Div, None, None) => return true,
                    (Op::Sub, Some(_), None) => binary.right,
                    _ => return false,
                }
            }
            Kind::Aggregate(aggregate)
                if matches!(aggregate.op, Aggregator::Avg | Aggregator::Max | Aggregator::Min) =>
            {
                let Some(inner) = aggregate.inner else { return false };
                inner
            }
            _ => return false,
        };
        place = model.follow(place.at(next));
    }
    false
}
