//! A collector that nobody can ask whether it is well. Rule: rules/otcl/no-health-or-self-telemetry.yaml

use super::model::{self, is_kind};
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::collector::{Collector, Component, Section};
use crate::facts::scalar::Scalar;
use crate::repo::collectors::There;

const HEALTH: &[&str] = &["health_check", "healthcheckv2"];
/// The port of the health check without a setting.
const DEFAULT: u16 = 13133;

pub(super) fn check(collector: &Collector, case: &mut Case<'_>) {
    let repo = case.repo;
    let document = collector.document;
    let last =
        repo.collectors().of_document(document).all(|set| set.documents.last() == Some(&document));
    if !last || model::is_dev(case, document) || !model::is_complete(repo, document) {
        return case.skip();
    }
    let checks = health(collector, case);
    if let Some((probe, port)) = probe(collector, case)
        .filter(|(_, port)| checks.iter().all(|(_, own)| own.is_some_and(|own| own != *port)))
    {
        let what = match checks.first() {
            Some(_) => format!("the probe asks port {port}, where no health check answers"),
            None => format!("the probe asks port {port}, and no `health_check` extension starts"),
        };
        let span = checks.first().map_or_else(|| model::anchor(collector), |(it, _)| it.id.span);
        case.flag(probe.span)
            .with("what", what)
            .related(span, "the collector's configuration")
            .severity(Severity::Warning);
        return;
    }
    let watched = collector.telemetry.at("metrics.readers").is_some() || collector.telemetry.open;
    if checks.is_empty() && !watched {
        let what = "neither a `health_check` extension nor readers of its own metrics".to_owned();
        let span = collector.extensions.key.unwrap_or_else(|| model::anchor(collector));
        case.flag(span).with("what", format!("the collector has {what}")).severity(Severity::Info);
    }
}

/// Health checks that start, with their port; `None` in it where nobody can know.
fn health<'r>(collector: &Collector, case: &Case<'r>) -> Vec<(&'r Component, Option<u16>)> {
    let repo = case.repo;
    let mut found = Vec::new();
    for set in repo.collectors().of_document(collector.document) {
        for component in set.components(repo).filter(|component| {
            component.section == Section::Extensions
                && is_kind(&component.id.text, HEALTH)
                && set.starts(repo, &component.id.text) == There::Yes
        }) {
            let address =
                ["endpoint", "http.endpoint"].iter().find_map(|key| component.settings.get(key));
            let port = match address {
                None => (!component.settings.open).then_some(DEFAULT),
                Some(address) => address
                    .known_text()
                    .or_else(|| {
                        address.text.ends_with(char::is_numeric).then_some(address.text.as_str())
                    })
                    .and_then(|text| text.rsplit(':').next()?.parse().ok()),
            };
            found.push((component, port));
        }
    }
    found
}

/// A probe of a workload that certainly runs this configuration.
fn probe<'r>(collector: &Collector, case: &Case<'r>) -> Option<(&'r Scalar, u16)> {
    let repo = case.repo;
    let containers = repo.collectors_with(collector.document);
    let certain = containers.into_iter().filter(|it| repo.is_loading(it, collector.document));
    let mut probes = certain.flat_map(|container| {
        repo.facts
            .scales
            .iter()
            .filter(|scale| {
                scale.document == container.document && scale.name == container.owner.name
            })
            .flat_map(|scale| &scale.probes)
    });
    probes.find_map(|probe| Some((probe, probe.known_text()?.parse().ok()?)))
}
