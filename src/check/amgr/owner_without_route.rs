//! An alert whose owner no route knows. Rule: rules/amgr/owner-without-route.yaml

use crate::check::Case;
use crate::config::{self, World};
use crate::facts::rules::AlertRule;
use crate::repo::alerts::{Alert, Value};
use crate::repo::routing::paging::is_heartbeat;
use crate::repo::routing::survey::Choice;
use crate::repo::routing::{Answer, Manager};
use std::collections::BTreeMap;

pub(super) fn check(rule: &AlertRule, case: &mut Case<'_>) {
    let routing = case.model.routing();
    let Some(alert) = case.model.alert_of(rule) else { return case.skip() };
    let managers = routing.sent.get(alert.index).map(Vec::as_slice).unwrap_or_default();
    // A heartbeat goes to whoever notices that it stopped.
    let severity = rule.label(&case.settings().severity_label);
    let calm = severity.is_none_or(|it| matches!(it.text.as_str(), "none" | "info"));
    if managers.is_empty() {
        return case.skip();
    }
    if calm && is_heartbeat(&rule.name.text) || !case.repo.holds_all(World::Routes) {
        return;
    }
    let mut lacking: BTreeMap<&str, Vec<(&Manager<'_>, &Choice<'_>)>> = BTreeMap::new();
    for (number, _) in managers {
        let manager = &routing.managers[*number];
        for choice in manager.choices() {
            if is_owner(case, choice.label) && lacks(manager, choice, alert) {
                lacking.entry(choice.label).or_default().push((manager, choice));
            }
        }
    }
    for (label, choices) in lacking {
        // One Alertmanager that knows the owner, or does not ask for it, is enough.
        let everywhere = managers.iter().all(|(number, _)| {
            let tree = &routing.managers[*number].tree;
            choices.iter().any(|(manager, _)| std::ptr::eq(&manager.tree, tree))
        });
        let (Some((manager, choice)), Some(value)) = (choices.first(), rule.label(label)) else {
            continue;
        };
        if !everywhere {
            continue;
        }
        let near = config::nearest(&value.text, choice.values.keys().copied().take(MOST));
        let hint = near.map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
        let known: Vec<&str> = choice.values.keys().copied().take(5).collect();
        let more = if choice.values.len() > known.len() { ", …" } else { "" };
        let first = choice.values.values().min();
        let route = first.and_then(|child| manager.tree.node(*child).route);
        let flag = case
            .flag(value.span)
            .with("label", label)
            .with("value", value.text.as_str())
            .with("hint", hint);
        if let Some(route) = route {
            let step = format!("routes here ask for {label}: {}{more}", known.join(", "));
            flag.related(super::model::naming(route), step);
        }
    }
}

/// Most values that are looked through for one that is meant.
const MOST: usize = 1000;

/// Names and severities tell alerts apart too, but a default for the rest is what one expects
/// there.
fn is_owner(case: &Case<'_>, label: &str) -> bool {
    label != "alertname" && label != case.settings().severity_label
}

fn lacks(manager: &Manager<'_>, choice: &Choice<'_>, alert: &Alert<'_>) -> bool {
    // Labels of the expression say where the fault is, not whose it is.
    let own = alert.rule.label(choice.label).is_some();
    let Value::Is(value) = alert.labels.get(choice.label) else { return false };
    let look = manager.tree.look(&alert.labels);
    if !own || !manager.tree.lacks(choice, value) || !manager.tree.belongs_to(choice.parent, &look)
    {
        return false;
    }
    // Another part of the tree may know the owner.
    let walk = manager.walk(alert.index);
    let entered = walk.into_iter().flat_map(|walk| &walk.entered);
    !entered.filter(|(_, sure)| *sure != Answer::No).any(|(node, _)| {
        manager.tree.node(*node).conditions.iter().any(|condition| {
            condition.label == choice.label
                && !matches!(
                    condition.op,
                    crate::facts::alertmanager::MatchOp::NotEqual
                        | crate::facts::alertmanager::MatchOp::NotRegex
                )
                && condition.holds(&Value::Is(value)) != Answer::No
        })
    })
}
