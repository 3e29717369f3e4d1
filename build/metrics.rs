//! The metric catalogue (`metrics/*.yaml`) to static tables.

use crate::fail;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::yaml;
use crate::source::{Encoding, Source, SourceId};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Rust text that defines `EXPORTERS` and `INDEX`.
pub fn generate(folder: &Path) -> String {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    paths.sort();
    let mut out = String::from("static EXPORTERS: &[Exporter] = &[\n");
    let mut index: Vec<(String, usize, usize)> = Vec::new();
    for (number, path) in paths.iter().enumerate() {
        let text = std::fs::read_to_string(path)
            .unwrap_or_else(|error| fail(&format!("cannot read {}: {error}", path.display())));
        let map = OffsetMap::slice(SourceId(0), 0);
        let tree = yaml::parse(&yaml::Input { text: &text, map: &map, masked: &[] });
        let Some(root) = tree.documents().next() else {
            fail(&format!("{} does not parse", path.display()));
        };
        let file = File { path, source: Source::new("", text.clone(), Encoding::Utf8) };
        let names = file.exporter(root, &mut out);
        index.extend(names.into_iter().enumerate().map(|(at, name)| (name, number, at)));
    }
    out.push_str("];\n");
    index.sort();
    let _ = writeln!(out, "static INDEX: &[(&str, u16, u16)] = &{index:?};");
    out
}

/// Keys of a file and of a metric; the first ones must be there.
const FILE_KEYS: (&[&str], &[&str]) = (
    &["exporter", "title", "version", "source", "prefixes", "metrics"],
    &["images", "jobs", "ports", "open"],
);
const METRIC_KEYS: (&[&str], &[&str]) = (&["name", "type", "labels"], &["unit", "from", "open"]);
const TYPES: &[(&str, &str)] = &[
    ("counter", "Counter"),
    ("gauge", "Gauge"),
    ("histogram", "Histogram"),
    ("summary", "Summary"),
    ("untyped", "Untyped"),
    ("info", "Info"),
];

struct File<'p> {
    path: &'p Path,
    source: Source,
}

impl File<'_> {
    fn fault(&self, node: NodeRef<'_>, message: &str) -> ! {
        let line = self.source.line_of(node.span().start);
        fail(&format!("{}:{line}: {message}", self.path.display()));
    }

    /// Writes one exporter, and gives the names of its metrics in their order.
    fn exporter(&self, root: NodeRef<'_>, out: &mut String) -> Vec<String> {
        self.keys(root, FILE_KEYS);
        let stem = self.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let open = self.flag(root, "open");
        let _ = writeln!(
            out,
            "Exporter {{ key: {:?}, name: {:?}, title: {:?}, version: {:?}, source: {:?}, images: &{:?}, \
             jobs: &{:?}, ports: &{:?}, prefixes: &{:?}, metrics: &[",
            stem.unwrap_or_default(),
            self.text(root, "exporter"),
            self.text(root, "title"),
            self.text(root, "version"),
            self.text(root, "source"),
            self.words(root, "images"),
            self.words(root, "jobs"),
            self.ports(root),
            self.words(root, "prefixes"),
        );
        let mut names: Vec<String> = Vec::new();
        for metric in root.get("metrics").into_iter().flat_map(NodeRef::items) {
            self.keys(metric, METRIC_KEYS);
            let name = self.text(metric, "name");
            if names.last().is_some_and(|last| *last >= name) {
                self.fault(metric, &format!("`{name}` is out of order or there twice"));
            }
            let _ = writeln!(out, "{},", self.metric(metric, &name, open));
            names.push(name);
        }
        out.push_str("] },\n");
        names
    }

    fn metric(&self, node: NodeRef<'_>, name: &str, open: bool) -> String {
        let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.');
        if !name.chars().all(valid) {
            self.fault(node, &format!("`{name}` is no metric name"));
        }
        let written = self.text(node, "type");
        let Some((_, kind)) = TYPES.iter().find(|(known, _)| *known == written) else {
            self.fault(node, &format!("`{written}` is no type of metric"));
        };
        let labels = self.words(node, "labels");
        for (index, label) in labels.iter().enumerate() {
            if labels[..index].contains(label) {
                self.fault(node, &format!("label `{label}` is there twice"));
            }
            if matches!(label.as_str(), "le" | "quantile")
                && matches!(*kind, "Histogram" | "Summary")
            {
                self.fault(node, &format!("`{label}` follows from the type"));
            }
        }
        let optional = |key: &str| node.get(key).map(|_| self.text(node, key));
        format!(
            "Metric {{ name: {name:?}, kind: MetricKind::{kind}, unit: {:?}, labels: &{labels:?}, \
             from: {:?}, open: {} }}",
            optional("unit"),
            optional("from"),
            open || self.flag(node, "open"),
        )
    }

    fn keys(&self, node: NodeRef<'_>, (needed, others): (&[&str], &[&str])) {
        if !node.is_mapping() {
            self.fault(node, "this is no mapping");
        }
        for key in needed {
            if node.get(key).is_none() {
                self.fault(node, &format!("`{key}` is missing"));
            }
        }
        for (key, _) in node.pairs() {
            let name = key.scalar().unwrap_or_default();
            if !needed.contains(&name) && !others.contains(&name) {
                self.fault(key, &format!("there is no key `{name}`"));
            }
        }
    }

    fn text(&self, node: NodeRef<'_>, key: &str) -> String {
        match node.get(key).and_then(NodeRef::scalar) {
            Some(text) if !text.is_empty() => text.to_owned(),
            _ => self.fault(node, &format!("`{key}` is no text")),
        }
    }

    fn words(&self, node: NodeRef<'_>, key: &str) -> Vec<String> {
        let Some(list) = node.get(key) else { return Vec::new() };
        if !list.is_sequence() {
            self.fault(list, &format!("`{key}` is no list"));
        }
        let words = list.items().map(|item| match item.scalar() {
            Some(text) if !text.is_empty() => text.to_owned(),
            _ => self.fault(item, "this is no text"),
        });
        words.collect()
    }

    fn ports(&self, node: NodeRef<'_>) -> Vec<u16> {
        let port = |text: String| match text.parse() {
            Ok(port) => port,
            Err(_) => self.fault(node, &format!("`{text}` is no port")),
        };
        self.words(node, "ports").into_iter().map(port).collect()
    }

    fn flag(&self, node: NodeRef<'_>, key: &str) -> bool {
        match node.get(key).and_then(NodeRef::scalar) {
            None | Some("false") => false,
            Some("true") => true,
            Some(other) => self.fault(node, &format!("`{key}` is `{other}`, not true or false")),
        }
    }
}
