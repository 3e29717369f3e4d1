//! Labels that name other windows than the alert looks at.
//! Rule: rules/slo/burn-window-label-drift.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::lang::duration;
use crate::repo::model::burn::{Burn, can_burn, window};
use crate::repo::queries::Query;

/// Long window, short window in seconds and factor, for a month.
const REFERENCE: &[(f64, f64, f64)] = &[
    (3_600.0, 300.0, 14.4),
    (21_600.0, 1_800.0, 6.0),
    (86_400.0, 7_200.0, 3.0),
    (259_200.0, 21_600.0, 1.0),
];
const LABELS: &[&str] = &["long", "short", "long_window", "short_window"];

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some(alert) = query.alert().filter(|_| query.is_sound()) else { return case.skip() };
    let model = case.model;
    let labelled = LABELS.iter().any(|label| alert.labels.get(label).is_some());
    let can_burn = can_burn(query);
    if !labelled && !can_burn {
        return;
    }
    let conditions = model.conditions(query);
    if !labelled && !conditions.iter().any(|it| Burn::of(model, it).is_some()) {
        return;
    }
    let windows: Vec<Option<f64>> =
        conditions.iter().map(|it| window(model, it.bound.value)).collect();
    if conditions.is_empty() || windows.iter().any(Option::is_none) {
        return;
    }
    let windows: Vec<f64> = windows.into_iter().flatten().collect();
    for label in LABELS {
        let Some(value) = alert.labels.get(label).filter(|value| value.known) else { continue };
        let Some(claimed) = duration::prometheus(&value.text) else { continue };
        let claimed = claimed as f64 / 1000.0;
        if windows.iter().any(|it| (it - claimed).abs() < 0.5) {
            continue;
        }
        let used: Vec<String> = windows.iter().map(|it| shown(*it)).collect();
        let what = format!(
            "the label `{label}` says `{}`, but the alert looks back {}",
            value.text,
            used.join(" and ")
        );
        let place = case.at(conditions[0].bound.place.at(conditions[0].bound.value.node));
        case.flag(value.span).with("what", what).related(place, "what it looks at");
    }
    if can_burn {
        pairs(query, case);
    }
}

/// Pairs of windows, and factors, as they are taken from the usual set.
fn pairs<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let model = case.model;
    let conditions = model.conditions(query);
    let burns: Vec<_> = conditions
        .iter()
        .filter_map(|it| {
            let burn = Burn::of(model, it)?;
            Some((it, burn.window?, burn.factor?))
        })
        .collect();
    for (at, &(one, long, factor)) in burns.iter().enumerate() {
        let partner = burns.iter().enumerate().find(|(other, (it, window, _))| {
            *other != at && it.branch == one.branch && *window < long
        });
        let Some((_, &(short_at, short, _))) = partner else { continue };
        let span = case.at(one.bound.place.at(one.bound.number));
        let known = REFERENCE.iter().find(|row| (row.0 - long).abs() < 0.5);
        let foreign = REFERENCE.iter().find(|row| (row.2 - factor).abs() < 0.05 && row.2 > 1.0);
        if let (Some(row), Some(other)) = (known, foreign)
            && (row.2 - factor).abs() > 0.05
        {
            let what = format!(
                "the factor {factor} belongs to a window of {}, and this one is {}",
                shown(other.0),
                shown(long)
            );
            case.flag(span).with("what", what).severity(Severity::Info);
        } else if !(1.0 / 16.0..=1.0 / 8.0).contains(&(short / long)) {
            let what = format!(
                "the short window of {} is not about a twelfth of {}",
                shown(short),
                shown(long)
            );
            let place = case.at(short_at.bound.value);
            case.flag(span)
                .with("what", what)
                .severity(Severity::Info)
                .related(place, "the short window");
        }
    }
}

fn shown(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "windows are short")]
    duration::display((seconds * 1000.0) as i64)
}
