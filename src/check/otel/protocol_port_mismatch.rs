//! Exporters at the port or path of another protocol. Rule: rules/otel/protocol-port-mismatch.yaml

use crate::check::Case;
use crate::facts::code::setup::SdkSetup;
use crate::facts::scalar::Scalar;
use crate::facts::telemetry::OtelVariable;
use crate::repo::sdk::Endpoint;

/// The port of OTLP over gRPC, and of OTLP over HTTP.
const GRPC: u16 = 4317;
const HTTP: u16 = 4318;

pub(super) fn setup(setup: &SdkSetup, case: &mut Case<'_>) {
    let Some(exporter) = setup.exporter().filter(|it| it.endpoint.is_some()) else {
        return case.skip();
    };
    let Some(written) = &exporter.endpoint else { return };
    judge(written, exporter.protocol, exporter.verbatim, case);
}

pub(super) fn variable(variable: &OtelVariable, case: &mut Case<'_>) {
    let Some(signal) = endpoint_of(&variable.name.text) else { return case.skip() };
    let own = format!("OTEL_EXPORTER_OTLP{signal}_PROTOCOL");
    let repo = case.repo;
    let protocol = repo
        .variable_beside(variable, &own)
        .or_else(|| repo.variable_beside(variable, "OTEL_EXPORTER_OTLP_PROTOCOL"));
    let Some(protocol) = protocol.and_then(|it| it.value.known_text()) else { return };
    judge(&variable.value, protocol, !signal.is_empty(), case);
}

/// The signal of a variable that holds an address: `_TRACES`, nothing for all.
fn endpoint_of(name: &str) -> Option<&str> {
    name.strip_prefix("OTEL_EXPORTER_OTLP")?.strip_suffix("_ENDPOINT")
}

fn judge(written: &Scalar, protocol: &str, verbatim: bool, case: &mut Case<'_>) {
    let Some(endpoint) = Endpoint::of(written) else { return };
    let http = protocol.starts_with("http/");
    if !http && protocol != "grpc" {
        return;
    }
    let wrong = if http { GRPC } else { HTTP };
    if endpoint.port == Some(wrong) {
        // Where something leads the port on, or listens there with this protocol, it is right.
        if case.repo.is_remapped(&endpoint, http) {
            return;
        }
        let (speaks, takes) = if http { ("HTTP", "gRPC") } else { ("gRPC", "HTTP") };
        let what = format!("the exporter speaks {speaks}, and port {wrong} takes {takes}");
        case.flag(written.span).with("what", what);
    } else if http && verbatim && endpoint.port == Some(HTTP) && endpoint.path.is_empty() {
        let what =
            "the address is taken as it is, and the path of the signal is missing: `/v1/traces`";
        case.flag(written.span).with("what", what);
    }
}
