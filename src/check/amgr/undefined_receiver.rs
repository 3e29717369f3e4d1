//! A route to nobody. Rule: rules/amgr/undefined-receiver.yaml

use super::model;
use crate::catalogue::model::Severity;
use crate::check::{Case, refusal};
use crate::facts::alertmanager::Route;
use crate::lang::distance;

pub(super) fn check(route: &Route, case: &mut Case<'_>) {
    if case.repo.is_grafana(route.document) {
        return of_grafana(route, case);
    }
    let receivers = case.repo.receivers(route.document);
    let open = model::is_open(case, route.document)
        || receivers.iter().any(|receiver| receiver.name.as_ref().is_some_and(|name| !name.known));
    let Some(receiver) = route.receiver.as_ref().filter(|receiver| receiver.known && !open) else {
        return case.skip();
    };
    if !model::is_read(case) {
        return case.skip();
    }
    let names =
        || receivers.iter().filter_map(|known| known.name.as_ref()).map(|name| name.text.as_str());
    if names().all(|name| name != "null") {
        of_chart(route, case);
    }
    if receiver.text.is_empty() || names().any(|name| name == receiver.text) {
        return;
    }
    let hint = distance::nearest(&receiver.text, names(), 2)
        .map(|near| format!(" (did you mean `{near}`?)"))
        .unwrap_or_default();
    let who = refusal::who(case);
    case.flag(receiver.span).with("receiver", &receiver.text).with("hint", hint).with("who", who);
}

/// Values of kube-prometheus-stack that give receivers of their own and no routes: the chart's route for
/// its heartbeat stays, and leads to the chart's receiver, which the list of the values replaced.
fn of_chart(route: &Route, case: &mut Case<'_>) {
    const MARKS: &[&str] =
        &["alertmanagerSpec:", "kube-prometheus-stack", "prometheusOperator:", "prometheusSpec:"];
    let repo = case.repo;
    let values = |id| model::is_merged(case, id) && repo.is_ours(id);
    if route.parent.is_some() || !values(route.document) {
        return;
    }
    let text = repo.source(route.document.source).text();
    if text.contains("routes:") || !MARKS.iter().any(|mark| text.contains(mark)) {
        return;
    }
    // Another file of values may bring the routes, or the receiver.
    let alone = repo.facts.alertmanagers.iter().filter(|it| values(it.document)).count() == 1;
    let receivers = repo.alertmanager(route.document).and_then(|it| it.receivers_key);
    if let (Some(receivers), true) = (receivers, alone) {
        let who = refusal::who(case);
        case.flag(receivers)
            .with("receiver", "null")
            .with("hint", ", where the chart's own route for `Watchdog` leads")
            .with("who", who);
    }
}

/// A policy of Grafana, whose contact points may stand in other files, or in its database: only
/// what is nearly one of those here is certainly meant to be it.
fn of_grafana(route: &Route, case: &mut Case<'_>) {
    let repo = case.repo;
    let receivers = || {
        let all = repo.facts.receivers.iter();
        all.filter(|it| {
            repo.is_grafana(it.document) && repo.run_together(it.document, route.document)
        })
    };
    let all = || receivers().filter_map(|receiver| receiver.name.as_ref());
    let Some(receiver) = route.receiver.as_ref().filter(|it| it.known && !it.text.is_empty())
    else {
        return case.skip();
    };
    let open = repo.document(route.document).masked
        || receiver.text.starts_with('$')
        || all().any(|name| !name.known || name.text.starts_with('$'))
        || receivers().any(|receiver| receiver.open || receiver.name.is_none());
    if open || all().next().is_none() {
        return case.skip();
    }
    let names = || all().map(|name| name.text.as_str());
    let built_in = matches!(receiver.text.as_str(), "grafana-default-email" | "email receiver");
    if built_in || names().any(|name| name == receiver.text) {
        return;
    }
    let near = distance::nearest(&receiver.text, names(), 2);
    let severity = if near.is_some() { Severity::Error } else { Severity::Warning };
    let hint = near.map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
    let who = refusal::who(case);
    case.flag(receiver.span)
        .with("receiver", &receiver.text)
        .with("hint", hint)
        .with("who", who)
        .severity(severity);
}
