//! An annotation nobody can read. Rule: rules/nist/malformed.yaml

use super::{ids, is_own};
use crate::check::Case;
use crate::facts::annotation::Annotation;
use crate::nist;

pub(super) fn check(annotation: &Annotation, case: &mut Case<'_>) {
    if annotation.example {
        return case.skip();
    }
    let tag = format!("@{}", annotation.tag);
    if let Some((fault, span)) = &annotation.malformed {
        case.flag(*span).with("tag", &tag).with("fault", fault);
    }
    for (written, id) in ids(annotation) {
        let Some(item) = &id.item else { continue };
        let Some(control) = nist::control(&id.control).filter(|_| !is_own(case, &id)) else {
            continue;
        };
        // The data has the items of some families only; a withdrawn control has none to check.
        let Some(items) = control.items.filter(|_| control.withdrawn.is_none()) else { continue };
        if !items.contains(&item.as_str()) {
            let fault = format!(
                "names item `{item}`, which the statement of {} does not have",
                control.label
            );
            case.flag(written.span).with("tag", &tag).with("fault", fault);
        }
    }
}
