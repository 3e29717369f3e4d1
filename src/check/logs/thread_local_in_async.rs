//! Ids kept where requests mix. Rule: rules/logs/thread-local-in-async.yaml

use crate::check::Case;
use crate::facts::DocumentId;
use crate::facts::code::correlation::{CorrelationId, IdForm};
use crate::identify::Kind;

pub(super) fn check(id: &CorrelationId, case: &mut Case<'_>) {
    let what = match id.form {
        IdForm::PerThread => "a thread",
        IdForm::Shared => "the whole program",
        _ => return,
    };
    let repo = case.repo;
    let kind = repo.document(id.document).kind;
    // Every request has its own routine, or waits, there.
    let always = matches!(kind, Kind::Go | Kind::Javascript | Kind::Typescript);
    let services: Vec<usize> = repo.services_with(id.document).to_vec();
    let waits = |document: &DocumentId| {
        repo.document(*document).kind == kind
            && (services.is_empty()
                || services.iter().any(|number| repo.services()[*number].has(*document)))
    };
    let waiting = repo.facts.async_files.iter().find(|document| waits(document));
    if waiting.is_some() || always {
        case.flag(id.name.span).with("what", what);
    }
}
