//! Only infrastructure is scraped. Rule: rules/prom/application-not-scraped.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::DocumentId;
use crate::facts::prometheus::ScrapeJob;
use crate::repo::Repo;
use crate::repo::scrape::{is_infrastructure, is_infrastructure_name, is_loopback, split_address};

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let own = |job: &&ScrapeJob| repo.stands(job.document);
    let jobs: Vec<&ScrapeJob> = repo.facts.scrape_jobs.iter().filter(own).collect();
    let Some(first) = jobs.first() else { return case.skip() };
    let scraped = |job: &&ScrapeJob| {
        may_be_application(job)
            || is_built_here(repo, job)
            || is_proxy(job)
            || is_added(repo, job.document)
    };
    if !jobs.iter().any(scraped) && !is_pushed(repo) {
        let server = repo.server(first.document);
        let place = server.map(|server| server.scrape_configs_key.unwrap_or(server.anchor));
        let place = place.unwrap_or_else(|| first.name.as_ref().map_or(first.span, |it| it.span));
        // Where nothing runs but what watches, what it watches is not here.
        let alone = repo.own_containers().next().is_some() && !repo.runs_others();
        let flag = case.miss(place);
        if alone && !repo.is_configured() {
            flag.at_most(Severity::Warning);
        }
    }
}

fn may_be_application(job: &ScrapeJob) -> bool {
    let unknown = job.name.as_ref().is_none_or(|name| !name.known) || job.settings.open;
    let annotated = job.relabels.iter().any(|step| {
        step.source_labels
            .iter()
            .any(|label| label.text.contains("annotation_prometheus_io_scrape"))
    });
    // Beside the server its own kin listen, at the ports that are set aside for them.
    let kin = |port: &str| port.parse().is_ok_and(|port: u16| (9090..=9200).contains(&port));
    let beside = |address: &str| {
        let (host, port) = split_address(address);
        is_loopback(host) && port.is_some_and(|port| !kin(port))
    };
    let named = !is_infrastructure(job) || job.label() == "prometheus";
    if named && job.targets.iter().any(|it| it.known && beside(&it.text)) {
        return true;
    }
    let infrastructure = |address: &str| {
        let (host, port) = split_address(address);
        is_infrastructure_name(host) || (is_loopback(host) && port.is_some_and(kin))
    };
    // What is only called so, and reads others.
    let other = |address: &str| {
        let host = split_address(address).0;
        !is_loopback(host) && !is_infrastructure_name(host)
    };
    if job.label() == "prometheus" && job.targets.iter().any(|it| it.known && other(&it.text)) {
        return true;
    }
    let targets = !job.targets.is_empty()
        && job.discovery.is_empty()
        && job.targets.iter().all(|it| it.known && infrastructure(&it.text));
    unknown || annotated || !(is_infrastructure(job) || targets)
}

/// Whether jobs stand beside those that the chart of Prometheus brings, which scrape what is annotated.
fn is_added(repo: &Repo, document: DocumentId) -> bool {
    let object = repo.document(document).object.as_ref();
    object.and_then(|object| object.data_key.as_deref()) == Some("extraScrapeConfigs")
}

/// Whether a job scrapes a proxy, which counts and times the requests of all behind it.
fn is_proxy(job: &ScrapeJob) -> bool {
    const PROXIES: &[&str] = &[
        "caddy",
        "envoy",
        "haproxy",
        "ingress-nginx",
        "istio",
        "kong",
        "linkerd",
        "nginx-ingress",
        "traefik",
    ];
    let is = |name: &str| PROXIES.iter().any(|it| name.to_ascii_lowercase().starts_with(it));
    is(job.label()) || job.targets.iter().any(|it| it.known && is(split_address(&it.text).0))
}

/// Whether a job scrapes what the repository builds, whatever that is called.
fn is_built_here(repo: &Repo, job: &ScrapeJob) -> bool {
    let mut built = repo.facts.containers.iter().filter(|container| container.build.is_some());
    built.any(|container| {
        job.targets.iter().any(|it| split_address(&it.text).0 == container.name.text)
    })
}

/// Whether applications send their metrics: by OTLP or `remote_write`, through a collector or
/// straight to the server.
fn is_pushed(repo: &Repo) -> bool {
    let receives = repo.facts.pipelines.iter().any(|pipeline| {
        pipeline.signal() == "metrics"
            && pipeline.receivers.items.iter().any(|it| it.text.split('/').next() == Some("otlp"))
    });
    let open = ["web.enable-otlp-receiver", "web.enable-remote-write-receiver"];
    // Grafana's image of all stores begins with a collector.
    let all_in_one = repo.facts.containers.iter().any(|container| {
        container.image.as_ref().is_some_and(|image| image.text.contains("grafana/otel-lgtm"))
    });
    receives
        || all_in_one
        || repo.scrapers().any(|container| {
            open.iter().any(|flag| container.flag(flag).is_some())
                || container.args.iter().any(|arg| arg.text.contains("otlp-write-receiver"))
        })
}
