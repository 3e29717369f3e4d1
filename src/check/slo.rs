//! SLO: objectives, budgets and what alerts on them.

use super::Builtin;

mod sli_bad_promql;
mod window_invalid;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("SLO005", Builtin::Slo(window_invalid::check)),
    ("SLO007", Builtin::Expression(sli_bad_promql::check)),
];
