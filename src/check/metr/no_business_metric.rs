//! A service that measures nothing of what it is for. Rule: rules/metr/no-business-metric.yaml

use crate::check::Case;
use crate::facts::code::MetricDefinition;
use crate::identify::Kind;
use crate::repo::classes::{self, Class, tokens};
use crate::repo::services::Service;

/// First words of names that speak of technique.
const TECHNICAL: &[&str] = &[
    "http",
    "grpc",
    "rpc",
    "db",
    "database",
    "sql",
    "process",
    "runtime",
    "go",
    "jvm",
    "python",
    "node",
    "nodejs",
    "dotnet",
    "queue",
    "cache",
    "redis",
    "system",
    "kafka",
    "cpu",
    "memory",
    "request",
    "requests",
    "response",
    "responses",
    "api",
    "server",
    "client",
    "up",
    "build",
    "healthcheck",
    "health",
    "log",
    "logs",
    "error",
    "errors",
];

pub(super) fn check(service: &Service, case: &mut Case<'_>) {
    let repo = case.repo;
    if !service.runs() || service.rehearsal || !service.is_readable() {
        return case.skip();
    }
    let all: Vec<&MetricDefinition> = repo.metrics_of(service).collect();
    let Some(first) = all.first() else { return case.skip() };
    let lexicon = case.model.lexicon();
    let name = service.name.to_lowercase();
    let technical = |one: &&MetricDefinition| {
        let all: Vec<String> = tokens(&one.exposed);
        // The name of the service may stand before.
        let own = all.iter().take_while(|word| name.contains(word.as_str())).count();
        let word = all.get(own).or_else(|| all.first());
        !one.exposed.is_empty()
            && !classes::is_business(&one.exposed, lexicon)
            && word.is_some_and(|word| TECHNICAL.contains(&word.as_str()))
    };
    if !all.iter().all(technical) {
        return;
    }
    // Where nothing of the business is read either, that is told once for the repository.
    let reads = [Kind::PrometheusRules, Kind::PrometheusConfig, Kind::Slo];
    let rules =
        repo.facts.documents.iter().any(|it| reads.contains(&it.kind) && repo.is_ours(it.id));
    let declared = repo.definitions().keys().any(|name| classes::is_business(name, lexicon));
    let read = case.model.classes().iter().any(|classes| classes.contains(Class::Business));
    if rules && !declared && !read {
        return;
    }
    case.flag(first.name.span).with("service", service.name.clone());
}
