//! Nothing collects metrics. Rule: rules/prom/config-missing.yaml

use crate::check::Case;
use crate::check::strat::strategy_file_missing::applicable;
use crate::repo::images::{Class, known_as};
use crate::repo::pillars::{Evidence, Part};
use crate::source::Origin;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let Some(first) = applicable(repo) else { return case.skip() };
    // Rules, charts and templates for others to run need no collection of their own.
    let runs = repo
        .facts
        .containers
        .iter()
        .any(|container| repo.origin(container.document.source) != Origin::Vendored)
        || !repo.facts.strategies.is_empty()
        || !repo.facts.alertmanagers.is_empty();
    if !runs {
        return case.skip();
    }
    let parts = [Part::Metrics, Part::LongTermMetrics];
    let mut evidence = repo.evidence().iter().filter(|it| parts.contains(&it.part));
    if !evidence.any(|it| collects(repo, it)) {
        case.flag(first.anchor);
    }
}

/// Whether the evidence collects: an exporter and an annotation wait for somebody who does, and
/// a collector that only prints keeps nothing.
fn collects(repo: &crate::repo::Repo, evidence: &Evidence) -> bool {
    let shown = repo.text(evidence.span).trim_matches(['"', '\'']);
    let exporter = known_as(shown).is_some_and(|known| known.class == Class::Exporter);
    let pipeline = repo.facts.pipelines.iter().find(|it| it.name.span == evidence.span);
    let prints = pipeline.is_some_and(|pipeline| {
        pipeline.exporters.items.iter().all(|exporter| {
            let kind = exporter.text.split('/').next().unwrap_or_default();
            matches!(kind, "debug" | "logging" | "nop" | "file")
        })
    });
    !exporter && evidence.what != "scrape annotation" && !prints
}
