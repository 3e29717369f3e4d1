//! TRAC005: a service that makes spans calls another one, and nothing writes the context into the
//! request.

use crate::check::Case;
use crate::facts::DocumentId;
use crate::facts::code::outbound::{OutboundCall, Protocol};
use crate::facts::code::spans::{SpanAttribute, SpanRole, SpanScope};
use crate::lang::sensitive::words;
use crate::repo::Repo;
use crate::repo::services::Service;

pub(super) fn check<'a>(call: &'a OutboundCall, case: &mut Case<'a>) {
    // What a database is asked carries no context that anybody reads.
    if call.protocol == Protocol::Database || call.patched.is_empty() {
        return case.skip();
    }
    let mut traced = case.repo.traced_reaches(call.document).peekable();
    if traced.peek().is_none() || is_beside(case.repo, call.document) {
        return case.skip();
    }
    // What looks whether others live belongs to no request.
    let path = &case.repo.source(call.document.source).path;
    let stem = path.rsplit('/').next().unwrap_or(path).split('.').next().unwrap_or_default();
    if words(stem).iter().any(|word| matches!(word.as_str(), "health" | "healthcheck" | "probe")) {
        return;
    }
    let near = call.url.as_ref().is_some_and(|url| stays(&url.text));
    if call.once || call.injects || near || traced.any(|reach| reach.patches(call.patched)) {
        return;
    }
    let library = format!("`{}`", call.library);
    case.flag(call.name.span).with("path", call.path.clone()).with("library", library);
}

/// Whether a call is of programs that serve nobody, beside one that does: a command, an app on a phone.
/// They share packages with it, and make none of its spans but where they set them up themselves.
fn is_beside(repo: &Repo, document: DocumentId) -> bool {
    let services = repo.services();
    let own = repo.services_with(document);
    let traced = |service: &Service| {
        service.runs()
            || repo.facts.span_providers.iter().any(|it| service.own.binary_search(it).is_ok())
    };
    !own.iter().any(|&number| traced(&services[number]))
        && services.iter().any(|service| service.runs() && service.is_certain())
}

/// A span that says it is a request or a message, around calls of which none is known.
pub(super) fn check_span<'a>(scope: &'a SpanScope, case: &mut Case<'a>) {
    let repo = case.repo;
    let sends = match scope.role {
        SpanRole::Producer => true,
        SpanRole::Client => repo.attributes_of(scope).any(is_request),
        _ => false,
    };
    let mut traced = repo.traced_reaches(scope.document).peekable();
    if !sends || traced.peek().is_none() {
        return case.skip();
    }
    // What is instrumented may be just what is called here.
    if traced.any(|reach| reach.agent || !reach.clients.is_empty()) {
        return;
    }
    let services = repo.services_with(scope.document);
    let whole = services.iter().all(|number| repo.services()[*number].complete);
    let own = |document| services.iter().any(|number| repo.services()[*number].has(document));
    let injects = repo.facts.injections.iter().any(|it| own(it.document));
    let known = repo
        .facts
        .outbound_calls
        .iter()
        .any(|call| call.document == scope.document && scope.holds(call.name.span));
    if services.is_empty() || !whole || injects || known {
        return;
    }
    let name = scope.name.as_ref().map_or("this span", |name| name.text.as_str());
    let library = "what it calls";
    case.flag(scope.at).with("path", name.to_owned()).with("library", library);
}

/// Whether an attribute says that another program is called; what a database is asked carries no
/// context.
fn is_request(attribute: &SpanAttribute) -> bool {
    const STARTS: &[&str] = &["http.", "url.", "rpc.", "messaging."];
    let key = attribute.key.text.to_ascii_lowercase();
    let constant =
        key.strip_prefix("semattrs_").or_else(|| key.strip_prefix("attr_")).unwrap_or(&key);
    let dotted = constant.replace('_', ".");
    STARTS.iter().any(|start| dotted.starts_with(start))
}

/// Whether an address is the machine's own, or that of the platform it runs on: no trace goes on
/// there.
fn stays(url: &str) -> bool {
    let host = url.split("://").nth(1).unwrap_or(url);
    let host = host.split(['/', ':', '?']).next().unwrap_or_default();
    matches!(host, "localhost" | "127.0.0.1" | "[" | "169.254.169.254" | "metadata.google.internal")
}
