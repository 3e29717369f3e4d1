//! Attributes that say what the span says anyway. Rule: rules/trac/duplicate-signal-names.yaml

use crate::check::Case;
use crate::facts::code::spans::SpanAttribute;
use crate::lang::sensitive::words;

/// Attributes of the resource: every span of the service has them.
const RESOURCE: &[&str] = &[
    "service.name",
    "service.version",
    "service.namespace",
    "service.instance.id",
    "deployment.environment",
    "deployment.environment.name",
    "telemetry.sdk.name",
    "telemetry.sdk.language",
    "telemetry.sdk.version",
];

/// Words by which a key speaks of a length of time.
const LENGTHS: &[&str] = &["duration", "elapsed", "latency", "took"];

pub(super) fn check(attribute: &SpanAttribute, case: &mut Case<'_>) {
    if RESOURCE.iter().any(|key| attribute.is(key)) {
        case.flag(attribute.key.span)
            .with("what", "the resource of every span of the service says it");
        return;
    }
    let spoken = words(&attribute.key.text).iter().any(|word| LENGTHS.contains(&word.as_str()));
    if let Some(now) = attribute.elapsed.filter(|_| spoken) {
        case.flag(attribute.key.span)
            .with("what", "start and end of the span say it")
            .related(now, "measured inside the span");
    }
}
