//! Repeats that come late. Rule: rules/amgr/repeat-not-multiple.yaml

use super::model;
use crate::check::Case;
use crate::facts::alertmanager::Route;
use crate::lang::duration;

/// How long Alertmanager remembers what it sent, unless told otherwise.
const RETENTION_MS: i64 = 120 * 3_600_000;

pub(super) fn check(route: &Route, case: &mut Case<'_>) {
    let tree = case.repo.routing(route.document);
    let own = tree.routes().get(route.index as usize);
    let (Some(own), true) = (own, model::is_read(case)) else { return case.skip() };
    let sets = |field: &str| route.timing.get(field);
    let Some(here) = sets("repeat_interval").or_else(|| sets("group_interval")) else { return };
    let (repeat, group) = (tree.timing(own, "repeat_interval"), tree.timing(own, "group_interval"));
    let (Some(repeat_ms), Some(group_ms)) = (repeat.ms, group.ms) else { return };
    if group_ms > 0 && repeat_ms > group_ms && repeat_ms % group_ms != 0 {
        let next = (repeat_ms / group_ms + 1) * group_ms;
        let what = format!(
            "is no multiple of the group_interval of {}: the repeat comes after {}",
            duration::display(group_ms),
            duration::display(next)
        );
        case.flag(here.span).with("repeat", duration::display(repeat_ms)).with("what", what);
    }
    let retention = retention(case);
    if sets("repeat_interval").is_some() && retention.is_some_and(|longest| repeat_ms > longest) {
        let longest = duration::display(retention.unwrap_or(RETENTION_MS));
        let what = format!(
            "is longer than Alertmanager remembers ({longest}): the repeat comes when it has forgotten that it sent"
        );
        case.flag(here.span).with("repeat", duration::display(repeat_ms)).with("what", what);
    }
}

/// `--data.retention` if a container sets it; `None` if nobody can know.
fn retention(case: &Case<'_>) -> Option<i64> {
    let args = case.repo.facts.containers.iter().flat_map(|container| &container.args);
    let flags = args.filter_map(|arg| Some((arg.known, arg.text.split_once("data.retention")?.1)));
    let mut longest = None;
    for (known, value) in flags {
        let value = value.trim_start_matches('=');
        longest = longest.max(Some(duration::prometheus(value).filter(|_| known)?));
    }
    Some(longest.unwrap_or(RETENTION_MS))
}
