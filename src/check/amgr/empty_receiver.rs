//! A receiver that tells nobody. Rule: rules/amgr/empty-receiver.yaml

use super::model;
use crate::check::Case;
use crate::facts::alertmanager::Receiver;

pub(super) fn check(receiver: &Receiver, case: &mut Case<'_>) {
    let Some(name) = receiver.name.as_ref().filter(|name| name.known && !receiver.open) else {
        return case.skip();
    };
    if receiver.integrations > 0 {
        return;
    }
    let tree = case.repo.routing(receiver.document);
    let label = case.settings().severity_label.as_str();
    let is_root = |name: &str| {
        tree.root().and_then(|root| root.receiver.as_ref()).is_some_and(|root| root.text == name)
    };
    let critical = tree.routes().iter().find_map(|route| {
        let matcher = route
            .matchers
            .iter()
            .find(|matcher| model::names_value(matcher, label, &["critical", "page"]))?;
        let here = tree.receiver(route).is_some_and(|receiver| receiver.text == name.text);
        (here && !model::takes_heartbeats(case, route)).then_some(matcher.span)
    });
    let arrived = case.model.unheard().get(&(receiver.document, name.text.as_str())).copied();
    if let Some(matcher) = critical {
        case.flag(name.span)
            .with("what", "gets critical alerts")
            .related(matcher, "the route that sends them here");
    } else if let Some((alert, route)) = arrived {
        let rule = case.model.alerts()[alert].rule;
        case.flag(name.span)
            .with("what", format!("gets the critical alert {}", rule.name.text))
            .related(rule.name.span, "this alert is critical")
            .related(model::naming(route), "the route that sends it here");
    } else if is_root(&name.text)
        && !model::is_object(case, receiver.document)
        && !model::is_below_objects(case, receiver.document)
    {
        case.flag(name.span).with("what", "gets every alert that no other route takes");
    }
}
