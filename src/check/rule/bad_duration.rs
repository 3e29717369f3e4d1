//! Durations the rule loader refuses. Rule: rules/rule/bad-duration.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::schema::Refusal;

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    refusal::report(document, case, |issue| issue.refusal == Refusal::BadDuration);
}
