//! Findings at the things they speak of, and the gaps that some of them prove.

use super::{Build, Layer, State};
use crate::finding::Finding;
use std::collections::BTreeMap;

/// Rules that prove that something leads nowhere, and what is said of it.
const GAPS: &[(&str, &str)] = &[
    ("AMGR021", "tells nobody"),
    ("AMGR025", "can never take an alert"),
    ("AMGR026", "no alert comes here"),
];
/// The rule that proves that a server sends its alerts nowhere.
const UNSENT: &str = "PROM028";
/// Rules that prove that a series is read and nothing provides it.
const UNPROVIDED: &[&str] = &["XREF001", "XREF002"];

impl Build<'_> {
    /// Hangs every finding on the nearest node: the rule whose text holds it, the fact it is
    /// about, the service it names, the document it stands in.
    pub(super) fn attach(&mut self, findings: &[&Finding]) {
        self.texts.sort_unstable();
        let services: BTreeMap<&str, usize> = self
            .services
            .iter()
            .filter_map(|(number, (node, _))| {
                Some((self.repo.services().get(*number)?.name.as_str(), *node))
            })
            .collect();
        for (index, finding) in findings.iter().enumerate() {
            let Some(node) = self.node_of(finding, &services) else { continue };
            let node = self.signal_of(node, finding);
            self.nodes[node].findings.push(index);
            self.proves(node, finding);
        }
    }

    fn node_of(&self, finding: &Finding, services: &BTreeMap<&str, usize>) -> Option<usize> {
        let span = finding.span?;
        let at = self
            .texts
            .partition_point(|(text, _)| (text.source, text.start) <= (span.source, span.start));
        let inside =
            at.checked_sub(1).map(|at| self.texts[at]).filter(|(text, _)| text.contains(span));
        if let Some((_, node)) = inside {
            return Some(node);
        }
        let document = finding.document;
        let titled = document
            .and_then(|document| self.titles.get(&(document, finding.subject.clone())).copied());
        let of_document = || document.and_then(|document| self.documents.get(&document).copied());
        let named = || {
            let name = finding.service.as_deref();
            let name = name.or_else(|| finding.subject.strip_prefix("service "));
            name.and_then(|name| services.get(name).copied())
        };
        let around = || {
            let service = self.repo.service_of(document?)?;
            services.get(service.name.as_str()).copied()
        };
        titled.or_else(named).or_else(of_document).or_else(around)
    }

    /// What code does wrong with a signal stands at that signal of its service.
    fn signal_of(&self, node: usize, finding: &Finding) -> usize {
        if self.nodes[node].layer != Layer::Service {
            return node;
        }
        let family = finding.rule.code.trim_end_matches(|c: char| c.is_ascii_digit());
        let place = match family {
            "METR" => 0,
            "LOGS" => 1,
            "TRAC" | "OTEL" => 2,
            _ => return node,
        };
        let own = self.services.values().find(|(service, _)| *service == node);
        own.map_or(node, |(_, signals)| signals[place])
    }

    fn proves(&mut self, node: usize, finding: &Finding) {
        let code = finding.rule.code;
        if let Some((_, why)) = GAPS.iter().find(|(known, _)| *known == code) {
            self.gap(node, State::Broken, *why);
        }
        if code == UNSENT {
            self.unsent(node);
        }
        let metric = finding.captures.iter().find(|(name, _)| matches!(*name, "metric" | "name"));
        if let (true, Some((_, name))) = (UNPROVIDED.contains(&code), metric) {
            let known =
                self.nodes.iter().position(|it| it.kind == "missing series" && it.name == *name);
            let from = match known {
                Some(from) => from,
                None => {
                    let from = self.add(Layer::Signal, "missing series", name, finding.span);
                    self.nodes[from].group = Some("missing series".to_owned());
                    from
                }
            };
            self.link(from, node, State::Broken, "read here, and nothing provides it");
        }
    }

    /// Alerts of a server that no route takes are certainly sent nowhere.
    fn unsent(&mut self, server: usize) {
        let after = |build: &Self, node: usize| -> Vec<usize> {
            let links = build.links.range((node, 0)..=(node, usize::MAX));
            links.map(|((_, to), _)| *to).collect()
        };
        for group in after(self, server) {
            for alert in after(self, group) {
                if !self.leads_on(alert) {
                    self.gap(alert, State::Broken, "its server sends alerts nowhere");
                }
            }
        }
    }
}
