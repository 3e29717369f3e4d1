//! Telemetry APIs that nobody maintains. Rule: rules/otel/retired-api.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::setup::LibraryImport;

pub(super) fn check(import: &LibraryImport, case: &mut Case<'_>) {
    let Some(instead) = import.retired.filter(|_| import.library != "jaeger-exporter") else {
        return;
    };
    let repo = case.repo;
    let bridge = repo.bridge_of(import.document);
    let flag = case
        .flag(import.path.span)
        .with("path", &import.path.text)
        .with("instead", instead)
        .with("bridged", if bridge.is_some() { ", and bridged to OpenTelemetry here" } else { "" });
    if let Some(bridge) = bridge {
        flag.severity(Severity::Info).related(bridge.path.span, "the bridge");
    }
}
