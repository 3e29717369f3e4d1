//! Which signals a service gives, and by which names it goes.

use super::super::Repo;
use super::Service;
use crate::facts::DocumentId;
use crate::facts::code::Module;
use crate::facts::code::setup::{Provider, Step};
use crate::facts::manifest::Dependency;
use crate::facts::scalar::Scalar;
use crate::lang::path::{folder, last};
use crate::lang::placeholder;

/// What the standard wants of each service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signal {
    /// Numbers.
    Metrics,
    /// Records.
    Logs,
    /// Spans.
    Traces,
    /// Context that travels with calls.
    Propagation,
    /// Attributes that say whose telemetry it is.
    Resource,
}

impl Signal {
    /// All of them.
    pub const ALL: [Signal; 5] =
        [Signal::Metrics, Signal::Logs, Signal::Traces, Signal::Propagation, Signal::Resource];

    /// The words used in output.
    pub fn name(self) -> &'static str {
        match self {
            Signal::Metrics => "metrics",
            Signal::Logs => "logs",
            Signal::Traces => "traces",
            Signal::Propagation => "context propagation",
            Signal::Resource => "resource attributes",
        }
    }
}

/// A name by which a service goes somewhere.
#[derive(Clone, Debug)]
pub struct Called {
    /// The name, and where it stands.
    pub name: Scalar,
    /// What says so: `label app`.
    pub by: String,
}

/// Packages that make metrics without a call in the code.
const METERED: &[&str] = &[
    "spring-boot-starter-actuator",
    "micrometer-registry",
    "quarkus-micrometer",
    "zipkin-server",
    "zipkin-autoconfigure-ui",
    "prometheus-fastapi-instrumentator",
    "django-prometheus",
    "prometheus-flask-exporter",
    "starlette-exporter",
    "express-prom-bundle",
    "nestjs-prometheus",
    "fastify-metrics",
    "prometheus-net",
    "axum-prometheus",
    "rocket_prometheus",
    "sanic-prometheus",
    "actix-web-prom",
    "dd-trace",
    "ddtrace",
    "elastic-apm",
    "newrelic",
    "applicationinsights",
    // What a cloud runs as a function is counted by the cloud.
    "functions-framework",
    "azure-functions",
    "@azure/functions",
    "Microsoft.Azure.Functions",
    "aws-lambda",
    "Amazon.Lambda.",
    "serverless-http",
    // Its manager serves what it counts.
    "sigs.k8s.io/controller-runtime",
];

/// Labels of pods that name the program.
const LABELS: &[&str] =
    &["app.kubernetes.io/name", "app.kubernetes.io/component", "app", "k8s-app", "service"];

impl Repo {
    /// Source files of a service as parts of a program.
    pub fn modules_of<'r>(&'r self, service: &'r Service) -> impl Iterator<Item = &'r Module> {
        let modules = &self.facts.modules;
        service.documents.iter().filter_map(move |document| {
            let at = modules.binary_search_by_key(document, |module| module.document).ok()?;
            modules.get(at)
        })
    }

    /// Whether a service gives a signal; `None` where nobody can know.
    pub fn gives(&self, service: &Service, signal: Signal) -> Option<bool> {
        let found = match signal {
            Signal::Metrics => self.meters(service),
            Signal::Logs => self.logs(service),
            Signal::Traces => return self.is_instrumented(service),
            Signal::Propagation => match self.is_instrumented(service) {
                Some(true) => self.propagates(service),
                other => return other,
            },
            Signal::Resource => {
                let identity = self.identity_of(service);
                let open = identity.open || self.is_orchestrated();
                if open && identity.keys.is_empty() {
                    return None;
                }
                !identity.keys.is_empty()
            }
        };
        // An agent that lies beside it gives all of them where it is switched on.
        let open = !found && self.hides_agent(service);
        (found || service.is_readable() && !open).then_some(found)
    }

    /// Whether a program of the repository starts the others, and names them as it does.
    pub(in crate::repo) fn is_orchestrated(&self) -> bool {
        let starts = |name: &str| name.starts_with("Aspire.Hosting");
        let mut needed = self.facts.manifests.iter().flat_map(|it| &it.dependencies);
        needed.any(|dependency| starts(&dependency.name.text))
    }

    /// Whether a service makes figures.
    pub fn meters(&self, service: &Service) -> bool {
        let only_traces = self.only_traces(service);
        let exports = |step: &Step| match step {
            Step::Provider(provider) if only_traces => provider.signal == "metrics",
            Step::Provider(provider) => matches!(provider.signal, "metrics" | "all" | "given"),
            Step::Registered(signal, _) => {
                *signal == "metrics" || matches!(*signal, "all" | "given") && !only_traces
            }
            Step::Served => true,
            _ => false,
        };
        let packaged = |name: &str| METERED.iter().any(|known| name.contains(known));
        self.modules_of(service).any(|module| module.metered || module.exposes)
            || self.setups_in(service).any(|setup| exports(&setup.step))
            || self.agent_of(service).is_some()
            || self.needs(service, packaged)
    }

    /// Whether the SDK of a service is set up for other signals than metrics alone: what its
    /// instrumentations count is then taken by nobody.
    pub fn only_traces(&self, service: &Service) -> bool {
        let providers = || self.setups_in(service).filter_map(|setup| setup.provider());
        let measures = |provider: &Provider| match provider.signal {
            "metrics" => true,
            "all" => !provider.unmetered,
            _ => false,
        };
        let traces = |provider: &Provider| match provider.signal {
            "traces" => true,
            "all" => provider.unmetered,
            _ => false,
        };
        let told = self.env_of(service, "OTEL_METRICS_EXPORTER");
        providers().any(traces)
            && !providers().any(measures)
            && told.values.is_empty()
            && !told.open
    }

    /// Whether a service may make figures in a way that nobody follows here: it is built with a
    /// library for them, or has a module of its own by that name.
    pub fn may_meter(&self, service: &Service) -> bool {
        const LIBRARIES: &[&str] = &[
            "prometheus",
            "prom-client",
            "statsd",
            "cadence",
            "hot-shots",
            "dogstatsd",
            "datadog",
            "newrelic",
            "micrometer",
            "dropwizard.metrics",
            "metrics-core",
            "go-metrics",
            "influx",
            "markus",
            "opentelemetry-metrics",
            "opentelemetry-prometheus",
            "app.metrics",
            "appmetrics",
            "applicationinsights",
            "opencensus",
            "scout-apm",
            "service-runner",
            "spring-cloud-config-server",
            "skywalking",
            "smallrye-metrics",
            // Airlift serves what is `@Managed`.
            "io.airlift:openmetrics",
            "io.airlift:jmx",
        ];
        const OWN: &[&str] = &[
            "markus",
            "metrics",
            "metric",
            "statsd",
            "prometheus",
            "prom",
            "instrumentation",
            "stats_client",
            "stats_logger",
            "stats_reporter",
            "statsclient",
            "telemetry",
        ];
        let mut needed = self.dependencies_of(service).filter(|it| !it.development);
        if needed.any(|it| {
            let name = it.name.text.to_ascii_lowercase();
            // `@acme/shop-metrics`
            let own = last(&name).rsplit(':').next().unwrap_or(&name);
            // What comes with another package is seldom called by the program.
            let seldom = |known: &str| it.indirect && matches!(known, "influx" | "opencensus");
            LIBRARIES.iter().any(|known| name.contains(known) && !seldom(known))
                || !it.indirect
                    && own
                        .split(['-', '_', '.'])
                        .any(|word| matches!(word, "metrics" | "telemetry"))
        }) {
            return true;
        }
        self.modules_of(service).any(|module| {
            let path = &self.source(module.document.source).path;
            let stem = last(path).split('.').next().unwrap_or_default().to_ascii_lowercase();
            // `github.com/go-kit/kit/metrics/prometheus`, `edx_django_utils.monitoring`
            let meters = |import: &String| {
                let last = import.rsplit(['/', '.', ':']).next().unwrap_or_default();
                // What stands in the same crate is asked by its own name.
                let own = ["crate::", "self::", "super::"].iter().any(|it| import.starts_with(it));
                !own && OWN.contains(&last.to_ascii_lowercase().as_str())
                    || last == "expvar"
                    || last == "monitoring" && !import.starts_with(['.', '/'])
            };
            OWN.contains(&stem.as_str()) && !(stem == "telemetry" && only_sends(module))
                || OWN.contains(&last(folder(path)))
                || module.imports.iter().any(meters)
        })
    }

    fn logs(&self, service: &Service) -> bool {
        let calls = &self.facts.log_calls;
        let records = |document: &DocumentId| {
            let at = calls.partition_point(|call| call.document < *document);
            calls.get(at).is_some_and(|call| call.document == *document)
        };
        self.modules_of(service).any(|module| module.logs) || service.documents.iter().any(records)
    }

    /// Whether something of a traced service takes or hands on context.
    fn propagates(&self, service: &Service) -> bool {
        let instruments = |step: &Step| matches!(step, Step::Instrument(..) | Step::Propagators(_));
        let code = |document| service.has(document);
        self.agent_of(service).is_some()
            || self.setups_in(service).any(|setup| instruments(&setup.step))
            || self.facts.injections.iter().any(|it| code(it.document))
            || self.facts.extractions.iter().any(|it| code(it.document))
            || self.facts.instrumentations.iter().any(|it| code(it.document))
            || self.needs(service, |name| name.contains("instrumentation"))
    }

    fn needs(&self, service: &Service, test: impl Fn(&str) -> bool) -> bool {
        self.dependencies_of(service).any(|needed| test(&needed.name.text))
    }

    /// What a service depends on, also by way of what it is built with.
    pub fn dependencies_of<'r>(
        &'r self,
        service: &'r Service,
    ) -> impl Iterator<Item = &'r Dependency> {
        let manifests = service.built_with.iter().map(|&number| &self.facts.manifests[number]);
        manifests.flat_map(|it| &it.dependencies)
    }

    /// The names that a service gives its telemetry, where they can be known.
    pub fn telemetry_names(&self, service: &Service) -> Vec<Called> {
        let mut found = Vec::new();
        let mut add = |name: Scalar, by: &str| {
            if name.known && !name.text.is_empty() && !placeholder::is_in(&name.text) {
                found.push(Called { name, by: by.to_owned() });
            }
        };
        for value in self.env_of(service, "OTEL_SERVICE_NAME").values {
            add(value, "OTEL_SERVICE_NAME");
        }
        for pairs in self.env_of(service, "OTEL_RESOURCE_ATTRIBUTES").values {
            if let Some(at) = pairs.text.find("service.name=") {
                let start = at + "service.name=".len();
                let end = pairs.text[start..].find(',').map_or(pairs.text.len(), |it| start + it);
                let text = pairs.text[start..end].trim().to_owned();
                let span = pairs.place(start, end);
                add(Scalar { text, span, ..pairs.clone() }, "OTEL_RESOURCE_ATTRIBUTES");
            }
        }
        for setup in self.setups_in(service).filter(|setup| service.own_has(setup.document)) {
            let attributes = setup.resource().map_or(&[][..], |resource| &resource.attributes);
            for attribute in attributes.iter().filter(|it| it.key == "service.name") {
                if let Some(value) = &attribute.value {
                    add(value.clone(), "service.name");
                }
            }
        }
        found
    }

    /// The names that what runs, watches and promises a service gives it.
    pub fn outer_names(&self, service: &Service) -> Vec<Called> {
        let mut found = Vec::new();
        for &number in &service.containers {
            let container = &self.facts.containers[number];
            let labels =
                LABELS.iter().filter_map(|label| Some((*label, container.labels.get(label)?)));
            let labels =
                labels.filter(|(_, value)| is_certain(value) && container.workload != "compose");
            found.extend(labels.map(|(label, value)| Called {
                name: value.clone(),
                by: format!("label {label}"),
            }));
        }
        for job in &self.facts.scrape_jobs {
            let Some(label) = job.labels.get("service").filter(|it| is_certain(it)) else {
                continue;
            };
            let host =
                |target: &Scalar| target.text.split(':').next().unwrap_or_default().to_owned();
            let hosts: Vec<String> = job.targets.iter().map(host).collect();
            if !hosts.is_empty() && hosts.iter().all(|host| self.is_host_of(service, host)) {
                found
                    .push(Called { name: label.clone(), by: "label service of its series".into() });
            }
        }
        let own = self.facts.own_identities.iter().filter(|it| service.own_has(it.document));
        let own: Vec<_> = own.filter(|it| is_certain(&it.name)).collect();
        // Of several that disagree nobody knows which is meant.
        if own.windows(2).all(|pair| pair[0].name.text == pair[1].name.text) {
            found.extend(
                own.first().map(|it| Called { name: it.name.clone(), by: it.by.to_owned() }),
            );
        }
        found
    }

    fn is_host_of(&self, service: &Service, host: &str) -> bool {
        service.containers.iter().map(|&number| &self.facts.containers[number]).any(|container| {
            let own = if container.workload == "compose" {
                &container.name.text
            } else {
                &container.owner.name
            };
            own == host || container.aliases.iter().any(|alias| alias.text == host)
        })
    }
}

/// Whether a file takes in nothing that could measure, but at most what sends a request: a program
/// that tells its makers how it is used calls that telemetry.
fn only_sends(module: &Module) -> bool {
    const PLAIN: &[&str] = &[
        "anyhow",
        "chrono",
        "core",
        "crate",
        "hyper",
        "log",
        "once_cell",
        "reqwest",
        "self",
        "serde",
        "serde_json",
        "std",
        "super",
        "tokio",
        "tracing",
        "ureq",
        "uuid",
    ];
    let plain = |import: &String| {
        import.split_once("::").is_some_and(|(head, _)| PLAIN.contains(&head))
            || PLAIN.contains(&import.as_str())
    };
    !module.unread
        && !module.metered
        && !module.imports.is_empty()
        && module.imports.iter().all(plain)
}

/// Whether a label says what it is; braces in labels of alerts are their own language.
fn is_certain(value: &Scalar) -> bool {
    value.known && !value.text.is_empty() && !placeholder::is_in(&value.text)
}

impl Service {
    /// Whether a document is its own code.
    pub fn own_has(&self, document: crate::facts::DocumentId) -> bool {
        self.own.binary_search(&document).is_ok()
    }
}
