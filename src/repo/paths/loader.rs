//! What should load a rule document and does not.

use super::{Loading, resolve};
use crate::config::World;
use crate::facts::Document;
use crate::facts::package::Package;
use crate::facts::prometheus::{ChartServer, PrometheusConfig, ServerForm};
use crate::facts::selector::{Namespaces, ObjectSelector};
use crate::identify::Kind;
use crate::lang::path::last;
use crate::repo::Repo;
use crate::repo::standing::is_sample;
use crate::source::Span;

/// What would have to load a document.
#[derive(Clone, Copy, Debug)]
pub enum Loader {
    /// The `rule_files` of the servers.
    RuleFiles(Span),
    /// The `ruleSelector` of the operator's servers, and why it does not.
    Selector(Span, &'static str),
}

/// What should load a rule document and certainly does not; `None` where something does, or
/// nobody can tell.
pub fn missed_by(repo: &Repo, document: &Document) -> Option<Loader> {
    let object = document.object.as_ref().map_or("", |object| object.kind.as_str());
    let operated = |document: &Document| document.kind == Kind::PrometheusOperator;
    match document.kind {
        Kind::PrometheusOperator if object == "PrometheusRule" => not_selected(repo, document),
        Kind::PrometheusRules => match document.host.map(|host| repo.document(host)) {
            Some(host) if operated(host) => not_selected(repo, host),
            _ => not_listed(repo, document),
        },
        _ => None,
    }
}

fn servers<'r>(
    repo: &'r Repo,
    form: ServerForm,
) -> impl Iterator<Item = &'r PrometheusConfig> + use<'r> {
    repo.own_servers()
        .filter(move |server| server.form == form && !is_sample(repo.path(server.anchor)))
}

fn not_listed(repo: &Repo, document: &Document) -> Option<Loader> {
    let path = &repo.source(document.id.source).path;
    // Objects are mounted where nothing here says, and other rulers load their own dialects.
    if document.host.is_some()
        || document.dialect.is_some()
        || repo.has_ruler()
        || repo.named_files().contains(last(path))
        || repo.settings.elsewhere.contains(&World::Alerts)
    {
        return None;
    }
    let listing = repo.listing.get_or_init(|| Listing::of(repo)).as_ref()?;
    (!listing.loading.holds(repo, document.id)).then_some(Loader::RuleFiles(listing.key))
}

/// What the servers that list rule files load between them.
#[derive(Debug)]
pub struct Listing {
    key: Span,
    loading: Loading,
}

impl Listing {
    /// `None` where no server lists any, or nobody can tell where an entry leads.
    fn of(repo: &Repo) -> Option<Listing> {
        let servers: Vec<&PrometheusConfig> = servers(repo, ServerForm::File)
            .filter(|server| !server.rule_files.is_empty() && !repo.is_agent(server))
            .collect();
        let first = servers.first()?;
        let plain = servers.iter().all(|server| {
            !server.open
                && repo.document(server.document).host.is_none()
                && server
                    .rule_files
                    .iter()
                    .all(|entry| entry.known && leads(repo, server, &entry.text))
        });
        plain.then(|| Listing {
            key: first.rule_files_key.unwrap_or(first.anchor),
            loading: Loading::of_servers(repo, servers.iter().copied()),
        })
    }
}

/// Whether it is known where an entry leads, or that it leads nowhere.
fn leads(repo: &Repo, server: &PrometheusConfig, entry: &str) -> bool {
    let found = resolve(repo, server, entry);
    found.certain || !found.is_empty()
}

/// Servers that charts make from values here.
fn made(repo: &Repo) -> impl Iterator<Item = &ChartServer> {
    repo.facts.chart_servers.iter().filter(|server| repo.is_ours(server.document))
}

/// Whether something that is not here may take rules that no server here selects.
fn loads_elsewhere(repo: &Repo) -> bool {
    let rulers = repo.facts.documents.iter().any(|document| {
        document.object.as_ref().is_some_and(|object| object.kind == "ThanosRuler")
    });
    // A chart without values here has a selector that is not here.
    let stack = |package: &Package| package.name.text == STACK;
    let charts = match made(repo).next().is_some() {
        true => !repo.facts.packages.iter().all(stack),
        false => {
            let values = |document: &Document| document.kind == Kind::HelmValues;
            !repo.facts.packages.is_empty() || repo.facts.documents.iter().any(values)
        }
    };
    rulers || charts
}

fn not_selected(repo: &Repo, rule: &Document) -> Option<Loader> {
    let elsewhere = *repo.loads_elsewhere.get_or_init(|| loads_elsewhere(repo));
    if elsewhere || rule.masked || repo.has_ruler() {
        return None;
    }
    let mut first = None;
    for server in made(repo) {
        first = first.or(Some(by_values(server, rule)?));
    }
    for server in servers(repo, ServerForm::Operator).filter(|server| !server.agent) {
        let loader = match &server.rule_selector {
            _ if server.open => return None,
            None => Loader::Selector(
                server.anchor,
                "the server has no `ruleSelector`, so it takes none",
            ),
            Some(selector) => refuses(repo, server, selector, rule)?,
        };
        first = first.or(Some(loader));
    }
    first
}

/// The chart whose values hold servers of the operator.
const STACK: &str = "kube-prometheus-stack";

/// Why the server that a chart makes does not take a rule; `None` where it does or may.
fn by_values(server: &ChartServer, rule: &Document) -> Option<Loader> {
    let object = rule.object.as_ref()?;
    let label = |key: &str| {
        object.labels.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    };
    let written = server.rule_selector.as_ref();
    match written.filter(|selector| !selector.labels.is_empty()) {
        _ if server.open => None,
        Some(selector) => (selector.labels.selects(label, false) == Some(false))
            .then_some(Loader::Selector(selector.key, "its labels do not fit the `ruleSelector`")),
        // Which name the release has, only who installs it knows.
        None if server.takes_release && label("release").is_none() => Some(Loader::Selector(
            server.anchor,
            "the chart takes only rules with the label `release` of its release",
        )),
        None => None,
    }
}

/// Why a selector does not take a rule; `None` where it does or may.
fn refuses(
    repo: &Repo,
    server: &PrometheusConfig,
    selector: &ObjectSelector,
    rule: &Document,
) -> Option<Loader> {
    let object = rule.object.as_ref()?;
    let label = |key: &str| {
        object.labels.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    };
    if selector.labels.selects(label, false) == Some(false) {
        return Some(Loader::Selector(selector.key, "its labels do not fit the `ruleSelector`"));
    }
    let own = || repo.document(server.document).object.as_ref()?.namespace.as_deref();
    let apart = match &selector.namespaces {
        Namespaces::Own => own()? != object.namespace.as_deref()?,
        _ => false,
    };
    let why = "it is in another namespace than the server, which looks into its own only";
    apart.then_some(Loader::Selector(selector.key, why))
}
