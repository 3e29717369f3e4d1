//! Labels that are not those declared. Rule: rules/metr/label-arity.yaml

use crate::check::Case;
use crate::facts::code::{Does, LabelValue, MetricDefinition, MetricUse};
use crate::facts::scalar::Scalar;

pub(super) fn check(one: &MetricUse, case: &mut Case<'_>) {
    let Some(metric) = case.repo.metric_of(one) else { return case.skip() };
    let Some(declared) = metric.labels.as_ref().filter(|_| metric.is_native()) else {
        return case.skip();
    };
    let Some(given) = &one.labels else { return case.skip() };
    let fault = match one.does {
        Does::Labels => chosen(one, metric, declared, given),
        _ if one.own_labels => set(declared, given),
        // Python refuses to count on a metric whose labels nobody chose.
        _ if one.bare
            && one.api.get("labels").is_none()
            && metric.says("bare") == Some("refused") =>
        {
            (!declared.is_empty()).then(|| format!("none of {}", list(declared)))
        }
        _ => None,
    };
    let Some(what) = fault else { return };
    case.flag(one.method.span)
        .with("metric", metric.name.text.clone())
        .with("what", what)
        .with("declared", if declared.is_empty() { "none".to_owned() } else { list(declared) })
        .related(metric.name.span, "declared here");
}

/// What is wrong with a choice of all labels.
fn chosen(
    one: &MetricUse,
    metric: &MetricDefinition,
    declared: &[Scalar],
    given: &[LabelValue],
) -> Option<String> {
    let named = given.iter().filter(|label| label.key.is_some()).count();
    if named == given.len() && named > 0 {
        // A subset is filled up by some libraries, when it is given as one object.
        let subset = metric.says("subset") == Some("kept");
        return set(declared, given).or_else(|| match subset {
            true => None,
            false => missing(declared, given),
        });
    }
    let _ = one;
    (named == 0 && given.len() != declared.len()).then(|| match given.len() {
        1 => "1 value".to_owned(),
        count => format!("{count} values"),
    })
}

/// Names that are not declared.
fn set(declared: &[Scalar], given: &[LabelValue]) -> Option<String> {
    let unknown = given
        .iter()
        .filter_map(|label| label.key.as_ref())
        .find(|key| key.known && !declared.iter().any(|label| label.text == key.text));
    unknown.map(|key| format!("`{}`", key.text))
}

fn missing(declared: &[Scalar], given: &[LabelValue]) -> Option<String> {
    let lacks = |label: &&Scalar| {
        !given.iter().any(|one| one.key.as_ref().is_some_and(|key| key.text == label.text))
    };
    let missing: Vec<Scalar> = declared.iter().filter(lacks).cloned().collect();
    (!missing.is_empty()).then(|| format!("none of {}", list(&missing)))
}

fn list(labels: &[Scalar]) -> String {
    labels.iter().map(|label| format!("`{}`", label.text)).collect::<Vec<_>>().join(", ")
}
