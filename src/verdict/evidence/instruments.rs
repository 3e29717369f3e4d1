//! Evidence of what services measure themselves.

use super::each::{Has, each_service};
use super::{Answer, Evidence, Holds};
use crate::facts::code::{MetricDefinition, MetricType, ServeForm, ValueOrigin};
use crate::facts::scalar::Scalar;
use crate::lang::unbounded::is_unbounded;
use crate::repo::classes;
use crate::repo::services::Service;
use crate::verdict::scope::Scope;

fn named(definition: &MetricDefinition) -> Evidence {
    let fact = match definition.exposed.as_str() {
        "" => "a metric".to_owned(),
        name => format!("metric {name}"),
    };
    Evidence { span: definition.name.span, fact }
}

/// Metrics of a service, the first few; or what counts its requests by itself.
fn measured(scope: &Scope<'_>, service: &Service) -> Vec<Evidence> {
    let mut found: Vec<Evidence> = scope.repo.metrics_of(service).take(3).map(named).collect();
    let automatic = scope.repo.automatic_metrics(service);
    found.extend(automatic.map(|span| Evidence { span, fact: "measured by a library".to_owned() }));
    found
}

/// Services that declare metrics.
pub(super) fn declared(scope: &Scope<'_>) -> Answer {
    each_service(scope, |service| match measured(scope, service) {
        found if found.is_empty() => Has::Nothing,
        found => Has::All(found),
    })
}

/// Services whose metrics are served or sent.
pub(super) fn exposed(scope: &Scope<'_>) -> Answer {
    let repo = scope.repo;
    each_service(scope, |service| {
        let serves = |form| matches!(form, ServeForm::Served | ServeForm::Automatic);
        let servings = repo.facts.metric_servings.iter();
        let served = servings.filter(|one| serves(one.form) && service.has(one.document));
        let mut found: Vec<Evidence> = served
            .take(3)
            .map(|one| Evidence { span: one.at, fact: "metrics are served".to_owned() })
            .collect();
        let automatic = repo.automatic_metrics(service);
        found.extend(
            automatic.map(|span| Evidence { span, fact: "served by a library".to_owned() }),
        );
        // Instruments are sent by the SDK that is set up for them.
        let telemetry = repo.metrics_of(service).find(|one| one.telemetry);
        match (found.is_empty(), telemetry) {
            (false, _) => Has::All(found),
            (true, Some(one)) => Has::Part(vec![named(one)], "an SDK must send them"),
            (true, None) => Has::Nothing,
        }
    })
}

/// Services of which requests, duration, errors and load are measured.
pub(super) fn signals(scope: &Scope<'_>) -> Answer {
    each_service(scope, |service| {
        let found = measured(scope, service);
        let missing = scope.repo.missing_signals(service);
        match (found.is_empty(), missing.is_empty()) {
            (true, _) => Has::Nothing,
            (false, true) => Has::All(found),
            (false, false) => Has::Part(found, "some of the four signals"),
        }
    })
}

/// Metrics of services whose labels can be looked at.
pub(super) fn labelled(scope: &Scope<'_>) -> Answer {
    let counted = scope.repo.facts.metric_definitions.iter().filter(|it| scope.counts(it.document));
    let answer = Answer::found(counted.map(named).collect());
    match answer.holds {
        Holds::No if scope.repo.has_unread_code() => {
            Answer::unknown("not yet analysed: source code".to_owned())
        }
        _ => answer,
    }
}

/// Metrics whose labels take values that can be counted; none where one has no end.
pub(super) fn counted_labels(scope: &Scope<'_>) -> Answer {
    let facts = &scope.repo.facts;
    let endless = |label: &Scalar| {
        let settings = scope.repo.settings.at(scope.repo.path(label.span));
        is_unbounded(&label.text) && !settings.bounded_labels.contains(&label.text)
    };
    let definitions = facts.metric_definitions.iter().filter(|it| scope.counts(it.document));
    let declared = definitions
        .filter(|it| it.kind != MetricType::Any)
        .flat_map(|it| it.labels.iter().flatten())
        .find(|label| endless(label));
    let uses = facts.metric_uses.iter().filter(|it| scope.counts(it.document) && it.own_labels);
    let given = uses
        .flat_map(|it| it.labels.iter().flatten())
        .find(|label| matches!(label.origin, ValueOrigin::Path | ValueOrigin::Error));
    let span = declared.map(|label| label.span).or(given.map(|label| label.value));
    match span {
        Some(span) => {
            let fact = "takes values without end".to_owned();
            let note = "a label takes values without end";
            Answer::new(Holds::No, note, vec![Evidence { span, fact }])
        }
        None => labelled(scope),
    }
}

/// Whether a metric of a service speaks of what the service is for.
pub(super) fn business(scope: &Scope<'_>) -> Answer {
    let lexicon = scope.model.lexicon();
    let counted = scope.repo.facts.metric_definitions.iter().filter(|it| scope.counts(it.document));
    let found: Vec<Evidence> =
        counted.filter(|it| classes::is_business(&it.exposed, lexicon)).map(named).collect();
    if found.is_empty() && scope.repo.has_unread_code() {
        return Answer::unknown("not yet analysed: source code".to_owned());
    }
    Answer::found(found)
}

/// What bounds the number of series: limits of scrapes, else what code, SDKs and collectors do.
pub(super) fn bounded(scope: &Scope<'_>) -> Answer {
    let limits = super::scraping::limits(scope);
    match (limits.holds, scope.repo.cardinality_guard()) {
        (Holds::No, Some(span)) => {
            Answer::found(vec![Evidence { span, fact: "bounds the series".to_owned() }])
        }
        _ => limits,
    }
}
