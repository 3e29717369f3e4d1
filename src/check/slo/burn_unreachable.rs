//! Burn-rate alerts that can never fire. Rule: rules/slo/burn-unreachable.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::slo::value::clean;
use crate::repo::model::burn::{Burn, Condition, Scaled, can_burn};
use crate::repo::model::scale;
use crate::repo::queries::Query;
use crate::source::Span;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if query.alert().is_none() || !query.is_sound() {
        return case.skip();
    }
    if !can_burn(query) {
        return;
    }
    let model = case.model;
    let conditions = model.conditions(query);
    let found: Vec<Option<Unreachable>> = conditions
        .iter()
        .enumerate()
        .map(|(number, condition)| unreachable(case, query, number, condition))
        .collect();
    let dead = |branch: usize| {
        conditions.iter().zip(&found).any(|(it, found)| it.branch == branch && found.is_some())
    };
    // Where another branch of `or` can hold, the alert still fires.
    let lives = conditions.iter().any(|it| !dead(it.branch));
    for (condition, found) in conditions.iter().zip(&found) {
        let Some(Unreachable { reason, objective }) = found else { continue };
        let span = case.at(condition.bound.place.at(condition.bound.number));
        let mut flag = case.flag(span).with("what", reason.as_str());
        if lives {
            flag = flag.severity(Severity::Info);
        }
        if let Some(objective) = *objective {
            flag.related(objective, "the objective it watches");
        }
    }
}

/// Why a condition never holds.
struct Unreachable {
    reason: String,
    objective: Option<Span>,
}

fn unreachable<'a>(
    case: &Case<'a>,
    query: &Query<'a>,
    number: usize,
    condition: &Condition<'a, 'a>,
) -> Option<Unreachable> {
    let model = case.model;
    let burn = Burn::of(model, condition)?;
    let factor = burn.factor?;
    if burn.rate {
        // The burn rate of an outage is one over the budget.
        let ties = model.ties_of_alert(query.index).iter();
        let (slo, budget) = ties.filter(|tie| tie.condition == number).find_map(|tie| {
            let slo = &case.repo.facts.slos[tie.slo];
            let budget = 1.0 - slo.ratio()?;
            (budget > 1e-12 && factor * budget >= 1.0).then_some((slo, budget))
        })?;
        let reason = format!("{factor} × {} is more than all requests", super::percent(budget));
        let objective = slo.objective.as_ref().map(|objective| objective.scalar.span);
        return Some(Unreachable { reason, objective });
    }
    let whole = scale::of(model, condition.bound.value)
        .whole()
        .or(Scaled::of(model, condition.bound.value).whole)
        .unwrap_or(1.0);
    let budget = burn.budget.filter(|_| burn.share && condition.bound.bound >= whole)?;
    let reason =
        format!("{factor} × {budget} is an error ratio of {}", clean(condition.bound.bound));
    Some(Unreachable { reason, objective: None })
}
