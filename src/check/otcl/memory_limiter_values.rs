//! Limits that the memory limiter refuses. Rule: rules/otcl/memory-limiter-values.yaml

use super::model::{self, is_kind};
use crate::check::Case;
use crate::facts::collector::{Component, Section};
use crate::facts::flat::{Settings, Value};
use crate::lang::duration;
use crate::source::Span;

pub(super) fn check(component: &Component, case: &mut Case<'_>) {
    let repo = case.repo;
    let limiter = matches!(component.section, Section::Processors | Section::Extensions)
        && is_kind(&component.id.text, &["memory_limiter"]);
    if !limiter || !component.id.known || model::is_laid_over(repo, component) {
        return case.skip();
    }
    // A layer below may give what is missing here.
    let beside =
        repo.collectors().beside(repo, component.document, component.section, &component.id.text);
    let alone = repo.collectors().of_document(component.document).all(|set| !set.known);
    let partial = repo.collectors().of_document(component.document).any(|set| set.open)
        || (alone && (beside || !model::is_whole(repo, component.document)));
    // Sets differ in what lies around the component, hardly in the component.
    let Some(settings) = model::settings(repo, component).into_iter().next() else { return };
    for (span, what) in faults(component, &settings, partial) {
        case.flag(span).with("id", &component.id.text).with("what", what);
    }
}

/// A number of the settings; `None` where nobody can know it.
fn number(settings: &Settings, name: &str) -> Option<f64> {
    match settings.at(name).map(|setting| &setting.value) {
        None | Some(Value::Null) => (!settings.open).then_some(0.0),
        Some(Value::Scalar(scalar)) => scalar.known_text()?.replace('_', "").parse().ok(),
        Some(_) => None,
    }
}

fn nanoseconds(settings: &Settings, name: &str, default: f64) -> Option<f64> {
    match settings.at(name).map(|setting| &setting.value) {
        None => (!settings.open).then_some(default),
        Some(Value::Null) => Some(0.0),
        Some(Value::Scalar(scalar)) => {
            let text = scalar.known_text()?;
            let whole = || text.parse::<f64>().ok();
            duration::go(text).map(|ns| ns as f64).or_else(whole)
        }
        Some(_) => None,
    }
}

fn faults(component: &Component, settings: &Settings, partial: bool) -> Vec<(Span, String)> {
    let mut found = Vec::new();
    let place = |name: &str| settings.at(name).map(|setting| setting.span());
    let owner = component.id.span;
    let interval = nanoseconds(settings, "check_interval", 0.0);
    let given = settings.at("check_interval").is_some();
    if interval.is_some_and(|ns| ns <= 0.0) && (given || !partial) {
        let what = if given {
            "`check_interval` must be above zero"
        } else {
            "`check_interval` is missing"
        };
        found.push((place("check_interval").unwrap_or(owner), what.to_owned()));
    }
    let (mib, percentage) = (number(settings, "limit_mib"), number(settings, "limit_percentage"));
    let (spike_mib, spike_percentage) =
        (number(settings, "spike_limit_mib"), number(settings, "spike_limit_percentage"));
    if mib == Some(0.0) && percentage == Some(0.0) && !partial {
        let span = place("limit_mib").or_else(|| place("limit_percentage")).unwrap_or(owner);
        found.push((span, "neither `limit_mib` nor `limit_percentage` is set".to_owned()));
    }
    for (name, value) in
        [("limit_percentage", percentage), ("spike_limit_percentage", spike_percentage)]
    {
        if value.is_some_and(|value| value > 100.0) {
            found.push((place(name).unwrap_or(owner), format!("`{name}` is above 100")));
        }
    }
    let pairs = [
        ("limit_mib", mib, "spike_limit_mib", spike_mib),
        ("limit_percentage", percentage, "spike_limit_percentage", spike_percentage),
    ];
    for (name, limit, spike_name, spike) in pairs {
        if let (Some(limit), Some(spike)) = (limit, spike)
            && limit > 0.0
            && spike >= limit
        {
            let span = place(spike_name).unwrap_or(owner);
            found.push((span, format!("`{spike_name}` must stay below `{name}`")));
        }
    }
    found.extend(intervals(settings, owner));
    found
}

/// The least and the longest time between forced collections of garbage.
fn intervals(settings: &Settings, owner: Span) -> Vec<(Span, String)> {
    let name = |which: &str, limit: &str| format!("{which}_gc_interval_when_{limit}_limited");
    let read = |which: &str, limit: &str, default: f64| {
        nanoseconds(settings, &name(which, limit), default)
    };
    let (soft, hard) = (read("min", "soft", 10e9), read("min", "hard", 0.0));
    let (max_soft, max_hard) = (read("max", "soft", 0.0), read("max", "hard", 0.0));
    let below = |one: Option<f64>, other: Option<f64>| matches!((one, other), (Some(one), Some(other)) if one < other);
    let set = |value: Option<f64>| value.is_some_and(|value| value > 0.0);
    let mut found = Vec::new();
    let mut push = |one: String, other: String| {
        let at = settings.at(&one).or_else(|| settings.at(&other));
        let what = format!("`{one}` must not be shorter than `{other}`");
        found.push((at.map_or(owner, |setting| setting.span()), what));
    };
    if below(soft, hard) {
        push(name("min", "soft"), name("min", "hard"));
    }
    if set(max_soft) && below(max_soft, soft) {
        push(name("max", "soft"), name("min", "soft"));
    }
    if set(max_hard) && below(max_hard, hard) {
        push(name("max", "hard"), name("min", "hard"));
    }
    if set(max_soft) && set(max_hard) && below(max_soft, max_hard) {
        push(name("max", "soft"), name("max", "hard"));
    }
    for limit in ["soft", "hard"] {
        let negative = read("max", limit, 0.0).is_some_and(|ns| ns < 0.0);
        if let (true, Some(setting)) = (negative, settings.at(&name("max", limit))) {
            found.push((setting.span(), format!("`{}` must not be negative", setting.path)));
        }
    }
    found
}
