//! A route to nobody. Rule: rules/amgr/undefined-receiver.yaml

use super::model;
use crate::check::Case;
use crate::facts::alertmanager::Route;
use crate::lang::distance;

pub(super) fn check(route: &Route, case: &mut Case<'_>) {
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
    if receiver.text.is_empty() || names().any(|name| name == receiver.text) {
        return;
    }
    let hint = distance::nearest(&receiver.text, names(), 2)
        .map(|near| format!(" (did you mean `{near}`?)"))
        .unwrap_or_default();
    case.flag(receiver.span).with("receiver", &receiver.text).with("hint", hint);
}
