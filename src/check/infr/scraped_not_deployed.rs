//! Exporters that are scraped and run elsewhere. Rule: rules/infr/scraped-not-deployed.yaml

use crate::check::Case;
use crate::config::World;
use crate::facts::prometheus::ScrapeJob;
use crate::repo::Repo;
use crate::repo::exporters::Reads;
use crate::repo::scrape::{is_loopback, split_address};
use crate::repo::standing::is_sample;
use crate::source::Origin;

/// Exporters of infrastructure: what else a job reads may run anywhere.
const INFRASTRUCTURE: &[&str] = &["node_exporter", "kube-state-metrics", "cadvisor"];

pub(super) fn check(job: &ScrapeJob, case: &mut Case<'_>) {
    let repo = case.repo;
    let own =
        repo.origin(job.document.source) != Origin::Vendored && !is_sample(repo.path(job.span));
    let exporters = INFRASTRUCTURE.iter().filter_map(|key| crate::metrics::exporter(key));
    let found: Vec<_> =
        exporters.filter(|exporter| repo.reads(job, exporter) == Reads::Yes).collect();
    let Some(exporter) = found.first().filter(|_| own) else { return case.skip() };
    // Only where the programs that run are here could this one be.
    if !repo.holds_all(World::Exporters)
        || repo.own_containers().any(|it| found.iter().any(|exporter| exporter.runs_in(it)))
    {
        return;
    }
    for target in job.targets.iter().filter(|target| target.known) {
        let host = split_address(&target.text).0;
        let named = !is_loopback(host) && !host.contains(':') && !is_address(host);
        if named && !is_deployed(repo, host) {
            case.flag(target.span).with("host", host).with("exporter", exporter.name);
        }
    }
}

fn is_address(host: &str) -> bool {
    host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn is_deployed(repo: &Repo, host: &str) -> bool {
    let first = host.split('.').next().unwrap_or(host);
    repo.own_containers().any(|container| {
        container.owner.name == first
            || container.name.text == first
            || container.aliases.iter().any(|alias| alias.text == host || alias.text == first)
    }) || repo.facts.services.iter().any(|service| service.object.name == first)
}
