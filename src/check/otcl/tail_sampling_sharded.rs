//! Decisions over whole traces, made where no collector sees one whole. Rule: rules/otcl/tail-sampling-sharded.yaml

use super::model::{self, is_kind};
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::collector::{Component, Section};
use crate::facts::deploy::Scale;
use crate::repo::Repo;
use crate::source::Span;

pub(super) fn check(component: &Component, case: &mut Case<'_>) {
    let repo = case.repo;
    let samples =
        component.section == Section::Processors && is_kind(&component.id.text, &["tail_sampling"]);
    let counts = matches!(component.section, Section::Connectors | Section::Processors)
        && is_kind(&component.id.text, &["spanmetrics"]);
    if !(samples || counts) || !component.id.known || !model::is_used(repo, component) {
        return case.skip();
    }
    if is_routed(repo, component, samples) {
        return;
    }
    let what = match samples {
        true => "decides on parts of traces: each copy sees some of the spans",
        false => "counts the same series in several places, and the last one written wins",
    };
    match spread(repo, component) {
        Spread::Once => {}
        Spread::Unknown => {
            case.flag(component.id.span)
                .with("id", &component.id.text)
                .with("how", "how many run is not known; with more than one it")
                .with("what", what)
                .severity(Severity::Info);
        }
        Spread::Many(span, how) => {
            let merged = samples || is_merged(repo, component);
            let flag = case
                .flag(component.id.span)
                .with("id", &component.id.text)
                .with("how", how)
                .with("what", what)
                .related(span, "runs more than once");
            // A store that keeps what tells the copies apart may add them up.
            if !merged {
                flag.severity(Severity::Warning);
            }
        }
    }
}

/// Whether the figures of all copies become one series: Prometheus knows none of what tells the
/// copies apart, unless the exporter is told to hand it on.
fn is_merged(repo: &Repo, component: &Component) -> bool {
    let told = "resource_to_telemetry_conversion.enabled";
    repo.pipelines_of(component.document)
        .filter(|pipeline| pipeline.receivers.items.iter().any(|it| it.text == component.id.text))
        .flat_map(|pipeline| &pipeline.exporters.items)
        .any(|exporter| {
            is_kind(&exporter.text, &["prometheus", "prometheusremotewrite"])
                && !repo.components_of(component.document).any(|it| {
                    it.section == Section::Exporters
                        && it.id.text == exporter.text
                        && it.settings.get(told).and_then(|value| value.boolean()) == Some(true)
                })
        })
}

enum Spread {
    Once,
    Many(Span, &'static str),
    Unknown,
}

/// How often the collector of a component runs.
fn spread(repo: &Repo, component: &Component) -> Spread {
    let host = repo.document(component.document).host;
    let own = repo.facts.scales.iter().filter(|scale| Some(scale.document) == host);
    let mut scales: Vec<&Scale> = own.filter(|scale| scale.workload != "compose").collect();
    for container in repo.collectors_with(component.document) {
        scales.extend(repo.facts.scales.iter().filter(|scale| {
            let same = scale.name == container.owner.name;
            let scaler = scale.workload == "HorizontalPodAutoscaler"
                && repo.run_together(scale.document, container.document);
            same && (scale.document == container.document || scaler)
        }));
    }
    let mut found = if scales.is_empty() { Spread::Unknown } else { Spread::Once };
    for scale in scales {
        if let Some(span) = scale.per_node {
            return Spread::Many(span, "runs on every node, and");
        }
        if let Some(span) = scale.autoscaled {
            return Spread::Many(span, "runs as often as the load asks, and");
        }
        match &scale.replicas {
            Some(count) => match count.known_text().and_then(|text| text.parse::<u32>().ok()) {
                Some(number) if number > 1 => {
                    return Spread::Many(count.span, "runs in several copies, and");
                }
                Some(_) => {}
                None => found = Spread::Unknown,
            },
            None if scale.open => found = Spread::Unknown,
            None => {}
        }
    }
    found
}

/// Whether a collector in front sends all spans of a trace to one copy.
fn is_routed(repo: &Repo, component: &Component, whole_traces: bool) -> bool {
    repo.facts.components.iter().any(|front| {
        front.section == Section::Exporters
            && is_kind(&front.id.text, &["loadbalancing"])
            && repo.run_together(front.document, component.document)
            && model::is_used(repo, front)
            && (!whole_traces
                || front
                    .settings
                    .get("routing_key")
                    .is_none_or(|key| key.known_text().is_none_or(|key| key == "traceID")))
    })
}
