//! TRAC005: a service that makes spans calls another one, and nothing writes the context into the
//! request.

use crate::check::Case;
use crate::facts::code::outbound::{OutboundCall, Protocol};

pub(super) fn check<'a>(call: &'a OutboundCall, case: &mut Case<'a>) {
    // What a database is asked carries no context that anybody reads.
    if call.protocol == Protocol::Database || call.patched.is_empty() {
        return case.skip();
    }
    let mut traced = case.repo.traced_reaches(call.document).peekable();
    if traced.peek().is_none() {
        return case.skip();
    }
    let near = call.url.as_ref().is_some_and(|url| stays(&url.text));
    if call.once || call.injects || near || traced.any(|reach| reach.patches(call.patched)) {
        return;
    }
    case.flag(call.name.span).with("path", call.path.clone()).with("library", call.library);
}

/// Whether an address is the machine's own, or that of the platform it runs on: no trace goes on
/// there.
fn stays(url: &str) -> bool {
    let host = url.split("://").nth(1).unwrap_or(url);
    let host = host.split(['/', ':', '?']).next().unwrap_or_default();
    matches!(host, "localhost" | "127.0.0.1" | "[" | "169.254.169.254" | "metadata.google.internal")
}
