//! Percentages written as ratios. Rule: rules/otcl/sampling-percentage-unit.yaml

use super::model::is_kind;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::collector::{Component, Section};
use crate::facts::scalar::Scalar;
use crate::repo::Repo;

pub(super) fn check(component: &Component, case: &mut Case<'_>) {
    let repo = case.repo;
    let sampler = component.section == Section::Processors
        && is_kind(&component.id.text, &["probabilistic_sampler"]);
    let given = component.settings.get("sampling_percentage").filter(|_| sampler);
    let Some(given) = given else { return case.skip() };
    let Some(percentage) = given.known_text().and_then(|text| text.parse::<f64>().ok()) else {
        return;
    };
    if percentage > 100.0 {
        let what = "is above 100".to_owned();
        case.flag(given.span)
            .with("value", &given.text)
            .with("what", what)
            .severity(Severity::Error);
    } else if percentage > 0.0 && percentage < 1.0 {
        let times = (100.0 / percentage).round();
        let what = format!("keeps one trace in {times}: the setting is a percentage, not a ratio");
        case.flag(given.span).with("value", &given.text).with("what", what);
    } else if let Some((rate, ratio)) = declared(repo, component)
        && (ratio * 100.0 - percentage).abs() > 1e-9
        // What heads leave and this one multiply: of that a rule on the whole chain speaks.
        && !repo.is_cut_before(component.document)
    {
        let wanted = ratio * 100.0;
        let what = format!("is not the {wanted} % that the strategy declares");
        case.flag(given.span)
            .with("value", &given.text)
            .with("what", what)
            .related(rate.span, "the declared sampling rate");
    }
}

/// The sampling rate of the traces that the strategy for this environment declares.
fn declared<'r>(repo: &'r Repo, component: &Component) -> Option<(&'r Scalar, f64)> {
    let pillars = repo.facts.pillars.iter().filter(|pillar| {
        pillar.name.text == "traces" && repo.run_together(pillar.document, component.document)
    });
    let rates: Vec<&Scalar> =
        pillars.filter_map(|pillar| pillar.settings.get("sampling_rate")).collect();
    let rate = rates.first()?;
    let text = rate.known_text()?.trim();
    let ratio = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok()? / 100.0,
        None => text.parse::<f64>().ok()?,
    };
    // One strategy per environment; several that differ say nothing.
    (rates.iter().all(|other| other.text == rate.text) && ratio <= 1.0).then_some((*rate, ratio))
}
