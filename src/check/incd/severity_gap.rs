//! A severity that nothing produces, or that nothing answers. Rule: rules/incd/severity-gap.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::config::Profile;
use crate::facts::code::incidents::{SeverityMap, SeverityScale};
use crate::facts::scalar::Scalar;

pub(super) fn check(map: &SeverityMap, case: &mut Case<'_>) {
    unmapped(map, case);
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
    let what = format!("no alert becomes {} of `{}`", names.join(", "), map.scale);
    case.flag(map.name.span)
        .with("what", what)
        .with("so", "this table never yields it")
        .related(first.span, "declared here");
}

/// The first severity of an alert of the repository that the table has no answer to.
fn unmapped(map: &SeverityMap, case: &mut Case<'_>) {
    let repo = case.repo;
    let Some(known) = &map.severities else { return };
    if repo.is_rehearsal(map.document) {
        return;
    }
    let severities = repo.facts.alert_rules.iter().filter_map(|alert| alert.label("severity"));
    let strange = severities.filter(|severity| {
        let text = severity.known_text().filter(|text| !text.is_empty() && !text.contains("{{"));
        let missing = |text: &str| !known.contains(&text.to_ascii_lowercase());
        text.is_some_and(missing) && repo.profile(severity.span.source) != Profile::Dev
    });
    let Some(first) = strange.min_by_key(|severity| severity.span) else { return };
    let so = match map.defaults {
        true => "such an alert gets what is left over",
        false => "such an alert stops the handler, or gets nothing",
    };
    let flag = case
        .flag(map.name.span)
        .with("what", format!("alerts here have the severity `{}`", first.text))
        .with("so", format!("this table does not know it: {so}"))
        .related(first.span, "set here");
    if map.defaults {
        flag.severity(Severity::Info);
    }
}
