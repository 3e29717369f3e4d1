//! Programs that end with spans unsent. Rule: rules/otel/no-flush-on-exit.yaml

use crate::check::Case;
use crate::facts::code::setup::{SdkSetup, Step};
use crate::identify::Kind;

pub(super) fn check(setup: &SdkSetup, case: &mut Case<'_>) {
    let Some(provider) = setup.provider() else { return case.skip() };
    let repo = case.repo;
    // Python's SDK ends by itself, .NET's with its host, Java's with its agent or a hook.
    let asked = matches!(
        repo.document(setup.document).kind,
        Kind::Go | Kind::Javascript | Kind::Typescript | Kind::Rust
    );
    let Some(service) = repo.service_of(setup.document).filter(|_| asked) else {
        return case.skip();
    };
    // A page is left, not ended; what shuts down may stand in code that is not read.
    let browser = setup.name.text.contains("Web");
    if !service.runs() || !service.is_readable() || service.rehearsal || browser {
        return case.skip();
    }
    let all: Vec<&SdkSetup> = repo.setups_in(service).collect();
    let first = all.iter().find(|other| other.provider().is_some());
    if first.is_none_or(|first| first.name.span != setup.name.span) {
        return case.skip();
    }
    let batches = provider.automatic
        || all.iter().any(|other| other.processor().is_some_and(|it| it.kind == "batch"));
    let ended = all.iter().any(|other| matches!(other.step, Step::Shutdown));
    let frozen = all.iter().any(|other| other.serverless);
    if batches && !ended && !frozen && repo.agent_of(service).is_none() {
        case.flag(setup.name.span).with("name", &service.name);
    }
}
