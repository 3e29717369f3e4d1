//! The collector's component types (`components/collector.yaml`) to static data. What is wrong in
//! the table stops the build at its line.

use crate::fail;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::yaml;
use crate::source::{Encoding, Source, SourceId};
use std::fmt::Write;
use std::path::Path;

const SECTIONS: &[&str] = &["connectors", "exporters", "extensions", "processors", "receivers"];
const DISTRIBUTIONS: &[(&str, &str)] = &[
    ("core", "Core"),
    ("contrib", "Contrib"),
    ("k8s", "K8s"),
    ("otlp", "Otlp"),
    ("profiler", "Profiler"),
    ("jaeger", "Jaeger"),
];
const SIGNALS: &[&str] = &["traces", "metrics", "logs", "profiles"];

/// Rust text that defines `NEWEST` and `TYPES`, sorted by section and name.
pub fn generate(path: &Path) -> String {
    let text = std::fs::read_to_string(path)
        .unwrap_or_else(|error| fail(&format!("cannot read {}: {error}", path.display())));
    let map = OffsetMap::slice(SourceId(0), 0);
    let tree = yaml::parse(&yaml::Input { text: &text, map: &map, masked: &[] });
    let Some(root) = tree.documents().next() else {
        fail(&format!("{} does not parse", path.display()));
    };
    let file = File { path, source: Source::new("", text.clone(), Encoding::Utf8) };
    let newest = root.get("newest").map(|node| file.release(node)).unwrap_or_default();
    let mut out =
        format!("const NEWEST: Version = {newest};\nstatic TYPES: &[ComponentType] = &[\n");
    for section in SECTIONS {
        let Some(rows) = root.get(section) else {
            fail(&format!("{} has no {section}", path.display()));
        };
        let mut lines: Vec<(String, String)> =
            rows.pairs().map(|(key, row)| file.row(section, key, row)).collect();
        lines.sort();
        for (_, line) in lines {
            let _ = writeln!(out, "{line},");
        }
    }
    out.push_str("];\n");
    out
}

struct File<'p> {
    path: &'p Path,
    source: Source,
}

impl File<'_> {
    fn fault(&self, node: NodeRef<'_>, message: &str) -> ! {
        let line = self.source.line_of(node.span().start);
        fail(&format!("{}:{line}: {message}", self.path.display()));
    }

    fn row(&self, section: &str, key: NodeRef<'_>, row: NodeRef<'_>) -> (String, String) {
        let name = key.scalar().unwrap_or_default();
        let mut parts = String::new();
        let mut signals: Vec<String> = Vec::new();
        let (mut now, mut renamed, mut instead) = (None, "None".to_owned(), None);
        for (field, value) in row.pairs() {
            let word = field.scalar().unwrap_or_default();
            let text = || match value.scalar() {
                Some(text) if !text.is_empty() => text.to_owned(),
                _ => self.fault(field, "this is no text"),
            };
            match word {
                "signals" => {
                    signals = value.items().map(|item| self.signal(section, item)).collect()
                }
                "now" => now = Some(text()),
                "renamed" => renamed = format!("Some({})", self.release(value)),
                "instead" => instead = Some(text()),
                _ => {
                    let known = DISTRIBUTIONS.iter().find(|(name, _)| *name == word);
                    let Some((_, variant)) = known else {
                        self.fault(field, &format!("there is no key `{word}`"));
                    };
                    let span = text();
                    let (first, last) = match span.split_once('-') {
                        Some((first, last)) => {
                            (first, format!("Some({})", self.version(value, last)))
                        }
                        None => (span.as_str(), "None".to_owned()),
                    };
                    let first = self.version(value, first);
                    let _ = write!(
                        parts,
                        "Part {{ of: Distribution::{variant}, first: {first}, last: {last} }}, "
                    );
                }
            }
        }
        let line = format!(
            "ComponentType {{ section: {section:?}, name: {name:?}, now: {now:?}, renamed: {renamed}, \
             signals: &{signals:?}, parts: &[{parts}], instead: {instead:?} }}"
        );
        (name.to_owned(), line)
    }

    fn signal(&self, section: &str, item: NodeRef<'_>) -> String {
        let text = item.scalar().unwrap_or_default();
        let known = match text.split_once('>') {
            Some((from, to)) => {
                section == "connectors" && SIGNALS.contains(&from) && SIGNALS.contains(&to)
            }
            None => section != "connectors" && SIGNALS.contains(&text),
        };
        if !known {
            self.fault(item, &format!("`{text}` is no signal"));
        }
        text.to_owned()
    }

    fn release(&self, node: NodeRef<'_>) -> String {
        self.version(node, node.scalar().unwrap_or_default())
    }

    fn version(&self, node: NodeRef<'_>, text: &str) -> String {
        let mut numbers = text.split('.').map(str::parse::<u32>);
        match (numbers.next(), numbers.next().unwrap_or(Ok(0))) {
            (Some(Ok(major)), Ok(minor)) => format!("Version::new({major}, {minor}, 0)"),
            _ => self.fault(node, &format!("`{text}` is no release")),
        }
    }
}
