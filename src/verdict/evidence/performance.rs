//! Evidence of performance monitoring: baselines, anomalies, capacity, tests in pipelines.

use super::{Answer, Evidence, Holds};
use crate::facts::Subject;
use crate::repo::loadtests::{self, Limit};
use crate::repo::model::Place;
use crate::repo::model::performance::{Found, Quantity};
use crate::source::{SourceId, Span};
use crate::verdict::scope::Scope;

/// Parts of expressions that are loaded, as evidence.
fn places<'a>(
    scope: &Scope<'_>,
    found: &'a [Found],
    wanted: impl Fn(&Found) -> bool + 'a,
) -> Vec<Evidence> {
    let queries = scope.model.queries();
    let loaded = |one: &&Found| {
        let document = queries[one.query].document();
        wanted(one) && document.is_some_and(|document| scope.loads(document))
    };
    let told = |one: &Found| {
        let place = Place { query: &queries[one.query], node: one.node };
        Evidence {
            span: scope.repo.place(place.query.scalar, place.get().extent.range()),
            fact: format!("{} {}", place.query.title(), one.what),
        }
    };
    found.iter().filter(loaded).map(told).collect()
}

pub(super) fn latency_baseline(scope: &Scope<'_>) -> Answer {
    let baselines = &scope.model.performance().baselines;
    let mut evidence = places(scope, baselines, |one| one.quantities.contains(&Quantity::Latency));
    let tests = scope.repo.facts.load_tests.iter().filter(|test| scope.counts(test.document));
    evidence.extend(tests.filter_map(|test| {
        Some(Evidence { span: test.limit?, fact: "limits of a load test".to_owned() })
    }));
    for path in scope.repo.benchmark_baselines() {
        let sources = &scope.repo.sources;
        if let Ok(at) = sources.binary_search_by(|source| source.path.as_str().cmp(path)) {
            let id = SourceId(u32::try_from(at).unwrap_or(u32::MAX));
            let fact = "numbers of a benchmark".to_owned();
            evidence.push(Evidence { span: Span::new(id, 0, 0), fact });
        }
    }
    Answer::found(evidence)
}

pub(super) fn resource_baseline(scope: &Scope<'_>) -> Answer {
    let resource = |one: &Found| one.quantities.iter().any(|quantity| quantity.is_resource());
    Answer::found(places(scope, &scope.model.performance().baselines, resource))
}

pub(super) fn anomaly_detection(scope: &Scope<'_>) -> Answer {
    let mut evidence = places(scope, &scope.model.performance().anomalies, |_| true);
    evidence.extend(analyses(scope, false));
    Answer::found(evidence)
}

/// Source code that looks for anomalies, or that recommends.
fn analyses(scope: &Scope<'_>, recommends: bool) -> Vec<Evidence> {
    let facts = scope.repo.facts.analyses.iter();
    let wanted = facts.filter(|one| one.recommends == recommends && scope.counts(one.document));
    let fact = if recommends { "code that recommends" } else { "code that looks for anomalies" };
    wanted.map(|one| Evidence { span: one.span, fact: fact.to_owned() }).collect()
}

/// Alerts that hold a detection, or read a record that does, where something routes them.
pub(super) fn anomaly_routed(scope: &Scope<'_>) -> Answer {
    let model = scope.model;
    let queries = model.queries();
    let anomalies = &model.performance().anomalies;
    let alert = |index: usize| queries[index].raises().is_some();
    let mut evidence = places(scope, anomalies, |one| alert(one.query));
    let names: Vec<&str> = anomalies
        .iter()
        .filter_map(|one| Some(queries[one.query].record()?.name.text.as_str()))
        .collect();
    for query in queries.iter().filter(|query| query.raises().is_some()) {
        let document = query.document();
        let reads = query
            .ast()
            .selectors()
            .any(|(_, selector)| selector.metric().is_some_and(|name| names.contains(&name)));
        if reads && document.is_some_and(|document| scope.loads(document)) {
            let fact = format!("{} reads a detection", query.title());
            evidence.push(Evidence { span: query.scalar.span, fact });
        }
    }
    let routed = scope.repo.facts.routes.iter().any(|route| scope.counts(route.document));
    match (evidence.is_empty(), routed) {
        (false, false) => Answer::partly("nothing here routes the alert", evidence),
        _ => Answer::found(evidence),
    }
}

/// Rules and panels about a resource.
pub(super) fn tracked(scope: &Scope<'_>, quantity: Quantity) -> Answer {
    let about = move |one: &Found| one.quantities.contains(&quantity);
    Answer::found(places(scope, &scope.model.performance().tracked, about))
}

pub(super) fn forecast(scope: &Scope<'_>) -> Answer {
    let performance = scope.model.performance();
    let mut evidence = places(scope, &performance.forecasts, |_| true);
    evidence.extend(places(scope, &performance.saturations, |_| true));
    Answer::found(evidence)
}

/// Performance tests that can fail.
pub(super) fn test_limit(scope: &Scope<'_>) -> Answer {
    let runs = loadtests::perf_runs(scope.repo);
    let of = |wanted: Limit| -> Vec<Evidence> {
        let counted = runs.iter().filter(|run| scope.counts(run.job.document));
        counted
            .filter(|run| run.limit == wanted)
            .map(|run| Evidence {
                span: run.span,
                fact: format!("{} in job {}", run.tool, run.job.name),
            })
            .collect()
    };
    let (set, missing, unknown) = (of(Limit::Set), of(Limit::Missing), of(Limit::Unknown));
    if !set.is_empty() {
        return Answer::found(set);
    }
    if !unknown.is_empty() || (missing.is_empty() && loadtests::may_run_elsewhere(scope.repo)) {
        let note = "what decides whether the test fails is not here".to_owned();
        return Answer::new(Holds::Unknown, note, unknown);
    }
    match missing.is_empty() {
        true => Answer::found(missing),
        false => Answer::partly("the test has no limit", missing),
    }
}

/// Jobs with a performance test that start by themselves.
pub(super) fn test_trigger(scope: &Scope<'_>) -> Answer {
    let runs = loadtests::perf_runs(scope.repo);
    if runs.is_empty() && loadtests::may_run_elsewhere(scope.repo) {
        return Answer::unknown("the pipeline that may run a test is not read".to_owned());
    }
    let jobs = runs.iter().filter(|run| run.job.automatic && scope.counts(run.job.document));
    let told = |run: &loadtests::PerfRun<'_>| Evidence {
        span: run.job.anchor,
        fact: format!("job {} starts by itself", run.job.name),
    };
    Answer::found(jobs.map(told).collect())
}

pub(super) fn recommender(scope: &Scope<'_>) -> Answer {
    let mut evidence = recommenders(scope);
    evidence.extend(analyses(scope, true));
    Answer::found(evidence)
}

fn recommenders(scope: &Scope<'_>) -> Vec<Evidence> {
    let all = scope.repo.recommenders().into_iter();
    let counted = all.filter(|(document, _)| scope.counts(*document));
    counted.map(|(_, span)| Evidence { span, fact: "a recommender".to_owned() }).collect()
}

/// A recommender runs by itself; code runs where a pipeline calls it.
pub(super) fn recommender_trigger(scope: &Scope<'_>) -> Answer {
    let mut evidence = recommenders(scope);
    let facts = &scope.repo.facts;
    for analysis in facts.analyses.iter().filter(|one| one.recommends) {
        let path = &scope.repo.source(analysis.document.source).path;
        let name = path.rsplit('/').next().unwrap_or(path);
        let jobs = facts.ci_jobs.iter().filter(|job| job.automatic && scope.counts(job.document));
        evidence.extend(
            jobs.flat_map(|job| &job.steps)
                .filter(|step| step.text.text.contains(name))
                .map(|step| Evidence { span: step.text.span, fact: format!("runs {name}") }),
        );
    }
    Answer::found(evidence)
}
