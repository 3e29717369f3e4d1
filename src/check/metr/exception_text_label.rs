//! The text of an error as a label. Rule: rules/metr/exception-text-label.yaml

use super::raw_path_label::given;
use crate::check::Case;
use crate::facts::code::{MetricUse, ValueOrigin};

pub(super) fn check(one: &MetricUse, case: &mut Case<'_>) {
    given(one, case, &ValueOrigin::Error);
}
