//! NIST: control annotations.

use super::{Builtin, Case};
use crate::facts::annotation::Annotation;
use crate::facts::scalar::Scalar;
use crate::nist::{self, Id};

mod header_drift;
mod implements_on_text;
mod malformed;
mod no_code_nearby;
mod non_canonical_id;
mod title_of_another_control;
mod unknown_control;
mod withdrawn_control;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("NIST001", Builtin::Annotation(malformed::check)),
    ("NIST002", Builtin::Annotation(unknown_control::check)),
    ("NIST003", Builtin::Annotation(withdrawn_control::check)),
    ("NIST004", Builtin::Annotation(title_of_another_control::check)),
    ("NIST005", Builtin::Annotation(no_code_nearby::check)),
    ("NIST009", Builtin::Annotation(header_drift::check)),
    ("NIST010", Builtin::Annotation(implements_on_text::check)),
    ("NIST011", Builtin::Annotation(non_canonical_id::check)),
];

/// The controls an annotation names, read; an example in documentation names none.
fn ids(annotation: &Annotation) -> impl Iterator<Item = (&Scalar, Id)> {
    annotation
        .controls
        .iter()
        .filter(|control| !annotation.example && control.known)
        .filter_map(|control| Some((control, nist::parse(control.text.trim())?)))
}

/// Whether the repository says that it has this control besides the catalogue's.
fn is_own(case: &Case<'_>, id: &Id) -> bool {
    let same = |text: &String| {
        nist::parse(text.trim()).is_some_and(|own| own.control == id.control)
            || text.eq_ignore_ascii_case(&id.control)
    };
    case.settings().nist_overlay.iter().any(same)
}
