//! A label that changes with every evaluation. Rule: rules/alrt/value-in-label.yaml

use super::{alert_of, prints_of, step_of};
use crate::check::Case;
use crate::facts::grafana::{self, Step, StepKind};
use crate::facts::rules::AlertRule;
use crate::lang::promql::ast::{Aggregator, Kind, Op};
use crate::lang::template::reads;
use crate::repo::model::{Model, Place};
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if let Some((alert, step, root)) = step_of(query) {
        return of_step(alert, step, root, case);
    }
    let Some((alert, root)) = alert_of(query) else { return case.skip() };
    let model = case.model;
    if is_fixed(model, root) {
        return;
    }
    for text in model.texts_of(alert).iter().filter(|text| text.is_label) {
        for print in reads::values(&text.parsed) {
            let span = case.repo.place(text.value, print.operand.range());
            case.flag(span).with("label", &text.key.text);
        }
    }
}

/// An alert of Grafana: `$values.A` is the number, `$value` all of them as a text.
fn of_step<'r>(alert: &AlertRule, step: &Step, root: Place<'_, 'r>, case: &mut Case<'r>) {
    let model = case.model;
    let equal = grafana::threshold(&alert.steps).is_some_and(|(_, sign, _)| sign.text == "eq");
    if equal || is_fixed(model, root) {
        return;
    }
    let first = alert.steps.iter().find(|one| one.kind == StepKind::Query);
    let first = first.is_some_and(|first| std::ptr::eq(first, step));
    for text in model.texts_of(alert).iter().filter(|text| text.is_label) {
        let whole = reads::values(&text.parsed).into_iter().filter(|_| first);
        for print in prints_of(text, alert, step).into_iter().chain(whole) {
            let span = case.repo.place(text.value, print.operand.range());
            case.flag(span).with("label", &text.key.text);
        }
    }
}

/// Whether the alert always fires with one and the same value: `up == 0`, `absent(…)`.
fn is_fixed<'r>(model: &Model<'r>, root: Place<'_, 'r>) -> bool {
    let mut place = model.follow(root);
    for _ in 0..64 {
        if model.constant(place).is_some() {
            return true;
        }
        let next = match place.kind() {
            Kind::Binary(binary) if binary.op == Op::Equal && binary.returns_bool.is_none() => {
                let sides = [binary.left, binary.right];
                if sides.iter().any(|side| model.constant(place.at(*side)).is_some()) {
                    return true;
                }
                binary.left
            }
            Kind::Binary(binary)
                if matches!(binary.op, Op::And | Op::Unless)
                    || (binary.op.is_comparison() && binary.returns_bool.is_none()) =>
            {
                match model.constant(place.at(binary.left)) {
                    Some(_) => binary.right,
                    None => binary.left,
                }
            }
            Kind::Call(call) => {
                return call.function.is_some_and(|function| {
                    matches!(function.name, "absent" | "absent_over_time")
                });
            }
            Kind::Aggregate(aggregate) => return aggregate.op == Aggregator::Group,
            _ => return false,
        };
        place = model.follow(place.at(next));
    }
    true
}
