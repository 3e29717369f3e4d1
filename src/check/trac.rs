//! TRAC: how code makes spans and hands on the context of traces.

use super::Builtin;

mod async_unaware_wrapper;
mod extract_discarded;
mod inject_lost;
mod outbound_without_context;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("TRAC005", Builtin::OutboundCall(outbound_without_context::check)),
    ("TRAC006", Builtin::Extraction(extract_discarded::check)),
    ("TRAC007", Builtin::Injection(inject_lost::check)),
    ("TRAC017", Builtin::Wrapper(async_unaware_wrapper::check)),
];
