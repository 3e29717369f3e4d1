//! Monitoring without recording rules. Rule: rules/rule/recording-rules-missing.yaml

use crate::check::Case;
use crate::facts::{Dialect, Document};
use crate::identify::Kind;

pub(super) fn check(case: &mut Case<'_>) {
    let documents = &case.repo.facts.documents;
    let applicable = [Kind::PrometheusConfig, Kind::PrometheusRules];
    let Some(first) = case.first_standing(&applicable) else { return };
    if case.repo.facts.recording_rules.is_empty() && !documents.iter().any(could_hold_records) {
        case.miss(first.anchor);
    }
}

/// Rule documents that were not read, and specifications that records are generated from.
pub(super) fn could_hold_records(document: &Document) -> bool {
    let object = document.object.as_ref().map_or("", |object| object.kind.as_str());
    let rules = document.kind == Kind::PrometheusRules || object == "PrometheusRule";
    let unread = document.masked
        || document.dialect == Some(Dialect::Loki)
        || !document.text_issues.is_empty();
    document.kind == Kind::Slo || (rules && unread)
}
