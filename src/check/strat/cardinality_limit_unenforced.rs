//! A limit that no server knows. Rule: rules/strat/cardinality-limit-unenforced.yaml

use super::{containers, servers};
use crate::check::Case;
use crate::facts::prometheus::ServerForm;
use crate::facts::scalar::Scalar;
use crate::facts::strategy::Pillar;
use crate::facts::{Dialect, Document};
use crate::identify::Kind;
use crate::repo::Repo;
use crate::repo::images::known_as;

/// Limits of a server or a job that bound the number of series.
const LIMITS: &[&str] = &["sample_limit", "label_limit", "target_limit"];

/// Flags of VictoriaMetrics that bound it.
const FLAGS: &[&str] = &[
    "storage.maxHourlySeries",
    "storage.maxDailySeries",
    "remoteWrite.maxHourlySeries",
    "remoteWrite.maxDailySeries",
    "promscrape.seriesLimitPerTarget",
];

pub(super) fn check(pillar: &Pillar, case: &mut Case<'_>) {
    if pillar.name.text != "metrics" {
        return case.skip();
    }
    let none = |value: &Scalar| {
        matches!(value.text.as_str(), "0" | "none" | "unlimited") || value.boolean() == Some(false)
    };
    let limit = pillar.named("cardinality_limit").find(|(_, value)| !none(value));
    let Some((key, value)) = limit else { return case.skip() };
    if is_limited(case) {
        return;
    }
    let servers: Vec<_> = servers(case).collect();
    let value = if value.known { value.text.clone() } else { "this".to_owned() };
    let mut flag = case.flag(key.span).with("value", value);
    for server in servers {
        flag = flag.related(server.anchor, "this server takes any number of series");
    }
}

/// Whether anything bounds the number of series, or could out of sight.
fn is_limited(case: &Case<'_>) -> bool {
    let repo = case.repo;
    let facts = &repo.facts;
    let global = facts.prometheus.iter().flat_map(|server| &server.limits);
    let global = global.map(|(name, value)| (name.as_str(), value));
    let jobs = facts.scrape_jobs.iter().flat_map(|job| &job.settings.entries);
    let jobs = jobs.map(|(key, value)| (key.text.as_str(), value));
    let limited = global.chain(jobs).any(|(name, value)| is_limit(name) && value.text != "0");
    let flagged =
        containers(case).any(|container| FLAGS.iter().any(|flag| container.flag(flag).is_some()));
    limited || flagged || servers(case).any(|server| server.open) || is_elsewhere(repo, case)
}

/// Mimir and Cortex limit series by default; a fragment or a chart leaves the server unseen.
fn is_elsewhere(repo: &Repo, case: &Case<'_>) -> bool {
    let facts = &repo.facts;
    let limiting = |name: Option<&str>| {
        name.and_then(known_as).is_some_and(|known| matches!(known.name, "Mimir" | "Cortex"))
    };
    let document = |document: &Document| {
        document.kind == Kind::MimirConfig
            || matches!(document.dialect, Some(Dialect::Mimir | Dialect::Cortex))
    };
    let mimir = facts.documents.iter().any(document)
        || containers(case)
            .any(|container| limiting(container.image.as_ref().and_then(Scalar::known_text)))
        || facts.packages.iter().any(|package| limiting(package.name.known_text()));
    let charts = facts.packages.iter().any(|package| {
        let known = package.name.known_text().and_then(known_as);
        known.is_some_and(|known| known.name == "Prometheus")
    });
    let fragments = facts.prometheus.iter().any(|server| server.form == ServerForm::Fragment);
    mimir || ((charts || fragments) && servers(case).next().is_none())
}

/// `sample_limit`, as written in a file or by the operator (`enforcedSampleLimit`).
fn is_limit(name: &str) -> bool {
    let plain: String = name.chars().filter(|c| *c != '_').collect::<String>().to_ascii_lowercase();
    let plain = plain.strip_prefix("enforced").unwrap_or(&plain);
    LIMITS.iter().any(|limit| limit.replace('_', "") == plain)
}
