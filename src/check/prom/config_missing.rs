//! Nothing collects metrics. Rule: rules/prom/config-missing.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::check::strat::strategy_file_missing::applicable;
use crate::facts::deploy::Bind;
use crate::facts::{Document, DocumentId};
use crate::identify::Kind;
use crate::lang::path::last;
use crate::repo::Repo;
use crate::repo::images::{Class, known_as};
use crate::repo::pillars::{Evidence, Part};
use crate::source::Origin;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let Some(first) = applicable(repo) else { return case.skip() };
    // Rules, charts and templates for others to run need no collection of their own.
    let deployed = repo.deploying();
    let runs = deployed.iter().any(|document| repo.origin(document.source) != Origin::Vendored)
        || !repo.facts.strategies.is_empty()
        || !repo.facts.alertmanagers.is_empty();
    if !runs {
        return case.skip();
    }
    // What cannot be read, or sends by itself, may see to it.
    if repo.sends_metrics() || brings_its_own(repo) || is_looked_after(repo) {
        return;
    }
    let parts = [Part::Metrics, Part::LongTermMetrics];
    let mut evidence = repo.evidence().iter().filter(|it| parts.contains(&it.part));
    if !evidence.any(|it| collects(repo, it)) {
        // What a platform runs it watches as well; a cluster watches nothing by itself.
        let clustered = deployed.iter().any(|it| repo.is_in_cluster(*it) && repo.stands(*it));
        let owed = match clustered {
            true => repo.is_owed_by_all(first.id) && !repo.is_only_released(),
            false => repo.is_owed(first.id) && !repo.is_deployed(),
        };
        // A cluster's own server reads what is annotated for it, and what boards of it show.
        let waited = repo.evidence().iter().any(|it| it.what == "scrape annotation");
        let watched = clustered && (waited || shows_metrics(repo) || is_of_google(repo));
        // What others use says more than what starts it on one machine.
        let in_cluster = |it: &&DocumentId| repo.is_in_cluster(**it) && repo.stands(**it);
        let shown = deployed.iter().find(in_cluster).map_or(first, |it| repo.document(*it));
        let flag = case.flag(shown.anchor);
        if (!owed || is_read_from_outside(repo) || watched) && !repo.is_configured() {
            flag.severity(Severity::Warning);
        }
    }
}

/// Whether what is not here may collect: a platform that looks after its applications, a chart
/// that is no known program.
fn brings_its_own(repo: &Repo) -> bool {
    let objects = repo.facts.documents.iter().filter_map(|document| document.object.as_ref());
    if objects.into_iter().any(|object| {
        ["nais.io/", "cloud.redhat.com/"].iter().any(|it| object.api_version.starts_with(it))
    }) {
        return true;
    }
    // What Puppet, Salt or Chef set up is not read.
    let managed = |path: &String| {
        path.contains("prometheus")
            && ([".pp", ".sls"].iter().any(|it| path.ends_with(it))
                || path.contains("/recipes/") && path.ends_with(".rb"))
    };
    if repo.paths.iter().any(managed) {
        return true;
    }
    // Clowder's objects stand in templates that are not read whole.
    if repo.paths.iter().any(|path| last(path).starts_with("clowdapp")) {
        return true;
    }
    let packages = repo.facts.packages.iter();
    let mut ours = packages.filter(|it| repo.origin(it.document.source) != Origin::Vendored);
    ours.any(|package| {
        let name = package.name.text.as_str();
        known_as(name).is_none() && !repo.paths.iter().any(|path| is_chart_at(path, name))
    })
}

/// Whether objects of Google's clusters stand here, where Google collects by itself.
fn is_of_google(repo: &Repo) -> bool {
    let mut objects = repo.facts.documents.iter().filter_map(|document| document.object.as_ref());
    objects.any(|object| {
        let groups = ["cloud.google.com/", "networking.gke.io/"];
        groups.iter().any(|it| object.api_version.starts_with(it))
    })
}

/// Whether exporters run here whose ports are open to hosts elsewhere: a server there may read them.
fn is_read_from_outside(repo: &Repo) -> bool {
    repo.own_containers().any(|container| {
        let image = container.image.as_ref().and_then(|it| it.known_text()).and_then(known_as);
        image.is_some_and(|known| known.class == Class::Exporter)
            && container.offers.iter().any(|it| it.bound == Some(Bind::Reachable))
    })
}

/// Whether a dashboard here shows what some server has: it is fed from somewhere.
fn shows_metrics(repo: &Repo) -> bool {
    let board = |it: &&Document| it.kind == Kind::GrafanaDashboard && repo.is_ours(it.id);
    repo.facts.documents.iter().any(|it| board(&it))
}

/// Whether a program of the repository asks the others how they are, again and again.
fn is_looked_after(repo: &Repo) -> bool {
    const WATCHERS: &[&str] = &["spring-boot-admin-starter-server", "hystrix-dashboard", "turbine"];
    let mut needed = repo.facts.manifests.iter().flat_map(|it| &it.dependencies);
    needed.any(|it| {
        let name = it.name.text.rsplit(':').next().unwrap_or_default();
        !it.development && WATCHERS.iter().any(|known| name.contains(known))
    })
}

/// Whether a path is that of the chart of this name.
fn is_chart_at(path: &str, name: &str) -> bool {
    let folder = path.strip_suffix("/Chart.yaml");
    folder.is_some_and(|folder| folder.rsplit('/').next() == Some(name))
}

/// Whether the evidence collects: an exporter and an annotation wait for somebody who does, and
/// a collector that only prints keeps nothing.
fn collects(repo: &Repo, evidence: &Evidence) -> bool {
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
