//! PROM: Prometheus server configuration.

use super::{Builtin, Case};
use crate::facts::prometheus::{PrometheusConfig, ServerForm};
use crate::facts::scalar::Scalar;
use crate::lang::path;
use crate::repo::paths::{self, Resolved};

mod alertmanager_api_v1;
mod alerts_without_alertmanager;
mod apiserver_without_credentials;
mod application_not_scraped;
mod bad_auth_combination;
mod bad_duration;
mod bad_relabel;
mod bad_target;
mod config_missing;
mod discovery_without_limit;
mod dropped_but_used;
mod duplicate_target;
mod eval_faster_than_scrape;
mod external_labels_missing;
mod honor_labels;
mod inline_secret;
mod interval_over_lookback;
mod job_endpoint_mismatch;
mod job_name;
mod job_without_up_alert;
mod labelmap_everything;
mod parse;
mod plaintext_remote;
mod required_block_missing;
mod rule_file_missing;
mod rule_glob_empty;
mod self_scrape_missing;
mod skip_verify;
mod timeout_over_interval;
mod tls_port_over_http;
mod unknown_field;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("PROM027", Builtin::ScrapeJob(job_without_up_alert::check)),
    ("PROM001", Builtin::Document(parse::check)),
    ("PROM002", Builtin::Document(unknown_field::check)),
    ("PROM003", Builtin::Document(bad_duration::check)),
    ("PROM004", Builtin::Document(timeout_over_interval::check)),
    ("PROM004", Builtin::PrometheusConfig(timeout_over_interval::check_server)),
    ("PROM004", Builtin::ScrapeJob(timeout_over_interval::check_job)),
    ("PROM005", Builtin::Document(job_name::check)),
    ("PROM006", Builtin::Document(bad_relabel::check)),
    ("PROM009", Builtin::Document(bad_auth_combination::check)),
    ("PROM010", Builtin::PrometheusConfig(bad_target::check)),
    ("PROM010", Builtin::ScrapeJob(bad_target::check_object)),
    ("PROM011", Builtin::Document(alertmanager_api_v1::check)),
    ("PROM011", Builtin::PrometheusConfig(alertmanager_api_v1::check_object)),
    ("PROM020", Builtin::ScrapeJob(tls_port_over_http::check)),
    ("PROM021", Builtin::ScrapeJob(apiserver_without_credentials::check)),
    ("PROM022", Builtin::ScrapeJob(job_endpoint_mismatch::check)),
    ("PROM023", Builtin::ScrapeJob(labelmap_everything::check)),
    ("PROM024", Builtin::ScrapeJob(discovery_without_limit::check)),
    ("PROM025", Builtin::ScrapeJob(honor_labels::check)),
    ("PROM031", Builtin::RemoteEndpoint(plaintext_remote::check)),
    ("PROM032", Builtin::Credential(inline_secret::check)),
    ("PROM034", Builtin::ScrapeJob(dropped_but_used::check)),
    ("PROM035", Builtin::PrometheusConfig(eval_faster_than_scrape::check)),
    ("PROM036", Builtin::PrometheusConfig(duplicate_target::check)),
    ("PROM007", Builtin::PrometheusConfig(rule_file_missing::check)),
    ("PROM008", Builtin::PrometheusConfig(rule_glob_empty::check)),
    ("PROM026", Builtin::Document(interval_over_lookback::check)),
    ("PROM028", Builtin::PrometheusConfig(alerts_without_alertmanager::check)),
    ("PROM051", Builtin::PrometheusConfig(required_block_missing::check)),
    ("PROM029", Builtin::PrometheusConfig(external_labels_missing::check)),
    ("PROM030", Builtin::PrometheusConfig(self_scrape_missing::check)),
    ("PROM033", Builtin::Document(skip_verify::check)),
    ("PROM050", Builtin::Repository(config_missing::check)),
    ("PROM052", Builtin::Repository(application_not_scraped::check)),
];

/// Entries of `rule_files` that lead nowhere, with what is known of them.
fn dangling<'s>(
    server: &'s PrometheusConfig,
    case: &Case<'_>,
    globs: bool,
) -> Option<Vec<(&'s Scalar, Resolved)>> {
    let entries =
        || server.rule_files.iter().filter(|it| it.text.contains(['*', '?', '[']) == globs);
    // A chart makes files that no repository shows.
    if server.form != ServerForm::File
        || server.open
        || !case.repo.is_server(server)
        || entries().next().is_none()
    {
        return None;
    }
    let generated = |entry: &str| {
        case.settings().generated_rules.iter().any(|allowed| {
            let from = case.repo.path(server.anchor);
            allowed == entry
                || path::glob(allowed, entry)
                || path::join(path::folder(from), entry)
                    .is_some_and(|entry| path::glob(allowed, &entry))
        })
    };
    let known = entries().filter(|entry| entry.known && !generated(&entry.text));
    let found = known.map(|entry| (entry, paths::resolve(case.repo, server, &entry.text)));
    Some(found.filter(|(_, found)| found.is_empty()).collect())
}
