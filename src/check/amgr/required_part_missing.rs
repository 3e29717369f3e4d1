//! Alerting that lacks a part the standard asks for. Rule: rules/amgr/required-part-missing.yaml

use super::model;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::alertmanager::{AlertmanagerConfig, Integration};

pub(super) fn check(config: &AlertmanagerConfig, case: &mut Case<'_>) {
    let tree = case.repo.routing(config.document);
    let root = tree.root().filter(|_| !config.operator && !model::is_open(case, config.document));
    let (Some(root), true) = (root, model::is_read(case)) else { return case.skip() };
    let settings = &case.repo.settings;
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
    let mut missing: Vec<(bool, crate::source::Span, String, Severity)> = vec![
        (
            root.group_by.is_some(),
            route,
            "its root route groups nothing (`group_by`): all alerts come in one notification"
                .to_owned(),
            Severity::Warning,
        ),
        (
            discerns(std::slice::from_ref(&settings.severity_label)),
            route,
            format!(
                "no route tells alerts apart by `{}`: a warning wakes people like an outage",
                settings.severity_label
            ),
            Severity::Warning,
        ),
        (
            discerns(&settings.owner_labels),
            route,
            "no route tells alerts apart by owner: they do not reach the team that can mend it"
                .to_owned(),
            Severity::Warning,
        ),
        (
            reaches(Integration::pages),
            receivers,
            "no receiver pages anybody: at night nobody is woken".to_owned(),
            Severity::Warning,
        ),
        (
            reaches(Integration::reaches_people),
            receivers,
            "no receiver writes to chat or mail: what needs no pager reaches nobody".to_owned(),
            Severity::Warning,
        ),
        (
            !case.repo.inhibit_rules(config.document).is_empty(),
            config.anchor,
            "no inhibition rule: an outage brings all its consequences as alerts of their own"
                .to_owned(),
            Severity::Warning,
        ),
    ];
    for (field, default) in crate::facts::alertmanager::tree::DEFAULTS {
        let default = crate::lang::duration::display(*default);
        let what = format!("its root route leaves `{field}` to the default of {default}");
        missing.push((root.timing.get(field).is_some(), route, what, Severity::Info));
    }
    for (_, span, what, severity) in missing.into_iter().filter(|(there, ..)| !there) {
        case.flag(span).with("what", what).severity(severity);
    }
}
