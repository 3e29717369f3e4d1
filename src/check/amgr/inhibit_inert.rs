//! An inhibition that can never quiet anything. Rule: rules/amgr/inhibit-inert.yaml

use super::model;
use crate::check::Case;
use crate::config::World;
use crate::facts::alertmanager::InhibitRule;

pub(super) fn check<'a>(rule: &'a InhibitRule, case: &mut Case<'a>) {
    let ours = !model::is_object(case, rule.document) && !model::is_open(case, rule.document);
    let read = ours && model::is_read(case);
    let inhibition = case.model.routing().inhibition(rule, case.model.alerts());
    let Some(inhibition) = inhibition.filter(|it| it.known && read) else { return case.skip() };
    let pair = inhibition.inert().filter(|_| case.repo.holds_all(World::Alerts));
    let Some((source, target)) = pair else { return };
    let equal: Vec<&str> = rule.equal.iter().map(|label| label.text.as_str()).collect();
    case.flag(rule.span)
        .with("equal", equal.join(", "))
        .related(
            source.rule.name.span,
            format!("alert {} could quiet others", source.rule.name.text),
        )
        .related(
            target.rule.name.span,
            format!("alert {} could be quieted", target.rule.name.text),
        );
}
