//! A burn rate that knows no budget. Rule: rules/slo/burn-formula.yaml

use crate::check::Case;
use crate::facts::code::BurnFormula;

pub(super) fn check(burn: &BurnFormula, case: &mut Case<'_>) {
    if !burn.plain {
        return;
    }
    let formula = case.repo.text(burn.formula).split_whitespace().collect::<Vec<_>>().join(" ");
    case.flag(burn.name.span).with("formula", formula);
}
