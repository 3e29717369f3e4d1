//! Burn-rate alerts over one window. Rule: rules/slo/single-window-burn.yaml

use crate::check::Case;
use crate::repo::model::burn::{Burn, Condition, can_burn, window};
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if query.alert().is_none() || !query.is_sound() {
        return case.skip();
    }
    if !can_burn(query) && case.model.ties_of_alert(query.index).is_empty() {
        return;
    }
    let conditions = case.model.conditions(query);
    for (number, condition) in conditions.iter().enumerate() {
        let Some(rate) = rate(case, query, number, condition) else { continue };
        let mine = window(case.model, condition.bound.value);
        let other = conditions.iter().enumerate().any(|(at, other)| {
            at != number
                && other.branch == condition.branch
                && window(case.model, other.bound.value) != mine
        });
        if other || is_short(&conditions, number, case) {
            continue;
        }
        let span = case.at(condition.bound.place.at(condition.bound.number));
        case.flag(span).with("rate", rate);
    }
}

/// A condition that stands in a branch with another is the second of a pair.
fn is_short<'a>(conditions: &[Condition<'a, 'a>], number: usize, case: &Case<'a>) -> bool {
    // `(a > x and b > x) or …` is one branch; a pair split by aggregation is one too.
    let branch = conditions[number].branch;
    let unknown = |it: &&Condition<'a, 'a>| {
        it.branch == branch && window(case.model, it.bound.value).is_none()
    };
    conditions.iter().filter(unknown).count() > 1
}

/// The burn rate of a condition in words, if it is one.
fn rate<'a>(
    case: &Case<'a>,
    query: &Query<'_>,
    number: usize,
    condition: &Condition<'a, 'a>,
) -> Option<String> {
    if let Some(burn) = Burn::of(case.model, condition) {
        let factor = burn.factor?;
        return (factor > 1.1).then(|| format!("burn rate of {factor}"));
    }
    let slos = &case.repo.facts.slos;
    let own = case.model.ties_of_alert(query.index).iter();
    let faster = own.filter(|tie| tie.condition == number).find_map(|tie| {
        let slo = &slos[tie.slo];
        let budget = 1.0 - slo.ratio()?;
        let burn = tie.errors? / budget;
        // Time slices have no windows to look at.
        (burn > 1.1 && budget > 1e-12 && !slo.timeslices).then_some((burn, slo))
    });
    faster.map(|(burn, slo)| {
        format!("burn rate of {} of `{}`", (burn * 100.0).round() / 100.0, slo.label())
    })
}
