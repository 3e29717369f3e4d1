//! Other stores of traces: programs known by their images, and services that others host.

use super::{Retention, Shown, Storage, TraceStore};
use crate::facts::deploy::Container;
use crate::facts::scalar::Scalar;
use crate::facts::telemetry::Role;
use crate::repo::Repo;
use crate::repo::images::known_as;
use crate::repo::scrape::host_of;

/// Names of programs (of `images`), their words, and whether they keep traces on disk by
/// themselves.
const PROGRAMS: &[(&str, &str, Option<bool>)] = &[
    ("Zipkin", "zipkin", None),
    ("SigNoz", "signoz", Some(true)),
    ("Elastic APM", "elastic-apm", Some(true)),
    ("SkyWalking", "skywalking", None),
    ("VictoriaTraces", "victoriatraces", Some(true)),
    ("OpenObserve", "openobserve", Some(true)),
    ("Aspire dashboard", "aspire", Some(false)),
    ("OpenTelemetry LGTM", "tempo", Some(false)),
];

/// Hosts of services that keep traces for others, by the end of their names.
const HOSTED: &[&str] = &[
    "nr-data.net",
    "honeycomb.io",
    "datadoghq.com",
    "datadoghq.eu",
    "signalfx.com",
    "observability.splunkcloud.com",
    "grafana.net",
    "lightstep.com",
    "signoz.cloud",
    "dynatrace.com",
    "elastic-cloud.com",
    "cloud.es.io",
    "uptrace.dev",
    "axiom.co",
    "logz.io",
    "coralogix.com",
    "dash0.com",
    "betterstackdata.com",
    "instana.io",
    "appdynamics.com",
    "amazonaws.com",
    "googleapis.com",
    "applicationinsights.azure.com",
];

/// Exporters of a collector that know their service's address themselves.
const EXPORTERS: &[&str] = &[
    "awsxray",
    "googlecloud",
    "azuremonitor",
    "datadog",
    "honeycomb",
    "sapm",
    "signalfx",
    "splunk_hec",
    "logzio",
    "coralogix",
    "instana",
    "sentry",
];

pub(super) fn stores(repo: &Repo) -> Vec<TraceStore> {
    let mut found = Vec::new();
    for container in &repo.facts.containers {
        found.extend(program(container));
    }
    for port in &repo.facts.telemetry_ports {
        let host = host_of(&port.value.text);
        let hosted = HOSTED.iter().any(|end| {
            host.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        });
        if port.value.known && hosted && matches!(port.role, Role::Dials { .. }) {
            found.push(hosted_at(port.document, &port.value));
        }
    }
    for pipeline in repo.facts.pipelines.iter().filter(|pipeline| pipeline.signal() == "traces") {
        let exporter =
            pipeline.exporters.items.iter().find(|exporter| {
                EXPORTERS.contains(&crate::facts::collector::kind_of(&exporter.text))
            });
        found.extend(exporter.map(|exporter| hosted_at(pipeline.document, exporter)));
    }
    found
}

fn hosted_at(document: crate::facts::DocumentId, name: &Scalar) -> TraceStore {
    TraceStore {
        document,
        span: name.span,
        product: "hosted",
        storage: Storage::Unknown,
        retention: Retention::Unknown,
        shown: Shown::Unknown,
    }
}

fn program(container: &Container) -> Option<TraceStore> {
    let image = container.image.as_ref()?;
    let known = image.known_text().and_then(known_as)?;
    let (_, product, lasting) = PROGRAMS.iter().find(|(name, ..)| *name == known.name)?;
    let chosen = ["STORAGE_TYPE", "SW_STORAGE"].iter().find_map(|name| container.env.get(name));
    let storage = match (lasting, chosen) {
        (Some(true), _) => Storage::Lasting(known.name.to_owned(), image.span),
        (Some(false), _) => Storage::Memory(image.span),
        (None, Some(kind)) => match kind.known_text() {
            Some("mem" | "h2") => Storage::Memory(kind.span),
            Some(kind_text) => Storage::Lasting(kind_text.to_owned(), kind.span),
            None => Storage::Unknown,
        },
        (None, None) if container.env.open => Storage::Unknown,
        (None, None) => Storage::Memory(image.span),
    };
    let retention = match storage {
        Storage::Memory(_) => Retention::Moot,
        _ => Retention::Unknown,
    };
    Some(TraceStore {
        document: container.document,
        span: image.span,
        product,
        storage,
        retention,
        shown: Shown::Yes(image.span),
    })
}
