//! A route that no alert comes to. Rule: rules/amgr/route-never-reached.yaml

use super::model;
use crate::check::Case;
use crate::config::World;
use crate::facts::alertmanager::Route;
use crate::repo::alerts::{Alert, Value};
use crate::repo::routing::{Answer, Condition, Manager};

pub(super) fn check(route: &Route, case: &mut Case<'_>) {
    let ours = !model::is_object(case, route.document) && !model::is_open(case, route.document);
    if route.parent.is_none() || !ours || !model::is_read(case) {
        return case.skip();
    }
    if !case.repo.holds_all(World::Alerts) {
        return;
    }
    let (routing, alerts) = (case.model.routing(), case.model.alerts());
    let Some((manager, number)) = routing.nodes_of(route).next() else { return case.skip() };
    if manager.alerts().next().is_none() {
        return case.skip();
    }
    let survey = manager.survey();
    let reached = |node: u32| survey.reached[node as usize] != Answer::No;
    let parent = manager.tree.node(number).parent;
    // What is below a route that nothing comes to, and what is shadowed, is said once.
    if reached(number)
        || parent.is_some_and(|parent| !reached(parent))
        || survey.shadows.contains_key(&number)
    {
        return;
    }
    if let Some(at) = manager.excluding(number, alerts) {
        let condition = &manager.tree.node(number).conditions[at];
        let span = condition.matcher.map_or(model::naming(route), |matcher| matcher.span);
        let what = match near(manager, alerts, condition) {
            Some(near) => {
                format!("no alert satisfies `{}` (did you mean `{near}`?)", condition.shown())
            }
            None => format!("no alert satisfies `{}`", condition.shown()),
        };
        case.flag(span).with("what", what);
        return;
    }
    let taken = survey.missed.get(&number).and_then(|by| by.keys().next());
    let before = taken.and_then(|by| manager.tree.node(*by).route);
    let what = match before {
        Some(_) => "what it matches is taken by routes before it that do not continue",
        None => "no alert satisfies all its matchers together",
    };
    let flag = case.flag(model::naming(route)).with("what", what);
    if let Some(before) = before {
        flag.related(model::naming(before), "taken by this route, which does not continue");
    }
}

/// Most values that are looked through for one that is meant.
const MOST: usize = 1000;

/// A value that alerts have and that is written almost like the one the matcher asks for.
fn near<'r>(
    manager: &Manager<'r>,
    alerts: &[Alert<'r>],
    condition: &Condition<'r>,
) -> Option<&'r str> {
    let wanted = condition.exact()?;
    let values = manager.values(alerts).get(condition.label)?;
    let known = values.iter().filter_map(Value::exact).filter(|value| !value.is_empty());
    crate::lang::distance::nearest(wanted, known.take(MOST), 2)
}
