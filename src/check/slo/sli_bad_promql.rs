//! Indicators that are no PromQL. Rule: rules/slo/sli-bad-promql.yaml

use crate::check::Case;
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some(sli) = query.sli() else { return case.skip() };
    let who = sli.slo.map_or("Prometheus", |slo| match slo.dialect.is_evaluated() {
        true => slo.dialect.name(),
        false => "Prometheus",
    });
    for fault in &query.parsed.faults {
        let span = case.place(query, fault.extent);
        case.flag(span).with("what", fault.message.as_str()).with("who", who);
    }
}
