//! An inhibition that quiets what has nothing to do with its cause. Rule: rules/amgr/inhibit-overbroad.yaml

use super::model;
use crate::check::Case;
use crate::facts::alertmanager::InhibitRule;

pub(super) fn check<'a>(rule: &'a InhibitRule, case: &mut Case<'a>) {
    let ours = !model::is_object(case, rule.document) && !model::is_open(case, rule.document);
    let inhibition = case.model.routing().inhibition(rule, case.model.alerts());
    let read = ours && model::is_read(case);
    let Some(inhibition) = inhibition.filter(|it| it.known && read) else { return case.skip() };
    if rule.equal.is_empty() {
        // What a named alert says may well hold for everything, and a named one may be quieted
        // by anything.
        if !inhibition.names_an_alert() {
            let what = "has no `equal`: one alert of the source quiets every alert of the target, wherever it comes from";
            case.flag(rule.span).with("what", what);
        }
        return;
    }
    let Some((source, target)) = inhibition.unrelated() else { return };
    let labels: Vec<&str> = rule.equal.iter().map(|label| label.text.as_str()).collect();
    let span = rule.equal.first().map_or(rule.span, |label| label.span);
    let what = format!(
        "compares {}, which `{}` and `{}` both lack: what is absent counts as equal, so the one always quiets the other",
        labels.join(", "),
        source.rule.name.text,
        target.rule.name.text
    );
    case.flag(span)
        .with("what", what)
        .related(source.rule.name.span, "this alert is on the source side")
        .related(target.rule.name.span, "this alert is on the target side");
}
