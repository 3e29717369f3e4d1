//! XREF: what one part of the repository says or uses, and another contradicts or lacks.

use super::Builtin;

mod business_metric_missing;
mod cardinality_unmanaged;
mod metric_redefined;
pub(super) mod metric_unknown;
mod record_undefined;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("XREF001", Builtin::Expression(record_undefined::check)),
    ("XREF002", Builtin::Expression(metric_unknown::check)),
    ("XREF003", Builtin::MetricDefinition(metric_redefined::check)),
    ("XREF004", Builtin::Repository(business_metric_missing::check)),
    ("XREF005", Builtin::Repository(cardinality_unmanaged::check)),
];
