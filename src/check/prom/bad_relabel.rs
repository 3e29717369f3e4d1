//! Relabelling steps that the loader refuses. Rule: rules/prom/bad-relabel.yaml

use super::{bad_duration, unknown_field};
use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::schema::SchemaIssue;

pub(super) fn takes(issue: &SchemaIssue) -> bool {
    let relabel = issue.context.eq_ignore_ascii_case("RelabelConfig")
        || issue.context == "Relabeling"
        || matches!(
            issue.field.as_str(),
            "relabel_configs"
                | "metric_relabel_configs"
                | "write_relabel_configs"
                | "alert_relabel_configs"
        );
    relabel && !unknown_field::takes(issue) && !bad_duration::takes(issue)
}

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    refusal::report(document, case, takes);
}
