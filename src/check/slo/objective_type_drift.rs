//! An objective that code cannot calculate with. Rule: rules/slo/objective-type-drift.yaml

use crate::check::Case;
use crate::facts::slo::{Slo, SloDialect};
use crate::finding::Edit;

/// Keys that an objective stands under.
const KEYS: &[&str] = &["objective", "target", "goal"];

pub(super) fn check(slo: &Slo, case: &mut Case<'_>) {
    let objective = slo.objective.as_ref().filter(|objective| objective.scalar.known);
    let (Some(objective), SloDialect::Standard) = (objective, slo.dialect) else {
        return case.skip();
    };
    let key = KEYS.iter().find(|key| slo.settings.get(key).is_some());
    let used = case
        .repo
        .evaluators()
        .flat_map(|evaluator| &evaluator.arithmetic)
        .find(|used| key.is_some_and(|key| used.key == **key));
    let Some(used) = used else { return };
    if !objective.has_sign() || objective.number().is_none() {
        return;
    }
    let text = objective.scalar.text.trim();
    let number = text.trim_end_matches('%').trim_end().to_owned();
    let span = objective.scalar.span;
    case.flag(span)
        .with("objective", text)
        .related(used.span, "calculated with as it was read")
        .fix(false, "write it as a number", vec![Edit { span, text: number }]);
}
