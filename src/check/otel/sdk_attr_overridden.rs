//! Attributes of the SDK set by hand. Rule: rules/otel/sdk-attr-overridden.yaml

use crate::check::{Case, mend};
use crate::facts::code::setup::SdkSetup;
use crate::finding::Edit;
use crate::source::Span;

pub(super) fn check(setup: &SdkSetup, case: &mut Case<'_>) {
    let Some(resource) = setup.resource() else { return case.skip() };
    let own = resource.attributes.iter().filter(|it| it.key.starts_with("telemetry.sdk."));
    for attribute in own {
        let line = alone(case, attribute.span);
        let flag = case.flag(attribute.span).with("key", &attribute.key);
        if let Some(span) = line {
            let edit = Edit { span, text: String::new() };
            flag.fix(true, "leave it to the SDK", vec![edit]);
        }
    }
}

/// The line of an attribute that holds nothing else: `"key": "value",` or `f("key", "value"),`.
fn alone(case: &Case<'_>, key: Span) -> Option<Span> {
    let line = mend::line(case.repo, key)?;
    let text = case.repo.text(line);
    let (before, entry) = text.split_at_checked((key.start - line.start) as usize)?;
    let rest = entry.get(key.range().len()..)?.trim_end().strip_suffix(',')?;
    let quoted = |text: &str| {
        let text = text.trim();
        let mark = text.chars().next().filter(|mark| matches!(mark, '"' | '\''));
        mark.is_some_and(|mark| {
            text.len() > 1 && text.ends_with(mark) && text.matches(mark).count() == 2
        })
    };
    let entry = before.trim().is_empty() && rest.trim().strip_prefix(':').is_some_and(quoted);
    let call = before.trim().strip_suffix('(').is_some_and(|name| {
        name.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b':'))
    }) && rest
        .trim()
        .strip_prefix(',')
        .and_then(|rest| rest.strip_suffix(')'))
        .is_some_and(quoted);
    (entry || call).then_some(line)
}
