//! TRAC013: work is handed to another thread inside a span, and the trace stays behind.

use crate::check::Case;
use crate::facts::code::workers::Handoff;

pub(super) fn check<'a>(handoff: &'a Handoff, case: &mut Case<'a>) {
    let repo = case.repo;
    let at = handoff.name.span;
    let Some(scope) = repo.spans_in(handoff.document).find(|scope| scope.holds(at)) else {
        return case.skip();
    };
    let kept = repo.reaches(handoff.document).any(|reach| reach.threads || reach.agent);
    if !handoff.keeps && !kept {
        let started = scope.at;
        case.flag(at)
            .with("name", handoff.name.text.clone())
            .related(started, "the span is open from here");
    }
}
