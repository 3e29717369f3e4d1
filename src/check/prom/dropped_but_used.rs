//! Metrics that a job throws away and a rule reads. Rule: rules/prom/dropped-but-used.yaml

use crate::check::Case;
use crate::config::World;
use crate::facts::prometheus::{JobForm, Relabel, ScrapeJob};
use crate::lang::pattern::Pattern;
use crate::metrics;
use crate::repo::Repo;
use crate::repo::exporters::Reads;
use crate::source::Origin;

pub(super) fn check(job: &ScrapeJob, case: &mut Case<'_>) {
    let repo = case.repo;
    if repo.origin(job.document.source) == Origin::Vendored || job.metric_relabels.is_empty() {
        return case.skip();
    }
    // Another source may have the series.
    if !repo.holds_all(World::Metrics) {
        return;
    }
    for (step, regex, keeps) in steps(job) {
        let pattern = Pattern::new(&regex.text);
        let mut dropped = case.model.uses().iter().filter(|(name, _)| {
            pattern.matches(name) == Some(!keeps)
                && !case.model.records().contains(name)
                && !is_synthetic(name)
                && is_sole_source(repo, job, name)
        });
        let Some((name, uses)) = dropped.next() else { continue };
        let Some(first) = uses.first() else { continue };
        let place = case.model.used_at(*first);
        let at = case.name_of(place, name);
        let title = crate::facts::Subject::title(place.query);
        let more = match dropped.count() {
            0 => String::new(),
            count => format!(" and {count} more that are used"),
        };
        let span = step.regex.as_ref().map_or(step.span, |regex| regex.span);
        case.flag(span)
            .with("metric", *name)
            .with("more", more)
            .with("job", job.label())
            .with("action", if keeps { "keeps all but" } else { "drops" })
            .related(at, format!("{title} reads it"));
    }
}

/// Steps that decide by the metric's name alone: the step, its pattern, whether it keeps.
fn steps(job: &ScrapeJob) -> impl Iterator<Item = (&Relabel, &crate::facts::scalar::Scalar, bool)> {
    job.metric_relabels.iter().filter_map(|step| {
        let [label] = &step.source_labels[..] else { return None };
        let keeps = match step.kind().as_str() {
            "drop" => false,
            "keep" => true,
            _ => return None,
        };
        let regex = step.regex.as_ref().filter(|regex| regex.known)?;
        (label.text == "__name__").then_some((step, regex, keeps))
    })
}

/// Series that the server writes after relabelling.
fn is_synthetic(name: &str) -> bool {
    metrics::named(name).iter().any(|series| series.exporter.key == "synthetic")
}

/// Whether a job is the only one that can bring a metric, or the others drop it too.
fn is_sole_source(repo: &Repo, job: &ScrapeJob, name: &str) -> bool {
    let mut others = repo.own_jobs().filter(|other| !std::ptr::eq(*other, job));
    let own = brings(repo, job, name);
    let lacks = |other: &ScrapeJob| match brings(repo, other, name) {
        Reads::No => true,
        // Where one job certainly reads the program, a list of other addresses is other programs.
        Reads::Maybe => own == Reads::Yes && is_listed(other),
        Reads::Yes => false,
    };
    own != Reads::No && others.all(|other| lacks(other) || drops(other, name))
}

/// Whether a job names each of its targets.
fn is_listed(job: &ScrapeJob) -> bool {
    job.form == JobForm::Job
        && job.discovery.is_empty()
        && !job.settings.open
        && !job.targets.is_empty()
        && job.targets.iter().all(|target| target.known)
}

/// Whether a job can bring a metric, by who provides it.
fn brings(repo: &Repo, job: &ScrapeJob, name: &str) -> Reads {
    let mut providers: Vec<&metrics::Exporter> =
        metrics::named(name).into_iter().map(|series| series.exporter).collect();
    providers.extend(metrics::prefixed(name));
    // Every program written with a client library may bring what those provide.
    if providers.iter().any(|exporter| exporter.images.is_empty()) {
        return Reads::Maybe;
    }
    match providers.iter().map(|exporter| repo.reads(job, exporter)).max() {
        Some(best) => best,
        None => {
            let known = metrics::exporters().iter().any(|it| repo.reads(job, it) == Reads::Yes);
            if known { Reads::No } else { Reads::Maybe }
        }
    }
}

fn drops(job: &ScrapeJob, name: &str) -> bool {
    steps(job).any(|(_, regex, keeps)| Pattern::new(&regex.text).matches(name) == Some(!keeps))
}
