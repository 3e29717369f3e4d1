//! Indicators that measure something else than is promised. Rule: rules/slo/sli-scale-mismatch.yaml

use crate::check::Case;
use crate::facts::slo::{Role, Slo, SloDialect};
use crate::repo::model::objective::Dimension;

pub(super) fn check<'a>(slo: &'a Slo, case: &mut Case<'a>) {
    let Some(objective) = slo.objective.as_ref().filter(|objective| objective.scalar.known) else {
        return case.skip();
    };
    for role in [Role::Value, Role::ErrorRatio] {
        let Some(place) = case.model.sli(slo, role) else { continue };
        let Some(found) = case.model.dimension(place) else { continue };
        let Some(wanted) = wanted(slo, found) else { continue };
        if found == wanted {
            continue;
        }
        let Some(sli) = place.query.sli() else { continue };
        super::flag(case, slo, sli.query.key)
            .with("found", found.name())
            .with("objective", objective.scalar.text.as_str())
            .with("wanted", wanted.name())
            .related(objective.scalar.span, "the objective it is held against");
    }
}

/// What the indicator has to be; `None` if the objective may be a number of its own.
fn wanted(slo: &Slo, found: Dimension) -> Option<Dimension> {
    // Tools divide events by events, whatever unit the objective is written in.
    if slo.dialect != SloDialect::Standard {
        return Some(Dimension::Ratio);
    }
    let objective = slo.objective.as_ref()?;
    slo.ratio()?;
    // Without a sign or a bound beside it, a latency objective may be in seconds itself.
    if found == Dimension::Time && !objective.has_sign() && slo.bound.is_none() {
        return None;
    }
    Some(if objective.is_percent() { Dimension::Percent } else { Dimension::Ratio })
}
