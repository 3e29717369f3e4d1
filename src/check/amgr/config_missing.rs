//! Alerts, and nobody who passes them on. Rule: rules/amgr/config-missing.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::config::World;
use crate::facts::rules::AlertRule;
use crate::facts::{Document, DocumentId};
use crate::identify::Kind;
use crate::repo::Repo;
use crate::repo::images::{Class, known_as};
use crate::repo::scrape::{host_of, is_inside};
use crate::repo::standing::is_sample;
use crate::source::Origin;
use std::collections::BTreeSet;

/// Fewest documents with alerts that are a collection, where no server is.
const COLLECTION: usize = 3;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let own = |alert: &&AlertRule| {
        let source = repo.source(alert.document.source);
        // Grafana sends its own alerts.
        source.origin != Origin::Vendored
            && !is_sample(&source.path)
            && !repo.is_grafana(alert.document)
    };
    let Some(alert) = repo.facts.alert_rules.iter().find(own) else { return case.skip() };
    let elsewhere = repo.settings.elsewhere.contains(&World::Routes)
        || repo.declared_managed("alertmanager").is_some();
    let routed = !repo.facts.alertmanagers.is_empty();
    if elsewhere || routed || repo.facts.documents.iter().any(passes_on) || has_one_elsewhere(repo)
    {
        return;
    }
    // Rules that say whose they are, and no server: they are handed to one elsewhere.
    let owners = &case.settings().owner_labels;
    let owned = |alert: &AlertRule| owners.iter().any(|label| alert.label(label).is_some());
    let bare = repo.own_servers().next().is_none();
    let handed = bare && repo.facts.alert_rules.iter().filter(own).all(owned);
    // So are those that fill a repository, or stand beside what others take.
    let rules: BTreeSet<DocumentId> =
        repo.facts.alert_rules.iter().filter(own).map(|alert| alert.document).collect();
    let handed = handed || bare && rules.len() >= COLLECTION || repo.is_for_others();
    let flag = case.flag(repo.document(alert.document).anchor);
    if handed && !repo.is_configured() {
        flag.severity(Severity::Warning);
    }
}

/// Documents that route alerts, or may.
fn passes_on(document: &Document) -> bool {
    let object = document.object.as_ref().map_or("", |object| object.kind.as_str());
    matches!(document.kind, Kind::AlertmanagerConfig | Kind::GrafanaProvisioning)
        || matches!(object, "AlertmanagerConfig" | "Alertmanager")
}

/// Whether the platform NAIS runs what is here: it routes the alerts of its teams.
fn is_of_nais(repo: &Repo) -> bool {
    let objects = repo.facts.documents.iter().filter_map(|it| it.object.as_ref());
    let feature = |path: &String| {
        let folder = path.strip_suffix("Feature.yaml");
        folder.is_some_and(|folder| repo.has_path(&format!("{folder}Chart.yaml")))
    };
    objects.into_iter().any(|object| object.api_version.starts_with("nais.io/"))
        || repo.paths.iter().any(|path| path.starts_with(".nais/") || feature(path))
}

/// A hosted Alertmanager, one that a chart brings, or a ruler that has its own.
fn has_one_elsewhere(repo: &Repo) -> bool {
    let chart = |name: &str| {
        name.contains("prometheus-stack")
            || known_as(name).is_some_and(|known| known.class == Class::Alerting)
    };
    let hosted = repo.facts.prometheus.iter().flat_map(|server| &server.alertmanagers).any(|it| {
        it.targets.iter().any(|target| !target.known || !is_inside(repo, host_of(&target.text)))
    });
    let skipped = repo.facts.skips.iter().any(|skip| skip.kind == Some(Kind::AlertmanagerConfig));
    hosted
        || skipped
        || is_of_nais(repo)
        || repo.has_ruler()
        || repo.facts.packages.iter().any(|package| chart(&package.name.text))
}
