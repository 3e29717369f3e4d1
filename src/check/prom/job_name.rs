//! Every job has a name of its own. Rule: rules/prom/job-name.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::prometheus::{JobForm, ScrapeJob, ServerForm};
use crate::facts::schema::{Refusal, SchemaIssue};
use crate::lang::path as paths;
use std::collections::BTreeMap;

pub(super) fn takes(issue: &SchemaIssue) -> bool {
    issue.field == "job_name" && matches!(issue.refusal, Refusal::Missing | Refusal::Conflict)
}

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    if !refusal::is_read(document) {
        return case.skip();
    }
    refusal::report(document, case, takes);
    let mut first: BTreeMap<&str, &ScrapeJob> = BTreeMap::new();
    let repo = case.repo;
    for job in jobs(document, case) {
        let Some(name) = job.name.as_ref().filter(|name| name.known && !name.text.is_empty())
        else {
            continue;
        };
        match first.get(name.text.as_str()).and_then(|earlier| earlier.name.as_ref()) {
            // Within one file the field table sees it.
            Some(earlier) if earlier.span.source == name.span.source => {}
            Some(earlier) => {
                let what = format!("`{}` names two jobs", name.text);
                let line = repo.line(earlier.span);
                case.flag(name.span)
                    .with("field", "job_name")
                    .with("who", "Prometheus refuses the whole configuration")
                    .with("what", what)
                    .related(earlier.span, format!("the first of the two, at line {line}"));
            }
            None => {
                first.insert(&name.text, job);
            }
        }
    }
}

/// The document's own jobs, then those of the files that `scrape_config_files` names.
fn jobs<'a>(document: &Document, case: &Case<'a>) -> Vec<&'a ScrapeJob> {
    let facts = &case.repo.facts;
    let of = |job: &&ScrapeJob| job.form == JobForm::Job;
    let mut jobs: Vec<&ScrapeJob> =
        facts.scrape_jobs.iter().filter(of).filter(|job| job.document == document.id).collect();
    let here = &case.repo.source(document.id.source).path;
    let patterns = facts
        .prometheus
        .iter()
        .filter(|config| config.document == document.id && config.form == ServerForm::File)
        .flat_map(|config| &config.scrape_config_files)
        .filter(|pattern| pattern.known)
        .collect::<Vec<_>>();
    if patterns.is_empty() {
        return jobs;
    }
    let named = |job: &&ScrapeJob| {
        let path = &case.repo.source(job.document.source).path;
        job.document != document.id
            && patterns.iter().any(|pattern| loads(here, &pattern.text, path))
    };
    jobs.extend(facts.scrape_jobs.iter().filter(of).filter(named));
    jobs
}

/// Whether a pattern certainly loads a file: one that starts at `/` and takes all of a folder takes
/// those of a folder of that name.
fn loads(here: &str, pattern: &str, path: &str) -> bool {
    let folder_of = |path| paths::last(paths::folder(path));
    let all = pattern.starts_with('/') && paths::last(pattern).starts_with('*');
    paths::names(here, pattern, path) && (!all || folder_of(pattern) == folder_of(path))
}
