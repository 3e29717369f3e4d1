//! Configurations of a collector: the frame, and each component by the table of its type.

use super::checks::{self, Known};
use super::fields::Fields;
use super::walk::{self, Reading, Walker};
use super::{DocumentId, FileFacts, Refusal, SchemaIssue, built};
use crate::facts::collector::{Section, kind_of, normal};
use crate::lang::{ottl, placeholder};
use crate::parse::tree::NodeRef;
use crate::source::Span;
use std::collections::BTreeMap;

/// Compares a configuration with the tables.
pub(super) fn compare(root: NodeRef<'_>, id: DocumentId, facts: &mut FileFacts) {
    let masked = facts.documents[id.index as usize].masked;
    let host = facts.documents[id.index as usize].host;
    let operated = host.is_some_and(|host| {
        let object = &facts.documents[host.index as usize].object;
        object.as_ref().is_some_and(|object| object.kind == "OpenTelemetryCollector")
    });
    let mut issues = Vec::new();
    let reading = |name: &str| {
        let reading = Reading::of("otel-collector", name, id)?;
        Some(Reading { open: masked, ..reading })
    };
    if let Some(reading) = reading("collector") {
        issues.extend(walk::walk(reading, root).issues);
    }
    ids(root, &mut issues);
    for section in Section::ALL {
        let Some(components) = root.get(section.key()).filter(|node| node.is_mapping()) else {
            continue;
        };
        for (key, config) in components.entries() {
            let Some(name) = key.scalar().filter(|name| !placeholder::is_in(name)) else {
                continue;
            };
            let kind = format!("{}/{}", section.key(), kind_of(name));
            let Some(reading) = reading(&kind).filter(|_| !config.is_unknown()) else {
                let fault = no_settings(section, name, config);
                issues.extend(fault.filter(|_| !masked));
                continue;
            };
            // An operator gives a Prometheus receiver its target allocator.
            let given = operated && kind == "receivers/prometheus";
            let reading = Reading { open: reading.open || given, ..reading };
            let outcome = match config.is_null() {
                true => walk::walk_absent(reading, root, key.span()),
                false => walk::walk(reading, config),
            };
            let prefix = format!("{}.{name}", section.key());
            issues.extend(
                outcome
                    .issues
                    .into_iter()
                    .map(|issue| SchemaIssue { path: format!("{prefix}.{}", issue.path), ..issue }),
            );
        }
    }
    if !masked {
        built::refuse(root, &mut issues);
        statements(root, &mut issues);
    }
    // A template may put together what never stands together: only a slip of letters is certain.
    let is_maybe = |issue: &SchemaIssue| {
        masked && issue.refusal == Refusal::UnknownField && issue.suggestion.is_none()
    };
    issues.retain(|issue| !is_maybe(issue));
    facts.documents[id.index as usize].schema_issues = issues;
}

/// Whatever type a component has, its settings are a mapping.
fn no_settings(section: Section, name: &str, config: NodeRef<'_>) -> Option<SchemaIssue> {
    let text = config.scalar().filter(|_| !config.is_null() && !config.is_unknown())?;
    let what = format!("takes a mapping, not the text `{}`", super::short(text));
    let refusal = Refusal::WrongType;
    (!placeholder::is_in(text))
        .then(|| SchemaIssue { refusal, ..issue(config.span(), section.key(), name, what) })
}

/// Ids that are equal once they are read.
fn ids(root: NodeRef<'_>, issues: &mut Vec<SchemaIssue>) {
    for section in Section::ALL {
        keys(root.get(section.key()), section.key(), issues);
    }
    keys(root.at(&["service", "pipelines"]), "pipelines", issues);
}

fn keys(node: Option<NodeRef<'_>>, section: &'static str, issues: &mut Vec<SchemaIssue>) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (key, _) in node.map(NodeRef::entries).unwrap_or_default() {
        let Some(name) = key.scalar().filter(|_| !key.is_unknown()) else { continue };
        if placeholder::is_in(name) {
            continue;
        }
        let plain = normal(name);
        match seen.get(&plain) {
            Some(first) if first != name => {
                let what = format!("is the same id as `{first}`");
                issues.push(issue(key.span(), section, name, what));
            }
            _ => {
                seen.insert(plain, name.to_owned());
            }
        }
    }
}

fn issue(span: Span, section: &'static str, name: &str, message: String) -> SchemaIssue {
    SchemaIssue {
        refusal: Refusal::BadValue,
        span,
        path: format!("{section}.{name}"),
        context: "Id",
        field: name.to_owned(),
        message,
        suggestion: None,
    }
}

/// What `Validate` compares across fields, as no table says it.
pub(super) fn refuse<'t>(walker: &mut Walker<'t>, fields: &Fields<'t>) {
    match fields.table.name {
        "QueuebatchConfig" | "QueuebatchConfigOptional" => queue(walker, fields),
        "MigrationMetricsConfigV030" => views(walker, fields),
        "PrometheusreceiverConfig" => scrapes(walker, fields),
        _ => {}
    }
    if fields.get("compression_params").is_some() {
        level(walker, fields);
    }
}

/// A queue counts requests unless told otherwise, a batch items or what its queue counts.
fn queue<'t>(walker: &mut Walker<'t>, fields: &Fields<'t>) {
    let Some((key, batch)) = fields.entry("batch").filter(|(_, batch)| batch.is_mapping()) else {
        return;
    };
    let is_on =
        |node: NodeRef<'_>| node.get("enabled").and_then(checks::known_text) != Some("false");
    let Some(counts) = checks::text(fields, "sizer").filter(|_| is_on(batch)) else { return };
    let counts = if counts.is_empty() { "requests" } else { counts };
    let own = match (batch.get("sizer"), fields.get("sizer")) {
        (Some(own), _) if own.is_null() => return,
        (Some(own), _) => checks::known_text(own),
        (None, Some(_)) => Some(counts),
        (None, None) => Some("items"),
    };
    if own == Some("requests") {
        let span = match batch.entry("sizer") {
            Some((_, value)) => value.span(),
            None => checks::value_span(fields, "sizer"),
        };
        let message = "of a batch is `items` or `bytes`, not `requests`".to_owned();
        return walker.push(Refusal::Conflict, span, fields.table.name, "sizer", message, None);
    }
    let smallest = match batch.get("min_size") {
        Some(value) => checks::known_text(value).and_then(|text| text.parse::<f64>().ok()),
        None => Some(8192.0),
    };
    let room = checks::amount(walker, fields, "queue_size");
    if let (Some(smallest), Some(room)) = (smallest, room)
        && own == Some(counts)
        && smallest > room
    {
        let span = batch.entry("min_size").map_or(key.span(), |(key, _)| key.span());
        let message = format!("is {smallest}, and the queue holds {room} only");
        walker.push(Refusal::Conflict, span, fields.table.name, "min_size", message, None);
    }
}

/// Views of a collector's own metrics stand beside the level `detailed` alone.
fn views<'t>(walker: &mut Walker<'t>, fields: &Fields<'t>) {
    let Some((key, value)) = fields.entry("views").filter(|(_, value)| !value.is_null()) else {
        return;
    };
    let Some(level) = checks::text(fields, "level") else { return };
    let number = level.parse::<f64>().ok().map(f64::trunc);
    if level.eq_ignore_ascii_case("detailed") || number == Some(2.0) || value.is_unknown() {
        return;
    }
    let message = "needs `level: detailed` beside it".to_owned();
    walker.push(Refusal::Conflict, key.span(), fields.table.name, "views", message, None);
}

/// A Prometheus receiver without a job reads nothing.
fn scrapes<'t>(walker: &mut Walker<'t>, fields: &Fields<'t>) {
    let allocator = fields.get("target_allocator").is_some_and(|node| !node.is_null());
    let config = fields.get("config");
    let open = config
        .is_some_and(|node| node.is_unknown() || node.scalar().is_some_and(placeholder::is_in));
    let has = |key: &str| {
        let value = config.and_then(|config| config.get(key));
        value.is_some_and(|value| {
            value.is_unknown()
                || value.is_mapping()
                || value.items().len() > 0
                || value.scalar().is_some_and(placeholder::is_in)
        })
    };
    if allocator || open || fields.open || has("scrape_configs") || has("scrape_config_files") {
        return;
    }
    let span = fields.entry("config").map_or(fields.owner, |(key, _)| key.span());
    let message = "has no `scrape_configs` and no `target_allocator` stands beside it".to_owned();
    walker.push(Refusal::Missing, span, fields.table.name, "config", message, None);
}

/// Conditions and statements of processors, as far as their syntax goes.
fn statements(root: NodeRef<'_>, issues: &mut Vec<SchemaIssue>) {
    let processors = root.get("processors").filter(|node| node.is_mapping());
    for (key, config) in processors.map(NodeRef::entries).unwrap_or_default() {
        let kind = key.scalar().map(kind_of).unwrap_or_default();
        if !matches!(kind, "filter" | "transform") {
            continue;
        }
        for (name, section) in config.entries() {
            let word = name.scalar().unwrap_or_default();
            let lists = match (kind, word) {
                ("filter", "metrics" | "traces" | "logs" | "profiles") => {
                    let lists = section.entries().filter(|(_, list)| list.is_sequence());
                    lists.map(|(_, list)| list).collect()
                }
                _ if word.ends_with("_conditions") || word.ends_with("_statements") => {
                    vec![section]
                }
                _ => Vec::new(),
            };
            for item in lists.into_iter().flat_map(NodeRef::items) {
                statement(item, word.ends_with("_statements"), issues);
                for (inner, statements) in [("conditions", false), ("statements", true)] {
                    let list = item.get(inner).into_iter().flat_map(NodeRef::items);
                    list.for_each(|item| statement(item, statements, issues));
                }
            }
        }
    }
}

fn statement(node: NodeRef<'_>, statements: bool, issues: &mut Vec<SchemaIssue>) {
    let Some(text) = node.scalar().filter(|text| !node.is_unknown() && !text.contains('$')) else {
        return;
    };
    if node.is_null() || placeholder::is_in(text) {
        return;
    }
    let fault = match statements {
        true => ottl::statement_fault(text),
        false => ottl::condition_fault(text),
    };
    if let Some(fault) = fault {
        issues.push(SchemaIssue {
            field: super::short(text),
            ..issue(node.span(), "processors", text, fault)
        });
    }
}

/// Which levels a compression has: -2 to 9 those of zlib, any zstd, the others 0 alone.
fn level<'t>(walker: &mut Walker<'t>, fields: &Fields<'t>) {
    let Some((_, value)) = fields.get("compression_params").and_then(|node| node.entry("level"))
    else {
        return;
    };
    let number = checks::known_text(value).and_then(|text| text.parse::<i64>().ok());
    let (Some(number), Some(kind)) = (number, checks::text(fields, "compression")) else { return };
    let (low, high) = match kind {
        "gzip" | "zlib" | "deflate" => (-2, 9),
        "snappy" | "x-snappy-framed" | "lz4" => (0, 0),
        _ => return,
    };
    if checks::set(walker, fields, "compression") == Known::Yes && !(low..=high).contains(&number) {
        let message = format!("is no level of `{kind}`: {low} to {high}");
        walker.push(Refusal::BadValue, value.span(), fields.table.name, "level", message, None);
    }
}

/// Longest type and longest name.
const LENGTHS: (usize, usize) = (63, 1024);

/// Why an id is none: a type of letters, digits and `_`, and after a `/` a name without blanks.
pub(crate) fn fault(id: &str) -> Option<&'static str> {
    let (kind, name) = match id.split_once('/') {
        Some((kind, name)) => (kind.trim(), Some(name.trim())),
        None => (id.trim(), None),
    };
    if kind.is_empty() {
        return Some("has no type before the `/`");
    }
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let begins = kind.starts_with(|c: char| c.is_ascii_alphabetic());
    if !begins || !kind.chars().all(word) || kind.len() > LENGTHS.0 {
        return Some("has a type that is not made of letters, digits and `_`");
    }
    match name {
        Some("") => Some("has no name after the `/`"),
        Some(name) if name.len() > LENGTHS.1 => Some("has a name that is too long"),
        Some(name) if name.chars().any(is_refused) => {
            Some("has a name with blanks, control characters or symbols")
        }
        _ => None,
    }
}

/// Separators, control characters and symbols (`$+<=>^`|~`), as far as ASCII goes.
fn is_refused(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "$+<=>^`|~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn ids_have_a_type_and_may_have_a_name() {
        for id in ["otlp", "otlp/a", "otlp/a/b", " otlp / a ", "k8s_attributes/1", "otlp/a.b-c:d"] {
            assert_eq!(fault(id), None, "{id}");
        }
        for id in ["", "/a", "otlp/", "1otlp", "ot-lp", "otlp.x", "otlp/a b", "otlp/a+b"] {
            assert!(fault(id).is_some(), "{id}");
        }
    }
}
