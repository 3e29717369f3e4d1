//! A severity that nothing produces. Rule: rules/incd/severity-gap.yaml

use crate::check::Case;
use crate::facts::code::incidents::{SeverityMap, SeverityScale};
use crate::facts::scalar::Scalar;

pub(super) fn check(map: &SeverityMap, case: &mut Case<'_>) {
    let facts = &case.repo.facts;
    let named = || facts.severity_scales.iter().filter(|scale| scale.name.text == map.scale);
    let near = named().find(|scale| scale.document == map.document);
    let all: Vec<&SeverityScale> = named().collect();
    let scale = match (near, all.as_slice()) {
        (Some(scale), _) => scale,
        (None, [only]) => *only,
        _ => return case.skip(),
    };
    let values = || facts.severity_values.iter().filter(|value| value.scale == map.scale);
    if values().any(|value| value.member == "*") {
        return;
    }
    let missing: Vec<&Scalar> = scale
        .members
        .iter()
        .filter(|member| !values().any(|value| value.member == member.text))
        .collect();
    let Some(first) = missing.first() else { return };
    let names: Vec<String> = missing.iter().map(|member| format!("`{}`", member.text)).collect();
    case.flag(map.name.span)
        .with("scale", map.scale.clone())
        .with("members", names.join(", "))
        .related(first.span, "declared here");
}
