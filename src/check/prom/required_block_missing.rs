//! A server without a part the standard asks for. Rule: rules/prom/required-block-missing.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::prometheus::{PrometheusConfig, ServerForm};

pub(super) fn check(server: &PrometheusConfig, case: &mut Case<'_>) {
    let repo = case.repo;
    if !repo.is_server(server) || server.open {
        return case.skip();
    }
    let jobs = repo.jobs(server.document);
    let own_intervals =
        !jobs.is_empty() && jobs.iter().all(|job| job.setting("scrape_interval").is_some());
    // The operator sets both intervals.
    let operator = server.form == ServerForm::Operator;
    // An agent evaluates nothing, and a ruler elsewhere does it for the server.
    let evaluates = !repo.is_agent(server) && !repo.has_ruler();
    let parts = [
        (server.scrape_interval.is_some() || own_intervals || operator, "`scrape_interval`"),
        (server.evaluation_interval.is_some() || operator || !evaluates, "`evaluation_interval`"),
        (
            !server.rule_files.is_empty()
                || (operator && server.rule_files_key.is_some())
                || !evaluates,
            if operator { "`ruleSelector`" } else { "`rule_files`" },
        ),
        (!server.alertmanagers.is_empty() || !evaluates, "`alertmanagers`"),
        (
            !jobs.is_empty()
                // Samples are pushed to it.
                || server.otlp_key.is_some()
                || !server.scrape_config_files.is_empty()
                || (operator && server.scrape_configs_key.is_some()),
            if operator { "selector of monitors" } else { "scrape job" },
        ),
    ];
    let missing: Vec<&str> =
        parts.into_iter().filter(|(there, _)| !there).map(|(_, name)| name).collect();
    if !missing.is_empty() {
        let sample = !repo.stands(server.document);
        // What only sends on leaves rules and alerts to whom it sends to.
        let mut remote = repo.facts.remote_endpoints.iter();
        let sends = remote
            .any(|it| it.document == server.document && it.direction == "remote_write")
            && server.rule_files.is_empty()
            && server.alertmanagers.is_empty()
            && !repo.is_configured();
        let started = repo.is_rehearsed(server.document) && !repo.is_configured();
        let flag = case.miss(server.anchor).with("missing", missing.join(", no "));
        if sample {
            // Nothing runs with it; it shows or tests a part.
            flag.severity(Severity::Info);
        } else if sends || started {
            flag.at_most(Severity::Warning);
        }
    }
}
