//! Objects of the operator whose configuration has the shape of another version. Rule: rules/otcl/crd-shape.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::collector::Operated;
use crate::facts::flat::Value;

pub(super) fn check(object: &Operated, case: &mut Case<'_>) {
    let version = object.version.text.rsplit('/').next().unwrap_or_default();
    if !object.version.known {
        return case.skip();
    }
    match (version, object.config) {
        ("v1beta1", Some((key, true))) => {
            let what = "is a text, which v1beta1 refuses: it takes a mapping";
            case.flag(key).with("what", what);
        }
        ("v1alpha1", Some((key, false))) => {
            let what = "is a mapping, which v1alpha1 refuses: it takes a text";
            case.flag(key).with("what", what);
        }
        ("v1alpha1", _) => {
            let what = "is of v1alpha1, which the operator is about to drop";
            case.flag(object.version.span).with("what", what).severity(Severity::Info);
        }
        _ => {}
    }
    if version == "v1beta1" {
        nulls(object, case);
    }
}

/// `batch:` without a value, which the API server takes for no component at all.
fn nulls(object: &Operated, case: &mut Case<'_>) {
    let repo = case.repo;
    let inside =
        |document: crate::facts::DocumentId| repo.document(document).host == Some(object.document);
    let documents = repo.facts.collectors.iter().map(|collector| collector.document);
    for document in documents.filter(|document| inside(*document)) {
        for component in repo.components_of(document) {
            if matches!(component.settings.root, Value::Null) && !component.settings.open {
                let what = format!("has `{}` without a value; write `{{}}`", component.id.text);
                case.flag(component.id.span).with("what", what).severity(Severity::Info);
            }
        }
    }
}
