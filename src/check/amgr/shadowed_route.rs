//! A route behind one that takes all it matches. Rule: rules/amgr/shadowed-route.yaml

use super::model;
use crate::check::Case;
use crate::facts::alertmanager::Route;

pub(super) fn check(route: &Route, case: &mut Case<'_>) {
    if route.parent.is_none() || !model::is_read(case) {
        return case.skip();
    }
    let routing = case.model.routing();
    let Some((manager, number)) = routing.nodes_of(route).next() else { return case.skip() };
    let Some(&by) = manager.survey().shadows.get(&number) else { return };
    let Some(before) = manager.tree.node(by).route else { return };
    let line = case.repo.line(model::naming(before));
    case.flag(model::naming(route)).with("line", line.to_string()).related(
        model::naming(before),
        "this route stands before, matches everything that one does, and does not continue",
    );
}
