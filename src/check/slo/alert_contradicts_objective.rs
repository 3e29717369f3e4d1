//! Alerts that say something else than the objective they watch.
//! Rule: rules/slo/alert-contradicts-objective.yaml

use super::percent;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::rules::AlertRule;
use crate::facts::slo::{Slo, SloDialect};
use crate::lang::duration;
use crate::repo::model::Place;
use crate::repo::model::tie::{How, Tie};
use crate::repo::queries::Query;
use crate::source::Span;

const DAY: f64 = 86_400.0;
/// Sloth's own window.
const SLOTH_WINDOW: f64 = 30.0 * DAY;
/// Below this an alert fires while the budget lasts longer than its window.
const SLOWEST: f64 = 0.9;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some(alert) = query.alert().filter(|_| !case.repo.facts.slos.is_empty()) else {
        return case.skip();
    };
    let ties = case.model.ties_of_alert(query.index);
    let conditions = case.model.conditions(query);
    for (number, condition) in conditions.iter().enumerate() {
        let place = condition.bound.place.at(condition.bound.number);
        let own: Vec<&Tie> = ties.iter().filter(|tie| tie.condition == number).collect();
        if !claim(alert, place, &own, case) {
            too_slow(alert, place, &own, case);
        }
        one_for_all(place, &own, case);
        looser(condition.bound.bound, place, &own, case);
    }
}

/// How many times faster than allowed the budget goes when the alert begins to fire.
fn burn(slo: &Slo, tie: &Tie) -> Option<f64> {
    let budget = 1.0 - slo.ratio()?;
    (budget > 1e-12).then(|| tie.errors.map(|errors| errors / budget)).flatten()
}

fn window(slo: &Slo) -> Option<f64> {
    match &slo.window {
        Some(window) => window.seconds(),
        None => (slo.dialect == SloDialect::Sloth).then_some(SLOTH_WINDOW),
    }
}

fn watched<'a>(case: &Case<'a>, tie: &Tie) -> &'a Slo {
    &case.repo.facts.slos[tie.slo]
}

fn place_of(slo: &Slo) -> Span {
    slo.objective.as_ref().map_or(slo.anchor, |objective| objective.scalar.span)
}

/// The text says that the budget is gone long before it is.
fn claim<'a>(alert: &AlertRule, place: Place<'_, '_>, ties: &[&Tie], case: &mut Case<'a>) -> bool {
    let told = alert.annotations.entries.iter().find_map(|(_, text)| {
        exhaustion(&text.text).map(|(seconds, words)| (seconds, words, text.span))
    });
    let Some((seconds, words, text)) = told else { return false };
    for tie in ties {
        let slo = watched(case, tie);
        let (Some(burn), Some(window)) = (burn(slo, tie), window(slo)) else { continue };
        let left = window / burn;
        if burn <= 0.0 || left <= 2.0 * seconds {
            continue;
        }
        let span = case.at(place);
        let what = format!(
            "the text says the budget is gone in {words}, but errors at this threshold take {} of `{}`'s {} window to use it up",
            shown(left),
            slo.label(),
            shown(window),
        );
        case.flag(span)
            .with("what", what)
            .severity(Severity::Error)
            .related(text, "the claim")
            .related(place_of(slo), "the objective it watches");
        return true;
    }
    false
}

/// It pages although the budget lasts longer than its window.
fn too_slow<'a>(alert: &AlertRule, place: Place<'_, '_>, ties: &[&Tie], case: &mut Case<'a>) {
    let severity = alert.label(&case.settings().severity_label);
    let pages =
        severity.is_some_and(|it| it.known && matches!(it.text.as_str(), "critical" | "page"));
    if !pages {
        return;
    }
    for tie in ties {
        let slo = watched(case, tie);
        let Some(burn) = burn(slo, tie).filter(|burn| *burn > 0.0 && *burn < SLOWEST) else {
            continue;
        };
        let span = case.at(place);
        let what = format!(
            "it pages at a burn rate of {}: `{}` would still be kept",
            trimmed(burn),
            slo.label()
        );
        case.flag(span).with("what", what).related(place_of(slo), "the objective it watches");
        return;
    }
}

/// One constant for objectives that leave different budgets.
fn one_for_all<'a>(place: Place<'_, '_>, ties: &[&Tie], case: &mut Case<'a>) {
    let named = ties
        .iter()
        .filter(|tie| matches!(tie.how, How::Named | How::Record) && tie.errors.is_some());
    let mut budgets: Vec<(f64, &Slo)> = Vec::new();
    for slo in named.map(|tie| watched(case, tie)) {
        let Some(ratio) = slo.ratio() else { continue };
        if !budgets.iter().any(|(known, _)| (known - ratio).abs() < 1e-12) {
            budgets.push((ratio, slo));
        }
    }
    let [(first, one), (second, other), ..] = *budgets else { return };
    let span = case.at(place);
    let what = format!(
        "one threshold serves objectives that leave {} and {}",
        percent(1.0 - first),
        percent(1.0 - second)
    );
    case.flag(span)
        .with("what", what)
        .related(place_of(one), "one objective")
        .related(place_of(other), "another");
}

/// A latency alert that waits for more than the objective allows.
fn looser<'a>(threshold: f64, place: Place<'_, '_>, ties: &[&Tie], case: &mut Case<'a>) {
    for tie in ties.iter().filter(|tie| tie.how == How::SameQuantile) {
        let slo = watched(case, tie);
        let bound =
            slo.bound.as_ref().and_then(|bound| Some((seconds(bound.known_text()?)?, bound.span)));
        let Some((bound, declared)) = bound.filter(|(bound, _)| threshold > bound * 1.000_001)
        else {
            continue;
        };
        let span = case.at(place);
        let what = format!(
            "it waits for {} while `{}` promises {}",
            trimmed(threshold),
            slo.label(),
            trimmed(bound)
        );
        case.flag(span).with("what", what).related(declared, "the bound that is promised");
        return;
    }
}

fn seconds(text: &str) -> Option<f64> {
    match text.trim().strip_suffix("ms") {
        Some(number) => number.trim().parse::<f64>().ok().map(|number| number / 1000.0),
        None => text.trim().trim_end_matches('s').parse().ok(),
    }
}

fn trimmed(number: f64) -> String {
    crate::facts::slo::value::clean((number * 1000.0).round() / 1000.0).to_string()
}

fn shown(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "windows are short")]
    let minutes = (seconds / 60.0).round() as i64;
    match minutes {
        0..=119 => format!("{minutes}m"),
        120..=2879 => format!("{}h", minutes / 60),
        _ => duration::display(minutes / 1440 * 86_400_000),
    }
}

/// A time in which a text says that the budget will be gone: its length and its words.
fn exhaustion(text: &str) -> Option<(f64, String)> {
    let lower = text.to_ascii_lowercase();
    let ends = ["exhaust", "gone", "deplet", "consumed", "used up", "run out", "runs out", "spent"];
    lower.split(['.', '\n', ';']).filter(|line| line.contains("budget")).find_map(|line| {
        let at = ends.iter().filter_map(|word| line.find(word)).min()?;
        let words: Vec<&str> = line[at..].split_whitespace().collect();
        words.windows(2).find_map(|pair| {
            let number = pair[0].parse::<f64>().ok().filter(|number| *number > 0.0)?;
            let unit = match pair[1].trim_matches(|c: char| !c.is_alphabetic()) {
                "minute" | "minutes" => 60.0,
                "hour" | "hours" => 3_600.0,
                "day" | "days" => DAY,
                "week" | "weeks" => 7.0 * DAY,
                _ => return None,
            };
            Some((number * unit, format!("{} {}", pair[0], pair[1])))
        })
    })
}
