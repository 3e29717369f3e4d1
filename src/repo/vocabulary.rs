//! The names of fields of log records, from the code that writes them to the searches that ask
//! for them.

use super::Repo;
use super::images::is_known;
use super::logfields::base_and_unit;
use crate::facts::code::is_test;
use crate::facts::code::logs::{LogCall, Logged, Way};
use crate::facts::query::{Form, LogQuery};
use crate::facts::{Document, DocumentId, logstash};
use crate::identify::Kind;
use crate::lang::path::last;
use crate::source::Span;
use aho_corasick::AhoCorasick;
use std::collections::{BTreeMap, BTreeSet};

/// A field that code writes.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its last part, as written.
    pub name: String,
    /// Where its value is passed.
    pub span: Span,
    /// The unit that its name, or the name of its value, says: seconds that one of it is.
    pub unit: Option<f64>,
}

/// What code writes, and what it certainly does not.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// Fields by their names without units, in small letters.
    written: BTreeMap<String, Vec<Written>>,
    /// Last parts of names that searches ask for and that stand nowhere in code or pipelines;
    /// empty where not all of these could be read.
    missing: BTreeSet<String>,
}

impl Vocabulary {
    /// Fields that differ from this one by their unit at most.
    pub fn like(&self, leaf: &str) -> &[Written] {
        self.written.get(&base_and_unit(leaf).0).map_or(&[], Vec::as_slice)
    }

    /// Whether nothing here can bring a field of this name.
    pub fn is_missing(&self, leaf: &str) -> bool {
        self.missing.contains(leaf)
    }
}

/// Objects that applications put their fields in.
const HOLDERS: &[&str] =
    &["fields", "json", "app", "data", "context", "ctx", "extra", "payload", "attributes"];

/// Names that every logger, shipper or store brings.
const USUAL: &[&str] = &[
    "level",
    "severity",
    "lvl",
    "msg",
    "message",
    "time",
    "ts",
    "timestamp",
    "logger",
    "name",
    "caller",
    "thread",
    "stack",
    "stacktrace",
    "exception",
    "error",
    "err",
    "pid",
    "hostname",
    "host",
    "service",
    "environment",
    "env",
    "version",
    "tags",
    "type",
    "log",
    "stream",
    "source",
    "index",
    "module",
    "function",
    "line",
    "file",
    "filename",
    "pathname",
    "process",
];

/// The last part of a field that only an application can bring: `duration` of `fields.duration`.
pub fn own_leaf(field: &str) -> Option<&str> {
    let field = field.strip_suffix(".keyword").or(field.strip_suffix(".raw")).unwrap_or(field);
    let leaf = match field.split_once('.') {
        None => field,
        Some((holder, leaf)) if HOLDERS.contains(&holder) => leaf,
        Some(_) => return None,
    };
    let plain = leaf.len() > 2 && leaf.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (plain && !leaf.starts_with('_') && !USUAL.contains(&leaf)).then_some(leaf)
}

impl Repo {
    /// What code writes into its records.
    pub fn vocabulary(&self) -> &Vocabulary {
        self.vocabulary.get_or_init(|| Vocabulary::of(self))
    }
}

impl Vocabulary {
    fn of(repo: &Repo) -> Vocabulary {
        let asked: BTreeSet<&str> = repo
            .facts
            .log_queries
            .iter()
            .filter(|query| is_asked(query))
            .flat_map(|query| &query.uses)
            .filter(|used| used.known())
            .filter_map(|used| own_leaf(used.field()))
            .collect();
        let mut vocabulary = Vocabulary::default();
        if asked.is_empty() {
            return vocabulary;
        }
        for call in repo.facts.log_calls.iter().filter(|call| !call.printed) {
            for (key, value) in call.fields().filter_map(|it| Some((it.key.as_ref()?, it))) {
                let name = key.text.rsplit('.').next().unwrap_or(&key.text).to_owned();
                let (base, own) = base_and_unit(&name);
                let of_value = value.name.as_deref().and_then(|name| base_and_unit(name).1);
                let unit = own.or(of_value);
                let written = Written { name, span: value.span, unit };
                vocabulary.written.entry(base).or_default().push(written);
            }
        }
        let named = || repo.facts.record_parts.iter().any(|it| !it.parts.is_empty());
        if (!vocabulary.written.is_empty() || named()) && is_whole(repo) {
            vocabulary.missing = missing(repo, &asked);
        }
        vocabulary
    }
}

/// Whether a search is one on records alone: what panels ask may be a metric.
pub fn is_asked(query: &LogQuery) -> bool {
    query.form != Form::Panel
}

/// Whether all that writes records can be read, and every field has a name.
fn is_whole(repo: &Repo) -> bool {
    /// Endings of languages that are not read, and of logs of proxies.
    const UNREAD: &[&str] = &[
        "rb", "php", "kt", "kts", "scala", "c", "cc", "cpp", "cxx", "ex", "exs", "erl", "clj",
        "swift", "dart", "lua", "pl", "fs", "vb", "hs", "groovy", "vue", "svelte", "vcl", "r",
    ];
    const PROXIES: &[&str] = &["nginx", "envoy", "haproxy", "traefik", "caddyfile", "httpd"];
    let unread = repo.paths.iter().any(|path| {
        let name = last(path).to_ascii_lowercase();
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        UNREAD.contains(&ending) || PROXIES.iter().any(|proxy| name.contains(proxy))
    });
    let services = repo.services();
    let foreign = (0..repo.facts.containers.len()).any(|number| {
        let image = repo.facts.containers[number].image.as_ref();
        !is_known(image.and_then(|image| image.known_text()))
            && !services
                .iter()
                .any(|service| !service.own.is_empty() && service.containers.contains(&number))
    });
    !unread
        && !foreign
        && services.iter().all(|service| service.is_readable())
        && repo.facts.log_calls.iter().all(|call| is_clear(repo, call))
        && repo.facts.logstash_plugins.iter().all(|plugin| {
            plugin.role != logstash::Role::Filter
                || !matches!(
                    plugin.name.text.as_str(),
                    "ruby"
                        | "kv"
                        | "translate"
                        | "http"
                        | "jdbc_streaming"
                        | "xml"
                        | "csv"
                        | "memcached"
                )
        })
}

/// Whether all fields that a call brings have names that are written somewhere.
fn is_clear(repo: &Repo, call: &LogCall) -> bool {
    let keyed = |value: &Logged| match value.way {
        Way::Field => value.key.is_some(),
        // What a wrapper of the repository does with it is not known.
        Way::Argument => call.library != "own",
        Way::Message | Way::Text => true,
    };
    if call.printed {
        return true;
    }
    if call.open || !call.values.iter().all(keyed) {
        return false;
    }
    // A record that is made elsewhere: in a wrapper, of its callers' words.
    let made = call.alone && call.message.is_none() && call.template.is_none();
    if !made {
        return true;
    }
    let source = repo.source(call.document.source);
    let text = source.look();
    let after = text.get(call.method.span.end as usize..).unwrap_or_default();
    let argument = after.split([')', '\n']).next().unwrap_or_default();
    let encoded = ["dumps", "stringify", "Marshal", "Serialize", "writeValueAsString", "to_string"]
        .iter()
        .any(|word| argument.contains(word));
    !encoded
        || (text.contains("class ") && (text.contains("Logger:") || text.contains("Formatter(")))
}

/// Names that stand in no code and in no pipeline.
fn missing(repo: &Repo, asked: &BTreeSet<&str>) -> BTreeSet<String> {
    let mut forms: Vec<(String, &str)> = Vec::new();
    for leaf in asked {
        forms.push(((*leaf).to_owned(), leaf));
        let camel = camel(leaf);
        let snake = snake(leaf);
        forms.extend([camel, snake].into_iter().filter(|one| one != leaf).map(|one| (one, *leaf)));
    }
    let words = forms.iter().map(|(form, _)| form);
    let Ok(finder) = AhoCorasick::builder().ascii_case_insensitive(true).build(words) else {
        return BTreeSet::new();
    };
    let calls: BTreeSet<DocumentId> =
        repo.facts.log_calls.iter().map(|call| call.document).collect();
    let records = repo.facts.log_calls.iter().filter(|call| !call.printed);
    let writers: BTreeSet<DocumentId> = records.map(|call| call.document).collect();
    let mut left: BTreeSet<&str> = asked.clone();
    for document in &repo.facts.documents {
        let code = document.kind.is_code();
        if !code && !is_pipeline(document) {
            continue;
        }
        let source = repo.source(document.id.source);
        if code && is_test(&source.path) {
            continue;
        }
        let text = source.look();
        // Loggers in a file that no reader here looked into.
        let logs = [".info(", ".Info(", ".error(", ".LogInformation("];
        let named = ["log", "Log"].iter().any(|word| text.contains(word));
        let unseen = code && named && !calls.contains(&document.id);
        if unseen && logs.iter().any(|word| text.contains(word)) {
            return BTreeSet::new();
        }
        for found in finder.find_overlapping_iter(text.as_ref()) {
            if is_key(&text, found.range(), document, writers.contains(&document.id)) {
                left.remove(forms[found.pattern().as_usize()].1);
            }
        }
        if left.is_empty() {
            break;
        }
    }
    left.into_iter().map(str::to_owned).collect()
}

/// Whether a document says what becomes of records on their way.
fn is_pipeline(document: &Document) -> bool {
    matches!(
        document.kind,
        Kind::LogstashPipeline
            | Kind::LogstashConfig
            | Kind::BeatConfig
            | Kind::FluentdConfig
            | Kind::FluentBitConfig
            | Kind::VectorConfig
            | Kind::PromtailConfig
            | Kind::OtelCollector
            | Kind::ElasticRequests
            | Kind::Kubernetes
            | Kind::HelmValues
            | Kind::Compose
    )
}

/// Whether a word stands where it may name a field. In Python that is a text, the name of an
/// argument or a field of a class; a variable is none, nor is an argument of a function of a file
/// that writes no records.
fn is_key(text: &str, range: std::ops::Range<usize>, document: &Document, logs: bool) -> bool {
    let (before, after) = (&text[..range.start], &text[range.end..]);
    let word = |c: char| c.is_alphanumeric() || c == '_';
    if before.ends_with(word) || after.starts_with(word) {
        return false;
    }
    if document.kind != Kind::Python {
        return true;
    }
    // `operation.duration` is another field than `duration`.
    let above = before.strip_suffix('.').map(|before| before.rsplit(|c| !word(c)).next());
    if above.is_some_and(|holder| !holder.is_some_and(|one| HOLDERS.contains(&one))) {
        return false;
    }
    let name = &text[range];
    // The last word of a sentence is no key.
    let quoted =
        before.ends_with(['"', '\'']) || (before.ends_with('.') && after.starts_with(['"', '\'']));
    let declared = || [", ", "("].iter().any(|start| text.contains(&format!("{start}{name}:")));
    let argument = after.starts_with('=') && !after.starts_with("==") && (logs || !declared());
    let line = before.rsplit('\n').next().unwrap_or_default();
    let field = line.chars().all(char::is_whitespace) && after.trim_start().starts_with(':');
    quoted || argument || field
}

/// `user_id` as `userId`.
fn camel(name: &str) -> String {
    let mut parts = name.split('_').filter(|part| !part.is_empty());
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut chars = part.chars();
        text.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        text.push_str(chars.as_str());
    }
    text
}

/// `userId` as `user_id`.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !text.is_empty() && !text.ends_with('_') {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}
