//! Repeats more often than groups are looked at. Rule: rules/amgr/repeat-below-group.yaml

use super::model;
use crate::check::Case;
use crate::facts::alertmanager::Route;
use crate::lang::duration;

pub(super) fn check(route: &Route, case: &mut Case<'_>) {
    let tree = case.repo.routing(route.document);
    let sets = |field: &str| route.timing.get(field).is_some();
    let own = tree.routes().get(route.index as usize);
    let (Some(own), true) = (own, model::is_read(case)) else { return case.skip() };
    // What a route inherits as a pair was judged where it was set.
    if !sets("repeat_interval") && !sets("group_interval") {
        return;
    }
    let (repeat, group) = (tree.timing(own, "repeat_interval"), tree.timing(own, "group_interval"));
    let (Some(repeat_ms), Some(group_ms)) = (repeat.ms, group.ms) else { return };
    if repeat_ms == 0 || group_ms == 0 || repeat_ms >= group_ms {
        return;
    }
    let here = route.timing.get("repeat_interval").or_else(|| route.timing.get("group_interval"));
    let Some(here) = here else { return };
    let other = if sets("repeat_interval") { group.value } else { repeat.value };
    let flag = case
        .flag(here.span)
        .with("repeat", duration::display(repeat_ms))
        .with("group", duration::display(group_ms));
    if let Some(other) = other.filter(|other| other.span != here.span) {
        flag.related(other.span, "the other interval is set here");
    }
}
