//! Queries of panels that no Prometheus accepts. Rule: rules/dash/bad-promql.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some(panel) = query.panel() else { return case.skip() };
    // A server that reads more than PromQL may stand behind any data source.
    if case.model.speaks_metricsql() {
        return;
    }
    // A note in the form of C, beside the queries.
    let text = query.scalar.text.trim();
    if query.is_hidden() && text.starts_with("/*") && text.ends_with("*/") {
        return;
    }
    for fault in &query.parsed.faults {
        let span = case.place(query, fault.extent);
        // What is hidden is sent only where an expression or a transformation reads it.
        let hidden = query.is_hidden()
            && !panel.transformed
            && panel.targets.iter().all(|target| target.expr.is_some());
        let severity = if hidden { Severity::Warning } else { Severity::Error };
        case.flag(span)
            .severity(severity)
            .with("panel", panel.name())
            .with("what", fault.message.as_str());
    }
}
