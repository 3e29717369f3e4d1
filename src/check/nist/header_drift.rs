//! A list of controls and the annotations under it that disagree. Rule: rules/nist/header-drift.yaml
//!
//! A list in a comment at the head of a file, or in a section of Markdown, is compared with the
//! annotations of the file or section. Where nothing at all is annotated, a list in Markdown or
//! in a key is itself the claim, and no drift. An example in a fenced block claims nothing.

use super::{ids, is_own};
use crate::check::Case;
use crate::facts::annotation::{Annotation, Target};
use crate::nist;
use crate::source::Span;
use std::collections::BTreeSet;

pub(super) fn check(header: &Annotation, case: &mut Case<'_>) {
    let Some(scope) = scope(header) else { return case.skip() };
    let all = &case.repo.facts.annotations;
    // Annotations stand in the order of files and places.
    let first = all.partition_point(|annotation| annotation.source < header.source);
    let file = &all[first..];
    let file = &file[..file.partition_point(|annotation| annotation.source == header.source)];
    let headers: Vec<(Span, &Annotation)> =
        file.iter().filter_map(|annotation| Some((self::scope(annotation)?, annotation))).collect();
    let listed: BTreeSet<String> = headers
        .iter()
        .filter(|(known, _)| *known == scope)
        .flat_map(|(_, list)| controls(list))
        .collect();
    let inside = |annotation: &&Annotation| {
        !annotation.list
            && !annotation.example
            && scope.contains(annotation.tag_span)
            && !annotation.controls.is_empty()
            && annotation.malformed.is_none()
    };
    let inline: Vec<&Annotation> = file.iter().filter(inside).collect();
    let comment = !matches!(header.target, Target::Section { .. }) && is_comment(case, header);
    if inline.is_empty() && !comment {
        return case.skip();
    }
    let annotated: BTreeSet<String> =
        inline.iter().flat_map(|annotation| controls(annotation)).collect();
    for (written, id) in ids(header) {
        if !annotated.contains(&id.control) && stands(case, &id) {
            case.flag(written.span).with("control", nist::label(&id.control)).with(
                "fault",
                "is in the list of controls here, and nothing under it is annotated with it",
            );
        }
    }
    // Of several lists with one scope the first speaks for what none of them names.
    let speaks = headers.iter().find(|(known, _)| *known == scope);
    if speaks.is_none_or(|(_, first)| first.tag_span != header.tag_span) {
        return;
    }
    let mut said = BTreeSet::new();
    for annotation in inline {
        let around: Vec<&(Span, &Annotation)> =
            headers.iter().filter(|(known, _)| known.contains(annotation.tag_span)).collect();
        let size = |span: &Span| span.end - span.start;
        let innermost = around.iter().all(|(known, _)| size(known) >= size(&scope));
        for control in annotation.controls.iter().filter(|_| innermost) {
            let Some(id) = nist::parse(control.text.trim()) else { continue };
            let known = listed.contains(&id.control)
                || around.iter().any(|(_, list)| controls(list).any(|known| known == id.control));
            if !known && stands(case, &id) && said.insert((control.span, id.control.clone())) {
                case.flag(control.span)
                    .with("control", nist::label(&id.control))
                    .with("fault", "is annotated here and is missing in the list of controls above")
                    .related(header.tag_span, "the list of controls");
            }
        }
    }
}

/// Whether a control is one that can be listed: of others NIST002 and NIST003 speak.
fn stands(case: &Case<'_>, id: &nist::Id) -> bool {
    nist::control(&id.control).is_some_and(|it| it.withdrawn.is_none()) || is_own(case, id)
}

fn controls(annotation: &Annotation) -> impl Iterator<Item = String> {
    annotation.controls.iter().filter_map(|id| Some(nist::parse(id.text.trim())?.control))
}

/// What a list speaks for.
fn scope(annotation: &Annotation) -> Option<Span> {
    if !annotation.list || annotation.example {
        return None;
    }
    match &annotation.target {
        Target::Section { span, .. } => Some(*span),
        Target::File => Some(Span { source: annotation.source, start: 0, end: u32::MAX }),
        Target::Code(_) | Target::Nothing(_) => None,
    }
}

/// Whether the list is a tag in a comment of code, not a key or text.
fn is_comment(case: &Case<'_>, header: &Annotation) -> bool {
    let path = case.repo.path(header.tag_span);
    case.repo.text(header.tag_span).starts_with('@')
        && ![".md", ".markdown", ".mdx"].iter().any(|ending| path.ends_with(ending))
}
