//! Alerting that lacks a part the standard asks for. Rule: rules/amgr/required-part-missing.yaml

use super::model;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::alertmanager::tree::DEFAULTS;
use crate::facts::alertmanager::{AlertmanagerConfig, Integration, Route};
use crate::identify::Kind;
use crate::lang::duration;
use crate::source::Span;

pub(super) fn check(config: &AlertmanagerConfig, case: &mut Case<'_>) {
    let tree = case.repo.routing(config.document);
    let root = tree.root().filter(|_| !config.operator && !model::is_open(case, config.document));
    let (Some(root), true) = (root, model::is_read(case)) else { return case.skip() };
    let settings = case.settings();
    let integrations = case.repo.integrations(config.document);
    let children = || tree.routes().iter().skip(1).flat_map(|route| &route.matchers);
    let discerns =
        |labels: &[String]| children().any(|one| !one.known || labels.contains(&one.label));
    let reaches = |sort: fn(&Integration) -> bool| {
        // Whom a webhook tells is not written here.
        integrations.iter().any(|one| sort(one) || one.kind == "webhook")
            || case.repo.receivers(config.document).iter().any(|receiver| receiver.open)
    };
    let route = config.route.unwrap_or(config.anchor);
    let receivers = config.receivers_key.unwrap_or(config.anchor);
    let parts = [
        (
            root.group_by.is_some(),
            route,
            "its root route groups nothing (`group_by`): all alerts come in one notification",
        ),
        (
            discerns(std::slice::from_ref(&settings.severity_label)),
            route,
            "no route tells alerts apart by severity: a warning wakes people like an outage",
        ),
        (
            discerns(&settings.owner_labels),
            route,
            "no route tells alerts apart by owner: they do not reach the team that can mend it",
        ),
        (
            reaches(Integration::pages),
            receivers,
            "no receiver pages anybody: at night nobody is woken",
        ),
        (
            reaches(Integration::reaches_people),
            receivers,
            "no receiver writes to chat or mail: what needs no pager reaches nobody",
        ),
        (
            !case.repo.inhibit_rules(config.document).is_empty(),
            config.anchor,
            "no inhibition rule: an outage brings all its consequences as alerts of their own",
        ),
    ];
    // Helm merges maps: inhibition rules of the chart's own values stay.
    let host = case.repo.document(config.document).host;
    let merged = host.is_some_and(|host| case.repo.document(host).kind == Kind::HelmValues);
    for (_, span, what) in parts.iter().filter(|(there, ..)| !there) {
        let flag = case.flag(*span).with("what", *what);
        if merged && *span == config.anchor {
            flag.severity(Severity::Info);
        }
    }
    waits(root, route, case);
}

/// The times of the root route have defaults: leaving them is worth one note.
fn waits(root: &Route, route: Span, case: &mut Case<'_>) {
    let left: Vec<String> = DEFAULTS
        .iter()
        .filter(|(field, _)| root.timing.get(field).is_none())
        .map(|(field, default)| format!("`{field}` ({})", duration::display(*default)))
        .collect();
    if !left.is_empty() {
        let what = format!("its root route leaves {} to the default", left.join(", "));
        case.flag(route).with("what", what).severity(Severity::Info);
    }
}
