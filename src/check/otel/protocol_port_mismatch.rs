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
    let protocol = match exporter.protocol {
        "default" if says_protocol(setup, case) => return,
        "default" => "grpc",
        said => said,
    };
    judge(written, protocol, exporter.verbatim.then_some(exporter.signal), case);
}

/// Whether the environment of a program may say what its exporters speak.
fn says_protocol(setup: &SdkSetup, case: &Case<'_>) -> bool {
    let repo = case.repo;
    let Some(service) = repo.service_of(setup.document) else { return false };
    let signals = ["", "_TRACES", "_METRICS", "_LOGS"];
    signals.iter().any(|signal| {
        let said = repo.env_of(service, &format!("OTEL_EXPORTER_OTLP{signal}_PROTOCOL"));
        said.open || !said.values.is_empty()
    })
}

pub(super) fn variable(variable: &OtelVariable, case: &mut Case<'_>) {
    let Some(signal) = endpoint_of(&variable.name.text) else { return case.skip() };
    let own = format!("OTEL_EXPORTER_OTLP{signal}_PROTOCOL");
    let repo = case.repo;
    let protocol = repo
        .variable_beside(variable, &own)
        .or_else(|| repo.variable_beside(variable, "OTEL_EXPORTER_OTLP_PROTOCOL"));
    let Some(protocol) = protocol.and_then(|it| it.value.known_text()) else { return };
    let own = match signal {
        "_TRACES" => Some("traces"),
        "_METRICS" => Some("metrics"),
        "_LOGS" => Some("logs"),
        _ => None,
    };
    judge(&variable.value, protocol, own, case);
}

/// The signal of a variable that holds an address: `_TRACES`, nothing for all.
fn endpoint_of(name: &str) -> Option<&str> {
    name.strip_prefix("OTEL_EXPORTER_OTLP")?.strip_suffix("_ENDPOINT")
}

/// `own`: the signal of an address that is taken as it is.
fn judge(written: &Scalar, protocol: &str, own: Option<&str>, case: &mut Case<'_>) {
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
    } else if let Some(signal) = own.filter(|_| http)
        && endpoint.port == Some(HTTP)
        && endpoint.path.is_empty()
    {
        let signal = if matches!(signal, "metrics" | "logs") { signal } else { "traces" };
        let what = format!(
            "the address is taken as it is, and the path of the signal is missing: `/v1/{signal}`"
        );
        case.flag(written.span).with("what", what);
    }
}
