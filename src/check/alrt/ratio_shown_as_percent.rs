//! A ratio printed in front of a percent sign. Rule: rules/alrt/ratio-shown-as-percent.yaml

use super::{alert_of, percent_sign, rewritten};
use crate::check::Case;
use crate::lang::template::reads;
use crate::repo::model::scale;
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some((alert, root)) = alert_of(query) else { return case.skip() };
    let model = case.model;
    let is_ratio = |whole: f64| (whole - 1.0).abs() < 1e-9;
    if !scale::of(model, root).whole().is_some_and(is_ratio) {
        return;
    }
    for text in model.texts_of(alert) {
        for print in reads::values(&text.parsed) {
            let Some(sign) = percent_sign(text, &print) else { continue };
            let value = &text.value.text[print.operand.range()];
            let inner = format!("{value} | humanizePercentage");
            let edit = rewritten(case, text, &print, &inner, "").map(|mut edit| {
                if let Some(sign) = sign {
                    edit.span.end = case.repo.place(text.value, sign.range()).end;
                }
                edit
            });
            let span = case.repo.place(text.value, print.operand.range());
            let flag = case.flag(span).with("key", &text.key.text).with("value", value);
            if let Some(edit) = edit {
                flag.fix(true, "print the ratio as a percentage", vec![edit]);
            }
        }
    }
}
