//! Metrics that Python declares: prometheus_client and OpenTelemetry.

use super::python::{Call, Python};
use super::{MetricDefinition, MetricType};
use crate::facts::FileFacts;
use crate::facts::scalar::Scalar;
use std::collections::{BTreeMap, BTreeSet};

/// Classes of prometheus_client, and the type they declare.
const CLASSES: &[(&str, MetricType)] = &[
    ("Counter", MetricType::Counter),
    ("Gauge", MetricType::Gauge),
    ("Histogram", MetricType::Histogram),
    ("Summary", MetricType::Summary),
    ("Info", MetricType::Info),
    ("Enum", MetricType::StateSet),
];

/// Instruments of OpenTelemetry.
const INSTRUMENTS: &[(&str, MetricType)] = &[
    ("create_counter", MetricType::Counter),
    ("create_observable_counter", MetricType::Counter),
    ("create_up_down_counter", MetricType::Gauge),
    ("create_observable_up_down_counter", MetricType::Gauge),
    ("create_gauge", MetricType::Gauge),
    ("create_observable_gauge", MetricType::Gauge),
    ("create_histogram", MetricType::Histogram),
];

/// The buckets of a histogram that names none.
const DEFAULT_BUCKETS: &[f64] =
    &[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

pub(super) fn read(python: &Python<'_>, facts: &mut FileFacts) {
    let imports = Imports::of(python);
    let uses = uses(python);
    for call in python.calls.iter().filter(|call| !python.code.is_faulty(call.node)) {
        let found = match imports.class(python, call) {
            Some(kind) => declared(python, call, kind),
            None => instrument(python, call, &uses),
        };
        facts.metric_definitions.extend(found);
    }
}

/// What the file calls the classes.
#[derive(Default)]
struct Imports<'a> {
    classes: BTreeMap<&'a str, &'a str>,
    modules: BTreeSet<&'a str>,
}

impl<'a> Imports<'a> {
    fn of(python: &Python<'a>) -> Imports<'a> {
        let mut imports = Imports::default();
        let code = &python.code;
        for node in code.of_kind("import_from_statement") {
            let module = code.field(node, "module_name");
            let known =
                |text: &str| text == "prometheus_client" || text == "prometheus_client.metrics";
            if !module.is_some_and(|module| known(python.text(module))) {
                continue;
            }
            for name in code.children(node).filter(|&id| code.node(id).field == "name") {
                let (class, local) = aliased(python, name);
                imports.classes.insert(local, class);
            }
        }
        for node in code.of_kind("import_statement") {
            for name in code.children(node) {
                let (module, local) = aliased(python, name);
                if module == "prometheus_client" {
                    imports.modules.insert(local);
                }
            }
        }
        imports
    }

    fn class(&self, python: &Python<'a>, call: &Call<'a>) -> Option<MetricType> {
        let class = match call.object {
            None => *self.classes.get(call.name)?,
            Some(object) => self.modules.contains(python.text(object)).then_some(call.name)?,
        };
        CLASSES.iter().find(|(known, _)| *known == class).map(|(_, kind)| *kind)
    }
}

fn aliased<'a>(python: &Python<'a>, node: usize) -> (&'a str, &'a str) {
    let field = |name| python.code.field(node, name).map(|id| python.text(id));
    match (field("name"), field("alias")) {
        (Some(name), Some(alias)) => (name, alias),
        _ => (python.text(node), python.text(node)),
    }
}

/// A metric of prometheus_client.
fn declared(python: &Python<'_>, call: &Call<'_>, kind: MetricType) -> Option<MetricDefinition> {
    if call.spread {
        return None;
    }
    let name = python.literal_scalar(call.arg(0, "name")?)?;
    let mut parts = Vec::new();
    for (place, key) in [(3, "namespace"), (4, "subsystem")] {
        let part = call.arg(place, key).map(|node| python.literal(node));
        match part {
            Some(Some("")) | None => {}
            Some(Some(part)) => parts.push(part),
            Some(None) => return None,
        }
    }
    parts.push(&name.text);
    let unit = call.arg(5, "unit").map_or(Some(""), |node| python.literal(node))?;
    let mut exposed = parts.join("_");
    if kind == MetricType::Counter {
        exposed.truncate(exposed.trim_end_matches("_total").len());
    }
    if !unit.is_empty() && !exposed.ends_with(&format!("_{unit}")) {
        exposed = format!("{exposed}_{unit}");
    }
    match kind {
        MetricType::Counter => exposed.push_str("_total"),
        MetricType::Info => exposed.push_str("_info"),
        _ => {}
    }
    let labels = match call.arg(2, "labelnames") {
        None => Some(Vec::new()),
        Some(node) => texts(python, node),
    };
    let written = call.named.iter().find(|(key, _)| *key == "buckets").map(|(_, node)| *node);
    let buckets = match written {
        _ if kind != MetricType::Histogram => None,
        None => Some(DEFAULT_BUCKETS.to_vec()),
        Some(node) => edges(python, node),
    };
    Some(MetricDefinition {
        document: python.document,
        name,
        exposed,
        kind,
        labels,
        buckets,
        buckets_span: written.map(|node| python.span(node)),
        telemetry: false,
    })
}

/// Follows a name to the list it stands for.
fn list(python: &Python<'_>, node: usize) -> Option<usize> {
    let node = python.bare(node);
    let node = match python.variable(node) {
        Some(variable) => python.bare(python.value(variable)?),
        None => node,
    };
    matches!(python.kind(node), "list" | "tuple").then_some(node)
}

fn texts(python: &Python<'_>, node: usize) -> Option<Vec<Scalar>> {
    let list = list(python, node)?;
    python.code.children(list).map(|item| python.literal_scalar(item)).collect()
}

/// Upper edges, infinity left out.
fn edges(python: &Python<'_>, node: usize) -> Option<Vec<f64>> {
    let list = list(python, node)?;
    let infinite = |text: &str| {
        let text = text.to_ascii_lowercase().replace(['"', '\''], "");
        matches!(text.as_str(), "inf" | "float(inf)" | "float(+inf)" | "math.inf" | "np.inf")
    };
    let items = python.code.children(list).filter(|&item| !infinite(python.text(item)));
    items.map(|item| python.number(item)).collect()
}

/// An instrument of OpenTelemetry, as its Prometheus exporter names it.
fn instrument(python: &Python<'_>, call: &Call<'_>, uses: &Uses<'_>) -> Option<MetricDefinition> {
    call.object?;
    let (_, kind) = INSTRUMENTS.iter().find(|(known, _)| *known == call.name)?;
    let name = python.literal_scalar(call.arg(0, "name")?)?;
    let observable = call.name.contains("observable");
    let unit = call.arg(if observable { 2 } else { 1 }, "unit");
    let unit = unit.map_or(Some(""), |node| python.literal(node))?;
    let mut exposed = name.text.replace(|c: char| !c.is_ascii_alphanumeric() && c != ':', "_");
    if *kind == MetricType::Counter {
        exposed.truncate(exposed.trim_end_matches("_total").len());
    }
    let suffix = match unit {
        "s" => "_seconds",
        "ms" => "_milliseconds",
        "us" => "_microseconds",
        "ns" => "_nanoseconds",
        "By" => "_bytes",
        "1" if *kind == MetricType::Gauge => "_ratio",
        "%" => "_percent",
        _ => "",
    };
    if !exposed.ends_with(suffix) {
        exposed.push_str(suffix);
    }
    if *kind == MetricType::Counter {
        exposed.push_str("_total");
    }
    Some(MetricDefinition {
        document: python.document,
        labels: attributes(python, call.node, uses),
        name,
        exposed,
        kind: *kind,
        buckets: None,
        buckets_span: None,
        telemetry: true,
    })
}

/// Calls that count or measure, by the name of the variable.
type Uses<'a> = BTreeMap<&'a str, Vec<usize>>;

fn uses<'a>(python: &Python<'a>) -> Uses<'a> {
    let mut uses = Uses::new();
    for (number, call) in python.calls.iter().enumerate() {
        let variable = call.object.and_then(|object| python.variable(object));
        if let (Some((_, name)), "add" | "record" | "set") = (variable, call.name) {
            uses.entry(name).or_default().push(number);
        }
    }
    uses
}

/// The attributes that an instrument is used with, if all of its uses can be read.
fn attributes(python: &Python<'_>, node: usize, uses: &Uses<'_>) -> Option<Vec<Scalar>> {
    let assignment = python.code.parent(node)?;
    let target = python.code.field(assignment, "left")?;
    let (_, name) = python.variable(target)?;
    let mut found: BTreeMap<String, Scalar> = BTreeMap::new();
    for &number in uses.get(name)? {
        let call = &python.calls[number];
        if python.code.is_faulty(call.node) || call.spread {
            return None;
        }
        if let Some(passed) = call.arg(1, "attributes") {
            for key in keys(python, passed, 4)? {
                found.entry(key.text.clone()).or_insert(key);
            }
        }
    }
    Some(found.into_values().collect())
}

/// The keys of a mapping that is written down, through names and `**`.
fn keys(python: &Python<'_>, node: usize, depth: usize) -> Option<Vec<Scalar>> {
    let node = python.bare(node);
    if let Some(variable) = python.variable(node) {
        let value = python.value(variable).filter(|_| !python.is_extended(variable))?;
        return keys(python, value, depth.checked_sub(1)?);
    }
    if python.kind(node) != "dictionary" {
        return None;
    }
    let mut found = Vec::new();
    for item in python.code.children(node) {
        match python.kind(item) {
            "pair" => found.push(python.literal_scalar(python.code.field(item, "key")?)?),
            _ => {
                let inner = python.code.children(item).last()?;
                found.extend(keys(python, inner, depth.checked_sub(1)?)?);
            }
        }
    }
    Some(found)
}
