//! SLO: objectives, budgets and what alerts on them.

use super::{Builtin, Case, Flag};
use crate::facts::slo::Slo;
use crate::facts::slo::value::clean;
use crate::source::Span;

mod alert_contradicts_objective;
mod alert_setting_ambiguous;
mod alert_setting_missing;
mod budget_arithmetic;
mod budget_not_declared;
mod burn_formula;
mod burn_unreachable;
mod burn_window_label_drift;
mod evaluation_missing;
mod field_missing;
mod group_not_evaluated;
mod key_drift;
mod lopsided_ratio;
mod objective_invalid;
mod objective_type_drift;
mod quantile_vs_objective;
mod service_mismatch;
mod service_without_slo;
mod shape;
mod single_window_burn;
mod sli_bad_promql;
mod sli_filter_comparison;
mod sli_many_series;
mod sli_missing;
mod sli_scale_mismatch;
mod sli_window_ignored;
mod slo_config_missing;
mod slo_without_alert;
mod threshold_not_a_bucket;
mod threshold_vs_query;
mod window_invalid;
mod window_over_retention;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("SLO001", Builtin::Document(shape::check)),
    ("SLO002", Builtin::Slo(objective_invalid::check)),
    ("SLO003", Builtin::Slo(objective_type_drift::check)),
    ("SLO004", Builtin::Slo(budget_arithmetic::check)),
    ("SLO005", Builtin::Slo(window_invalid::check)),
    ("SLO006", Builtin::Slo(sli_missing::check)),
    ("SLO007", Builtin::Expression(sli_bad_promql::check)),
    ("SLO008", Builtin::Slo(sli_filter_comparison::check)),
    ("SLO009", Builtin::Slo(sli_scale_mismatch::check)),
    ("SLO010", Builtin::Slo(sli_many_series::check)),
    ("SLO011", Builtin::Slo(sli_window_ignored::check)),
    ("SLO012", Builtin::Repository(window_over_retention::check)),
    ("SLO013", Builtin::Slo(quantile_vs_objective::check)),
    ("SLO014", Builtin::Slo(threshold_vs_query::check)),
    ("SLO016", Builtin::Slo(slo_without_alert::check)),
    ("SLO017", Builtin::Expression(alert_contradicts_objective::check)),
    ("SLO018", Builtin::Expression(single_window_burn::check)),
    ("SLO019", Builtin::Expression(burn_unreachable::check)),
    ("SLO020", Builtin::Expression(burn_window_label_drift::check)),
    ("SLO015", Builtin::Slo(threshold_not_a_bucket::check)),
    ("SLO021", Builtin::Slo(service_mismatch::check)),
    ("SLO022", Builtin::Slo(lopsided_ratio::check)),
    ("SLO023", Builtin::Repository(group_not_evaluated::check)),
    ("SLO024", Builtin::Evaluator(key_drift::check)),
    ("SLO025", Builtin::Slo(alert_setting_ambiguous::check)),
    ("SLO026", Builtin::Slo(alert_setting_missing::check)),
    ("SLO027", Builtin::Slo(budget_not_declared::check)),
    ("SLO050", Builtin::Repository(slo_config_missing::check)),
    ("SLO028", Builtin::BurnFormula(burn_formula::check)),
    ("SLO051", Builtin::Slo(field_missing::check)),
    ("SLO052", Builtin::Repository(evaluation_missing::check)),
    ("SLO053", Builtin::Repository(service_without_slo::check)),
];

/// A finding about an objective; `{slo}` in the message is its service and name.
fn flag<'c>(case: &'c mut Case<'_>, slo: &Slo, span: Span) -> Flag<'c> {
    case.flag(span).with("slo", slo.label())
}

/// A share of one as a percentage: `99.9%`.
fn percent(ratio: f64) -> String {
    format!("{}%", clean(ratio * 100.0))
}

/// The unit that a budget is written in: whether a number without a sign counts to one hundred.
fn counts_to_hundred(slo: &Slo) -> bool {
    slo.objective.as_ref().is_some_and(|objective| objective.is_percent())
}
