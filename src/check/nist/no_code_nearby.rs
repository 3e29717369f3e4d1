//! An annotation that is about nothing. Rule: rules/nist/no-code-nearby.yaml

use crate::check::Case;
use crate::facts::Subject;
use crate::facts::annotation::{Annotation, Target};

pub(super) fn check(annotation: &Annotation, case: &mut Case<'_>) {
    if annotation.example || annotation.controls.is_empty() {
        return case.skip();
    }
    if let Target::Nothing(reason) = annotation.target {
        let controls: Vec<&str> = annotation.controls.iter().map(|c| c.text.as_str()).collect();
        case.flag(annotation.anchor())
            .with("tag", format!("@{}", annotation.tag))
            .with("controls", controls.join(", "))
            .with("reason", reason);
    }
}
