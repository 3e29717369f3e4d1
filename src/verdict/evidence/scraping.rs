//! Evidence of collection: server configurations and scrape jobs.

use super::{Answer, Evidence};
use crate::facts::prometheus::{PrometheusConfig, ScrapeJob, ServerForm};
use crate::source::Span;
use crate::verdict::scope::Scope;

pub(super) fn servers<'a>(scope: &'a Scope<'_>) -> impl Iterator<Item = &'a PrometheusConfig> {
    scope.repo.facts.prometheus.iter().filter(|config| scope.counts(config.document))
}

pub(super) fn prometheus_config(scope: &Scope<'_>) -> Answer {
    let evidence: Vec<Evidence> = servers(scope)
        .filter(|config| config.form != ServerForm::Fragment)
        .map(|config| Evidence { span: config.anchor, fact: "Prometheus configuration".to_owned() })
        .collect();
    if !evidence.is_empty() {
        return Answer::found(evidence);
    }
    let fragments: Vec<Evidence> = servers(scope)
        .map(|config| Evidence {
            span: config.anchor,
            fact: "part of a Prometheus configuration".to_owned(),
        })
        .collect();
    match fragments.is_empty() {
        true => Answer::found(fragments),
        false => Answer::partly("only part of a configuration is here", fragments),
    }
}

pub(super) fn setting(
    scope: &Scope<'_>,
    what: &str,
    place: fn(&PrometheusConfig) -> Option<Span>,
) -> Answer {
    let whole: Vec<&PrometheusConfig> =
        servers(scope).filter(|config| config.form != ServerForm::Fragment).collect();
    let evidence: Vec<Evidence> = whole
        .iter()
        .filter_map(|config| Some(Evidence { span: place(config)?, fact: what.to_owned() }))
        .collect();
    if evidence.is_empty() && whole.iter().any(|config| config.open) {
        return Answer::unknown(format!("the {what} may be filled in elsewhere"));
    }
    Answer::found(evidence)
}

pub(super) fn limits(scope: &Scope<'_>) -> Answer {
    let is_limit = |name: &str| matches!(name, "sample_limit" | "label_limit" | "target_limit");
    let global = servers(scope).flat_map(|config| &config.limits);
    let mut evidence: Vec<Evidence> = global
        .filter(|(name, value)| is_limit(name) && value.text != "0")
        .map(|(name, value)| Evidence { span: value.span, fact: name.clone() })
        .collect();
    for job in scope.repo.facts.scrape_jobs.iter().filter(|job| scope.counts(job.document)) {
        for (key, value) in &job.settings.entries {
            if is_limit(&key.text) && value.text != "0" {
                evidence.push(Evidence { span: key.span, fact: key.text.clone() });
            }
        }
    }
    Answer::found(evidence)
}

pub(super) fn jobs(scope: &Scope<'_>, wanted: impl Fn(&ScrapeJob) -> bool) -> Answer {
    let evidence = scope
        .repo
        .facts
        .scrape_jobs
        .iter()
        .filter(|job| scope.counts(job.document) && wanted(job))
        .map(|job| Evidence {
            span: job.name.as_ref().map_or(job.span, |name| name.span),
            fact: format!("scrape job {}", job.label()),
        })
        .collect();
    Answer::found(evidence)
}
