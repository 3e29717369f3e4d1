//! Alerts that a route before takes away. Rule: rules/amgr/partly-shadowed.yaml

use super::model;
use crate::check::Case;
use crate::facts::alertmanager::Route;
use crate::repo::routing::Manager;

pub(super) fn check(route: &Route, case: &mut Case<'_>) {
    if route.parent.is_none() || !model::is_read(case) {
        return case.skip();
    }
    let (routing, alerts) = (case.model.routing(), case.model.alerts());
    let Some((manager, number)) = routing.nodes_of(route).next() else { return case.skip() };
    let survey = manager.survey();
    if survey.shadows.contains_key(&number) {
        return;
    }
    let Some(missed) = survey.missed.get(&number) else { return };
    let told = missed.iter().filter(|(by, _)| !is_meant(manager, **by, number));
    let mut lost: Vec<(u32, u32)> =
        told.flat_map(|(by, alerts)| alerts.iter().map(|alert| (*alert, *by))).collect();
    lost.sort_unstable();
    let Some(&(_, by)) = lost.first() else { return };
    let Some(before) = manager.tree.node(by).route else { return };
    let names: Vec<&str> = lost
        .iter()
        .take(5)
        .map(|(alert, _)| alerts[*alert as usize].rule.name.text.as_str())
        .collect();
    let more = if lost.len() > names.len() { ", …" } else { "" };
    let line = case.repo.line(model::naming(before)).to_string();
    let mut flag = case
        .flag(model::naming(route))
        .with("line", line)
        .with("alerts", format!("{}{more}", names.join(", ")))
        .related(model::naming(before), "taken by this route, which does not continue");
    for (alert, _) in lost.iter().take(5) {
        let name = &alerts[*alert as usize].rule.name;
        flag = flag.related(name.span, format!("alert {} matches both", name.text));
    }
}

/// A narrower route before a wider one is how exceptions are written, and two routes to one
/// receiver take nothing from anybody.
fn is_meant(manager: &Manager<'_>, before: u32, after: u32) -> bool {
    let receiver = |node: u32| manager.tree.receiver(node).map(|(at, name)| (at, &name.text));
    manager.tree.is_within(before, after) || receiver(before) == receiver(after)
}
