//! An id in another form than the catalogue's. Rule: rules/nist/non-canonical-id.yaml

use super::ids;
use crate::check::Case;
use crate::facts::annotation::Annotation;
use crate::finding::Edit;

pub(super) fn check(annotation: &Annotation, case: &mut Case<'_>) {
    let mut any = false;
    // The label form is the one `@satisfies` is written in.
    for (written, id) in ids(annotation).filter(|_| annotation.tag != "satisfies") {
        any = true;
        let text = written.text.trim();
        let padded = text
            .split(|c: char| !c.is_ascii_digit())
            .any(|number| number.len() > 1 && number.starts_with('0'));
        let odd = |c: char| c.is_ascii_uppercase() || matches!(c, '(' | ')' | '_');
        if !padded && !text.contains(odd) {
            continue;
        }
        let canonical = id.canonical();
        let flag = case.flag(written.span).with("id", text).with("canonical", &canonical);
        if text.len() == written.span.range().len() {
            let edits = vec![Edit { span: written.span, text: canonical.clone() }];
            flag.fix(true, format!("write `{canonical}`"), edits);
        }
    }
    if !any {
        case.skip();
    }
}
