//! Searches over all that was ever kept. Rule: rules/kiba/unbounded-time.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::query::{Form, How, LogQuery};
use crate::repo::logfields::{Role, role};

pub(super) fn check(query: &LogQuery, case: &mut Case<'_>) {
    if !matches!(query.form, Form::Body | Form::Wrapped) {
        return case.skip();
    }
    let speaks = query.query_key.is_some() || !query.aggregations.is_empty();
    if !speaks || query.open || query.is_timed() {
        return;
    }
    let asked = |wanted: Option<Role>| {
        query.uses.iter().any(|used| {
            let exact = matches!(used.how, How::Exact | How::Words) && !used.negated;
            let found = role(used.field());
            exact && (found == wanted || (wanted.is_none() && is_id(used.field())))
        })
    };
    let traced = asked(Some(Role::Trace));
    if asked(None) && !traced {
        return;
    }
    let name = query.label();
    let flag =
        case.flag(query.anchor).with("name", if name.is_empty() { "the search" } else { name });
    if traced {
        flag.severity(Severity::Info);
    }
}

/// A document by its own number.
fn is_id(field: &str) -> bool {
    matches!(field, "_id" | "id" | "event.id")
}
