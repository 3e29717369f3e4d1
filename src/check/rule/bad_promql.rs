//! Expressions no Prometheus accepts. Rule: rules/rule/bad-promql.yaml

use crate::check::Case;
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if query.raises().is_none() && query.record().is_none() {
        return case.skip();
    }
    for fault in &query.parsed.faults {
        let span = case.place(query, fault.extent);
        case.flag(span).with("what", fault.message.as_str());
    }
}
