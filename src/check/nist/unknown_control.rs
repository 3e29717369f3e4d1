//! A control that does not exist. Rule: rules/nist/unknown-control.yaml

use super::{ids, is_own};
use crate::check::Case;
use crate::facts::annotation::Annotation;
use crate::nist;

pub(super) fn check(annotation: &Annotation, case: &mut Case<'_>) {
    let mut any = false;
    for (written, id) in ids(annotation) {
        any = true;
        if nist::control(&id.control).is_none() && !is_own(case, &id) {
            case.flag(written.span).with("id", &written.text).with("version", nist::VERSION);
        }
    }
    if !any {
        case.skip();
    }
}
