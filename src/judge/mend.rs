//! Which fixes can be made at all: a fix that cannot is not offered.

use crate::finding::{Edit, Fix};
use crate::repo::Repo;
use crate::source::{Encoding, Origin, Part};

/// Whether all edits of a fix fall on text that people of this repository write, in an encoding in
/// which bytes on disk are bytes of the text.
pub(super) fn possible(repo: &Repo, fix: &Fix) -> bool {
    !fix.edits.is_empty() && fix.edits.iter().all(|edit| is_possible(repo, edit))
}

fn is_possible(repo: &Repo, edit: &Edit) -> bool {
    let source = repo.source(edit.span.source);
    let plain = source.part != Part::Rendered && source.origin == Origin::Own;
    if source.encoding != Encoding::Utf8 || !plain {
        return false;
    }
    // In a template, braces and backquotes are the template's own unless they are quoted.
    let speaks = ["{{", "}}", "`"].iter().any(|sign| edit.text.contains(sign));
    let masked = || repo.documents_in(edit.span.source).iter().any(|document| document.masked);
    !speaks || !masked() || is_quoted(source.text(), edit)
}

/// Whether an edit falls inside ``{{`​ … `}}``, and stays there.
fn is_quoted(text: &str, edit: &Edit) -> bool {
    let (Some(before), Some(after)) =
        (text.get(..edit.span.start as usize), text.get(edit.span.end as usize..))
    else {
        return false;
    };
    let opened = before
        .rfind('`')
        .is_some_and(|at| before[..at].trim_end().trim_end_matches('-').ends_with("{{"));
    let closed = after
        .split_once('`')
        .is_some_and(|(_, rest)| rest.trim_start().trim_start_matches('-').starts_with("}}"));
    opened && closed && !edit.text.contains('`')
}
