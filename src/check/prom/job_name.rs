//! Every job has a name of its own. Rule: rules/prom/job-name.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::prometheus::{JobForm, ScrapeJob, ServerForm};
use crate::facts::scalar::Scalar;
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
    let mut first: BTreeMap<&str, &Scalar> = BTreeMap::new();
    let repo = case.repo;
    for (job, entry) in jobs(document, case) {
        let Some(name) = job.name.as_ref().filter(|name| name.known && !name.text.is_empty())
        else {
            continue;
        };
        let Some(earlier) = first.get(name.text.as_str()).copied() else {
            first.insert(&name.text, name);
            continue;
        };
        let line = repo.line(earlier.span);
        let (place, why) = match entry {
            Some(entry) if earlier.span == name.span => {
                (entry.span, format!("its file is loaded twice: this job stands at line {line}"))
            }
            // Within one file the field table sees it.
            _ if earlier.span.source == name.span.source => continue,
            _ => (name.span, format!("the first of the two, at line {line}")),
        };
        case.flag(place)
            .with("field", "job_name")
            .with("who", "Prometheus refuses the whole configuration")
            .with("what", format!("`{}` names two jobs", name.text))
            .related(earlier.span, why);
    }
}

/// The document's own jobs, then those of each file that an entry of `scrape_config_files` loads,
/// with that entry.
fn jobs<'a>(document: &Document, case: &Case<'a>) -> Vec<(&'a ScrapeJob, Option<&'a Scalar>)> {
    let facts = &case.repo.facts;
    let of = |job: &&ScrapeJob| job.form == JobForm::Job;
    let mut jobs: Vec<_> = facts
        .scrape_jobs
        .iter()
        .filter(of)
        .filter(|job| job.document == document.id)
        .map(|job| (job, None))
        .collect();
    let here = &case.repo.source(document.id.source).path;
    let entries = facts
        .prometheus
        .iter()
        .filter(|config| config.document == document.id && config.form == ServerForm::File)
        .flat_map(|config| &config.scrape_config_files)
        .filter(|entry| entry.known);
    for entry in entries {
        let named = |job: &&ScrapeJob| {
            let path = &case.repo.source(job.document.source).path;
            job.document != document.id && loads(here, &entry.text, path)
        };
        let loaded = facts.scrape_jobs.iter().filter(of).filter(named);
        jobs.extend(loaded.map(|job| (job, Some(entry))));
    }
    jobs
}

/// Whether a pattern certainly loads a file: one that starts at `/` and takes all of a folder takes
/// those of a folder of that name.
fn loads(here: &str, pattern: &str, path: &str) -> bool {
    let folder_of = |path| paths::last(paths::folder(path));
    let all = pattern.starts_with('/') && paths::last(pattern).starts_with('*');
    paths::names(here, pattern, path) && (!all || folder_of(pattern) == folder_of(path))
}
