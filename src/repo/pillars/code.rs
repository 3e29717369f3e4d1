//! What programs do for the pillars by themselves: code sets it up, and nothing beside it tells.

use super::Repo;
use crate::facts::code::setup::Step;
use crate::lang::path::last;
use crate::repo::services::Service;

/// Parts of the names of libraries by which a program sends its metrics to somebody.
const SENDERS: &[&str] = &[
    "apm-node",
    "appinsights",
    "applicationinsights",
    "azure-monitor",
    "azure.monitor",
    "cloudwatch-metrics",
    "datadog",
    "dd-trace",
    "ddtrace",
    "dogstatsd",
    "elastic-apm",
    "elasticapm",
    "exporter-metrics-otlp",
    "exporter-otlp",
    "exporter.opentelemetryprotocol",
    "hot-shots",
    "instana",
    "markus",
    "metrics-graphite",
    "newrelic",
    "opentelemetry-otlp",
    "otlpmetric",
    "pushgateway",
    "statsd",
];

/// Parts of the names of packages by which a program gives all three of them to Azure.
const WHOLE: &[&str] = &[
    "applicationinsights",
    "azure-monitor-opentelemetry",
    "azure.monitor.opentelemetry.aspnetcore",
];

impl Repo {
    /// Whether a program that runs here takes care of a pillar (`metrics`, `logs`, `traces`) in its
    /// own code.
    pub fn is_set_up_in_code(&self, pillar: &str) -> bool {
        // The settings of Azure's agent, which lies beside the program.
        if self.paths.iter().any(|path| last(path) == "applicationinsights.json") {
            return true;
        }
        let whole = |name: &str| {
            let name = name.to_ascii_lowercase();
            WHOLE.iter().any(|known| name.contains(known)) && !name.ends_with("-exporter")
        };
        let sends = |service: &Service| {
            let mut needed = self.dependencies_of(service).filter(|it| !it.development);
            needed.any(|it| whole(&it.name.text))
        };
        let does = |service: &Service| match pillar {
            _ if sends(service) => true,
            "metrics" => self.meters(service),
            "traces" => self.is_instrumented(service) == Some(true),
            _ => self.setups_in(service).any(|setup| match &setup.step {
                Step::Provider(provider) => matches!(provider.signal, "logs" | "all"),
                Step::Registered(signal, _) => matches!(*signal, "logs" | "all"),
                _ => false,
            }),
        };
        let services = self.services().iter();
        services.filter(|service| service.runs() && !service.rehearsal).any(does)
    }

    /// Whether a program of the repository sends its metrics by itself, or may: nobody has to
    /// collect them.
    pub fn sends_metrics(&self) -> bool {
        let sends = |name: &str| {
            let name = name.to_ascii_lowercase();
            SENDERS.iter().any(|known| name.contains(known))
                || (name.contains("micrometer-registry-") && !name.ends_with("prometheus"))
        };
        let mut needed = self.facts.manifests.iter().flat_map(|it| &it.dependencies);
        needed.any(|it| !it.development && !it.indirect && sends(&it.name.text))
            || self.services().iter().any(|service| self.agent_of(service).is_some())
            || self.paths.iter().any(|path| last(path) == "applicationinsights.json")
    }
}
