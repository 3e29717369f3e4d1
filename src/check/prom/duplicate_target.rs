//! One endpoint scraped by two jobs. Rule: rules/prom/duplicate-target.yaml

use crate::check::Case;
use crate::facts::prometheus::{PrometheusConfig, ScrapeJob};
use crate::source::Span;
use std::collections::BTreeMap;

pub(super) fn check(server: &PrometheusConfig, case: &mut Case<'_>) {
    let jobs = case.repo.jobs(server.document);
    if jobs.iter().all(|job| job.targets.is_empty()) {
        return case.skip();
    }
    let mut seen: BTreeMap<String, (usize, Span, &str)> = BTreeMap::new();
    for (number, job) in jobs.iter().enumerate() {
        for (identity, span) in identities(job) {
            let Some((first, at, name)) = seen.get(&identity) else {
                seen.insert(identity, (number, span, job.label()));
                continue;
            };
            if *first != number {
                case.flag(span)
                    .with("target", case_text(job, span))
                    .with("job", job.label())
                    .with("other", *name)
                    .related(*at, "scraped here too")
                    .subject(format!("scrape job {}", job.label()));
            }
        }
    }
}

fn case_text(job: &ScrapeJob, span: Span) -> String {
    let target = job.targets.iter().find(|target| target.span == span);
    target.map_or_else(String::new, |target| target.text.clone())
}

/// What makes each literal target of a job one scrape: address, path and parameters.
fn identities(job: &ScrapeJob) -> Vec<(String, Span)> {
    // A step may leave out the very target that another job takes over.
    let selects = job.relabels.iter().any(|step| {
        matches!(step.kind().as_str(), "keep" | "drop" | "keepequal" | "dropequal" | "hashmod")
    });
    let (Some((path, _)), false) = (job.path(), selects || job.settings.open) else {
        return Vec::new();
    };
    let mut params: Vec<String> = Vec::new();
    for (key, values) in &job.params {
        if !key.known || values.iter().any(|value| !value.known) {
            return Vec::new();
        }
        let values: Vec<&str> = values.iter().map(|value| value.text.as_str()).collect();
        params.push(format!("{}={}", key.text, values.join(",")));
    }
    let labels = job.labels.entries.iter().filter(|(key, _)| key.text.starts_with("__"));
    params.extend(labels.map(|(key, value)| format!("{}={}", key.text, value.text)));
    // Steps decide by the target: where two jobs have the same ones, they scrape the same.
    for step in job
        .relabels
        .iter()
        .filter(|step| step.target_label.as_ref().is_some_and(|label| label.text.starts_with("__")))
    {
        let text = |it: &Option<crate::facts::scalar::Scalar>| {
            it.as_ref().map_or_else(String::new, |it| it.text.clone())
        };
        let sources: Vec<&str> = step.source_labels.iter().map(|it| it.text.as_str()).collect();
        params.push(format!(
            "{}<{}:{}:{}",
            text(&step.target_label),
            sources.join(","),
            text(&step.regex),
            text(&step.replacement)
        ));
    }
    params.sort_unstable();
    let default = if job.scheme() == Some("https") { "443" } else { "80" };
    let params = params.join("&");
    let known = job.targets.iter().filter(|target| target.known);
    known
        .map(|target| {
            let port = crate::repo::scrape::split_address(&target.text).1;
            let address = match port {
                Some(_) => target.text.clone(),
                None => format!("{}:{default}", target.text),
            };
            (format!("{address} {path} {params}"), target.span)
        })
        .collect()
}
