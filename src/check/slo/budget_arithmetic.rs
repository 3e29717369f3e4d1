//! Budgets that are not what the objective leaves. Rule: rules/slo/budget-arithmetic.yaml

use super::{counts_to_hundred, percent};
use crate::check::Case;
use crate::facts::slo::Slo;
use crate::facts::slo::value::{clean, number};
use crate::finding::Edit;

/// Less than anybody writes.
const TOLERANCE: f64 = 1e-11;

pub(super) fn check(slo: &Slo, case: &mut Case<'_>) {
    let Some(budget) = &slo.budget else { return case.skip() };
    let Some(objective) = &slo.objective else { return };
    let (Some(ratio), Some(value)) = (slo.ratio(), budget.known_text().and_then(number)) else {
        return;
    };
    let signed = budget.text.trim_end().ends_with('%');
    let hundred = signed || counts_to_hundred(slo);
    let share = if hundred { value / 100.0 } else { value };
    let right = 1.0 - ratio;
    if (share - right).abs() <= TOLERANCE {
        return;
    }
    let text = match (signed, hundred) {
        (true, _) => percent(right),
        (false, true) => clean(right * 100.0).to_string(),
        (false, false) => clean(right).to_string(),
    };
    let inner = case.repo.text(budget.span);
    let quote = inner.chars().next().filter(|c| matches!(c, '"' | '\'')).map(String::from);
    let quote = quote.unwrap_or_default();
    let edit = Edit { span: budget.span, text: format!("{quote}{text}{quote}") };
    super::flag(case, slo, budget.span)
        .with("budget", budget.text.as_str())
        .with("objective", objective.scalar.text.as_str())
        .with("right", text)
        .related(objective.scalar.span, "the objective it belongs to")
        .fix(false, "write the budget that the objective leaves", vec![edit]);
}
