//! Attributes of the SDK set by hand. Rule: rules/otel/sdk-attr-overridden.yaml

use crate::check::Case;
use crate::facts::code::setup::SdkSetup;

pub(super) fn check(setup: &SdkSetup, case: &mut Case<'_>) {
    let Some(resource) = setup.resource() else { return case.skip() };
    let own = resource.attributes.iter().filter(|it| it.key.starts_with("telemetry.sdk."));
    for attribute in own {
        case.flag(attribute.span).with("key", &attribute.key);
    }
}
