//! More than one output. Rule: rules/beat/two-outputs.yaml

use crate::check::Case;
use crate::facts::beat::{Beat, BeatOutput};

pub(super) fn check(beat: &Beat, case: &mut Case<'_>) {
    let repo = case.repo;
    let mut on: Vec<&BeatOutput> = repo
        .of_document(&repo.facts.beat_outputs, beat.document)
        .filter(|output| !output.agent && output.enabled() == Some(true))
        .collect();
    if on.is_empty() {
        return case.skip();
    }
    // Conditions of a template may choose between them.
    if repo.document(beat.document).masked {
        return;
    }
    on.sort_by_key(|output| output.anchor);
    for later in &on[1..] {
        let who = beat.name.unwrap_or("the Beat");
        case.flag(later.anchor)
            .with("name", &later.name)
            .with("first", &on[0].name)
            .with("who", who)
            .related(on[0].anchor, "the other output that is on");
    }
}
