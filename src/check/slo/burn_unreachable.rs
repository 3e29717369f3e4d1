//! Burn-rate alerts that can never fire. Rule: rules/slo/burn-unreachable.yaml

use crate::check::Case;
use crate::repo::model::burn::{Burn, Scaled};
use crate::repo::model::scale;
use crate::repo::model::tie::Tie;
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if query.alert().is_none() || !query.is_sound() {
        return case.skip();
    }
    let model = case.model;
    for (number, condition) in model.conditions(query).iter().enumerate() {
        let Some(burn) = Burn::of(model, condition) else { continue };
        let Some(factor) = burn.factor else { continue };
        let place = condition.bound.place.at(condition.bound.number);
        let mut related = None;
        let reason = if burn.rate {
            // The burn rate of an outage is one over the budget.
            let most = model
                .ties()
                .iter()
                .filter(|tie: &&Tie| tie.alert == query.index && tie.condition == number);
            let unreachable = most
                .filter_map(|tie| {
                    let slo = &case.repo.facts.slos[tie.slo];
                    let budget = 1.0 - slo.ratio()?;
                    (budget > 1e-12 && factor * budget >= 1.0).then_some((slo, budget))
                })
                .next();
            let Some((slo, budget)) = unreachable else { continue };
            related = slo.objective.as_ref().map(|objective| objective.scalar.span);
            format!("{factor} × {} is more than all requests", super::percent(budget))
        } else {
            let whole = scale::of(model, condition.bound.value)
                .whole()
                .or(Scaled::of(model, condition.bound.value).whole)
                .unwrap_or(1.0);
            let Some(budget) = burn.budget else { continue };
            if !burn.share || condition.bound.bound < whole {
                continue;
            }
            format!("{factor} × {budget} is an error ratio of {}", condition.bound.bound)
        };
        let span = case.at(place);
        let flag = case.flag(span).with("what", reason);
        if let Some(objective) = related {
            flag.related(objective, "the objective it watches");
        }
    }
}
