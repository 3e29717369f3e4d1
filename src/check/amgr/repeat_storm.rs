//! The same alert again and again. Rule: rules/amgr/repeat-storm.yaml

use super::model;
use crate::check::Case;
use crate::facts::alertmanager::Route;
use crate::lang::duration;

const SHORTEST_MS: i64 = 15 * 60_000;

pub(super) fn check(route: &Route, case: &mut Case<'_>) {
    let repeat = route.timing.get("repeat_interval");
    let (Some(repeat), true) = (repeat, model::is_read(case)) else { return case.skip() };
    let ms = repeat.known_text().and_then(duration::prometheus);
    let Some(ms) = ms.filter(|ms| *ms > 0 && *ms <= SHORTEST_MS) else { return };
    if model::takes_heartbeats(case, route) || tells_nobody(case, route) {
        return;
    }
    case.flag(repeat.span).with("repeat", duration::display(ms));
}

/// Whether the route sends to an empty receiver and has no child that could send elsewhere.
fn tells_nobody(case: &Case<'_>, route: &Route) -> bool {
    let tree = case.repo.routing(route.document);
    let receiver = tree.routes().get(route.index as usize).and_then(|own| tree.receiver(own));
    let empty = case.repo.receivers(route.document).iter().any(|known| {
        let named = known.name.as_ref().map(|name| &name.text) == receiver.map(|name| &name.text);
        named && known.integrations == 0 && !known.open
    });
    empty && route.children == 0
}
