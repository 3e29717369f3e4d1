//! Traces that nothing deletes. Rule: rules/jaeg/no-trace-retention.yaml

use crate::check::Case;
use crate::facts::jaeger::Part;
use crate::repo::traces::{Retention, Storage};

pub(super) fn check(part: &Part, case: &mut Case<'_>) {
    let Some(store) = case.repo.trace_store_at(part.name.span) else { return case.skip() };
    let Storage::Lasting(kind, span) = &store.storage else { return };
    let what = match store.retention {
        Retention::Never => "nothing deletes them",
        // What is kept by default was decided by nobody here.
        Retention::Default(_) if matches!(kind.as_str(), "cassandra" | "badger") => {
            "how long is decided by a default"
        }
        Retention::Unknown if kind == "cassandra" && is_container(part) => {
            "no lifetime is set for them"
        }
        _ => return,
    };
    case.flag(*span).with("kind", kind.as_str()).with("what", what);
}

fn is_container(part: &Part) -> bool {
    part.container().is_some()
}
