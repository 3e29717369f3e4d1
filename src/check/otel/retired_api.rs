//! Telemetry APIs that nobody maintains, or that are not OpenTelemetry's. Rule: rules/otel/retired-api.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::setup::LibraryImport;

pub(super) fn check(import: &LibraryImport, case: &mut Case<'_>) {
    let Some(instead) = import.retired.filter(|_| import.library != "jaeger-exporter") else {
        return;
    };
    // Zipkin's people look after theirs.
    let state = match import.library {
        "brave" => "speaks Zipkin's own API, not OpenTelemetry's",
        _ => "is maintained by nobody any more",
    };
    let repo = case.repo;
    let bridge = repo.bridge_of(import.document);
    let flag = case
        .flag(import.path.span)
        .with("path", &import.path.text)
        .with("state", state)
        .with("instead", instead)
        .with("bridged", if bridge.is_some() { ", and bridged to OpenTelemetry here" } else { "" });
    if let Some(bridge) = bridge {
        flag.severity(Severity::Info).related(bridge.path.span, "the bridge");
    }
}
