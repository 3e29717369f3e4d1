//! Services and the signals they give; exporters, and which rules read what.

use super::{Build, Layer, State};
use crate::facts::code::MetricDefinition;
use crate::metrics::Exporter;
use crate::repo::model::metric::Origin;
use crate::repo::services::{Service, Signal};
use std::collections::{BTreeMap, BTreeSet};

/// The signals that travel, in order; the words are those of collectors' pipelines.
pub(super) const SIGNALS: [(Signal, &str); 3] =
    [(Signal::Metrics, "metrics"), (Signal::Logs, "logs"), (Signal::Traces, "traces")];

/// Words in the names of packages that give signals in ways of their own.
const VENDORS: &[&str] = &[
    "instana",
    "newrelic",
    "dd-trace",
    "ddtrace",
    "datadog",
    "elastic-apm",
    "elasticapm",
    "appdynamics",
    "dynatrace",
    "applicationinsights",
    "azure-monitor",
    "traceloop",
    "openlit",
    "logfire",
    "sentry",
    "honeycomb",
    "splunk",
    "lightstep",
    "signalfx",
    "skywalking",
];

/// The place of a signal among [`SIGNALS`].
pub(super) fn place_of(signal: &str) -> Option<usize> {
    SIGNALS.iter().position(|(_, word)| *word == signal)
}

impl<'a> Build<'a> {
    pub(super) fn services(&mut self) {
        let repo = self.repo;
        for (number, service) in repo.standing_services() {
            if !self.counts(service.document) {
                continue;
            }
            let name = service.name.as_str();
            let node = self.add(Layer::Service, service.kind.name(), name, Some(service.anchor));
            if !service.unread.is_empty() {
                self.note(node, service.unread_reason());
            }
            let signals = SIGNALS.map(|(signal, word)| {
                let of = self.add(
                    Layer::Signal,
                    word,
                    format!("{word} of {name}"),
                    Some(service.anchor),
                );
                self.nodes[of].group = Some(word.to_owned());
                let (state, why) = match repo.gives(service, signal) {
                    Some(true) => (State::Whole, format!("gives {word}")),
                    Some(false) => match self.watched(service).filter(|_| signal != Signal::Logs) {
                        Some(by) => {
                            (State::Unknown, format!("{by} may give {word} in its own way"))
                        }
                        None if !service.is_certain() => {
                            (State::Unknown, format!("not known: {}", service.open_reason()))
                        }
                        None => (State::Broken, format!("{name} gives no {word}")),
                    },
                    None => (State::Unknown, format!("not known: {}", service.unread_reason())),
                };
                if let (Signal::Metrics, count @ 1..) = (signal, repo.metrics_of(service).count()) {
                    self.note(of, format!("{count} declared in code"));
                }
                self.link(node, of, state, why);
                of
            });
            self.services.insert(number, (node, signals));
        }
    }

    /// What gives signals of a service in a way of its own, that is not looked at.
    fn watched(&self, service: &Service) -> Option<&'static str> {
        let manifests = service.manifests.iter().map(|&number| &self.repo.facts.manifests[number]);
        let needed = manifests.flat_map(|it| &it.dependencies).map(|it| it.name.text.as_str());
        let imported = self.repo.modules_of(service).flat_map(|it| &it.imports);
        let names: Vec<String> =
            needed.chain(imported.map(String::as_str)).map(str::to_lowercase).collect();
        VENDORS.iter().copied().find(|word| names.iter().any(|name| name.contains(word)))
    }

    /// The services on the way, with their numbers.
    pub(super) fn standing(&self) -> Vec<(usize, &'static str, usize)> {
        let mut all = Vec::new();
        for (number, (node, signals)) in &self.services {
            for (at, (_, word)) in SIGNALS.iter().enumerate() {
                // What certainly is not given goes nowhere.
                let given = self.links.get(&(*node, signals[at]));
                if given.is_none_or(|(state, _)| *state != State::Broken) {
                    all.push((*number, *word, signals[at]));
                }
            }
        }
        all
    }

    /// The service of a number.
    pub(super) fn service(&self, number: usize) -> Option<&'a Service> {
        self.repo.services().get(number)
    }

    /// The node of an exporter, made where there is none yet.
    pub(super) fn exporter(&mut self, exporter: &'static Exporter) -> usize {
        if let Some(node) = self.exporters.get(exporter.key) {
            return *node;
        }
        let node = self.add(Layer::Signal, "exporter", exporter.name, None);
        self.nodes[node].group = Some("exporters".to_owned());
        self.exporters.insert(exporter.key, node);
        node
    }

    /// Which signals rule groups read; what nothing provides is a broken link where a rule says so.
    pub(super) fn reads(&mut self) {
        let mut read: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        let model = self.model;
        for query in model.queries() {
            let rules = query
                .rule()
                .and_then(|(_, document, group, _)| self.groups.get(&(document, group)).copied());
            let board = query.panel().and_then(|panel| self.boards.get(&panel.document).copied());
            let Some(node) = rules.or(board) else { continue };
            let names = query.ast().selectors().filter_map(|(_, selector)| selector.metric());
            read.entry(node).or_default().extend(names);
        }
        for (rules, names) in read {
            for name in names {
                self.reads_name(rules, name);
            }
        }
    }

    fn reads_name(&mut self, rules: usize, name: &str) {
        let model = self.model;
        let metric = model.metric(name);
        if metric.record.is_some() {
            let group = self.records.get(name).copied();
            if let Some(group) = group.filter(|_| self.nodes[rules].kind == "dashboard") {
                self.link(group, rules, State::Whole, format!("shown: {name}"));
            }
            return;
        }
        let mut exporters: Vec<&'static Exporter> = Vec::new();
        for provider in metric.providers.iter() {
            match provider.origin {
                Origin::Code(definition) => self.reads_code(rules, name, definition),
                Origin::Exporter(exporter) => exporters.push(exporter),
                Origin::Server => {}
            }
        }
        // Of several that could bring it, those that are scraped.
        let scraped: Vec<&'static Exporter> = exporters
            .iter()
            .copied()
            .filter(|exporter| self.exporters.contains_key(exporter.key))
            .collect();
        match (scraped.is_empty(), exporters.first()) {
            (false, _) => {
                for exporter in scraped {
                    let node = self.exporter(exporter);
                    self.link(node, rules, State::Whole, format!("read: {name}"));
                }
            }
            (true, Some(exporter)) => {
                let node = self.exporter(exporter);
                self.link(node, rules, State::Whole, format!("read: {name}"));
                self.gap(node, State::Unknown, "no job here is known to scrape it");
            }
            (true, None) => {}
        }
    }

    fn reads_code(&mut self, rules: usize, name: &str, definition: &MetricDefinition) {
        let repo = self.repo;
        let services: Vec<usize> = repo.services_with(definition.document).to_vec();
        for number in services {
            if let Some((_, signals)) = self.services.get(&number) {
                let metrics = signals[0];
                self.link(metrics, rules, State::Whole, format!("read: {name}"));
            }
        }
    }
}
