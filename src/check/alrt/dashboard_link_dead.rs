//! A link to a dashboard that is not here. Rule: rules/alrt/dashboard-link-dead.yaml

use crate::check::Case;
use crate::facts::rules::AlertRule;

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    let link =
        ["dashboard_url", "dashboard"].into_iter().find_map(|key| alert.annotations.get(key));
    let dashboards = &case.repo.facts.dashboards;
    let (Some(link), false) = (link, dashboards.is_empty()) else { return case.skip() };
    let Some(uid) = uid(&link.text).filter(|_| link.known) else { return };
    // A dashboard without a uid gets one from the server: it could be the one.
    let open = dashboards.iter().any(|board| board.uid.as_ref().is_none_or(|known| !known.known));
    if !open
        && !dashboards.iter().any(|board| board.uid.as_ref().is_some_and(|known| known.text == uid))
    {
        case.flag(link.span).with("uid", uid);
    }
}

/// The uid in `…/d/<uid>/<name>`; `None` if a template makes it.
fn uid(link: &str) -> Option<&str> {
    let rest =
        ["/d/", "/d-solo/"].into_iter().find_map(|marker| Some(link.split_once(marker)?.1))?;
    let uid = rest.split(['/', '?', '#']).next()?;
    (!uid.is_empty() && !uid.contains(['{', '$'])).then_some(uid)
}
