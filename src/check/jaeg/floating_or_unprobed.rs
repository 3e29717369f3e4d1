//! Jaeger of no particular release, or left alone. Rule: rules/jaeg/floating-or-unprobed.yaml

use crate::check::Case;
use crate::facts::jaeger::{Component, Part};

pub(super) fn check(part: &Part, case: &mut Case<'_>) {
    let runs = part.component.is_v1() || part.component == Component::V2;
    let Some(container) = part.container().filter(|_| runs) else { return case.skip() };
    if case.repo.is_demo(part.document) {
        return;
    }
    if part.name.known && !part.name.text.contains('@') {
        let what = match container.image_tag() {
            None => Some("the image has no tag"),
            Some("latest") => Some("the image has the tag `latest`"),
            Some(_) => None,
        };
        if let Some(what) = what {
            case.flag(part.name.span).with("what", what);
        }
    }
    // A template may add what is not written.
    if case.repo.document(part.document).masked {
        return;
    }
    let what = match (container.probed, container.memory_limited) {
        (true, true) => return,
        (false, true) => "has no probe",
        (true, false) => "has no limit of memory",
        (false, false) => "has no probe and no limit of memory",
    };
    case.flag(container.name.span).with("what", format!("`{}` {what}", container.name.text));
}
