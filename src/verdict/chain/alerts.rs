//! Rule groups, alerts, routes and the people at their ends.

use super::{Build, Layer, State};
use crate::facts::alertmanager::Receiver;
use crate::facts::prometheus::{PrometheusConfig, ServerForm};
use crate::facts::rules::{AlertRule, RuleGroup};
use crate::facts::scalar::Scalar;
use crate::facts::{Dialect, DocumentId, Subject};
use crate::identify::Kind;
use crate::repo::paths::{self, Loading};
use crate::repo::routing::{Answer, Manager};
use std::collections::BTreeMap;

/// A server, its node, and what it loads.
type Loader<'a> = (usize, &'a PrometheusConfig, Loading);

impl<'a> Build<'a> {
    pub(super) fn rules(&mut self) {
        let repo = self.repo;
        let mut members: BTreeMap<(DocumentId, u32), (usize, usize)> = BTreeMap::new();
        for alert in &repo.facts.alert_rules {
            members.entry((alert.document, alert.group)).or_default().0 += 1;
        }
        for record in &repo.facts.recording_rules {
            members.entry((record.document, record.group)).or_default().1 += 1;
        }
        let loaders: Vec<Loader<'a>> = repo
            .own_servers()
            .filter_map(|server| {
                let node = *self.documents.get(&server.document)?;
                Some((node, server, Loading::of_servers(repo, std::iter::once(server))))
            })
            .collect();
        for group in &repo.facts.rule_groups {
            if !self.counts(group.document) {
                continue;
            }
            let key = (group.document, group.index);
            let name = group.name.as_ref().map_or("without a name", |name| name.text.as_str());
            let node = self.add(Layer::Rules, "rule group", name, group.anchor());
            let (alerts, records) = members.get(&key).copied().unwrap_or_default();
            self.note(node, contents(alerts, records));
            self.nodes[node].group = Some(self.file(group.span).to_owned());
            self.titles.insert((group.document, group.title()), node);
            self.groups.insert(key, node);
            self.loaded(node, group, &loaders);
        }
        for record in &repo.facts.recording_rules {
            if let Some(&node) = self.groups.get(&(record.document, record.group)) {
                self.texts.push((record.span, node));
                self.records.entry(&record.name.text).or_insert(node);
                self.titles.insert((record.document, record.title()), node);
            }
        }
    }

    /// What loads a rule group.
    fn loaded(&mut self, node: usize, group: &RuleGroup, loaders: &[Loader<'a>]) {
        let repo = self.repo;
        let document = repo.document(group.document);
        if repo.is_grafana(group.document) {
            return;
        }
        if document.dialect == Some(Dialect::Loki) {
            if let [store] = self.stores_named(&["loki"])[..] {
                self.link(store, node, State::Whole, "evaluated by");
            }
            return;
        }
        let host = document.host.map(|host| repo.document(host).kind);
        let operated = [Some(document.kind), host].contains(&Some(Kind::PrometheusOperator));
        let before = self.links.len();
        if operated && paths::missed_by(repo, document).is_none() {
            let servers: Vec<usize> = loaders
                .iter()
                .filter(|(_, server, _)| server.form == ServerForm::Operator)
                .map(|(server, ..)| *server)
                .collect();
            let (state, why) = match servers.len() {
                1 => (State::Whole, "loaded by"),
                _ => (State::Unknown, "which server takes it is not known"),
            };
            for server in servers {
                self.link(server, node, state, why);
            }
        }
        for (server, _, loading) in loaders {
            if loading.holds(repo, group.document) {
                self.link(*server, node, State::Whole, "loaded by");
            }
        }
        if self.links.len() > before {
            return;
        }
        match paths::is_loaded(repo, group.document) {
            false => self.gap(node, State::Broken, "no server here loads this file"),
            true => self.gap(node, State::Unknown, "what loads it is not here"),
        }
    }

    pub(super) fn routes(&mut self) {
        let repo = self.repo;
        for receiver in &repo.facts.receivers {
            if !self.counts(receiver.document) {
                continue;
            }
            let name = receiver.name.as_ref().map_or("without a name", |name| name.text.as_str());
            let node = self.add(Layer::Person, "receiver", name, receiver.anchor());
            self.note(node, self.told_by(receiver));
            self.titles.insert((receiver.document, receiver.title()), node);
            for integration in repo.integrations_of(receiver) {
                self.titles.insert((receiver.document, integration.title()), node);
            }
            self.receivers.insert((receiver.document, name.to_owned()), node);
        }
        let model = self.model;
        for (number, manager) in model.routing().managers.iter().enumerate() {
            if manager.tree.documents().iter().all(|document| self.counts(*document)) {
                self.tree(number, manager);
            }
        }
    }

    /// By which ways a receiver tells people.
    fn told_by(&self, receiver: &Receiver) -> String {
        let mut kinds: Vec<&str> =
            self.repo.integrations_of(receiver).map(|one| one.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        match (kinds.is_empty(), receiver.open) {
            (true, true) => "filled in elsewhere".to_owned(),
            (true, false) => "tells nobody".to_owned(),
            (false, _) => kinds.join(" · "),
        }
    }

    fn tree(&mut self, number: usize, manager: &'a Manager<'a>) {
        for (at, it) in manager.tree.nodes().iter().enumerate() {
            let Some(route) = it.route else { continue };
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            let conditions: Vec<String> = it.conditions.iter().map(|one| one.shown()).collect();
            let name = match (it.parent, conditions.is_empty()) {
                (None, _) => "root".to_owned(),
                (Some(_), true) => "everything".to_owned(),
                (Some(_), false) => conditions.join(", "),
            };
            let node = self.add(Layer::Route, "route", name, route.anchor());
            self.note(node, self.file(route.span));
            self.titles.entry((route.document, route.title())).or_insert(node);
            self.documents.entry(route.document).or_insert(node);
            self.routes.insert((number, at), node);
            if let Some((document, name)) = manager.tree.receiver(at) {
                self.link_receiver(node, document, name);
            } else {
                self.gap(node, State::Unknown, "no receiver is named here");
            }
        }
    }

    /// From a route, or an alert that names its receiver itself, to that receiver.
    fn link_receiver(&mut self, from: usize, document: DocumentId, name: &Scalar) {
        let found = self.repo.receiver_named(document, &name.text).filter(|_| name.known);
        let key = found.map(|receiver| (receiver.document, name.text.clone()));
        if let Some(&node) = key.and_then(|key| self.receivers.get(&key)) {
            return self.link(from, node, State::Whole, "tells");
        }
        let open = self.repo.alertmanager(document).is_none_or(|config| config.open);
        let certain = name.known && !open && !self.repo.is_grafana(document);
        let key = (document, name.text.clone());
        let node = match self.receivers.get(&key) {
            Some(node) => *node,
            None => {
                let node = self.add(Layer::Person, "receiver", &name.text, None);
                self.note(node, "not defined here");
                self.receivers.insert(key, node);
                node
            }
        };
        match certain {
            true => self.link(from, node, State::Broken, "this receiver does not exist"),
            false => self.link(from, node, State::Unknown, "the receiver is not defined here"),
        }
    }

    pub(super) fn alerts(&mut self) {
        let model = self.model;
        let routing = model.routing();
        for alert in model.alerts() {
            let rule = alert.rule;
            if !self.counts(rule.document) {
                continue;
            }
            let node = self.add(Layer::Alert, "alert", &rule.name.text, Some(rule.name.span));
            let severity = rule.label(&self.repo.settings.severity_label);
            if let Some(severity) = severity.and_then(|severity| severity.known_text()) {
                self.note(node, severity);
            }
            self.alerts.insert(alert.index, node);
            self.texts.push((rule.span, node));
            self.titles.insert((rule.document, rule.title()), node);
            if self.repo.is_grafana(rule.document) {
                self.grafana_group(rule);
            }
            if let Some(&group) = self.groups.get(&(rule.document, rule.group)) {
                self.nodes[node].group = Some(self.nodes[group].name.clone());
                let parsed = rule.expr.as_ref().and_then(|expr| expr.parsed.as_ref());
                let own = self.repo.document(rule.document).dialect.is_none();
                match parsed.is_some_and(|parsed| !parsed.faults.is_empty()) && own {
                    true => self.link(group, node, State::Broken, "its expression does not parse"),
                    false => self.link(group, node, State::Whole, "raises"),
                }
            }
            if let Some(direct) = &rule.direct {
                self.link_receiver(node, rule.document, direct);
            }
            for reached in routing.reached(alert.index) {
                let Some(&route) = self.routes.get(&(reached.manager, reached.node)) else {
                    continue;
                };
                match reached.sure {
                    Answer::Yes => self.link(node, route, State::Whole, "taken by"),
                    _ => self.link(
                        node,
                        route,
                        State::Unknown,
                        "may be taken by: its labels or its server are not certain",
                    ),
                }
            }
            if !self.leads_on(node) {
                self.gap(node, State::Unknown, "no Alertmanager of this repository takes it");
            }
        }
    }

    /// The group of an alert that Grafana evaluates itself.
    fn grafana_group(&mut self, rule: &AlertRule) {
        let key = (rule.document, rule.group);
        if self.groups.contains_key(&key) {
            return;
        }
        let name = rule.group_name.as_deref().unwrap_or("without a name");
        let node = self.add(Layer::Rules, "Grafana rule group", name, Some(rule.name.span));
        self.nodes[node].group = Some(self.file(rule.span).to_owned());
        self.note(node, "evaluated by Grafana");
        self.groups.insert(key, node);
    }

    /// Monitors of hosted services and whom they tell.
    pub(super) fn monitors(&mut self) {
        let repo = self.repo;
        for monitor in &repo.facts.monitors {
            if !self.counts(monitor.document) {
                continue;
            }
            let name = &monitor.name;
            let node = self.add(Layer::Alert, "monitor", &name.text, Some(name.span));
            self.note(node, monitor.service);
            self.nodes[node].group = Some(monitor.service.to_owned());
            for target in &monitor.targets {
                let key = (monitor.document, target.text.clone());
                let person = match self.receivers.get(&key) {
                    Some(person) => *person,
                    None => {
                        let text: String = target.text.chars().take(60).collect();
                        let person =
                            self.add(Layer::Person, "target of a monitor", text, Some(target.span));
                        self.receivers.insert(key, person);
                        person
                    }
                };
                self.link(node, person, State::Whole, "tells");
            }
            if monitor.targets.is_empty() {
                self.gap(node, State::Unknown, "whom it tells is not here");
            }
        }
    }
}

fn contents(alerts: usize, records: usize) -> String {
    let plural = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    };
    match (alerts, records) {
        (0, 0) => "no rules".to_owned(),
        (alerts, 0) => plural(alerts, "alert"),
        (0, records) => plural(records, "record"),
        (alerts, records) => format!("{}, {}", plural(alerts, "alert"), plural(records, "record")),
    }
}
