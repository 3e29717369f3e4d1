//! A root route that is not the fallback for everything. Rule: rules/amgr/root-route.yaml

use super::model;
use crate::check::Case;
use crate::facts::alertmanager::AlertmanagerConfig;

pub(super) fn check(config: &AlertmanagerConfig, case: &mut Case<'_>) {
    let tree = case.repo.routing(config.document);
    let Some(root) = tree.root().filter(|_| model::is_read(case)) else { return case.skip() };
    let empty =
        root.receiver.as_ref().is_none_or(|receiver| receiver.known && receiver.text.is_empty());
    let filled = root.receiver.is_none() && model::is_merged(case, config.document);
    if empty && !filled && !model::is_open(case, config.document) {
        let span =
            root.receiver.as_ref().map_or(config.route.unwrap_or(root.span), |name| name.span);
        case.flag(span).with("what", "names no receiver");
    }
    // The operator puts the tree of an object below a root of its own.
    if config.operator {
        return;
    }
    if let Some(key) = &root.matchers_key {
        case.flag(key.span).with("what", format!("has `{}`", key.text));
    }
    if let Some(continues) = root.continues.as_ref().filter(|value| value.boolean() == Some(true)) {
        case.flag(continues.span).with("what", "has `continue`");
    }
    if let Some(key) = &root.intervals_key {
        case.flag(key.span).with("what", format!("has `{}`", key.text));
    }
}
