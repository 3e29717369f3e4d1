//! Thresholds that are not the objective. Rule: rules/dash/slo-threshold-drift.yaml

use crate::check::Case;
use crate::facts::scalar::Scalar;
use crate::facts::slo::{Slo, value};
use crate::repo::model::scale::{self, Scale};
use crate::repo::model::{Place, shown};
use crate::repo::queries::Query;

/// The step that every new panel has.
const PRESET: f64 = 80.0;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some(panel) = query.panel() else { return case.skip() };
    let (Some(root), false) = (query.ast().root(), panel.relative_thresholds || panel.transformed)
    else {
        return case.skip();
    };
    let Scale::Share { whole, .. } = scale::of(case.model, Place { query, node: root }) else {
        return case.skip();
    };
    let steps: Vec<(f64, &Scalar)> = panel
        .thresholds
        .iter()
        .filter_map(|step| Some((value::number(step.known_text()?)?, step)))
        .collect();
    let preset = matches!(*steps, [(only, _)] if is_near(only, PRESET));
    let known = steps.len() == panel.thresholds.len();
    // A share of one or of a hundred; a burn rate has other bounds.
    let share = is_near(whole, 1.0) || is_near(whole, 100.0);
    if steps.is_empty() || preset || !known || !share {
        return case.skip();
    }
    let slos = &case.repo.facts.slos;
    let mut shows = slos.iter().filter(|slo| shown::is_exactly(case.model, query, slo));
    let (Some(slo), None) = (shows.next(), shows.next()) else { return case.skip() };
    let several = case.model.queries_of(panel).iter().any(|other| {
        slos.iter().any(|one| one.anchor != slo.anchor && shown::is_exactly(case.model, other, one))
    });
    let Some(ratio) = slo.ratio().filter(|_| !several) else { return case.skip() };
    let (good, bad) = (ratio * whole, (1.0 - ratio) * whole);
    if steps.iter().any(|(step, _)| is_near(*step, good) || is_near(*step, bad)) {
        return;
    }
    report(panel.name(), slo, &steps, (good, bad), case);
}

fn report(
    panel: String,
    slo: &Slo,
    steps: &[(f64, &Scalar)],
    (good, bad): (f64, f64),
    case: &mut Case<'_>,
) {
    let distance = |step: f64| (step - good).abs().min((step - bad).abs());
    let nearest = steps.iter().min_by(|one, other| distance(one.0).total_cmp(&distance(other.0)));
    let Some((step, scalar)) = nearest else { return };
    let wanted = if (step - good).abs() <= (step - bad).abs() { good } else { bad };
    let objective = slo.objective.as_ref().map_or(slo.anchor, |objective| objective.scalar.span);
    case.flag(scalar.span)
        .with("panel", panel)
        .with("step", scalar.text.as_str())
        .with("objective", slo.objective.as_ref().map_or("", |it| it.scalar.text.as_str()))
        .with("wanted", value::clean(wanted).to_string())
        .related(objective, "the objective of what the panel shows");
}

fn is_near(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * other.abs().max(1e-6)
}
