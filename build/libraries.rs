//! The calls of libraries (`libraries/*.yaml`) to static tables.

use crate::fail;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::yaml;
use crate::source::{Encoding, Source, SourceId};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Roles: the word of the file, the variant, and the keys that a row of it may have.
const ROLES: &[(&str, &str, &[&str])] = &[
    ("log", "Log", &["level", "message", "fields", "style", "error", "context", "rest", "on"]),
    ("log-file", "LogFile", &["rotate", "only", "ends", "opens"]),
    ("log-handler", "LogHandler", &[]),
    ("log-field", "LogField", &["key", "value", "map"]),
    ("print", "Print", &["message", "stream"]),
    ("logger", "Logger", &["name"]),
    (
        "log-format",
        "LogFormat",
        &["asks", "format", "time", "gives", "names", "named", "unless", "writer"],
    ),
    ("log-level", "LogLevel", &["level", "of", "when"]),
    ("file-mode", "FileMode", &["path", "mode"]),
    ("tracer", "Tracer", &["name"]),
    (
        "span-start",
        "SpanStart",
        &[
            "form",
            "name",
            "kind",
            "records",
            "status",
            "attributes",
            "context",
            "result",
            "ends",
            "closes",
        ],
    ),
    ("span-end", "SpanEnd", &["of"]),
    ("span-carry", "SpanCarry", &[]),
    ("span-error", "SpanError", &["error"]),
    ("span-status", "SpanStatus", &["status"]),
    ("span-attribute", "SpanAttribute", &["key", "value", "map"]),
    ("span-current", "SpanCurrent", &["valid"]),
    (
        "provider",
        "Provider",
        &[
            "signal",
            "resource",
            "sampler",
            "processor",
            "automatic",
            "service",
            "built",
            "told",
            "readers",
        ],
    ),
    ("provider-set", "ProviderSet", &["signal", "value", "again"]),
    ("processor", "Processor", &["kind", "exporter", "signal", "instead"]),
    (
        "exporter",
        "Exporter",
        &["protocol", "speaks", "signal", "endpoint", "kind", "insecure", "path", "serves"],
    ),
    ("sampler", "Sampler", &["kind", "ratio", "root", "refuses"]),
    ("sampler-set", "SamplerSet", &["value"]),
    (
        "resource",
        "Resource",
        &["attributes", "key", "value", "name", "version", "pairs", "detects"],
    ),
    ("propagator-set", "PropagatorSet", &["kind", "value"]),
    ("propagator", "Propagator", &["kind"]),
    ("inject", "Inject", &["carrier", "form"]),
    ("extract", "Extract", &["form"]),
    ("instrument", "Instrument", &["of", "side", "records"]),
    ("shutdown", "Shutdown", &[]),
    ("identity", "Identity", &[]),
    (
        "metric",
        "Metric",
        &[
            "names",
            "reserved",
            "bare",
            "subset",
            "buckets-wrong",
            "falls",
            "type",
            "name",
            "help",
            "labels",
            "buckets",
            "unit",
            "options",
            "system",
            "namespace",
            "subsystem",
            "registry",
            "total",
            "twice",
            "reads",
            "registers",
            "percentiles",
            "edges",
        ],
    ),
    ("metric-part", "MetricPart", &["part", "value"]),
    ("metric-use", "MetricUse", &["does", "value", "labels", "unit"]),
    ("metric-serve", "MetricServe", &["of"]),
    ("value", "Value", &["gives"]),
    ("time", "Time", &["unit"]),
    ("route", "Route", &["form", "path", "handler", "method", "named"]),
    ("consume", "Consume", &["form", "protocol", "handler"]),
    ("listen", "Listen", &[]),
    (
        "outbound",
        "Outbound",
        &[
            "protocol", "url", "headers", "patched", "timeout", "options", "client", "request",
            "sends",
        ],
    ),
    ("handoff", "Handoff", &["work", "keeps"]),
    ("span-activate", "SpanActivate", &[]),
    ("fresh", "Fresh", &[]),
    ("respond", "Respond", &["status", "body", "protocol", "leaves"]),
    ("error-page", "ErrorPage", &["of"]),
    ("statistic", "Statistic", &["kind", "data", "needs"]),
    ("local-time", "LocalTime", &["zone"]),
    ("fallible", "Fallible", &["kind"]),
    ("quiet", "Quiet", &[]),
    ("suppress", "Suppress", &[]),
    ("request", "Request", &["part"]),
    ("unique-id", "UniqueId", &[]),
    ("correlate", "Correlate", &[]),
    ("thread-local", "ThreadLocal", &[]),
    ("mdc-put", "MdcPut", &["cleared"]),
    ("mdc-clear", "MdcClear", &[]),
    ("stack-text", "StackText", &[]),
    ("debug-page", "DebugPage", &["flag"]),
    ("request-log", "RequestLog", &[]),
    ("audit-listener", "AuditListener", &[]),
    ("schedule", "Schedule", &[]),
    ("arguments", "Arguments", &[]),
    ("clock", "Clock", &["kind", "instead"]),
    ("moment", "Moment", &["gives"]),
    ("random", "Random", &["bound"]),
    ("request-body", "RequestBody", &[]),
    ("login", "Login", &["password"]),
];

/// Rust text that defines `TABLES`.
pub fn generate(folder: &Path) -> String {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    paths.sort();
    let mut out = String::from("static TABLES: &[(&str, Table)] = &[\n");
    for path in &paths {
        let text = std::fs::read_to_string(path)
            .unwrap_or_else(|error| fail(&format!("cannot read {}: {error}", path.display())));
        let map = OffsetMap::slice(SourceId(0), 0);
        let tree = yaml::parse(&yaml::Input { text: &text, map: &map, masked: &[] });
        let Some(root) = tree.documents().next() else {
            fail(&format!("{} does not parse", path.display()));
        };
        let file = File { path, source: Source::new("", text.clone(), Encoding::Utf8) };
        file.table(root, &mut out);
    }
    out.push_str("];\n");
    out
}

struct File<'p> {
    path: &'p Path,
    source: Source,
}

/// A path and what Rust writes for its row.
type Row = (String, String);

impl File<'_> {
    fn fault(&self, node: NodeRef<'_>, message: &str) -> ! {
        let line = self.source.line_of(node.span().start);
        fail(&format!("{}:{line}: {message}", self.path.display()));
    }

    fn table(&self, root: NodeRef<'_>, out: &mut String) {
        self.keys(root, &["language", "source", "same", "libraries"]);
        let language = self.text(root, "language");
        let same = self.words(root, "same");
        let mut rows: Vec<Row> = Vec::new();
        let mut libraries = String::new();
        for library in root.get("libraries").into_iter().flat_map(NodeRef::items) {
            self.library(library, &mut rows, &mut libraries);
        }
        rows.sort();
        for pair in rows.windows(2) {
            let role = |row: &Row| {
                row.1
                    .split("role: ")
                    .nth(1)
                    .and_then(|rest| rest.split(',').next())
                    .map(str::to_owned)
            };
            if pair[0].0 == pair[1].0 && role(&pair[0]) == role(&pair[1]) {
                fail(&format!(
                    "{}: `{}` is there twice in one role",
                    self.path.display(),
                    pair[0].0
                ));
            }
        }
        let (ending, exact): (Vec<&Row>, Vec<&Row>) =
            rows.iter().partition(|(path, _)| path.starts_with('.'));
        let list = |rows: &[&Row]| {
            rows.iter().fold(String::new(), |mut list, (path, api)| {
                let _ = writeln!(list, "({path:?}, {api}),");
                list
            })
        };
        let _ = writeln!(
            out,
            "({language:?}, Table {{ exact: &[{}], ending: &[{}], same: &{same:?}, libraries: &[{libraries}] }}),",
            list(&exact),
            list(&ending)
        );
    }

    fn library(&self, node: NodeRef<'_>, rows: &mut Vec<Row>, libraries: &mut String) {
        let roles: Vec<&str> = ROLES.iter().map(|(word, ..)| *word).collect();
        let own = ["name", "imports", "packages", "retired", "metric-defaults"];
        let known: Vec<&str> = own.into_iter().chain(roles).collect();
        self.keys(node, &known);
        let name = self.text(node, "name");
        let (imports, packages) = (self.words(node, "imports"), self.words(node, "packages"));
        let retired = node.get("retired").and_then(NodeRef::scalar);
        let _ = writeln!(
            libraries,
            "Library {{ name: {name:?}, imports: &{imports:?}, packages: &{packages:?}, retired: {retired:?} }},"
        );
        for (word, variant, keys) in ROLES {
            let defaults = match *word {
                "metric" => node.get("metric-defaults").map(|it| self.attributes(it, keys)),
                _ => None,
            };
            for row in node.get(word).into_iter().flat_map(NodeRef::items) {
                self.row(row, &name, variant, keys, defaults.as_deref().unwrap_or(&[]), rows);
            }
        }
    }

    /// What a mapping says under the keys that a role may have.
    fn attributes(&self, row: NodeRef<'_>, keys: &[&str]) -> Vec<(String, String)> {
        let mut attributes = Vec::new();
        for (key, value) in row.entries() {
            let key = key.scalar().unwrap_or_default().to_owned();
            if key == "api" {
                continue;
            }
            if !keys.contains(&key.as_str()) {
                self.fault(row, &format!("`{key}` is no key of this role"));
            }
            let Some(value) = value.scalar() else { self.fault(value, "a text is wanted") };
            attributes.push((key, value.to_owned()));
        }
        attributes
    }

    /// One row: a path, or a mapping with it and more; what a library says for all its rows is
    /// added.
    fn row(
        &self,
        row: NodeRef<'_>,
        library: &str,
        variant: &str,
        keys: &[&str],
        defaults: &[(String, String)],
        rows: &mut Vec<Row>,
    ) {
        let (path, mut attributes) = match row.scalar() {
            Some(path) => (path.to_owned(), Vec::new()),
            None => (self.text(row, "api"), self.attributes(row, keys)),
        };
        for (key, value) in defaults {
            if !attributes.iter().any(|(known, _)| known == key) {
                attributes.push((key.clone(), value.clone()));
            }
        }
        for path in alternatives(&path) {
            // `*.info`: whatever stands before.
            let path = path.strip_prefix('*').map(str::to_owned).unwrap_or(path);
            let api = format!(
                "Api {{ library: {library:?}, role: Role::{variant}, attributes: &{attributes:?} }}"
            );
            rows.push((path, api));
        }
    }

    fn keys(&self, node: NodeRef<'_>, known: &[&str]) {
        for (key, _) in node.entries() {
            let name = key.scalar().unwrap_or_default();
            if !known.contains(&name) {
                self.fault(key, &format!("`{name}` is no key here"));
            }
        }
    }

    fn text(&self, node: NodeRef<'_>, key: &str) -> String {
        match node.get(key).and_then(|value| value.scalar()) {
            Some(text) => text.to_owned(),
            None => self.fault(node, &format!("`{key}` is missing")),
        }
    }

    fn words(&self, node: NodeRef<'_>, key: &str) -> Vec<String> {
        let list = node.get(key).into_iter().flat_map(NodeRef::items);
        list.filter_map(|item| item.scalar().map(str::to_owned)).collect()
    }
}

/// `a.{b,c}.{d,e}` to all four; alternatives may hold alternatives.
fn alternatives(path: &str) -> Vec<String> {
    let Some(open) = path.find('{') else { return vec![path.to_owned()] };
    let (mut depth, mut from, mut choices) = (0, open + 1, Vec::new());
    for (at, sign) in path[open..].char_indices().map(|(at, sign)| (at + open, sign)) {
        match sign {
            '{' => depth += 1,
            '}' | ',' if depth == 1 => {
                choices.push(path[from..at].trim());
                from = at + 1;
                if sign == '}' {
                    let ends = alternatives(&path[from..]);
                    let words = choices.into_iter().flat_map(alternatives);
                    return words
                        .flat_map(|word| {
                            let before = &path[..open];
                            ends.iter().map(move |end| format!("{before}{word}{end}"))
                        })
                        .collect();
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    vec![path.to_owned()]
}
