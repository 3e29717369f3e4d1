//! Queries of panels that no Prometheus accepts. Rule: rules/dash/bad-promql.yaml

use crate::check::Case;
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some(panel) = query.panel() else { return case.skip() };
    // A server that reads more than PromQL may stand behind any data source.
    if case.model.speaks_metricsql() {
        return;
    }
    for fault in &query.parsed.faults {
        let span = case.place(query, fault.extent);
        case.flag(span).with("panel", panel.name()).with("what", fault.message.as_str());
    }
}
