//! A `filestream` by which nobody knows its files again. Rule: rules/beat/filestream-id.yaml

use crate::check::Case;
use crate::facts::beat::{BeatInput, Place};

pub(super) fn check(input: &BeatInput, case: &mut Case<'_>) {
    if input.kind.known_text() != Some("filestream") || input.enabled() != Some(true) {
        return;
    }
    let Some(id) = input.settings.get("id") else {
        if !input.settings.open {
            case.flag(input.kind.span).with("what", "has no `id`");
        }
        return;
    };
    let Some(id) = id.value.as_ref().filter(|id| id.known) else { return };
    if input.place != Place::List {
        let what = format!("has the same `id` (`{}`) for every container it is made for", id.text);
        case.flag(id.span).with("what", what);
        return;
    }
    let repo = case.repo;
    let earlier = repo
        .of_document(&repo.facts.beat_inputs, input.document)
        .filter(|other| other.place == Place::List && other.enabled() == Some(true))
        .filter(|other| other.kind.span < input.kind.span)
        .filter_map(|other| other.settings.get("id")?.value.as_ref())
        .find(|other| other.known && other.text == id.text);
    if let Some(first) = earlier {
        let what = format!("has an `id` that another input has too (`{}`)", id.text);
        case.flag(id.span).with("what", what).related(first.span, "the first input with it");
    }
}
