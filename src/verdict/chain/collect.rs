//! What collects: scrape jobs, pipelines of collectors, shippers of logs.

use super::give::place_of;
use super::{Build, Layer, State};
use crate::config::World;
use crate::facts::collector::{Component, Pipeline, Section, kind_of};
use crate::facts::prometheus::{JobForm, ScrapeJob, ServerForm};
use crate::facts::{DocumentId, Subject};
use crate::metrics::{self, Exporter};
use crate::repo::collectors::LoadSet;
use crate::repo::exporters::Reads;
use crate::repo::scrape::host_of;
use crate::repo::shippers::delivery::{Shipment, To};
use std::collections::BTreeMap;

/// Exporters of a collector that keep nothing.
const PRINTED: &[&str] = &["debug", "logging", "nop"];
/// Receivers to which programs send.
const TAKING: &[&str] = &["otlp", "jaeger", "zipkin", "opencensus"];

fn form(job: &ScrapeJob) -> &'static str {
    match job.form {
        JobForm::Job => "scrape job",
        JobForm::ServiceMonitor => "ServiceMonitor",
        JobForm::PodMonitor => "PodMonitor",
        JobForm::Probe => "Probe",
        JobForm::ScrapeConfig => "ScrapeConfig",
    }
}

impl Build<'_> {
    pub(super) fn jobs(&mut self) {
        let repo = self.repo;
        let mut jobs: Vec<(usize, &ScrapeJob)> = Vec::new();
        for job in repo.own_jobs() {
            if !self.counts(job.document) {
                continue;
            }
            let node = self.add(Layer::Pipeline, form(job), job.label(), job.anchor());
            self.titles.insert((job.document, job.title()), node);
            jobs.push((node, job));
            self.job_to_server(node, job);
        }
        for (node, job) in &jobs {
            let all = metrics::exporters().iter();
            let read: Vec<_> = all.filter(|it| repo.reads(job, it) == Reads::Yes).collect();
            // Several programs may share a port: those that the job names are meant.
            let named = |it: &&Exporter| job.speaks_of(it.jobs) || job.speaks_of(it.images);
            let any = read.iter().any(&named);
            for exporter in read.into_iter().filter(|it| !any || named(it)) {
                let from = self.exporter(exporter);
                self.link(from, *node, State::Whole, "scraped");
            }
        }
        for (number, word, signal) in self.standing() {
            if word == "metrics" {
                self.scraped(number, signal, &jobs);
            }
        }
    }

    /// The server that runs a job.
    fn job_to_server(&mut self, node: usize, job: &ScrapeJob) {
        let repo = self.repo;
        if let Some(&server) = self.documents.get(&job.document) {
            return self.link(node, server, State::Whole, "run by");
        }
        // A receiver of a collector: its pipeline takes the samples.
        let host = repo.document(job.document).host;
        if host.is_some_and(|host| repo.collector(host).is_some()) {
            return;
        }
        let wanted = match job.form {
            JobForm::Job => ServerForm::File,
            _ => ServerForm::Operator,
        };
        let servers: Vec<usize> = repo
            .own_servers()
            .filter(|server| server.form == wanted)
            .filter_map(|server| self.documents.get(&server.document).copied())
            .collect();
        match servers.as_slice() {
            [] => self.gap(node, State::Unknown, "the server that runs it is not here"),
            [only] if wanted == ServerForm::Operator => {
                self.link(node, *only, State::Whole, "taken up by");
            }
            several => {
                for &server in several {
                    self.link(node, server, State::Unknown, "which server runs it is not known");
                }
            }
        }
    }

    /// Which jobs scrape a service.
    fn scraped(&mut self, number: usize, signal: usize, jobs: &[(usize, &ScrapeJob)]) {
        let repo = self.repo;
        let Some(service) = self.service(number) else { return };
        let containers: Vec<_> = service
            .containers
            .iter()
            .map(|&container| repo.reached(&repo.facts.containers[container]))
            .collect();
        let readable = service.is_readable() && !containers.is_empty();
        let mut best = Reads::No;
        for (node, job) in jobs {
            let reads = containers.iter().map(|it| repo.job_reads(job, it)).max();
            best = best.max(reads.unwrap_or(Reads::Maybe));
            if reads == Some(Reads::Yes) {
                self.link(signal, *node, State::Whole, "scraped");
            }
        }
        let all_here = repo.holds_all(World::Metrics) && !jobs.is_empty();
        if best == Reads::No && readable && all_here && !self.sends(number, "metrics") {
            self.gap(signal, State::Broken, "no job here scrapes it");
        }
    }

    /// Whether a service is told to send a signal itself.
    fn sends(&self, number: usize, signal: &str) -> bool {
        !self.endpoints(number, signal).is_empty()
    }

    /// The hosts that a service is told to send a signal to.
    fn endpoints(&self, number: usize, signal: &str) -> Vec<String> {
        let Some(service) = self.service(number) else { return Vec::new() };
        let own = format!("OTEL_EXPORTER_OTLP_{}_ENDPOINT", signal.to_uppercase());
        let mut names = vec![own.as_str(), "OTEL_EXPORTER_OTLP_ENDPOINT"];
        if signal == "traces" {
            names.extend(["JAEGER_AGENT_HOST", "JAEGER_ENDPOINT", "ZIPKIN_ENDPOINT"]);
        }
        let values = names.iter().map(|name| self.repo.env_of(service, name).values);
        let first = values.into_iter().find(|values| !values.is_empty()).unwrap_or_default();
        let hosts = first.iter().filter_map(|value| value.known_text());
        hosts.map(|text| host_of(text).to_owned()).filter(|host| !host.is_empty()).collect()
    }

    /// Pipelines of collectors, what they take and where they send it.
    pub(super) fn collectors(&mut self) {
        let repo = self.repo;
        let mut made: BTreeMap<usize, usize> = BTreeMap::new();
        let mut taking: Vec<(usize, &str, Option<usize>)> = Vec::new();
        for set in &repo.collectors().sets {
            // What a pipeline gives to connectors, and which others take from them.
            let (mut gives, mut takes_up) = (Vec::new(), BTreeMap::<&str, Vec<usize>>::new());
            for (_, effective) in set.pipelines() {
                let Some(pipeline) = repo.facts.pipelines.get(effective.last) else { continue };
                if !self.counts(pipeline.document) || made.contains_key(&effective.last) {
                    continue;
                }
                let name = &pipeline.name;
                let node =
                    self.add(Layer::Pipeline, "collector pipeline", &name.text, Some(name.span));
                self.note(node, self.file(name.span));
                self.titles.insert((pipeline.document, pipeline.title()), node);
                self.documents.entry(pipeline.document).or_insert(node);
                made.insert(effective.last, node);
                let takes = effective.ids(repo, Section::Receivers);
                if takes.iter().any(|id| TAKING.contains(&kind_of(id))) {
                    taking.push((node, pipeline.signal(), set.container));
                }
                self.jobs_of_collector(node, pipeline);
                let exporters = effective.ids(repo, Section::Exporters);
                self.sent_on(node, pipeline, set, &exporters);
                let connectors: Vec<&str> = set.ids(Section::Connectors).collect();
                let is_joint = |id: &&str| connectors.contains(id);
                gives.extend(exporters.into_iter().filter(is_joint).map(|id| (node, id)));
                for id in takes.into_iter().filter(is_joint) {
                    takes_up.entry(id).or_default().push(node);
                }
            }
            for (from, id) in gives {
                for &to in takes_up.get(id).into_iter().flatten() {
                    self.link(from, to, State::Whole, format!("handed on by {id}"));
                }
            }
        }
        for (number, word, signal) in self.standing() {
            self.sent_to_collectors(number, word, signal, &taking);
        }
    }

    /// Jobs of a collector's own receiver.
    fn jobs_of_collector(&mut self, node: usize, pipeline: &Pipeline) {
        let scrapes = pipeline.receivers.items.iter().any(|id| kind_of(&id.text) == "prometheus");
        if !scrapes {
            return;
        }
        let repo = self.repo;
        let inside = |document: DocumentId| repo.document(document).host == Some(pipeline.document);
        for job in repo.own_jobs().filter(|job| inside(job.document)) {
            if let Some(&from) = self.titles.get(&(job.document, job.title())) {
                self.link(from, node, State::Whole, "taken up by");
            }
        }
    }

    fn sent_on(&mut self, node: usize, pipeline: &Pipeline, set: &LoadSet, ids: &[&str]) {
        let repo = self.repo;
        let printed = |id: &&str| PRINTED.contains(&kind_of(id));
        if !ids.is_empty() && ids.iter().all(printed) {
            return match self.only_prints(pipeline) {
                true => self.gap(node, State::Broken, "only printed: nothing keeps it"),
                false => {
                    let why = "only printed here; another layer may send it on";
                    self.gap(node, State::Unknown, why);
                }
            };
        }
        let kind = match pipeline.signal() {
            "logs" => "log store",
            "traces" => "trace store",
            _ => "server",
        };
        for id in ids.iter().filter(|id| !printed(id)) {
            let layers = set.layers(repo, Section::Exporters, id);
            // A connector hands on to another pipeline.
            if layers.is_empty() && set.ids(Section::Connectors).any(|known| known == *id) {
                continue;
            }
            let told = layers.iter().rev();
            let told = told.filter_map(|it: &&Component| it.settings.get("endpoint"));
            let address = told.filter_map(|it| it.known_text()).next().unwrap_or_default();
            let host = host_of(address);
            let name = if host.is_empty() { *id } else { host };
            self.store(node, &[*id, host], kind, name);
        }
        if !self.leads_on(node) && ids.is_empty() {
            self.gap(node, State::Unknown, "where it sends to is not here");
        }
    }

    /// Whether a pipeline certainly keeps nothing, in whatever layers it is loaded.
    fn only_prints(&self, pipeline: &Pipeline) -> bool {
        let repo = self.repo;
        let mut sets = repo.collectors().of_document(pipeline.document);
        sets.all(|set| {
            let effective = set.pipeline(&pipeline.name.text);
            let ids = effective.map(|it| it.ids(repo, Section::Exporters)).unwrap_or_default();
            set.known && !set.open && ids.iter().all(|id| PRINTED.contains(&kind_of(id)))
        })
    }

    /// Pipelines that take what a service sends.
    fn sent_to_collectors(
        &mut self,
        number: usize,
        word: &str,
        signal: usize,
        taking: &[(usize, &str, Option<usize>)],
    ) {
        let hosts = self.endpoints(number, word);
        let of_signal: Vec<_> = taking.iter().filter(|(_, its, _)| *its == word).collect();
        for host in &hosts {
            let first = host.split('.').next().unwrap_or(host);
            let known: Vec<usize> = of_signal
                .iter()
                .filter(|(_, _, container)| self.is_host_of(*container, first))
                .map(|(node, ..)| *node)
                .collect();
            let stores = self.stores_named(&[host]);
            match (known.is_empty(), stores.as_slice()) {
                (false, _) => {
                    for node in known {
                        self.link(signal, node, State::Whole, format!("sent to {host}"));
                    }
                }
                (true, [store]) => {
                    self.link(signal, *store, State::Whole, format!("sent to {host}"));
                }
                (true, _) => {
                    for (node, ..) in &of_signal {
                        let why =
                            format!("sent to {host}: whether this listens there is not shown");
                        self.link(signal, *node, State::Unknown, why);
                    }
                }
            }
        }
        if !self.leads_on(signal) && word == "traces" {
            match of_signal.as_slice() {
                [(node, ..)] => {
                    self.link(signal, *node, State::Unknown, "where they are sent is not shown");
                }
                _ => self.gap(signal, State::Unknown, "where they are sent is not shown"),
            }
        }
    }

    fn is_host_of(&self, container: Option<usize>, host: &str) -> bool {
        let Some(container) = container.and_then(|at| self.repo.facts.containers.get(at)) else {
            return false;
        };
        let selected = || {
            let services = self.repo.facts.services.iter();
            let mut own = services.filter(|service| service.object.name == host);
            own.any(|service| self.repo.selects(service, container))
        };
        container.name.text == host
            || container.owner.name == host
            || container.aliases.iter().any(|alias| alias.text == host)
            || selected()
    }

    /// Shippers of logs, what they take and where they send it.
    pub(super) fn shippers(&mut self) {
        let repo = self.repo;
        let mut sets: BTreeMap<(&str, DocumentId), Vec<&Shipment>> = BTreeMap::new();
        let model = self.model;
        for shipment in &model.shipping().shipments {
            // Pipelines of collectors are there already.
            if self.counts(shipment.document) && repo.collector(shipment.document).is_none() {
                let set = repo.shippers().set(shipment.document);
                let first = set.and_then(|set| set.documents.first().copied());
                let key = (shipment.by, first.unwrap_or(shipment.document));
                sets.entry(key).or_default().push(shipment);
            }
        }
        let mut everything = Vec::new();
        let mut receiving = Vec::new();
        let mut relays = Vec::new();
        for ((by, document), shipments) in sets {
            let span = shipments.first().map(|shipment| shipment.span);
            let file = span.map_or("", |span| self.file(span));
            let node = self.add(Layer::Pipeline, "log shipper", format!("{by} ({file})"), span);
            let members = repo.shippers().set(document).map(|set| set.documents.clone());
            for member in members.unwrap_or_else(|| vec![document]) {
                self.documents.entry(member).or_insert(node);
            }
            if shipments.iter().any(|shipment| shipment.everything) {
                everything.push(node);
            }
            if shipments.iter().any(|shipment| shipment.receives) {
                receiving.push(node);
            }
            if self.shipped(node, &shipments) {
                relays.push(node);
            }
        }
        for node in relays {
            match receiving.iter().filter(|other| **other != node).collect::<Vec<_>>()[..] {
                [only] => self.link(node, *only, State::Whole, "handed on"),
                _ if !self.leads_on(node) => {
                    self.gap(node, State::Unknown, "handed on to what is not here");
                }
                _ => {}
            }
        }
        self.logs_to_shippers(&everything);
    }

    /// Where a shipper sends logs; whether it hands them on.
    fn shipped(&mut self, node: usize, shipments: &[&Shipment]) -> bool {
        if shipments.iter().all(|shipment| shipment.to == To::Local) {
            self.gap(node, State::Broken, "written to a file or the screen only");
        }
        let mut relays = false;
        for shipment in shipments {
            match shipment.to {
                To::Store(word, name) => {
                    self.store(node, &[word, name], "log store", name);
                }
                To::Relay => relays = true,
                To::Unknown => self.gap(node, State::Unknown, "where it sends is not here"),
                To::Local => {}
            }
        }
        relays
    }

    fn logs_to_shippers(&mut self, everything: &[usize]) {
        let ships = |kind: &str, name: &str| {
            kind == "log shipper" || (kind == "collector pipeline" && kind_of(name) == "logs")
        };
        let any = self.nodes.iter().any(|node| ships(node.kind, &node.name));
        for (_, word, signal) in self.standing() {
            if place_of(word) != Some(1) || self.leads_on(signal) {
                continue;
            }
            match (everything, any) {
                ([], false) => self.gap(signal, State::Unknown, "nothing here ships them"),
                ([], true) => {
                    self.gap(signal, State::Unknown, "which shipper takes them is not shown")
                }
                (all, _) => {
                    for node in all {
                        let why = "takes the logs of all containers";
                        self.link(signal, *node, State::Whole, why);
                    }
                }
            }
        }
    }
}
