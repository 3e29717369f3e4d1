//! Claims to implement a control that stand on text. Rule: rules/nist/implements-on-text.yaml

use crate::check::Case;
use crate::facts::Subject;
use crate::facts::annotation::{Annotation, Target};
use crate::lang::path::last;

/// Endings of files that hold text or plain data: nothing in them runs or is enforced.
const TEXT: &[&str] = &["md", "markdown", "mdx", "txt", "rst", "adoc", "csv", "tsv", "html"];

pub(super) fn check(annotation: &Annotation, case: &mut Case<'_>) {
    if annotation.tag != "nist-implements" || annotation.example || annotation.controls.is_empty() {
        return case.skip();
    }
    let path = case.repo.path(annotation.tag_span);
    let ending = last(path).rsplit_once('.').map_or("", |(_, ending)| ending);
    let on = match &annotation.target {
        Target::Section { .. } => "prose",
        _ if TEXT.contains(&ending) => "text",
        Target::Nothing(_) => "nothing that runs",
        Target::Code(_) | Target::File => return,
    };
    let controls: Vec<&str> = annotation.controls.iter().map(|it| it.text.as_str()).collect();
    case.flag(annotation.anchor()).with("controls", controls.join(", ")).with("on", on);
}
