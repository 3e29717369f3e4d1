//! Grouping by a label that no alert has. Rule: rules/amgr/group-by-absent.yaml

use super::model;
use crate::check::Case;
use crate::config::World;
use crate::facts::alertmanager::Route;

pub(super) fn check(route: &Route, case: &mut Case<'_>) {
    let ours = !model::is_object(case, route.document) && !model::is_open(case, route.document);
    let read = ours && model::is_read(case);
    let (Some(labels), true) = (&route.group_by, read) else { return case.skip() };
    let (routing, alerts) = (case.model.routing(), case.model.alerts());
    if alerts.is_empty() {
        return case.skip();
    }
    if !case.repo.holds_all(World::Alerts) {
        return;
    }
    for label in labels.iter().filter(|label| label.known && label.text != "...") {
        if !label.text.is_empty() && routing.is_absent_everywhere(alerts, &label.text) {
            case.flag(label.span).with("label", label.text.as_str());
        }
    }
}
