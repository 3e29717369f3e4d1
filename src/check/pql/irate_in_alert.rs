//! Alerts on the last two samples. Rule: rules/pql/irate-in-alert.yaml

use super::calls;
use crate::check::Case;
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if query.raises().is_none() {
        return case.skip();
    }
    for (_, call) in calls(query, "irate") {
        let span = case.place(query, call.name);
        case.flag(span);
    }
}
