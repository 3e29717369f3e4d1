//! PROM: Prometheus server configuration.

use super::Builtin;

mod alertmanager_api_v1;
mod apiserver_without_credentials;
mod bad_auth_combination;
mod bad_duration;
mod bad_relabel;
mod bad_target;
mod discovery_without_limit;
mod duplicate_target;
mod eval_faster_than_scrape;
mod honor_labels;
mod inline_secret;
mod job_endpoint_mismatch;
mod job_name;
mod labelmap_everything;
mod parse;
mod plaintext_remote;
mod timeout_over_interval;
mod tls_port_over_http;
mod unknown_field;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("PROM001", Builtin::Document(parse::check)),
    ("PROM002", Builtin::Document(unknown_field::check)),
    ("PROM003", Builtin::Document(bad_duration::check)),
    ("PROM004", Builtin::Document(timeout_over_interval::check)),
    ("PROM005", Builtin::Document(job_name::check)),
    ("PROM006", Builtin::Document(bad_relabel::check)),
    ("PROM009", Builtin::Document(bad_auth_combination::check)),
    ("PROM010", Builtin::PrometheusConfig(bad_target::check)),
    ("PROM011", Builtin::Document(alertmanager_api_v1::check)),
    ("PROM020", Builtin::ScrapeJob(tls_port_over_http::check)),
    ("PROM021", Builtin::ScrapeJob(apiserver_without_credentials::check)),
    ("PROM022", Builtin::ScrapeJob(job_endpoint_mismatch::check)),
    ("PROM023", Builtin::ScrapeJob(labelmap_everything::check)),
    ("PROM024", Builtin::ScrapeJob(discovery_without_limit::check)),
    ("PROM025", Builtin::ScrapeJob(honor_labels::check)),
    ("PROM031", Builtin::RemoteEndpoint(plaintext_remote::check)),
    ("PROM032", Builtin::Credential(inline_secret::check)),
    ("PROM035", Builtin::PrometheusConfig(eval_faster_than_scrape::check)),
    ("PROM036", Builtin::PrometheusConfig(duplicate_target::check)),
];
