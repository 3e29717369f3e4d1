//! Ratio samplers that ignore the caller. Rule: rules/otel/ratio-not-parent-based.yaml

use crate::check::Case;
use crate::facts::code::setup::SdkSetup;
use crate::facts::telemetry::OtelVariable;
use crate::finding::Edit;

pub(super) fn setup(setup: &SdkSetup, case: &mut Case<'_>) {
    let Some(sampler) = setup.sampler() else { return case.skip() };
    // Where none or all are kept, the caller's decision makes no difference worth telling.
    let all = sampler.ratio.as_ref().is_some_and(|(ratio, _)| *ratio >= 1.0);
    if sampler.kind == "ratio" && sampler.direct && !sampler.under_parent && !all {
        case.flag(setup.name.span).with("what", &setup.name.text);
    }
}

pub(super) fn variable(variable: &OtelVariable, case: &mut Case<'_>) {
    if variable.name.text != "OTEL_TRACES_SAMPLER" {
        return case.skip();
    }
    let Some(value) = variable.value.known_text() else { return };
    if value.trim() != "traceidratio" {
        return;
    }
    let span = variable.value.place(0, variable.value.text.len());
    let edit = Edit { span, text: "parentbased_traceidratio".to_owned() };
    case.flag(variable.value.span).with("what", "traceidratio").fix(
        false,
        "keep to the caller's decision",
        vec![edit],
    );
}
