//! XREF: what one part of the repository says and another contradicts.

use super::Builtin;

mod metric_redefined;

pub(super) const BUILTINS: &[(&str, Builtin)] =
    &[("XREF003", Builtin::MetricDefinition(metric_redefined::check))];
