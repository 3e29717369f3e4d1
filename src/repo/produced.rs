//! Indices that something here writes: shippers, pipelines, collectors, requests, templates.

use super::Repo;
use super::runs::{JAEGER, Program as Image};
use crate::facts::DocumentId;
use crate::facts::beat::BeatOutput;
use crate::facts::collector::{Component, Section as CollectorSection};
use crate::facts::logstash::{Plugin, Role};
use crate::facts::scalar::Scalar;
use crate::facts::shipper::{self, Program, Section};
use crate::source::Span;

/// A family of indices that something here writes.
#[derive(Clone, Debug)]
pub struct Produced {
    /// Where it came from.
    pub document: DocumentId,
    /// Where the name stands, or what writes it.
    pub span: Span,
    /// Its name, with `*` for what differs.
    pub pattern: String,
    /// The name is written here; else it is the default of what writes.
    pub named: bool,
    /// What writes brings a lifecycle of its own, or leaves it to the store's.
    pub managed: bool,
}

/// All families.
#[derive(Debug, Default)]
pub struct Production {
    /// In no order.
    pub all: Vec<Produced>,
    /// Something may write indices whose names nobody can know.
    pub open: bool,
}

/// Programs that write indices with names of their own making.
const WRITERS: Image = Image(&[
    "apm-server*",
    "elastic-agent*",
    "zipkin*",
    "graylog*",
    "skywalking*",
    "wazuh*",
    "suricata*",
    "arkime*",
    "fleet*",
    "enterprise-search*",
    "data-prepper",
    "cribl*",
    "kafka-connect*",
    "cp-kafka-connect*",
]);

impl Repo {
    /// The families of indices that something here writes.
    pub fn produced(&self) -> &Production {
        self.produced.get_or_init(|| {
            let mut found = Production::default();
            for plugin in &self.facts.logstash_plugins {
                found.take(of_logstash(plugin));
            }
            for output in &self.facts.beat_outputs {
                found.take(of_beat(self, output));
            }
            for section in &self.facts.shipper_sections {
                found.take(of_shipper(self, section));
            }
            for component in &self.facts.components {
                found.take(of_collector(component));
            }
            found.declared(self);
            found.open |= is_open(self);
            found
        })
    }
}

/// What one writer writes.
pub enum Writes {
    /// Nothing into a search engine.
    Nothing,
    /// Nobody can know.
    Unknown,
    /// These.
    These(Vec<Produced>),
}

impl Production {
    fn take(&mut self, writes: Writes) {
        match writes {
            Writes::Nothing => {}
            Writes::Unknown => self.open = true,
            Writes::These(some) => self.all.extend(some),
        }
    }

    fn add(&mut self, document: DocumentId, span: Span, pattern: &str) {
        let pattern = pattern.to_owned();
        self.all.push(Produced { document, span, pattern, named: true, managed: false });
    }

    /// Templates, requests, and what stores of traces write.
    fn declared(&mut self, repo: &Repo) {
        for template in &repo.facts.index_templates {
            let patterns = template.patterns.iter().filter(|it| it.known);
            for pattern in patterns {
                self.add(template.document, pattern.span, &pattern.text);
            }
            for (alias, _) in &template.aliases {
                self.add(template.document, alias.span, &alias.text);
            }
            if let Some(name) = &template.name {
                self.add(template.document, template.anchor, name);
            }
        }
        for request in &repo.facts.engine_requests {
            let mut parts = request.path.text.split('/');
            let first = parts.next().unwrap_or_default();
            self.open |= !request.path.known && first.contains('$') || first == "_aliases";
            if !first.is_empty() && !first.starts_with('_') {
                self.add(request.document, request.path.span, first);
            }
            if let (Some("_alias" | "_aliases"), Some(name)) = (parts.next(), parts.next()) {
                self.add(request.document, request.path.span, name);
            }
        }
        for container in repo.containers_of(JAEGER) {
            self.add(container.document, container.name.span, "*jaeger-*");
        }
        for store in repo.trace_stores() {
            self.add(store.document, store.span, "*jaeger-*");
        }
    }
}

/// Whether something may write that is not read: code that speaks to a search engine, a language
/// that is not read, a program with indices of its own.
fn is_open(repo: &Repo) -> bool {
    const UNREAD: &[&str] = &[
        "rb", "php", "kt", "scala", "c", "cc", "cpp", "ex", "exs", "clj", "swift", "lua", "pl",
        "groovy",
    ];
    let unread = repo
        .paths
        .iter()
        .any(|path| path.rsplit_once('.').is_some_and(|(_, ending)| UNREAD.contains(&ending)));
    let engines = ["lasticsearch", "pensearch", "elastic_", "ELASTIC"];
    unread
        || !repo.containers_of(WRITERS).is_empty()
        || repo.facts.documents.iter().filter(|it| it.kind.is_code()).any(|document| {
            let text = repo.source(document.id.source).look();
            engines.iter().any(|engine| text.contains(engine))
        })
}

fn these(document: DocumentId, span: Span, patterns: &[&str]) -> Writes {
    let one = |pattern: &&str| Produced {
        document,
        span,
        pattern: (*pattern).to_owned(),
        named: false,
        managed: true,
    };
    Writes::These(patterns.iter().map(one).collect())
}

fn named(document: DocumentId, name: &Scalar, pattern: String, managed: bool) -> Writes {
    if !name.known || pattern.is_empty() {
        return Writes::Unknown;
    }
    Writes::These(vec![Produced { document, span: name.span, pattern, named: true, managed }])
}

/// What an output of Logstash writes.
pub fn of_logstash(plugin: &Plugin) -> Writes {
    let search = matches!(plugin.name.text.as_str(), "elasticsearch" | "opensearch");
    if plugin.role != Role::Output || !search {
        return Writes::Nothing;
    }
    if plugin.open {
        return Writes::Unknown;
    }
    if let Some(alias) = plugin.scalar("ilm_rollover_alias") {
        return named(plugin.document, alias, format!("{}*", varying(&alias.text)), true);
    }
    if let Some(index) = plugin.option("index") {
        let Some(name) = index.value.scalar() else { return Writes::Unknown };
        let managed = plugin.option("ilm_policy").is_some();
        return named(plugin.document, name, varying(&name.text), managed);
    }
    let patterns: &[&str] = match plugin.flag("data_stream") {
        Some(true) => &["logs-*-*", "metrics-*-*", "traces-*-*"],
        _ => &["logs-*-*", "ecs-logstash*", "logstash*"],
    };
    these(plugin.document, plugin.name.span, patterns)
}

/// What an output of a Beat writes.
pub fn of_beat(repo: &Repo, output: &BeatOutput) -> Writes {
    if output.name != "elasticsearch" || output.enabled() == Some(false) {
        return Writes::Nothing;
    }
    let beat = repo.of_document(&repo.facts.beats, output.document).next();
    let beat = beat.filter(|_| !output.agent && !output.settings.open);
    let Some(beat) = beat else { return Writes::Unknown };
    let set = &beat.settings;
    let off = |key: &str| set.get(key).is_some_and(|it| it.boolean() == Some(false));
    let managed = !off("setup.ilm.enabled") || set.has("setup.dsl");
    if output.settings.has("indices") {
        return Writes::Unknown;
    }
    if let Some(alias) = set.scalar("setup.ilm.rollover_alias") {
        return named(output.document, alias, format!("{}*", varying(&alias.text)), true);
    }
    if let Some(index) = output.settings.scalar("index") {
        return named(output.document, index, varying(&index.text), managed);
    }
    let Some(name) = beat.name else { return Writes::Unknown };
    let pattern = format!("{name}-*");
    let span = output.anchor;
    Writes::These(vec![Produced {
        document: output.document,
        span,
        pattern,
        named: false,
        managed,
    }])
}

/// What an output of Fluent Bit, Fluentd or Vector writes.
pub fn of_shipper(repo: &Repo, section: &Section) -> Writes {
    let plugin = section.plugin_name().unwrap_or_default();
    let search = ["es", "elasticsearch", "opensearch"].iter().any(|name| {
        plugin
            .strip_prefix(name)
            .is_some_and(|rest| matches!(rest, "" | "_dynamic" | "_data_stream"))
    });
    if section.role != shipper::Role::Output || !search {
        return Writes::Nothing;
    }
    if section.open {
        return Writes::Unknown;
    }
    let document = section.document;
    if section.program == Program::Vector {
        if section.value("mode").is_some_and(|mode| mode.text == "data_stream") {
            return these(
                document,
                section.name_span(),
                &["logs-*-*", "metrics-*-*", "traces-*-*"],
            );
        }
        return match section.value("bulk.index") {
            Some(index) => named(document, index, varying(&index.text), false),
            None => default(section, "vector-*"),
        };
    }
    if let Some(stream) = section.value("data_stream_name") {
        return named(document, stream, varying(&stream.text), true);
    }
    // Names that each record brings.
    let free = ["logstash_prefix_key", "target_index_key", "logstash_prefix_separator"];
    let inner = repo.inside(section).next().is_some() && plugin.ends_with("_dynamic");
    if inner || free.iter().any(|key| section.property(key).is_some()) {
        return Writes::Unknown;
    }
    if section.switch("logstash_format") == Some(true) {
        return match section.value("logstash_prefix") {
            Some(prefix) => named(document, prefix, format!("{}-*", varying(&prefix.text)), false),
            None => default(section, "logstash-*"),
        };
    }
    match section.value("index").or(section.value("index_name")) {
        Some(index) => named(document, index, varying(&index.text), false),
        None if section.program == Program::FluentBit => default(section, "fluent-bit*"),
        None => default(section, "fluentd*"),
    }
}

fn default(section: &Section, pattern: &str) -> Writes {
    let (document, span) = (section.document, section.name_span());
    let pattern = pattern.to_owned();
    Writes::These(vec![Produced { document, span, pattern, named: false, managed: false }])
}

/// What an exporter of a collector writes.
fn of_collector(component: &Component) -> Writes {
    let kind = component.kind();
    if component.section != CollectorSection::Exporters
        || !matches!(kind, "elasticsearch" | "opensearch")
    {
        return Writes::Nothing;
    }
    let set = &component.settings;
    let names: Vec<&Scalar> = ["logs_index", "traces_index", "metrics_index", "index"]
        .iter()
        .filter_map(|key| set.get(key))
        .collect();
    if set.open || names.iter().any(|name| !name.known) {
        return Writes::Unknown;
    }
    let (document, span) = (component.document, component.id.span);
    let own = names.iter().map(|name| Produced {
        document,
        span: name.span,
        pattern: format!("{}*", varying(&name.text)),
        named: true,
        managed: false,
    });
    let mut found: Vec<Produced> = own.collect();
    let brought = ["logs-*", "traces-*", "metrics-*", "ss4o_*", "otel-*"];
    if let Writes::These(some) = these(document, span, &brought) {
        found.extend(some);
    }
    Writes::These(found)
}

/// A name with `*` for all that differs from record to record and from day to day.
pub fn varying(name: &str) -> String {
    let mut pattern = String::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let closed = ["%{", "${", "{{"].iter().find(|open| rest.starts_with(**open));
        let width = match (closed, first) {
            (Some(_), _) => {
                let end = rest.find('}').map_or(rest.len(), |at| at + 1);
                end + rest[end..].bytes().take_while(|byte| *byte == b'}').count()
            }
            // A day or a part of it, or a field by its name.
            (None, '%') => rest.len().min(2),
            (None, '$') => {
                let stop = |c: char| !(c.is_alphanumeric() || "_['].$".contains(c));
                rest.find(stop).unwrap_or(rest.len())
            }
            _ => 0,
        };
        match width {
            0 => {
                pattern.push(first);
                rest = &rest[first.len_utf8()..];
            }
            width => {
                if !pattern.ends_with('*') {
                    pattern.push('*');
                }
                rest = rest.get(width..).unwrap_or_default();
            }
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::varying;

    #[test]
    fn what_differs_is_a_star() {
        for (name, pattern) in [
            ("app-%{+YYYY.MM.dd}", "app-*"),
            ("%{[@metadata][beat]}-%{[@metadata][version]}", "*-*"),
            ("app-%Y.%m.%d", "app-*.*.*"),
            ("logs-${tag}-x", "logs-*-x"),
            ("vector-{{ host }}-%F", "vector-*-*"),
            ("%{{yyyy}}-a", "*-a"),
            ("$kubernetes['ns']-a", "*-a"),
            ("plain", "plain"),
            ("100%", "100*"),
            ("é%", "é*"),
        ] {
            assert_eq!(varying(name), pattern, "{name}");
        }
    }
}
