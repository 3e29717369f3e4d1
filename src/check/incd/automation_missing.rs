//! Alerts that open no incident. Rule: rules/incd/automation-missing.yaml

use crate::check::{Case, incr};

/// One fault with INCR001, which speaks where both look.
pub(super) fn check(case: &mut Case<'_>) {
    incr::automation_missing(case);
}
