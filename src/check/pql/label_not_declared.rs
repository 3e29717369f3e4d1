//! Labels that a metric does not have. Rule: rules/pql/label-not-declared.yaml

use super::{list, places, providers};
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::finding::Edit;
use crate::identify::Kind as DocumentKind;
use crate::lang::distance;
use crate::lang::placeholder;
use crate::lang::promql::ast::{Kind, Name, Selector};
use crate::lang::promql::types::matches_empty;
use crate::repo::model::Place;
use crate::repo::model::metric::Metric;
use crate::repo::queries::Query;

/// Labels that tell servers apart.
const PLACES: &[&str] = &[
    "cluster",
    "cluster_id",
    "cluster_name",
    "region",
    "zone",
    "datacenter",
    "dc",
    "env",
    "environment",
    "stage",
    "tenant",
    "prometheus",
    "replica",
];

/// Names of what a request has and no target: its status, its method.
const OF_REQUESTS: &[&[&str]] = &[
    &[
        "status",
        "status_code",
        "code",
        "http_status",
        "http_status_code",
        "http_response_status_code",
    ],
    &["method", "http_method", "http_request_method", "verb"],
];

/// Names of another thing: what one exporter calls so, another calls otherwise.
const ALIKE: &[&[&str]] = &[
    &["pod", "pod_name"],
    &["container", "container_name"],
    &["path", "handler", "route", "endpoint", "uri", "http_route"],
];

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if !query.is_sound() {
        return case.skip();
    }
    for place in places(query) {
        match place.kind() {
            Kind::Selector(selector) => matchers(query, selector, case),
            Kind::Aggregate(aggregate) => {
                let grouping = aggregate.grouping.as_ref().filter(|grouping| !grouping.without);
                if let (Some(grouping), Some(inner)) = (grouping, aggregate.inner) {
                    groups(query, &grouping.labels, place.at(inner), case);
                }
            }
            _ => {}
        }
    }
}

fn matchers<'a>(query: &'a Query<'a>, selector: &'a Selector, case: &mut Case<'a>) {
    let Some(name) = selector.metric() else { return };
    let metric = case.model.metric(name);
    if metric.providers.is_empty() {
        return;
    }
    for matcher in selector.labels().filter(|matcher| !metric.may_have(&matcher.label.text)) {
        // Asking that a label be absent is no mistake, and a variable may ask just that.
        let variable = matcher.value.contains('$') && !matcher.value.ends_with('$');
        if matches_empty(matcher) || variable || placeholder::is_in(&matcher.value) {
            continue;
        }
        flag(query, &matcher.label, &[(name, &metric)], true, case);
    }
}

/// Labels that no series below an aggregation can have.
fn groups<'a>(query: &'a Query<'a>, labels: &'a [Name], inner: Place<'a, 'a>, case: &mut Case<'a>) {
    let mut metrics = Vec::new();
    for (_, node) in query.ast().subtree(inner.node) {
        match &node.kind {
            Kind::Selector(selector) => match selector.metric() {
                Some(name) => metrics.push((name, case.model.metric(name))),
                None => return,
            },
            Kind::Call(call) => {
                // These make labels.
                let makes = ["label_replace", "label_join", "info", "histogram_quantiles"];
                if call.function.is_none_or(|function| makes.contains(&function.name)) {
                    return;
                }
            }
            // Its own labels are all that is left, and another rule speaks of those.
            Kind::Aggregate(_) | Kind::Invalid => return,
            _ => {}
        }
    }
    if metrics.is_empty() || metrics.iter().any(|(_, metric)| metric.providers.is_empty()) {
        return;
    }
    let metrics: Vec<(&str, &Metric<'_, '_>)> =
        metrics.iter().map(|(name, metric)| (*name, metric)).collect();
    // Grouping by where a server runs costs nothing here and serves a store of several servers.
    for label in labels.iter().filter(|label| !PLACES.contains(&&*label.text)) {
        flag(query, label, &metrics, false, case);
    }
}

fn flag<'a>(
    query: &'a Query<'a>,
    label: &'a Name,
    metrics: &[(&str, &Metric<'_, '_>)],
    selects: bool,
    case: &mut Case<'a>,
) {
    let known = |(_, metric): &(&str, &Metric<'_, '_>)| {
        !metric.providers.is_empty() && !metric.may_have(&label.text)
    };
    if placeholder::is_in(&label.text)
        || !metrics.iter().all(known)
        || is_external(&label.text, case)
    {
        return;
    }
    let Some((name, metric)) = metrics.first() else { return };
    let mut declared: Vec<&str> = Vec::new();
    // Several programs may declare it alike.
    for label in metric.providers.iter().flat_map(|it| it.labels.clone()) {
        if !declared.contains(&label) {
            declared.push(label);
        }
    }
    let near = near(&label.text, &declared);
    let targets = case.repo.target_labels();
    let certain = match targets.has(&label.text) {
        Some(true) => return,
        Some(false) => true,
        // What targets add, nothing here shows: only a slip of an existing label is certain.
        None => targets.elsewhere && near.is_some_and(|near| is_slip(&label.text, near)),
    };
    if !certain {
        return;
    }
    // No target has a status or a method: a rule that selects by it never gets a sample.
    let empty = selects
        && OF_REQUESTS.iter().any(|names| names.contains(&&*label.text))
        && case.document().is_some_and(|it| it.kind != DocumentKind::GrafanaDashboard);
    let span = case.place(query, label.extent);
    let has = match declared.is_empty() {
        true => "no label of its own".to_owned(),
        false => list(&declared),
    };
    let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    let found = case
        .flag(span)
        .with("label", &*label.text)
        .with("metric", *name)
        .with("declared", has)
        .with("provider", providers(metric))
        .with("hint", hint);
    let found = if empty { found.severity(Severity::Error) } else { found };
    if let Some(near) = near {
        let edit = Edit { span, text: near.to_owned() };
        found.fix(false, format!("write `{near}`"), vec![edit]);
    }
}

/// Only other rules know about labels that a server adds on its way out.
fn is_external(label: &str, case: &Case<'_>) -> bool {
    let servers = case.repo.facts.prometheus.iter();
    servers
        .filter_map(|server| server.external_labels.as_ref())
        .any(|labels| labels.open || labels.get(label).is_some())
}

fn near<'l>(label: &str, declared: &[&'l str]) -> Option<&'l str> {
    let mut all = OF_REQUESTS.iter().chain(ALIKE);
    let alike = all.find(|names| names.contains(&label)).copied().unwrap_or_default();
    declared.iter().find(|known| alike.contains(known)).copied().or_else(|| {
        let long = declared.iter().copied().filter(|known| known.len() > 3 && label.len() > 3);
        distance::nearest(label, long, 2)
    })
}

/// Whether one label is another misspelt, or its name elsewhere for a status or a method.
fn is_slip(label: &str, near: &str) -> bool {
    let known = OF_REQUESTS.iter().any(|names| names.contains(&label) && names.contains(&near));
    known || (label.len() >= 5 && distance::within(label, near, 1).is_some())
}
