//! Code that handles alerts: whose messages it reads, and what it looks up by their labels.

use super::python::{Python, Variable};
use super::{AlertHandler, NameMap, Payload};
use crate::facts::FileFacts;
use std::collections::{BTreeMap, BTreeSet};

/// Keys of Alertmanager's message that no other has.
const ALERTMANAGER: &[&str] = &["alertname", "commonLabels", "groupLabels", "commonAnnotations"];
/// Keys of the messages of services that Alertmanager calls.
const VENDOR: &[&str] = &["event_type", "messages", "incident", "integrationName", "occurred_at"];

pub(super) fn read(python: &Python<'_>, facts: &mut FileFacts) {
    let keys: BTreeSet<&str> = python.reads.iter().map(|read| read.key).collect();
    let has = |key: &str| keys.contains(key);
    let own = ALERTMANAGER.iter().any(|key| has(key))
        || (has("alerts") && (has("labels") || has("annotations")))
        || (has("labels") && has("annotations") && has("severity"));
    let vendor = VENDOR.iter().any(|key| has(key));
    let lookups = Lookups::of(python);
    let alerts = maps(python, &lookups.alerts, is_name);
    if !own && !alerts.iter().any(|map| map.looked_up) {
        return;
    }
    let telling = |read: &&super::python::Read<'_>| {
        ALERTMANAGER.contains(&read.key) || matches!(read.key, "alerts" | "labels" | "annotations")
    };
    let Some(first) = python.reads.iter().find(telling) else { return };
    let name = match python.function_of(first.node) {
        Some(function) => match python.code.field(function.node, "name") {
            Some(name) => python.scalar(name, function.name),
            None => return,
        },
        None => python.scalar(first.literal, first.key),
    };
    let polls =
        ["/api/v1/alerts", "/api/v2/alerts"].iter().any(|path| python.text(0).contains(path));
    facts.alert_handlers.push(AlertHandler {
        document: python.document,
        name,
        payload: if vendor { Payload::Vendor } else { Payload::Alertmanager },
        polls,
        alerts,
        severities: maps(python, &lookups.severities, |_| true)
            .into_iter()
            .filter(|map| map.looked_up)
            .collect(),
    });
}

/// What is looked up in which variable; the value says whether case makes no difference.
#[derive(Default)]
struct Lookups<'a> {
    alerts: BTreeMap<Variable<'a>, bool>,
    severities: BTreeMap<Variable<'a>, bool>,
}

impl<'a> Lookups<'a> {
    fn of(python: &Python<'a>) -> Lookups<'a> {
        let mut lookups = Lookups::default();
        for node in python.code.of_kind("subscript") {
            let field = |name| python.code.field(node, name);
            if let (Some(map), Some(key)) = (field("value"), field("subscript")) {
                lookups.add(python, map, key);
            }
        }
        for call in python.calls.iter().filter(|call| call.name == "get") {
            if let (Some(map), Some(&key)) = (call.object, call.args.first()) {
                lookups.add(python, map, key);
            }
        }
        for node in python.code.of_kind("comparison_operator") {
            let parts: Vec<usize> = python.code.children(node).collect();
            if let [key, operator, map] = parts[..]
                && matches!(python.kind(operator), "in" | "not in")
            {
                lookups.add(python, map, key);
            }
        }
        lookups
    }

    fn add(&mut self, python: &Python<'a>, map: usize, key: usize) {
        // A literal is looked up in no map of names.
        if python.kind(key) == "string" {
            return;
        }
        let Some(map) = python.variable(map) else { return };
        let (words, folded) = said(python, key);
        let says = |part: &str| words.iter().any(|word| word.contains(part));
        if says("alertname") {
            *self.alerts.entry(map).or_default() |= folded;
        } else if says("severity") {
            *self.severities.entry(map).or_default() |= folded;
        }
    }
}

/// The words of an expression and of what its variables are set to, without case and `_`; and
/// whether its case is folded.
fn said(python: &Python<'_>, node: usize) -> (BTreeSet<String>, bool) {
    let plain = |word: &str| word.to_ascii_lowercase().replace('_', "");
    let mut words: BTreeSet<String> = python.words(node).map(plain).collect();
    if let Some(value) = python.variable(node).and_then(|variable| python.value(variable)) {
        words.extend(python.words(value).map(plain));
    }
    let folded = words.contains("lower") || words.contains("casefold");
    (words, folded)
}

/// `DiskFull`: a capital, then letters of which some are small.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && text.chars().any(|c| c.is_ascii_lowercase())
}

/// Mappings written down in the file whose keys are all literals that `fits` accepts.
fn maps<'a>(
    python: &Python<'a>,
    lookups: &BTreeMap<Variable<'a>, bool>,
    fits: impl Fn(&str) -> bool,
) -> Vec<NameMap> {
    let mut found = Vec::new();
    for node in python.code.of_kind("dictionary").filter(|&node| !python.code.is_faulty(node)) {
        let mut keys = Vec::new();
        let mut open = false;
        let mut fitting = true;
        for item in python.code.children(node) {
            let key = python.code.field(item, "key").filter(|_| python.kind(item) == "pair");
            match key.map(|key| python.literal_scalar(key)) {
                Some(Some(key)) if fits(&key.text) => keys.push(key),
                Some(Some(_)) => fitting = false,
                Some(None) | None => open = true,
            }
        }
        if !fitting || keys.is_empty() {
            continue;
        }
        let variable = target(python, node);
        let lookup = variable.and_then(|variable| {
            lookups.get(&variable).or_else(|| {
                // A map of the class or the file, looked up in a function.
                let shared = variable.0 == 0;
                lookups
                    .iter()
                    .find(|(at, _)| shared && at.1 == variable.1)
                    .map(|(_, folded)| folded)
            })
        });
        open |= variable.is_some_and(|variable| python.is_extended(variable));
        found.push(NameMap {
            keys,
            looked_up: lookup.is_some(),
            folded: lookup.copied().unwrap_or_default(),
            open,
        });
    }
    found
}

/// The variable that a mapping is assigned to.
fn target<'a>(python: &Python<'a>, node: usize) -> Option<Variable<'a>> {
    let above = python.code.parent(node)?;
    let left = python.code.field(above, "left").filter(|_| python.kind(above) == "assignment")?;
    python.variable(left).filter(|&variable| python.assignments(variable) == 1)
}
