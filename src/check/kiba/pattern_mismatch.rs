//! Data views of indices that nothing writes. Rule: rules/kiba/pattern-mismatch.yaml

use crate::check::Case;
use crate::facts::Document;
use crate::repo::logfamilies::overlap;

/// Beginnings of names that the programs themselves bring.
const BROUGHT: &[&str] = &[".", "kibana_sample_data", "apm-", "security-", "*:"];

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    let repo = case.repo;
    let views = repo.facts.saved_objects.iter().filter(|object| {
        let kind = object.kind.as_ref().and_then(|kind| kind.known_text());
        object.document == document.id && matches!(kind, Some("index-pattern" | "data-view"))
    });
    let mut seen = false;
    for view in views {
        seen = true;
        let Some(title) = &view.title else { continue };
        let Some(text) = title.known_text() else { continue };
        let mut parts = text.split(',').map(str::trim).filter(|part| !part.starts_with('-'));
        let produced = repo.produced();
        let foreign =
            |part: &str| part.contains(':') || BROUGHT.iter().any(|start| part.starts_with(start));
        let meets = parts.any(|part| {
            foreign(part) || produced.all.iter().any(|one| overlap(part, &one.pattern))
        });
        if meets || produced.open || produced.all.is_empty() {
            continue;
        }
        let near = produced.all.iter().find(|one| one.named).or(produced.all.first());
        let flag = case.flag(title.span).with("title", text);
        if let Some(near) = near {
            flag.related(near.span, format!("what is written here is `{}`", near.pattern));
        }
    }
    if !seen {
        case.skip();
    }
}
