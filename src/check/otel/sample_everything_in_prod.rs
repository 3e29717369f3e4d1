//! Every trace kept in production. Rule: rules/otel/sample-everything-in-prod.yaml

use crate::check::Case;
use crate::facts::code::setup::{SdkSetup, Step};
use crate::facts::telemetry::OtelVariable;

pub(super) fn setup(setup: &SdkSetup, case: &mut Case<'_>) {
    let Some(provider) = setup.provider() else { return case.skip() };
    if !matches!(provider.signal, "traces" | "all") || provider.open {
        return case.skip();
    }
    let repo = case.repo;
    if repo.is_demo(setup.document) || !repo.is_ours(setup.document) || repo.samples_later() {
        return;
    }
    let around = repo.setups_around(setup.document);
    if first_provider(&around) != Some(setup.name.span) {
        return;
    }
    let environment = match repo.service_of(setup.document) {
        Some(service) => repo.samples_by_environment(service),
        None => repo.sets_no_sampler().then_some(false),
    };
    if environment != Some(false) {
        return;
    }
    let samplers: Vec<&SdkSetup> =
        around.iter().copied().filter(|other| other.sampler().is_some()).collect();
    let given = provider.sampled
        || around.iter().any(|other| {
            matches!(other.step, Step::SamplerSet)
                || other.provider().is_some_and(|provider| provider.sampled)
        });
    let all = |other: &SdkSetup| {
        let sampler = other.sampler();
        sampler.is_some_and(|sampler| match sampler.kind {
            "always" | "parent-always" => true,
            "ratio" | "parent-ratio" => {
                sampler.ratio.as_ref().is_some_and(|(ratio, _)| *ratio >= 1.0)
            }
            _ => false,
        })
    };
    let parent = |other: &&SdkSetup| other.sampler().is_some_and(|it| it.kind == "parent");
    let deciding: Vec<&SdkSetup> = samplers.iter().copied().filter(|it| !parent(it)).collect();
    match deciding.as_slice() {
        [] if !given => {
            let what = format!("`{}` has no sampler: every trace is kept", setup.name.text);
            case.flag(setup.name.span).with("what", what);
        }
        [only] if all(only) => {
            let span = match only.sampler().and_then(|it| it.ratio.as_ref()) {
                Some((_, written)) => written.span,
                None => only.name.span,
            };
            let what = format!("`{}` keeps every trace", only.name.text);
            case.flag(span).with("what", what);
        }
        _ => {}
    }
}

/// The place of the first provider of traces: one finding for a program.
fn first_provider(around: &[&SdkSetup]) -> Option<crate::source::Span> {
    let traces = |setup: &&&SdkSetup| {
        setup.provider().is_some_and(|provider| matches!(provider.signal, "traces" | "all"))
    };
    around.iter().find(traces).map(|setup| setup.name.span)
}

pub(super) fn variable(variable: &OtelVariable, case: &mut Case<'_>) {
    if variable.name.text != "OTEL_TRACES_SAMPLER" {
        return case.skip();
    }
    let repo = case.repo;
    let demo = repo.is_demo(variable.document) || !repo.is_ours(variable.document);
    let Some(value) = variable.value.known_text().map(str::trim) else { return };
    let whole = || {
        let argument = repo.variable_beside(variable, "OTEL_TRACES_SAMPLER_ARG");
        let share = argument.and_then(|it| it.value.known_text()?.trim().parse::<f64>().ok());
        share.is_some_and(|share| (share - 1.0).abs() < f64::EPSILON)
    };
    let all = match value {
        "always_on" | "parentbased_always_on" => true,
        "traceidratio" | "parentbased_traceidratio" => whole(),
        _ => false,
    };
    if all && !demo && !repo.samples_later() {
        let what = format!("`{value}` keeps every trace");
        case.flag(variable.value.span).with("what", what);
    }
}
