//! Samplers that SDKs do not take. Rule: rules/otel/bad-sampler-value.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::setup::SdkSetup;
use crate::facts::telemetry::OtelVariable;
use crate::semconv;

pub(super) fn setup(setup: &SdkSetup, case: &mut Case<'_>) {
    let Some(sampler) = setup.sampler() else { return case.skip() };
    let Some((ratio, written)) = &sampler.ratio else { return };
    if (0.0..=1.0).contains(ratio) {
        return;
    }
    let kept = if *ratio < 0.0 { "nothing" } else { "everything" };
    let what = match sampler.refuses {
        true => format!("`{}` is no share from 0 to 1: the SDK refuses it", written.text),
        false => format!("`{}` is no share from 0 to 1: {kept} is kept", written.text),
    };
    let flag = case.flag(written.span).with("what", what);
    if !sampler.refuses {
        flag.severity(Severity::Warning);
    }
}

pub(super) fn variable(variable: &OtelVariable, case: &mut Case<'_>) {
    match variable.name.text.as_str() {
        "OTEL_TRACES_SAMPLER" => name(variable, case),
        "OTEL_TRACES_SAMPLER_ARG" => argument(variable, case),
        _ => case.skip(),
    }
}

fn name(variable: &OtelVariable, case: &mut Case<'_>) {
    let Some(value) = variable.value.known_text().map(str::trim) else { return };
    let known = semconv::variable("OTEL_TRACES_SAMPLER").map_or(&[][..], |it| it.values);
    if value.is_empty() || known.contains(&value.to_ascii_lowercase().as_str()) {
        return;
    }
    let what = format!("`{value}` is no sampler: every trace is kept");
    case.flag(variable.value.span).with("what", what);
}

fn argument(variable: &OtelVariable, case: &mut Case<'_>) {
    let sampler = case.repo.variable_beside(variable, "OTEL_TRACES_SAMPLER");
    let ratio = sampler.and_then(|it| it.value.known_text());
    if !matches!(ratio, Some("traceidratio" | "parentbased_traceidratio")) {
        return;
    }
    let Some(value) = variable.value.known_text().map(str::trim) else { return };
    if value.is_empty() {
        return;
    }
    match value.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => {}
        Ok(_) => {
            let what = format!("`{value}` is no share from 0 to 1: every trace is kept");
            case.flag(variable.value.span).with("what", what);
        }
        Err(_) => {
            let what = format!("`{value}` is no number: every trace is kept");
            case.flag(variable.value.span).with("what", what).severity(Severity::Warning);
        }
    }
}
