//! A rule that is neither an alert nor a record. Rule: rules/rule/rule-shape.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::rules::refuse;

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    refusal::report(document, case, |issue| issue.context == refuse::SHAPE);
}
