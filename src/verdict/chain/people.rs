//! Who is on call: schedules and escalations, and which receivers wake them.

use super::{Build, Layer, State};
use crate::facts::Subject;
use crate::facts::oncall::{OnCall, Role};
use std::collections::{BTreeMap, BTreeSet};

/// Most policies that a receiver is joined to where nobody knows which it wakes.
const MOST: usize = 4;

/// A product that calls people: as receivers and as resources name it, and in words.
const PRODUCTS: &[(&str, &str, &str)] = &[
    ("pagerduty", "pagerduty_", "PagerDuty"),
    ("opsgenie", "opsgenie_", "Opsgenie"),
    ("webhook", "grafana_oncall_", "Grafana OnCall"),
    ("oncall", "grafana_oncall_", "Grafana OnCall"),
];

impl<'a> Build<'a> {
    pub(super) fn on_call(&mut self) {
        let repo = self.repo;
        let mut entries: Vec<(usize, &'a OnCall)> = Vec::new();
        for entry in &repo.facts.on_call {
            if entry.role == Role::Step || !self.counts(entry.document) {
                continue;
            }
            let kind = match entry.role {
                Role::Schedule => "on-call schedule",
                Role::Escalation | Role::Step => "escalation policy",
            };
            let node = self.add(Layer::Person, kind, &entry.name.text, Some(entry.name.span));
            self.note(node, kind);
            self.nodes[node].group = Some("on call".to_owned());
            self.titles.insert((entry.document, entry.title()), node);
            entries.push((node, entry));
        }
        self.calls(&entries);
        self.wakes(&entries);
    }

    /// Whom an escalation calls; the steps of some stand elsewhere.
    fn calls(&mut self, entries: &[(usize, &'a OnCall)]) {
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        for (node, entry) in entries {
            known.extend(entry.address.as_deref().map(|address| (address, *node)));
            if entry.role == Role::Schedule && entry.address.is_none() {
                known.insert(&entry.name.text, *node);
            }
        }
        let steps = self.repo.facts.on_call.iter().filter(|entry| entry.role == Role::Step);
        let steps = steps.filter_map(|step| Some((*known.get(step.address.as_deref()?)?, step)));
        let all: Vec<(usize, &OnCall)> = entries.iter().copied().chain(steps).collect();
        for (from, entry) in all {
            for to in entry.calls.iter().filter_map(|call| known.get(call.as_str())) {
                if *to != from && entry.role != Role::Schedule {
                    self.link(from, *to, State::Whole, "calls");
                }
            }
        }
    }

    /// Which receivers wake whom: the product decides by a key, so that is never sure.
    fn wakes(&mut self, entries: &[(usize, &'a OnCall)]) {
        let called: BTreeSet<usize> = self.links.keys().map(|(_, to)| *to).collect();
        let first: Vec<(usize, &OnCall)> =
            entries.iter().copied().filter(|(node, _)| !called.contains(node)).collect();
        let receivers: Vec<(usize, String)> =
            self.receivers.values().map(|node| (*node, self.nodes[*node].note.clone())).collect();
        for (receiver, ways) in receivers {
            for (way, prefix, product) in PRODUCTS.iter().filter(|(way, ..)| ways.contains(way)) {
                let of_product = |(_, entry): &&(usize, &OnCall)| match &entry.address {
                    Some(address) => address.starts_with(prefix),
                    None => *way != "webhook",
                };
                let own: Vec<usize> =
                    first.iter().filter(of_product).map(|(node, _)| *node).collect();
                if own.len() > MOST {
                    continue;
                }
                for node in own {
                    let why = format!("{product} decides by the key whom it wakes");
                    self.link(receiver, node, State::Unknown, why);
                }
            }
        }
    }
}
