//! A control that revision 5 withdrew. Rule: rules/nist/withdrawn-control.yaml

use super::{ids, is_own};
use crate::check::Case;
use crate::facts::annotation::Annotation;
use crate::finding::Edit;
use crate::nist;

pub(super) fn check(annotation: &Annotation, case: &mut Case<'_>) {
    let mut any = false;
    for (written, id) in ids(annotation) {
        any = true;
        let Some(control) = nist::control(&id.control).filter(|_| !is_own(case, &id)) else {
            continue;
        };
        let Some(targets) = control.withdrawn else { continue };
        let successor = match targets {
            [] => "names no successor".to_owned(),
            targets => {
                let labels: Vec<String> =
                    targets.iter().map(|target| nist::label(target)).collect();
                format!("moved it to {}", labels.join(", "))
            }
        };
        let flag =
            case.flag(written.span).with("label", control.label).with("successor", successor);
        // One successor can be written in its place; whether the claim still holds is a person's call.
        if let ([target], true) = (targets, written.text.len() == written.span.range().len())
            && let Some(target) = nist::parse(target)
        {
            let text = target.canonical();
            let edits = vec![Edit { span: written.span, text: text.clone() }];
            flag.fix(false, format!("write `{text}`"), edits);
        }
    }
    if !any {
        case.skip();
    }
}
