//! A server that does not watch itself. Rule: rules/prom/self-scrape-missing.yaml

use crate::check::Case;
use crate::facts::prometheus::{JobForm, PrometheusConfig, ScrapeJob, ServerForm};
use crate::repo::Repo;
use crate::repo::scrape::{is_loopback, split_address};

pub(super) fn check(server: &PrometheusConfig, case: &mut Case<'_>) {
    let repo = case.repo;
    let own = repo.jobs(server.document);
    let operator = server.form == ServerForm::Operator;
    let jobs: Vec<&ScrapeJob> = match operator {
        true => repo.facts.scrape_jobs.iter().filter(|job| job.form != JobForm::Job).collect(),
        false => own.iter().collect(),
    };
    if !repo.is_server(server) || server.open || jobs.is_empty() {
        return case.skip();
    }
    let elsewhere = || {
        repo.facts.scrape_jobs.iter().any(|job| {
            job.document != server.document
                && job.targets.iter().any(|it| {
                    let (host, port) = split_address(&it.text);
                    !is_loopback(host) && port == Some("9090")
                })
        })
    };
    let found = jobs.iter().any(|job| is_self(repo, job, operator))
        || !server.scrape_config_files.is_empty()
        || elsewhere();
    if !found {
        case.flag(server.scrape_configs_key.unwrap_or(server.anchor));
    }
}

/// Whether a job scrapes a Prometheus, or may.
fn is_self(repo: &Repo, job: &ScrapeJob, operator: bool) -> bool {
    let name = job.label().to_ascii_lowercase();
    let others = ["operator", "adapter", "exporter", "pushgateway", "node", "blackbox"];
    let named =
        |text: &str| text.contains("prometheus") && !others.iter().any(|it| text.contains(it));
    if named(&name) || job.settings.open || job.name.as_ref().is_some_and(|name| !name.known) {
        return true;
    }
    // What discovery finds is not written here; a monitor says by its name what it selects.
    (!operator && !job.discovery.is_empty())
        || job.targets.iter().any(|target| {
            let (host, port) = split_address(&target.text);
            let loopback = is_loopback(host)
                && repo.scrapers().any(|container| {
                    let listen = container.flag("web.listen-address");
                    listen.is_some_and(|flag| {
                        port.is_some_and(|port| flag.text.ends_with(&format!(":{port}")))
                    })
                });
            !target.known || port == Some("9090") || loopback || named(&host.to_ascii_lowercase())
        })
}
