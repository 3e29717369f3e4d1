//! Selectors without a metric. Rule: rules/pql/no-metric-name.yaml

use super::{calls, places};
use crate::check::Case;
use crate::lang::promql::ast::Kind;
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    // A dashboard explores what is there.
    if query.panel().is_some() {
        return case.skip();
    }
    let of_info: Vec<_> =
        calls(query, "info").filter_map(|(_, call)| call.args.get(1).copied()).collect();
    for place in places(query) {
        let Kind::Selector(selector) = place.kind() else { continue };
        let named = selector.name.is_some()
            || selector.matchers.iter().any(|matcher| &*matcher.label.text == "__name__");
        if !named && !of_info.contains(&place.node) {
            let span = case.at(place);
            case.flag(span);
        }
    }
}
