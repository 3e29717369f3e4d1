//! The Jaeger exporter of SDKs. Rule: rules/otel/retired-jaeger-exporter.yaml

use crate::check::Case;
use crate::facts::code::setup::LibraryImport;
use crate::facts::telemetry::OtelVariable;

pub(super) fn import(import: &LibraryImport, case: &mut Case<'_>) {
    if import.library == "jaeger-exporter" {
        case.flag(import.path.span).with("what", &import.path.text);
    }
}

pub(super) fn variable(variable: &OtelVariable, case: &mut Case<'_>) {
    if variable.name.text != "OTEL_TRACES_EXPORTER" {
        return case.skip();
    }
    let Some(value) = variable.value.known_text() else { return };
    if value.split(',').any(|exporter| exporter.trim() == "jaeger") {
        case.flag(variable.value.span).with("what", "jaeger");
    }
}
