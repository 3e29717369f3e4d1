//! Alert settings in more than one unit. Rule: rules/slo/alert-setting-ambiguous.yaml

use crate::check::Case;
use crate::facts::slo::Slo;
use crate::facts::slo::value::number;

pub(super) fn check(slo: &Slo, case: &mut Case<'_>) {
    let Some(threshold) = slo.alerting.threshold.as_ref().filter(|it| it.known) else {
        return case.skip();
    };
    let Some(value) = number(&threshold.text) else { return };
    let signed = threshold.text.trim_end().ends_with('%');
    if signed && value > 100.0 {
        let what = "is more than everything";
        super::flag(case, slo, threshold.span)
            .with("value", threshold.text.as_str())
            .with("what", what);
        return;
    }
    let Some(theirs) = case.model.threshold(slo.document, !signed) else { return };
    let what = match signed {
        true => "is a percentage",
        false => "is a number without a unit",
    };
    let step = format!("`{}` here", theirs.text);
    super::flag(case, slo, threshold.span)
        .with("value", threshold.text.as_str())
        .with("what", format!("{what}, and others of this file are not"))
        .related(theirs.span, step);
}
