//! The repo model: all facts of one run, indexed; cross-file questions are asked here.

pub mod alerts;
pub mod arrivals;
mod audience;
pub mod audits;
pub mod automation;
pub mod boards;
pub mod called;
pub mod classes;
pub mod cleansing;
pub mod code;
pub mod collectors;
pub mod conventions;
pub mod correlation;
mod counted;
pub mod coverage;
pub mod declared;
pub mod engines;
pub mod environments;
pub mod exporters;
pub mod images;
pub mod jaeger;
pub mod kibana;
pub mod limits;
pub mod loadtests;
pub mod logfamilies;
pub mod logfields;
pub mod logging;
pub mod logstash;
pub mod logstores;
pub mod mapping;
pub mod mentions;
pub mod metrics;
pub mod model;
pub mod notifications;
pub mod oncall;
pub mod operated;
pub mod owed;
pub mod owners;
pub mod packages;
pub mod paths;
pub mod pillars;
pub mod produced;
pub mod propagation;
pub mod publish;
pub mod queries;
pub mod records;
pub mod retention;
pub mod routing;
pub mod runbooks;
pub mod runs;
pub mod sampling;
pub mod scrape;
pub mod sdk;
pub mod servers;
pub mod services;
mod settled;
mod severities;
pub mod shippers;
pub mod signals;
pub mod standing;
pub mod story;
pub mod targets;
pub mod telemetry;
mod templates;
pub mod traced;
pub mod traces;
pub mod up;
pub mod versions;
pub mod vocabulary;
pub mod worlds;

use crate::config::{self, Profile, Settings};
use crate::facts::alertmanager::tree::RoutingTree;
use crate::facts::alertmanager::{AlertmanagerConfig, InhibitRule, Integration, Receiver};
use crate::facts::dashboard::{Dashboard, Panel, Variable};
use crate::facts::{Document, DocumentId, FileFacts, rules::RuleGroup};
use crate::identify::Kind;
use crate::lang::quick::QuickSet;
use crate::source::{Origin, Source, SourceId, Span};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

/// Facts of some files in a row.
#[derive(Debug, Default)]
pub struct Batch {
    facts: FileFacts,
    /// How many documents each file has.
    documents: Vec<u32>,
}

impl Batch {
    /// Joins the facts of files in a row.
    pub fn of(files: Vec<FileFacts>) -> Batch {
        let count = |file: &FileFacts| u32::try_from(file.documents.len()).unwrap_or(u32::MAX);
        let documents = files.iter().map(count).collect();
        Batch { documents, facts: FileFacts::joined(files) }
    }
}

/// Everything known about a repository.
#[derive(Debug, Default)]
pub struct Repo {
    /// The files that were read, in path order.
    pub sources: Vec<Source>,
    /// All facts, files in path order.
    pub facts: FileFacts,
    /// Paths of all files of the repository, read or not: what a reference can resolve to.
    pub paths: Vec<String>,
    /// The configuration of the run.
    pub settings: Settings,
    /// The day of the run as `YYYY-MM-DD`; empty where nobody said: then everything that has a
    /// date in the tables has come.
    pub today: String,
    documents_of: Vec<(u32, u32)>,
    placements: queries::Placements,
    automation: OnceLock<automation::Automation>,
    extended_classes: OnceLock<BTreeSet<String>>,
    telling_functions: OnceLock<BTreeSet<String>>,
    open_metrics: OnceLock<BTreeSet<String>>,
    evidence: OnceLock<Vec<pillars::Evidence>>,
    evaluating: OnceLock<Vec<servers::Server>>,
    intervals: OnceLock<servers::Intervals>,
    loading: OnceLock<paths::Loading>,
    loadings: OnceLock<Vec<paths::Loading>>,
    listing: OnceLock<Option<paths::Listing>>,
    target_labels: OnceLock<targets::TargetLabels>,
    collected: OnceLock<Vec<exporters::Reads>>,
    path_index: OnceLock<paths::PathIndex>,
    mentions: OnceLock<mentions::Mentions>,
    worlds: OnceLock<Vec<config::World>>,
    repeated_boards: OnceLock<BTreeMap<DocumentId, DocumentId>>,
    given_inputs: OnceLock<BTreeMap<String, BTreeSet<String>>>,
    bare_groups: OnceLock<BTreeSet<String>>,
    own_scale: OnceLock<BTreeSet<String>>,
    made_objects: OnceLock<BTreeSet<String>>,
    retention: OnceLock<Option<retention::Retention>>,
    definitions: OnceLock<BTreeMap<String, Vec<usize>>>,
    metric_links: OnceLock<metrics::Links>,
    runbook_links: OnceLock<BTreeMap<String, Vec<runbooks::Link>>>,
    ruler: OnceLock<bool>,
    heard: OnceLock<HashMap<usize, exporters::Heard>>,
    mounted: OnceLock<Vec<usize>>,
    mounted_templates: OnceLock<BTreeSet<String>>,
    services: OnceLock<exporters::Services>,
    scrapers: OnceLock<Vec<usize>>,
    agents: OnceLock<bool>,
    loads_elsewhere: OnceLock<bool>,
    unread_code: OnceLock<bool>,
    setup_loading: OnceLock<Vec<DocumentId>>,
    routed_otherwise: OnceLock<Option<Span>>,
    runs: OnceLock<runs::Runs>,
    collectors: OnceLock<collectors::Collectors>,
    builds: OnceLock<collectors::Builds>,
    clusters: OnceLock<Vec<engines::Cluster>>,
    produced: OnceLock<produced::Production>,
    log_stores: OnceLock<Vec<logstores::LogStore>>,
    logstash_groups: OnceLock<logstash::events::Groups>,
    external: OnceLock<BTreeMap<String, Span>>,
    for_others: OnceLock<bool>,
    names: OnceLock<telemetry::Names>,
    trace_stores: OnceLock<Vec<traces::TraceStore>>,
    sampler_kinds: OnceLock<Vec<usize>>,
    shippers: OnceLock<shippers::Shippers>,
    correlations: OnceLock<Vec<correlation::Correlation>>,
    vocabulary: OnceLock<vocabulary::Vocabulary>,
    logging: OnceLock<logging::Logging>,
    records: OnceLock<records::RecordIndex>,
    told: OnceLock<audits::Told>,
    units: OnceLock<services::Services>,
    reaches: OnceLock<Vec<propagation::Reach>>,
    code_index: OnceLock<traced::CodeIndex>,
    owners: OnceLock<owners::Owners>,
    sdk: OnceLock<sdk::SdkIndex>,
    programs: OnceLock<QuickSet<String>>,
    profiles: OnceLock<Vec<Profile>>,
    styles: OnceLock<Vec<logging::Style>>,
}

impl Repo {
    /// Joins the facts of all files; `files` are in path order, one for each source.
    pub fn new(sources: Vec<Source>, files: Vec<FileFacts>, paths: Vec<String>) -> Repo {
        Repo::of_batches(sources, vec![Batch::of(files)], paths)
    }

    /// Joins facts of files that were read in batches, in path order.
    pub fn of_batches(sources: Vec<Source>, batches: Vec<Batch>, mut paths: Vec<String>) -> Repo {
        paths.sort_unstable();
        let mut files = Vec::with_capacity(batches.len());
        let mut documents_of = Vec::with_capacity(sources.len());
        let mut first: u32 = 0;
        for batch in batches {
            for count in batch.documents {
                documents_of.push((first, count));
                first = first.saturating_add(count);
            }
            files.push(batch.facts);
        }
        let mut facts = FileFacts::joined_at_once(files);
        // Documents embedded in others are read at different times; these lists are searched.
        facts.rule_groups.sort_by_key(|group| (group.document, group.index));
        facts.prometheus.sort_by_key(|config| config.document);
        facts.scrape_jobs.sort_by_key(|job| job.document);
        facts.remote_endpoints.sort_by_key(|endpoint| endpoint.document);
        facts.alertmanagers.sort_by_key(|config| config.document);
        facts.routes.sort_by_key(|route| (route.document, route.index));
        facts.receivers.sort_by_key(|receiver| receiver.document);
        facts.inhibit_rules.sort_by_key(|rule| rule.document);
        facts.integrations.sort_by_key(|one| one.document);
        facts.collectors.sort_by_key(|collector| collector.document);
        facts.components.sort_by_key(|component| component.document);
        facts.pipelines.sort_by_key(|pipeline| pipeline.document);
        facts.shipper_sections.sort_by_key(|section| (section.document, section.index));
        facts.dashboards.sort_by_key(|board| board.document);
        facts.logstash_pipelines.sort_by_key(|pipeline| pipeline.document);
        facts.logstash_plugins.sort_by_key(|plugin| (plugin.document, plugin.node));
        facts.panels.sort_by_key(|panel| (panel.document, panel.index));
        facts.dashboard_variables.sort_by_key(|variable| variable.document);
        for (number, slo) in facts.slos.iter_mut().enumerate() {
            slo.number = number;
        }
        for (number, action) in facts.incident_actions.iter_mut().enumerate() {
            action.number = number;
        }
        settled::settle(Repo { sources, facts, paths, documents_of, ..Repo::default() })
    }

    /// What the repository holds of each signal, in the order of the files.
    pub fn evidence(&self) -> &[pillars::Evidence] {
        self.evidence.get_or_init(|| pillars::gather(self))
    }

    /// Paths and documents by their names.
    pub fn path_index(&self) -> &paths::PathIndex {
        self.path_index.get_or_init(|| paths::PathIndex::of(self))
    }

    /// Which containers run which program.
    pub fn runs(&self) -> &runs::Runs {
        self.runs.get_or_init(|| runs::Runs::of(self))
    }

    /// Labels that targets and relabelling give to series.
    pub fn target_labels(&self) -> &targets::TargetLabels {
        self.target_labels.get_or_init(|| targets::TargetLabels::of(self))
    }

    /// How long samples are kept, if that can be known.
    pub fn retention(&self) -> Option<&retention::Retention> {
        self.retention.get_or_init(|| retention::of(self)).as_ref()
    }

    /// The releases of Prometheus that evaluate the rules here; empty if that is not certain.
    pub fn evaluating(&self) -> &[servers::Server] {
        self.evaluating.get_or_init(|| servers::evaluating(self))
    }

    /// How often scrape jobs take samples.
    pub fn scrape_intervals(&self) -> &servers::Intervals {
        self.intervals.get_or_init(|| servers::scrape_intervals(self))
    }

    /// Labels that the servers here add to what they send, and where the first one says so.
    pub fn external_labels(&self) -> &BTreeMap<String, Span> {
        self.external.get_or_init(|| {
            let mut labels = BTreeMap::new();
            let sets = self.own_servers().filter_map(|server| server.external_labels.as_ref());
            for (name, _) in sets.flat_map(|pairs| &pairs.entries) {
                labels.entry(name.text.clone()).or_insert(name.span);
            }
            labels
        })
    }

    /// The file with this number.
    pub fn source(&self, id: SourceId) -> &Source {
        &self.sources[id.0 as usize]
    }

    /// The file at a path, if it was read.
    pub fn source_at(&self, path: &str) -> Option<SourceId> {
        let at = self.sources.binary_search_by(|source| source.path.as_str().cmp(path)).ok()?;
        u32::try_from(at).ok().map(SourceId)
    }

    /// The profile that a file's path says.
    pub fn profile(&self, id: SourceId) -> Profile {
        let of = |source: &Source| config::profile(&self.settings, &source.path);
        self.profiles.get_or_init(|| self.sources.iter().map(of).collect())[id.0 as usize]
    }

    /// Whose text a file is.
    pub fn origin(&self, id: SourceId) -> Origin {
        self.source(id).origin
    }

    /// The path a span stands in.
    pub fn path(&self, span: Span) -> &str {
        &self.source(span.source).path
    }

    /// The text of a span.
    pub fn text(&self, span: Span) -> &str {
        self.source(span.source).slice(span)
    }

    /// The number of a file among the paths.
    pub fn path_number(&self, path: &str) -> Option<u32> {
        self.paths.binary_search_by(|known| known.as_str().cmp(path)).ok()?.try_into().ok()
    }

    /// Whether the repository has this file or folder.
    pub fn has_path(&self, path: &str) -> bool {
        !path.is_empty() && !self.paths_below(path).is_empty() || self.path_number(path).is_some()
    }

    /// All paths below a folder, sorted; those of the whole repository for the root.
    pub fn paths_below(&self, folder: &str) -> &[String] {
        if folder.is_empty() {
            return &self.paths;
        }
        // As if the folder's `/` stood behind it.
        let order = |path: &String| {
            let path = path.as_bytes();
            let head = &path[..path.len().min(folder.len())];
            let next = || path.get(folder.len()).cmp(&Some(&b'/'));
            head.cmp(folder.as_bytes()).then_with(next)
        };
        let start = self.paths.partition_point(|path| order(path).is_lt());
        let rest = &self.paths[start..];
        &rest[..rest.partition_point(|path| order(path).is_le())]
    }

    /// The line (from 1) a span starts on.
    pub fn line(&self, span: Span) -> u32 {
        self.source(span.source).line_of(span.start)
    }

    /// The document with this id.
    pub fn document(&self, id: DocumentId) -> &Document {
        let (first, _) = self.documents_of[id.source.0 as usize];
        &self.facts.documents[(first + id.index) as usize]
    }

    /// The number of a document among `facts.documents`.
    pub fn number_of(&self, id: DocumentId) -> usize {
        let (first, _) = self.documents_of[id.source.0 as usize];
        (first + id.index) as usize
    }

    /// The documents of a file.
    pub fn documents_in(&self, source: SourceId) -> &[Document] {
        let (first, count) = self.documents_of[source.0 as usize];
        &self.facts.documents[first as usize..(first + count) as usize]
    }

    /// The routing tree of a document.
    pub fn routing(&self, document: DocumentId) -> RoutingTree<'_> {
        let routes = &self.facts.routes;
        let start = routes.partition_point(|route| route.document < document);
        let end = routes.partition_point(|route| route.document <= document);
        let grafted = self.alertmanager(document).is_none_or(|config| config.operator);
        RoutingTree::new(&routes[start..end], grafted)
    }

    /// Whether a document holds alerting that Grafana manages.
    pub fn is_grafana(&self, document: DocumentId) -> bool {
        matches!(self.document(document).kind, Kind::GrafanaProvisioning | Kind::Terraform)
    }

    /// The Alertmanager configuration of a document.
    pub fn alertmanager(&self, document: DocumentId) -> Option<&AlertmanagerConfig> {
        let configs = &self.facts.alertmanagers;
        let at = configs.binary_search_by_key(&document, |config| config.document).ok()?;
        configs.get(at)
    }

    /// The rule groups of a document.
    pub fn groups(&self, document: DocumentId) -> &[RuleGroup] {
        let groups = &self.facts.rule_groups;
        let start = groups.partition_point(|group| group.document < document);
        let end = groups.partition_point(|group| group.document <= document);
        &groups[start..end]
    }

    /// The receivers of a document.
    pub fn receivers(&self, document: DocumentId) -> &[Receiver] {
        let receivers = &self.facts.receivers;
        let start = receivers.partition_point(|receiver| receiver.document < document);
        let end = receivers.partition_point(|receiver| receiver.document <= document);
        &receivers[start..end]
    }

    /// The inhibition rules of a document.
    pub fn inhibit_rules(&self, document: DocumentId) -> &[InhibitRule] {
        let rules = &self.facts.inhibit_rules;
        let start = rules.partition_point(|rule| rule.document < document);
        let end = rules.partition_point(|rule| rule.document <= document);
        &rules[start..end]
    }

    /// The integrations of all receivers of a document.
    pub fn integrations(&self, document: DocumentId) -> &[Integration] {
        let integrations = &self.facts.integrations;
        let start = integrations.partition_point(|one| one.document < document);
        let end = integrations.partition_point(|one| one.document <= document);
        &integrations[start..end]
    }

    /// The dashboard of a document.
    pub fn dashboard(&self, document: DocumentId) -> Option<&Dashboard> {
        let boards = &self.facts.dashboards;
        let at = boards.binary_search_by_key(&document, |board| board.document).ok()?;
        boards.get(at)
    }

    /// The panels of a dashboard.
    pub fn panels(&self, document: DocumentId) -> &[Panel] {
        let panels = &self.facts.panels;
        let start = panels.partition_point(|panel| panel.document < document);
        let end = panels.partition_point(|panel| panel.document <= document);
        &panels[start..end]
    }

    /// The variables of a dashboard.
    pub fn variables(&self, document: DocumentId) -> &[Variable] {
        let variables = &self.facts.dashboard_variables;
        let start = variables.partition_point(|variable| variable.document < document);
        let end = variables.partition_point(|variable| variable.document <= document);
        &variables[start..end]
    }

    /// Facts of one document, of any kind that knows its document.
    pub fn of_document<'a, T>(
        &'a self,
        facts: &'a [T],
        document: DocumentId,
    ) -> impl Iterator<Item = &'a T>
    where
        T: crate::facts::Subject,
    {
        facts.iter().filter(move |fact| fact.document() == Some(document))
    }
}
