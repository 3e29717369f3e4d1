//! Metrics that rules read and no job collects. Rule: rules/infr/used-not-collected.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::config::World;
use crate::metrics::{self, Exporter};
use crate::repo::exporters::Reads;
use crate::repo::queries::Query;
use crate::source::Origin;

/// Prefixes, and the exporters that provide them.
const FAMILIES: &[(&str, &[&str])] = &[
    ("node_", &["node_exporter"]),
    ("kube_", &["kube-state-metrics"]),
    ("container_", &["cadvisor", "kubelet"]),
];

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let repo = case.repo;
    if repo.origin(query.scalar.span.source) == Origin::Vendored {
        return case.skip();
    }
    if !repo.holds_all(World::Metrics) || repo.scraping_anchor().is_none() {
        return;
    }
    // What a cluster shows is not asked of a server that only a Compose file starts.
    let cluster = case.document().is_some_and(|document| repo.is_in_cluster(document.id));
    if cluster && repo.own_jobs().all(|job| repo.is_composed(job.document)) {
        return;
    }
    for (_, selector) in query.ast().selectors() {
        let (Some(name), Some(extent)) = (selector.metric(), selector.metric_extent()) else {
            continue;
        };
        let Some((family, keys)) = FAMILIES.iter().find(|(family, _)| name.starts_with(family))
        else {
            continue;
        };
        // A rule of the repository may record it under a name of this form.
        if name.contains(':') || case.model.records().contains(name) {
            continue;
        }
        let exporters: Vec<&Exporter> =
            keys.iter().filter_map(|key| metrics::exporter(key)).collect();
        let best = exporters.iter().map(|it| repo.collected(it)).max();
        let (severity, state) = match best.unwrap_or(Reads::No) {
            Reads::Yes => continue,
            Reads::Maybe => (Severity::Warning, "no job certainly scrapes"),
            Reads::No => (Severity::Error, "no job scrapes"),
        };
        let span = case.place(query, extent);
        let flag = case
            .flag(span)
            .severity(severity)
            .with("metric", name)
            .with("state", state)
            .with("family", *family)
            .with("exporter", exporters.first().map_or("", |exporter| exporter.title));
        // The job that is named like it.
        let near = repo.own_jobs().find(|job| {
            exporters.iter().any(|exporter| {
                let plain = |text: &str| text.to_ascii_lowercase().replace('_', "-");
                exporter.jobs.iter().any(|name| plain(job.label()).contains(&plain(name)))
            })
        });
        let at = near.map(|job| job.name.as_ref().map_or(job.span, |name| name.span));
        match at.or_else(|| repo.scraping_anchor()) {
            Some(at) if near.is_some() => {
                flag.related(at, "this job is named like it and reads something else");
            }
            Some(at) => {
                flag.related(at, "the jobs are these");
            }
            None => {}
        }
    }
}
