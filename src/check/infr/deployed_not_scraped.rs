//! Exporters that run for nobody. Rule: rules/infr/deployed-not-scraped.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::config::World;
use crate::facts::deploy::Container;
use crate::repo::exporters::{Reads, is_exporter};
use crate::repo::standing::is_sample;
use crate::source::Origin;

pub(super) fn check(container: &Container, case: &mut Case<'_>) {
    let repo = case.repo;
    let own = repo.origin(container.document.source) != Origin::Vendored
        && !is_sample(repo.path(container.name.span));
    if !is_exporter(container) || !own {
        return case.skip();
    }
    // Targets in files and jobs that are not here may read it.
    let scrapes = repo.own_servers().next().is_some() && repo.own_jobs().next().is_some();
    if !scrapes || !repo.holds_all(World::Endpoints) {
        return;
    }
    // Alloy beside it finds what it scrapes by itself, and its language is not read here.
    let finds = |it: &Container| {
        it.document == container.document
            && (it.name.text == "alloy" || matches!(it.image_name(), Some("alloy" | "agent")))
    };
    if repo.facts.containers.iter().any(finds) {
        return;
    }
    let reached = repo.reached(container);
    if repo.own_jobs().all(|job| repo.job_reads(job, &reached) == Reads::No) {
        let image = container.image.as_ref().map_or("", |image| image.text.as_str());
        let server = repo.own_servers().map(|it| it.scrape_configs_key.unwrap_or(it.anchor)).next();
        // Of a program of the repository only its name says that it has figures to show.
        let built =
            |it: &Container| it.build.is_some() && it.image_name() == container.image_name();
        let own = container.build.is_some() || repo.own_containers().any(built);
        let severity = if own { Severity::Warning } else { Severity::Error };
        let flag = case.flag(container.name.span).with("image", image).severity(severity);
        if let Some(server) = server {
            flag.related(server, "no job here reads it");
        }
    }
}
