//! Which of the four signals of requests a service measures: how many, how long, how many fail, how
//! full it is; and the time its database takes.

use super::Repo;
use super::classes::tokens;
use super::services::Service;
use crate::facts::code::{MetricDefinition, MetricType};

const WORK: &[&str] = &[
    "request",
    "requests",
    "http",
    "rpc",
    "grpc",
    "call",
    "calls",
    "message",
    "messages",
    "job",
    "jobs",
    "event",
    "events",
    "processed",
    "handled",
    "orders",
    "operations",
    "queries",
    "checks",
];
const TIMES: &[&str] = &["duration", "latency", "seconds", "time", "milliseconds", "ms"];
const FAILURES: &[&str] = &[
    "error",
    "errored",
    "errors",
    "failure",
    "failures",
    "failed",
    "exception",
    "exceptions",
    "panics",
];
const OUTCOMES: &[&str] = &[
    "status",
    "code",
    "status_code",
    "outcome",
    "result",
    "error",
    "success",
    "exception",
    "grpc_code",
];
const LOAD: &[&str] = &[
    "active",
    "inflight",
    "flight",
    "queue",
    "queued",
    "pool",
    "connections",
    "pending",
    "backlog",
    "utilization",
    "usage",
    "saturation",
    "memory",
    "sessions",
    "workers",
    "current",
    "lag",
    "open",
    "buffer",
    "capacity",
    "threads",
    "goroutines",
];
const DATABASES: &[&str] = &[
    "db",
    "database",
    "sql",
    "query",
    "postgres",
    "mysql",
    "mongo",
    "mongodb",
    "redis",
    "storage",
    "store",
    "repository",
    "jdbc",
    "hikaricp",
];

fn says(one: &MetricDefinition, list: &[&str]) -> bool {
    tokens(&one.exposed).iter().any(|word| list.contains(&word.as_str()))
}

fn is_timed(one: &MetricDefinition) -> bool {
    matches!(one.kind, MetricType::Histogram | MetricType::Summary) && says(one, TIMES)
}

/// Whether its labels may tell how a request ended.
fn has_outcome(one: &MetricDefinition) -> bool {
    let labels = one.labels.as_deref();
    labels.is_none_or(|labels| labels.iter().any(|it| OUTCOMES.contains(&it.text.as_str())))
}

impl Repo {
    /// Whether a service is built with a client that sends figures, and none of those that are known
    /// comes from one: its calls are wrapped, and count what nobody sees here.
    fn counts_unseen(&self, service: &Service, all: &[&MetricDefinition]) -> bool {
        const CLIENTS: &[&str] = &["statsd", "cadence", "hot-shots", "datadog", "newrelic"];
        let mut needed = self.dependencies_of(service).filter(|it| !it.development);
        needed.any(|it| CLIENTS.iter().any(|name| it.name.text.to_lowercase().contains(name)))
            && !all.iter().any(|one| one.says("system") == Some("statsd"))
    }

    /// What a service does not measure of its requests, in words; nothing where a library counts
    /// them by itself, or where names cannot be read.
    pub fn missing_signals(&self, service: &Service) -> Vec<&'static str> {
        let all: Vec<&MetricDefinition> = self.metrics_of(service).collect();
        let open = all.iter().any(|one| one.exposed.is_empty());
        let elsewhere = self.counts_unseen(service, &all);
        if all.is_empty() || open || elsewhere || self.automatic_metrics(service).is_some() {
            return Vec::new();
        }
        let any = |holds: &dyn Fn(&MetricDefinition) -> bool| all.iter().any(|one| holds(one));
        let works = |one: &MetricDefinition| {
            // What is timed is counted too: `…_count`.
            says(one, WORK) && !matches!(one.kind, MetricType::Gauge)
        };
        let fails =
            |one: &MetricDefinition| says(one, FAILURES) || (says(one, WORK) && has_outcome(one));
        let fills = |one: &MetricDefinition| one.kind == MetricType::Gauge && says(one, LOAD);
        let stores = |one: &MetricDefinition| is_timed(one) && says(one, DATABASES);
        let stored = self.database_driver(service).is_none() || any(&stores);
        let parts = [
            (any(&works), "how many requests there are"),
            (any(&is_timed), "how long they take"),
            (any(&fails), "how many fail"),
            (any(&fills), "how full it is"),
            (stored, "how long its database takes"),
        ];
        parts.into_iter().filter(|(found, _)| !found).map(|(_, what)| what).collect()
    }
}
