//! Telemetry sent in clear. Rule: rules/otel/plaintext-otlp.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::DocumentId;
use crate::facts::code::setup::SdkSetup;
use crate::facts::scalar::Scalar;
use crate::facts::telemetry::OtelVariable;
use crate::repo::sdk::{Endpoint, Reach};

pub(super) fn setup(setup: &SdkSetup, case: &mut Case<'_>) {
    let Some(exporter) = setup.exporter() else { return case.skip() };
    let Some(written) = &exporter.endpoint else { return case.skip() };
    let plain = exporter.insecure.is_some();
    judge(written, &setup.name.text, plain, setup.document, case);
}

pub(super) fn variable(variable: &OtelVariable, case: &mut Case<'_>) {
    let name = &variable.name.text;
    if !name.starts_with("OTEL_EXPORTER_OTLP") || !name.ends_with("_ENDPOINT") {
        return case.skip();
    }
    judge(&variable.value, name, false, variable.document, case);
}

fn judge(written: &Scalar, what: &str, plain: bool, document: DocumentId, case: &mut Case<'_>) {
    let Some(endpoint) = Endpoint::of(written) else { return };
    let clear = match endpoint.scheme {
        Some("http") => true,
        None => plain,
        Some(_) => false,
    };
    if !clear {
        return;
    }
    let severity = match case.repo.reach(&endpoint, document) {
        Reach::Here => return,
        Reach::Inside => Severity::Info,
        Reach::Outside => Severity::Warning,
    };
    case.flag(written.span).with("what", what).with("host", endpoint.host).severity(severity);
}
