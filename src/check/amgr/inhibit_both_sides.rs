//! An inhibition whose two sides match one alert. Rule: rules/amgr/inhibit-both-sides.yaml

use super::model;
use crate::check::Case;
use crate::facts::alertmanager::InhibitRule;

pub(super) fn check<'a>(rule: &'a InhibitRule, case: &mut Case<'a>) {
    let inhibition = case.model.routing().inhibition(rule, case.model.alerts());
    let read = model::is_read(case) && !model::is_open(case, rule.document);
    let Some(inhibition) = inhibition.filter(|it| it.known && read) else { return case.skip() };
    let both = inhibition.on_both_sides();
    if both.is_none() && !inhibition.sides_overlap() {
        return;
    }
    let flag = case.flag(rule.span);
    if let Some(alert) = both {
        let name = &alert.rule.name;
        flag.related(name.span, format!("alert {} is on both sides", name.text));
    }
}
