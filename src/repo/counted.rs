//! What counts and times the requests of services from outside their code.

use super::Repo;
use super::services::Service;
use super::standing::is_sample;
use crate::facts::counted::By;
use crate::lang::path::folder;

/// Metrics of what passes requests on.
const PASSED: &[&str] = &[
    "envoy_cluster_upstream_rq",
    "haproxy_backend_http_responses_total",
    "istio_request_duration",
    "istio_requests_total",
    "linkerd_request_total",
    "nginx_ingress_controller_request",
    "traefik_service_request",
];

impl Repo {
    /// Whether something that this repository sets up, or asks for its figures, passes requests on and
    /// counts them.
    pub fn counts_before(&self) -> bool {
        let mut counted = self.facts.counted.iter();
        counted.any(|it| it.by == By::Before && !is_sample(&it.path))
            || self.queries().any(|query| {
                let asked = &query.scalar.text;
                PASSED.iter().any(|name| asked.contains(name))
            })
    }

    /// Whether a tracer of Sentry may send spans of a service's requests, from which it counts them.
    pub fn is_sampled_by_vendor(&self, service: &Service) -> bool {
        let mut needed = self.dependencies_of(service);
        if !needed.any(|it| it.name.text.to_ascii_lowercase().contains("sentry")) {
            return false;
        }
        let of_service = |path: &str| {
            is_below(service, path)
                || service.documents.iter().any(|it| self.source(it.source).path == path)
        };
        let mut counted = self.facts.counted.iter().filter(|it| it.by == By::Tracer);
        counted.any(|it| of_service(&it.path))
    }

    /// Whether settings of a service let Prometheus ask for figures that a parent elsewhere brings.
    pub fn lets_ask(&self, service: &Service) -> bool {
        let mut counted = self.facts.counted.iter().filter(|it| it.by == By::Settings);
        counted.any(|it| is_below(service, &it.path))
    }
}

/// Whether a path lies in a service's own folder.
fn is_below(service: &Service, path: &str) -> bool {
    let rest = folder(path).strip_prefix(service.root.as_str());
    rest.is_some_and(|it| service.root.is_empty() || it.is_empty() || it.starts_with('/'))
}
