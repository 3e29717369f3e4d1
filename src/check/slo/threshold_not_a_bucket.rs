//! A latency bound between two buckets. Rule: rules/slo/threshold-not-a-bucket.yaml

use crate::check::Case;
use crate::facts::code::{MetricDefinition, MetricType};
use crate::facts::slo::Slo;
use crate::finding::Edit;
use crate::lang::matcher::MatchOp;
use crate::repo::Repo;
use crate::source::Span;

pub(super) fn check(slo: &Slo, case: &mut Case<'_>) {
    let Some((metric, edge)) = bucket(slo, case.repo) else { return case.skip() };
    let bound = slo
        .bound
        .as_ref()
        .and_then(|bound| Some((measure(bound.known_text()?, &metric)?, bound.span)));
    let Some((bound, span)) = bound.or(edge) else { return case.skip() };
    let known: Vec<(&MetricDefinition, &Vec<f64>)> = case
        .repo
        .definitions_of(&metric)
        .filter(|one| one.kind == MetricType::Histogram)
        .filter_map(|one| Some((one, one.buckets.as_ref()?)))
        .collect();
    let Some((first, edges)) = known.first() else { return case.skip() };
    let is_edge =
        |edges: &Vec<f64>| edges.iter().any(|edge| (edge - bound).abs() <= 1e-9 * bound.abs());
    if known.iter().any(|(_, edges)| is_edge(edges)) || open(case.repo, &metric) {
        return;
    }
    let below = edges.iter().copied().filter(|edge| *edge < bound).reduce(f64::max);
    let above = edges.iter().copied().filter(|edge| *edge > bound).reduce(f64::min);
    let between = match (below, above) {
        (Some(below), Some(above)) => format!("lies between the buckets {below} and {above}"),
        (None, Some(above)) => format!("lies below the first bucket, {above}"),
        _ => "lies above the last bucket".to_owned(),
    };
    let edits = insertion(case.repo, first.buckets_span, bound);
    let flag = case
        .flag(span)
        .with("bound", bound.to_string())
        .with("between", between)
        .with("metric", metric.clone())
        .related(first.buckets_span.unwrap_or(first.name.span), "its buckets");
    if let Some(edit) = edits {
        flag.fix(false, "add the bucket", vec![edit]);
    }
}

/// The histogram whose buckets the objective reads, and the `le` it asks for.
fn bucket(slo: &Slo, repo: &Repo) -> Option<(String, Option<(f64, Span)>)> {
    for query in slo.queries() {
        let Some(parsed) = query.expression.parsed.as_ref() else { continue };
        for (_, selector) in parsed.ast.selectors() {
            let Some(metric) = selector.metric().and_then(|name| name.strip_suffix("_bucket"))
            else {
                continue;
            };
            let le = selector.matchers.iter().find(|matcher| &*matcher.label.text == "le");
            let edge = le.filter(|le| le.op == MatchOp::Equal).and_then(|le| {
                let span = repo.place(&query.expression.scalar, le.value_extent.range());
                Some((le.value.parse().ok()?, span))
            });
            return Some((metric.to_owned(), edge));
        }
    }
    None
}

/// A declaration whose buckets nobody knows may have the edge.
fn open(repo: &Repo, metric: &str) -> bool {
    repo.definitions_of(metric)
        .any(|one| one.kind == MetricType::Histogram && one.buckets.is_none() && !one.telemetry)
}

/// A bound as the metric counts: `0.2`, `200ms`, `2s`.
fn measure(text: &str, metric: &str) -> Option<f64> {
    let text = text.trim();
    let second =
        if metric.ends_with("_milliseconds") || metric.ends_with("_ms") { 1000.0 } else { 1.0 };
    let number = |text: &str| text.trim().parse::<f64>().ok();
    if let Some(text) = text.strip_suffix("ms") {
        return number(text).map(|number| number * second / 1000.0);
    }
    match text.strip_suffix('s') {
        Some(text) => number(text).map(|number| number * second),
        None => number(text),
    }
}

/// Puts the bound into the list of buckets at its place.
fn insertion(repo: &Repo, buckets: Option<Span>, bound: f64) -> Option<Edit> {
    let span = buckets?;
    let text = repo.text(span);
    let inner = text.strip_prefix(['[', '('])?;
    let mut at = 1;
    for item in inner.trim_end_matches([']', ')']).split(',') {
        let blank = item.len() - item.trim_start().len();
        let larger = match item.trim().parse::<f64>() {
            Ok(edge) => edge > bound,
            Err(_) => true,
        };
        if larger && !item.trim().is_empty() {
            let place = span.start as usize + at + blank;
            let place = Span::new(span.source, place, place);
            return Some(Edit { span: place, text: format!("{bound}, ") });
        }
        at += item.len() + 1;
    }
    None
}
