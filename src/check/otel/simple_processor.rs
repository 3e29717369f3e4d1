//! Spans sent one by one. Rule: rules/otel/simple-processor.yaml

use crate::check::Case;
use crate::facts::code::setup::{SdkSetup, Sent};
use crate::finding::Edit;

pub(super) fn check(setup: &SdkSetup, case: &mut Case<'_>) {
    let Some(processor) = setup.processor() else { return case.skip() };
    if processor.kind != "simple" || processor.sends != Sent::Network || setup.serverless {
        return;
    }
    let span = setup.name.span;
    let flag = case.flag(span).with("name", &setup.name.text);
    if let Some(instead) = processor.instead {
        let edit = Edit { span, text: instead.to_owned() };
        flag.fix(false, "send in batches", vec![edit]);
    }
}
