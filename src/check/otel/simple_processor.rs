//! Spans sent one by one. Rule: rules/otel/simple-processor.yaml

use crate::check::Case;
use crate::facts::code::setup::{SdkSetup, Sent};
use crate::finding::Edit;
use crate::repo::services::Service;

pub(super) fn check(setup: &SdkSetup, case: &mut Case<'_>) {
    let Some(processor) = setup.processor() else { return case.skip() };
    if processor.kind != "simple" || processor.sends != Sent::Network || setup.serverless {
        return;
    }
    let span = setup.name.span;
    let instead = processor.instead.filter(|_| takes_one(setup, case));
    let flag = case.flag(span).with("name", &setup.name.text);
    if let Some(instead) = instead {
        let edit = Edit { span, text: instead.to_owned() };
        flag.fix(false, "send in batches", vec![edit]);
    }
}

/// Whether what sends in batches takes the exporter alone: before 0.28 it wants a runtime, too.
fn takes_one(setup: &SdkSetup, case: &Case<'_>) -> bool {
    let repo = case.repo;
    let minor = |version: &str| {
        let mut parts = version.trim_start_matches(['^', '~', '=', ' ']).split('.');
        (parts.next()?.parse::<u32>().ok()? == 0).then_some(())?;
        parts.next()?.parse::<u32>().ok()
    };
    let older = |service: &Service| {
        let mut needed = repo.dependencies_of(service);
        needed.any(|it| {
            let version = it.version.as_ref().and_then(|it| minor(&it.text));
            it.name.text.starts_with("opentelemetry") && version.is_some_and(|it| it < 28)
        })
    };
    !repo.service_of(setup.document).is_some_and(older)
}
