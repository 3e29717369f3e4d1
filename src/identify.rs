//! What a document is, from its content alone: also with a key misspelt or a line lost.

pub mod kind;
mod logstash;
mod object;
mod shape;
mod signature;
mod table;
mod text;
pub mod vector;

pub use kind::Kind;
pub use text::is_nomad;

use crate::parse::tree::NodeRef;
use shape::Shape;

/// How a file is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// YAML or JSON whose documents may be of a kind.
    Structured,
    /// A text of this kind, to be read as a whole.
    Whole(Kind),
    /// Nothing the tool knows.
    Nothing,
}

/// Makes what every file is compared with.
pub fn prepare() {
    signature::prepare();
}

/// Whether a text is a pipeline of Logstash.
pub fn is_pipeline(text: &str) -> bool {
    logstash::is_pipeline(text)
}

/// How to read a file: by a literal search, so that most files are never parsed.
///
/// The name only helps where the content is source code.
pub fn reading(path: &str, text: &str) -> Reading {
    let named = text::by_name(path);
    if named == Some(Kind::Manifest) {
        return Reading::Whole(Kind::Manifest);
    }
    if text::is_jsonnet(path) || is_nomad(path) {
        return Reading::Whole(Kind::Text);
    }
    if let Some(kind) = text::by_definitions(text) {
        return kind.map_or(Reading::Nothing, Reading::Whole);
    }
    if text::is_saved_objects(text) {
        return Reading::Whole(Kind::KibanaObjects);
    }
    if vector::part(path).is_some_and(|role| vector::is_component(role, text)) {
        return Reading::Whole(Kind::VectorConfig);
    }
    // A name that lies: YAML in a file called `x.md`. Front matter has text after it.
    let structured =
        text::looks_structured(text) && !(named.is_some() && text.trim_start().starts_with("---"));
    if structured && (is_candidate(text) || by_file(path, text).is_some()) {
        return Reading::Structured;
    }
    if path.ends_with(".hcl") && text::is_terraform(text) {
        return Reading::Whole(Kind::Terraform);
    }
    if let Some(kind) = named.or_else(|| text::by_shebang(text)) {
        return Reading::Whole(kind);
    }
    // A page shows parts of many languages, and is read by no program.
    let page = [".asciidoc", ".adoc", ".rst"].iter().any(|ending| path.ends_with(ending));
    if let Some(kind) = text::by_grammar(text).filter(|_| !page) {
        return Reading::Whole(kind);
    }
    if !structured && let Some(kind) = text::by_code(text) {
        return Reading::Whole(kind);
    }
    if is_candidate(text) { Reading::Structured } else { Reading::Nothing }
}

/// The kind that a file's name and the begin of a line in it say together, where the keys that a
/// program has are too few to tell it by.
pub fn by_file(path: &str, text: &str) -> Option<Kind> {
    const SPACES: &[&str] = &["server.", "elasticsearch.", "xpack.", "logging.", "kibana."];
    let name = path.rsplit('/').next().unwrap_or(path);
    let settings = || text.lines().any(|line| SPACES.iter().any(|space| line.starts_with(space)));
    match name {
        "kibana.yml" => settings().then_some(Kind::KibanaConfig),
        "prometheus.yml" => has_only(text, PROMETHEUS).then_some(Kind::PrometheusConfig),
        "elasticsearch.yml" => has_only(text, ENGINE).then_some(Kind::ElasticsearchConfig),
        _ => None,
    }
}

/// The keys at the root of Prometheus' configuration.
pub const PROMETHEUS: &[&str] = &[
    "global",
    "runtime",
    "rule_files",
    "scrape_config_files",
    "scrape_configs",
    "alerting",
    "remote_write",
    "remote_read",
    "storage",
    "tracing",
    "otlp",
];

/// Where the settings of a search engine's node begin.
const ENGINE: &[&str] = &[
    "action",
    "bootstrap",
    "cloud",
    "cluster",
    "discovery",
    "gateway",
    "http",
    "indices",
    "ingest",
    "network",
    "node",
    "path",
    "script",
    "search",
    "thread_pool",
    "transport",
    "xpack",
];

/// Whether all keys at the root of a text are of these, and there are some. Markers of documents and
/// items of lists, which may stand as far left, are no keys.
fn has_only(text: &str, keys: &[&str]) -> bool {
    let mut roots = text
        .lines()
        .filter(|line| line.starts_with(|c: char| !c.is_whitespace() && !matches!(c, '#' | '-')))
        .peekable();
    roots.peek().is_some()
        && roots.all(|line| {
            // Of settings with dots the first part says whose they are.
            let space = line.split([':', '.']).next().unwrap_or_default();
            line.contains(':') && keys.contains(&space)
        })
}

/// The kind that a file's name says, for a text that turns out to be no YAML.
pub fn named(path: &str) -> Option<Kind> {
    text::by_name(path)
}

/// Whether `text` can hold a document of any kind: a literal search, so that most files are
/// never parsed.
pub fn is_candidate(text: &str) -> bool {
    signature::is_candidate(text)
}

/// The kind of a parsed document.
pub fn classify(root: NodeRef<'_>) -> Option<Kind> {
    if is_targets(root) {
        return Some(Kind::PrometheusTargets);
    }
    signature::classify(&Shape::of_node(root))
}

/// The kind of a document that does not parse, from the keys its lines begin with.
pub fn classify_text(text: &str) -> Option<Kind> {
    let lines = || signature::classify(&Shape::of_lines(text));
    match text.trim_start().starts_with('{') {
        true => signature::classify(&Shape::of_json(text)).or_else(lines),
        false => lines(),
    }
}

/// A list of `targets` with `labels`, and nothing else.
fn is_targets(root: NodeRef<'_>) -> bool {
    let near = |key: &str, word: &str| {
        key == word || signature::is_one_edit(key.as_bytes(), word.as_bytes())
    };
    let mut misspelt = 0;
    let group = |item: NodeRef<'_>| {
        item.pairs().len() > 0
            && item.pairs().all(|(key, value)| {
                let key = key.scalar().unwrap_or_default();
                misspelt += usize::from(key != "targets" && key != "labels");
                let addresses = near(key, "targets")
                    && value.is_sequence()
                    && value.items().all(|target| target.scalar().is_some());
                addresses || (near(key, "labels") && value.is_mapping())
            })
    };
    let groups = root.items().len() > 0 && root.items().all(group);
    let addressed = root.items().any(|item| item.pairs().any(|(_, value)| value.is_sequence()));
    groups && addressed && misspelt < 2
}

/// Endings of source code that is analysed or could hold annotations.
const CODE: &[&str] = &[
    "py", "go", "java", "js", "jsx", "mjs", "cjs", "ts", "tsx", "rs", "cs", "rb", "php", "kt",
    "scala", "c", "cc", "cpp", "h", "hpp", "swift", "css", "scss",
];

/// Whether a file is source code.
pub fn is_code(source: &crate::source::Source) -> bool {
    source.path.rsplit_once('.').is_some_and(|(_, ending)| CODE.contains(&ending))
}
