//! Labels that series get beside those of their exporter: from targets, relabelling, monitors.

use super::{Repo, paths};
use crate::facts::prometheus::{JobForm, PrometheusConfig, ScrapeJob, ServerForm};
use crate::facts::scalar::Scalar;
use crate::identify::Kind;
use std::collections::BTreeSet;

/// What is known about the labels of targets.
#[derive(Debug, Default)]
pub struct TargetLabels {
    /// Scrape jobs are written out here: what they do not add is not there.
    pub known: bool,
    /// Nothing here scrapes: how it is done elsewhere, nobody knows.
    pub elsewhere: bool,
    /// Names of labels that some job adds.
    labels: BTreeSet<String>,
}

/// Labels that every scrape adds.
const EVERYWHERE: &[&str] = &["job", "instance", "__name__"];
/// Labels that the operator adds to the series of a monitor.
const MONITORED: &[&str] = &["namespace", "service", "pod", "container", "endpoint", "node"];

impl TargetLabels {
    /// Whether a series may have this label from its target; `None` if nobody can tell.
    pub fn has(&self, label: &str) -> Option<bool> {
        let bare = label.strip_prefix("exported_").unwrap_or(label);
        if EVERYWHERE.contains(&bare) || self.labels.contains(bare) || self.labels.contains(label) {
            return Some(true);
        }
        self.known.then_some(false)
    }

    /// Collects what all jobs of the repository add.
    pub(super) fn of(repo: &Repo) -> TargetLabels {
        let facts = &repo.facts;
        let mut labels = BTreeSet::new();
        let mut known = facts.prometheus.iter().any(|server| repo.is_server(server))
            && !facts.prometheus.iter().any(|server| brings_more(repo, server))
            && !has_other_sources(repo);
        for job in &facts.scrape_jobs {
            known &= add(job, &mut labels);
        }
        let elsewhere =
            facts.prometheus.is_empty() && facts.scrape_jobs.is_empty() && !has_other_sources(repo);
        TargetLabels { known, elsewhere, labels }
    }
}

/// Whether samples reach the server from elsewhere, or jobs that are not written out.
fn brings_more(repo: &Repo, server: &PrometheusConfig) -> bool {
    server.open
        || server.otlp_key.is_some()
        || !server.scrape_config_files.is_empty()
        || (server.form == ServerForm::Operator
            && repo.facts.scrape_jobs.iter().all(|job| job.form == JobForm::Job))
}

/// Collectors and charts scrape or push with labels that nothing here shows.
fn has_other_sources(repo: &Repo) -> bool {
    let pushes = repo.facts.pipelines.iter().any(|pipeline| {
        pipeline.signal() == "metrics"
            && ["prometheusremotewrite", "prometheus", "otlphttp", "otlp_http"]
                .iter()
                .any(|kind| pipeline.exports_to(kind))
    });
    let receives = repo.scrapers().any(|container| {
        container.args.iter().any(|arg| {
            arg.text.contains("enable-remote-write-receiver")
                || arg.text.contains("enable-feature=remote-write-receiver")
        })
    });
    let values = repo.facts.documents.iter().any(|document| document.kind == Kind::HelmValues);
    pushes || receives || values
}

/// Adds what one job adds; whether that is all there can be.
fn add(job: &ScrapeJob, labels: &mut BTreeSet<String>) -> bool {
    let mut closed = !job.settings.open && !federates(job);
    labels.extend(job.labels.entries.iter().map(|(key, _)| key.text.clone()));
    closed &= job.labels.entries.iter().all(|(key, _)| key.known);
    for step in job.relabels.iter().chain(&job.metric_relabels) {
        match step.kind().as_str() {
            "labelmap" => closed = false,
            "labeldrop" | "labelkeep" | "keep" | "drop" | "keepequal" | "dropequal" => {}
            _ => match &step.target_label {
                Some(target) if target.known && !target.text.contains(['$', '{']) => {
                    labels.insert(target.text.clone());
                }
                // A label whose name is computed.
                Some(_) => closed = false,
                None => {}
            },
        }
    }
    // Targets in files and behind addresses bring labels of their own.
    closed &= !job.discovery.iter().any(|it| matches!(it.kind.as_str(), "file" | "http"));
    if job.form != JobForm::Job {
        labels.extend(MONITORED.iter().map(|label| (*label).to_owned()));
        labels.extend(job.target_labels.iter().map(|label| label.text.clone()));
        closed &= job.target_labels.iter().all(|label| label.known);
    }
    closed
}

/// Whether a job takes over series with the labels they have elsewhere.
fn federates(job: &ScrapeJob) -> bool {
    let path = job.settings.get("metrics_path").is_some_and(|path| path.text.contains("federate"));
    path || job.params.iter().any(|(key, _)| key.text == "match[]")
        || job.speaks_of(&["pushgateway"])
}

impl Repo {
    /// Targets in the files in which a job discovers them, as far as they are here.
    pub(super) fn listed_targets(&self, job: &ScrapeJob) -> Vec<&Scalar> {
        let lists = &self.facts.target_lists;
        let entries = job.discovery.iter().filter(|it| it.kind == "file").flat_map(|it| &it.files);
        let mut found = Vec::new();
        for entry in entries.filter(|entry| entry.known && !lists.is_empty()) {
            let files = paths::targets(self, job.document, &entry.text);
            let inside = files.documents().filter_map(|document| {
                lists.binary_search_by_key(&document, |list| list.document).ok()
            });
            found.extend(inside.flat_map(|at| &lists[at].targets));
            for path in files.files(self) {
                let at = self.sources.binary_search_by(|source| source.path.as_str().cmp(path));
                let Some(number) = at.ok().and_then(|at| u32::try_from(at).ok()) else { continue };
                let start = lists.partition_point(|list| list.document.source.0 < number);
                let own = lists[start..].iter().take_while(|it| it.document.source.0 == number);
                found.extend(own.flat_map(|list| &list.targets));
            }
        }
        found
    }
}
