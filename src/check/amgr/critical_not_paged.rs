//! A critical alert that wakes nobody. Rule: rules/amgr/critical-not-paged.yaml

use super::model;
use crate::check::Case;
use crate::facts::alertmanager::Route;

pub(super) fn check(route: &Route, case: &mut Case<'_>) {
    if !model::is_read(case) {
        return case.skip();
    }
    let (unpaged, alerts) = (case.model.unpaged(), case.model.alerts());
    let Some(lost) = unpaged.get(&(route.document, route.index)) else { return };
    let names: Vec<&str> =
        lost.iter().take(5).map(|alert| alerts[*alert].rule.name.text.as_str()).collect();
    let more = if lost.len() > names.len() { ", …" } else { "" };
    let tree = case.repo.routing(route.document);
    let own = tree.routes().get(route.index as usize);
    let receiver = own.and_then(|own| tree.receiver(own));
    let span = route.receiver.as_ref().map_or(model::naming(route), |name| name.span);
    let quiet = case.repo.quiet_always(route);
    let mut flag = case
        .flag(span)
        .with("alerts", format!("{}{more}", names.join(", ")))
        .with("receiver", receiver.map_or("", |name| name.text.as_str()));
    if let Some(times) = quiet {
        flag = flag.related(times.name.span, "this keeps the route quiet at every time");
    }
    for alert in lost.iter().take(5) {
        let name = &alerts[*alert].rule.name;
        flag = flag.related(name.span, format!("alert {} is critical and ends here", name.text));
    }
}
