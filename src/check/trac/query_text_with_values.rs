//! Values in the text of a query. Rule: rules/trac/query-text-with-values.yaml

use crate::check::Case;
use crate::facts::code::spans::SpanAttribute;

pub(super) fn check(attribute: &SpanAttribute, case: &mut Case<'_>) {
    if !["db.statement", "db.query.text"].iter().any(|key| attribute.is(key)) {
        return case.skip();
    }
    if let Some(value) = attribute.in_query {
        case.flag(value).related(attribute.key.span, "the text goes here");
    }
}
