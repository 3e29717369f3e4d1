//! Fields that are written under one name or unit and asked for under another.
//! Rule: rules/cros/field-vocabulary-drift.yaml

use crate::check::Case;
use crate::facts::query::{FieldUse, How, LogQuery};
use crate::repo::logfields::{Role, base_and_unit, role};
use crate::repo::vocabulary::{Written, is_asked, own_leaf};
use std::collections::BTreeSet;

/// Seconds from which a bound on a field that counts seconds is certainly one in milliseconds.
const LONG: f64 = 1000.0;

pub(super) fn check(query: &LogQuery, case: &mut Case<'_>) {
    if !is_asked(query) {
        return case.skip();
    }
    let repo = case.repo;
    let vocabulary = repo.vocabulary();
    let mut told = BTreeSet::new();
    for used in query.uses.iter().filter(|used| used.known()) {
        let Some(leaf) = own_leaf(used.field()) else { continue };
        let like = vocabulary.like(leaf);
        let Some(first) = like.first() else { continue };
        let (_, unit) = base_and_unit(leaf);
        let other =
            like.iter().all(|it| it.name != leaf && differs(base_and_unit(&it.name).1, unit));
        if vocabulary.is_missing(leaf) && other && told.insert(leaf) {
            let fault = format!(
                "the search asks for `{}`, and the code writes `{}`: it finds nothing",
                used.field(),
                first.name
            );
            let place = repo.place(&used.text, used.range.clone());
            case.flag(place).with("fault", fault).related(first.span, "written here");
            continue;
        }
        let same: Vec<&Written> = like.iter().filter(|it| it.name == leaf).collect();
        let seconds = !same.is_empty() && same.iter().all(|it| it.unit == Some(1.0));
        if let Some((value, text)) = bound(used).filter(|_| seconds) {
            let fault = format!(
                "`{}` holds seconds, and the search asks for {text} of them: one of {:.0} minutes, \
                 where {text} ms is meant",
                used.field(),
                value / 60.0
            );
            let (scalar, range) = &used.values[0];
            let place = repo.place(scalar, range.clone());
            case.flag(place).with("fault", fault).related(same[0].span, "seconds are written here");
        }
    }
}

/// Whether two names say different units; one of them may say none.
fn differs(one: Option<f64>, other: Option<f64>) -> bool {
    one != other
}

/// The lower bound of a time that a request took, where it can only be one in milliseconds.
fn bound(used: &FieldUse) -> Option<(f64, &str)> {
    if used.how != How::Above || used.negated || role(used.field()) != Some(Role::Duration) {
        return None;
    }
    let text = used.known_values().next()?;
    let value: f64 = text.parse().ok()?;
    (value >= LONG && value % 500.0 == 0.0).then_some((value, text))
}
