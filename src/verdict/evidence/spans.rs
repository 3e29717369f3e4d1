//! Evidence of tracing in code: spans of each service, context on each hop, what is computed from
//! traces.

use super::each::{Has, each_service};
use super::{Answer, Evidence, Holds};
use crate::facts::code::spans::SpanScope;
use crate::repo::model::analyses::Figure;
use crate::repo::services::Service;
use crate::source::Span;
use crate::verdict::scope::Scope;

fn at(span: Span, fact: &str) -> Evidence {
    Evidence { span, fact: fact.to_owned() }
}

/// What makes spans of requests for a service, other than its own code.
fn helper(scope: &Scope<'_>, service: &Service) -> Option<Evidence> {
    let repo = scope.repo;
    let reach = repo.reach_of(service)?;
    if reach.agent {
        return Some(at(service.anchor, "an agent"));
    }
    let facts = repo.facts.instrumentations.iter();
    let mut found =
        facts.filter(|one| matches!(one.side, "server" | "both") && service.has(one.document));
    found.next().map(|one| at(one.span, one.of))
}

fn span_of(scope: &SpanScope) -> Evidence {
    at(scope.at, "a span")
}

/// Spans of what services are asked.
pub(super) fn serving(scope: &Scope<'_>) -> Answer {
    each_service(scope, |service| {
        let span = scope.repo.serving_span(service).map(span_of);
        match helper(scope, service).or(span) {
            Some(found) => Has::All(vec![found]),
            None => Has::Nothing,
        }
    })
}

/// Errors that spans get: by what makes them, or by hand.
pub(super) fn errors(scope: &Scope<'_>) -> Answer {
    each_service(scope, |service| {
        let by_hand = || {
            let records = &scope.repo.facts.span_errors;
            let found = records.iter().find(|(document, _)| service.has(*document));
            found.map(|(_, span)| at(*span, "an error recorded"))
        };
        match helper(scope, service).or_else(by_hand) {
            Some(found) => Has::All(vec![found]),
            None if scope.repo.serving_span(service).is_some() => {
                Has::Part(Vec::new(), "no error is recorded")
            }
            None => Has::Nothing,
        }
    })
}

/// A helper, a middleware or an agent that makes spans.
pub(super) fn automated(scope: &Scope<'_>) -> Answer {
    each_service(scope, |service| {
        let wrapper = || {
            let mut found = scope.repo.facts.wrappers.iter();
            let found = found.find(|one| one.decorates && service.has(one.document));
            found.map(|one| at(one.name.span, "a wrapper"))
        };
        match helper(scope, service).or_else(wrapper) {
            Some(found) => Has::All(vec![found]),
            None => match scope.repo.serving_span(service) {
                Some(span) => Has::Part(vec![span_of(span)], "by hand only"),
                None => Has::Nothing,
            },
        }
    })
}

/// Spans of the work that services do beside answering.
pub(super) fn patterns(scope: &Scope<'_>) -> Answer {
    work(scope, |what| what.ends_with("spans"))
}

/// Context on every way in and out.
pub(super) fn hops(scope: &Scope<'_>) -> Answer {
    work(scope, |what| what.starts_with("context"))
}

fn work(scope: &Scope<'_>, wanted: impl Fn(&str) -> bool) -> Answer {
    each_service(scope, |service| {
        let repo = scope.repo;
        let reach = repo.reach_of(service);
        let traced = reach.is_some_and(|reach| reach.traced || reach.agent || reach.serves());
        if !traced && repo.spans_of(service).next().is_none() {
            return Has::Nothing;
        }
        let all: Vec<_> =
            repo.traced_work(service).into_iter().filter(|one| wanted(one.what)).collect();
        let found: Vec<Evidence> =
            all.iter().filter(|one| one.traced).map(|one| at(one.at, one.what)).collect();
        match all.iter().find(|one| !one.traced) {
            None => Has::All(found),
            Some(missing) if found.is_empty() && all.len() > 1 => Has::Part(found, missing.what),
            Some(missing) => Has::Part(found, missing.what),
        }
    })
}

/// Spans that code starts by itself; where it starts none, the libraries end theirs.
pub(super) fn made(scope: &Scope<'_>) -> Answer {
    each_service(scope, |service| {
        let span = scope.repo.spans_of(service).next().map(span_of);
        match span.or_else(|| helper(scope, service)) {
            Some(found) => Has::All(vec![found]),
            None => Has::Nothing,
        }
    })
}

fn counted(scope: &Scope<'_>, figures: &[Figure], runs: bool) -> Vec<Evidence> {
    let counted = figures.iter().filter(|it| scope.counts(it.document) && (it.runs || !runs));
    counted.map(|it| at(it.span, it.what)).collect()
}

/// Whether code that cannot be read may do it.
fn unread(scope: &Scope<'_>) -> bool {
    scope.repo.services().iter().any(|service| !service.is_readable())
}

fn absent(scope: &Scope<'_>) -> Answer {
    match unread(scope) {
        true => Answer::unknown("may stand in code that is not read".to_owned()),
        false => Answer::found(Vec::new()),
    }
}

/// Percentiles and shares of errors, computed from traces.
pub(super) fn figures(scope: &Scope<'_>) -> Answer {
    let all = scope.model.figures();
    let percentiles = counted(scope, &all.percentiles, false);
    let errors = counted(scope, &all.errors, false);
    match (percentiles.is_empty(), errors.is_empty()) {
        (true, true) => absent(scope),
        (false, false) => Answer::found(percentiles.into_iter().chain(errors).collect()),
        (false, true) => Answer::partly("no share of errors", percentiles),
        (true, false) => Answer::partly("no percentiles", errors),
    }
}

/// Comparisons of those figures with a baseline.
pub(super) fn baseline(scope: &Scope<'_>) -> Answer {
    let found = counted(scope, &scope.model.figures().baselines, false);
    if found.is_empty() { absent(scope) } else { Answer::found(found) }
}

/// Figures that are computed without a person, or that a dashboard shows.
pub(super) fn scheduled(scope: &Scope<'_>) -> Answer {
    let all = scope.model.figures();
    let every = [&all.percentiles, &all.errors, &all.baselines];
    let found: Vec<Evidence> =
        every.iter().flat_map(|figures| counted(scope, figures, true)).collect();
    let any = every.iter().any(|figures| !counted(scope, figures, false).is_empty());
    match (found.is_empty(), any) {
        (false, _) => Answer::found(found),
        (true, true) => Answer::new(Holds::No, "nothing starts it".to_owned(), Vec::new()),
        (true, false) => absent(scope),
    }
}

/// What lists the slowest operations.
pub(super) fn slowest(scope: &Scope<'_>) -> Answer {
    let all = scope.model.figures();
    let (told, known) = (counted(scope, &all.slowest, true), counted(scope, &all.slowest, false));
    match (told.is_empty(), known.is_empty()) {
        (false, _) => Answer::found(told),
        (true, false) => Answer::partly("nothing starts the analysis", known),
        (true, true) => match counted(scope, &all.percentiles, false) {
            none if none.is_empty() => absent(scope),
            some => Answer::partly("figures without a list of the slowest", some),
        },
    }
}
