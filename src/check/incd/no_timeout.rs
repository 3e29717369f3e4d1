//! A request that waits for ever. Rule: rules/incd/no-timeout.yaml

use crate::check::{Case, mend};
use crate::facts::code::outbound::{OutboundCall, Protocol, Timeout};
use crate::finding::Edit;
use crate::identify::Kind;

pub(super) fn check(call: &OutboundCall, case: &mut Case<'_>) {
    let automation = case.repo.automation();
    if call.protocol != Protocol::Http || !call.function.is_some_and(|name| automation.holds(name))
    {
        return case.skip();
    }
    if call.timeout == Timeout::Missing {
        let edit = limited(case, call);
        let flag = case.flag(call.name.span).with("library", call.library);
        if let Some(edit) = edit {
            flag.fix(false, "give up after ten seconds", vec![edit]);
        }
    }
}

/// The call with a limit of ten seconds.
fn limited(case: &Case<'_>, call: &OutboundCall) -> Option<Edit> {
    let repo = case.repo;
    let span = call.name.span;
    match (repo.document(call.document).kind, repo.text(span)) {
        (Kind::Python, _) if call.library == "requests" => mend::argument(repo, span, "timeout=10"),
        (Kind::Javascript | Kind::Typescript, "fetch") if mend::count(repo, span) == Some(1) => {
            mend::argument(repo, span, "{ signal: AbortSignal.timeout(10000) }")
        }
        _ => None,
    }
}
