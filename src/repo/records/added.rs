//! Fields that shippers and collectors add to every record on its way.

use crate::facts::DocumentId;
use crate::facts::beat::Beat;
use crate::facts::collector::{Component, Section as CollectorSection};
use crate::facts::logstash::{self, Plugin};
use crate::facts::shipper::{Program, Role, Section};
use crate::lang::records::Part;
use crate::repo::Repo;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What is added.
#[derive(Debug, Default)]
pub(super) struct Added {
    /// Parts, where that is said, and in which document.
    pub(super) parts: Vec<(Part, Span, DocumentId)>,
    /// Parts that may be among what is added: labels of pods.
    pub(super) maybe: BTreeSet<Part>,
    /// Anything may be added.
    pub(super) open: bool,
}

impl Added {
    fn field(&mut self, name: &str, span: Span, document: DocumentId) {
        // Of the rest of a record, its time and words, the program speaks itself.
        if let Some(part) = Part::of_field(name)
            && matches!(part, Part::Service | Part::Environment | Part::Version | Part::Host)
        {
            self.parts.push((part, span, document));
        }
    }

    /// What is known of a container or a pod: its name and its machine; its labels may say more.
    fn workload(&mut self, span: Span, document: DocumentId) {
        self.parts.push((Part::Service, span, document));
        self.parts.push((Part::Host, span, document));
        self.maybe.extend([Part::Environment, Part::Version]);
    }
}

pub(super) fn added(repo: &Repo) -> Added {
    let mut added = Added::default();
    for beat in &repo.facts.beats {
        of_beat(beat, &mut added);
    }
    for input in &repo.facts.beat_inputs {
        for (path, span) in paths(&input.settings) {
            own_field(&path, span, input.document, &mut added);
        }
    }
    let sections = &repo.facts.shipper_sections;
    for section in sections {
        of_section(section, &mut added);
    }
    // What goes on to a shipper that is not here may be given anything there.
    let with = |role: Role, plugin: &str| {
        let mut of_role = sections.iter().filter(|it| it.role == role);
        of_role.any(|it| it.plugin_name().as_deref() == Some(plugin))
    };
    added.open |= ["forward", "http", "kafka", "socket", "tcp", "vector"]
        .iter()
        .any(|plugin| with(Role::Output, plugin) && !with(Role::Input, plugin));
    for plugin in &repo.facts.logstash_plugins {
        of_plugin(plugin, &mut added);
    }
    let logs = processors_of_logs(repo);
    for component in &repo.facts.components {
        of_component(component, &logs, &mut added);
    }
    added
}

fn paths(settings: &crate::facts::settings::Settings) -> Vec<(String, Span)> {
    settings.entries.iter().map(|setting| (setting.key.clone(), setting.span)).collect()
}

/// `fields.environment`, `processors.add_fields.fields.environment`.
fn own_field(path: &str, span: Span, document: DocumentId, added: &mut Added) {
    if let Some((before, name)) = path.rsplit_once('.')
        && before.rsplit('.').any(|part| part == "fields")
    {
        added.field(name, span, document);
    }
}

fn of_beat(beat: &Beat, added: &mut Added) {
    for (path, span) in paths(&beat.settings) {
        own_field(&path, span, beat.document, added);
    }
    for (_, step) in &beat.listed {
        match step.text.as_str() {
            "add_kubernetes_metadata" | "add_docker_metadata" | "add_nomad_metadata" => {
                added.workload(step.span, beat.document);
            }
            "add_host_metadata" | "add_cloud_metadata" => {
                added.parts.push((Part::Host, step.span, beat.document));
            }
            "add_labels" | "add_fields" | "script" => {
                added.maybe.extend([Part::Service, Part::Environment, Part::Version]);
            }
            _ => {}
        }
    }
}

fn of_section(section: &Section, added: &mut Added) {
    let Some(plugin) = section.plugin_name().or_else(|| Some(section.header.text.clone())) else {
        return;
    };
    let span = section.plugin.as_ref().map_or(section.header.span, |plugin| plugin.span);
    let steps = matches!(section.role, Role::Filter | Role::Processor | Role::Part);
    let workloads = ["kubernetes", "kubernetes_metadata", "kubernetes_logs", "docker_logs"];
    if workloads.contains(&plugin.as_str()) && section.role != Role::Output {
        return added.workload(span, section.document);
    }
    let agent = matches!(section.program, Program::Promtail | Program::Alloy);
    if !steps && !agent {
        return;
    }
    for property in &section.properties {
        let key = property.key.text.as_str();
        let name = key.rsplit('.').next().unwrap_or(key);
        added.field(name, property.key.span, section.document);
        // `Record env prod`, `Add env prod`; a program in Lua or VRL.
        let value = property.value.text.as_str();
        if matches!(key.to_ascii_lowercase().as_str(), "record" | "add" | "set") {
            let name = value.split_whitespace().next().unwrap_or_default();
            added.field(name, property.value.span, section.document);
        } else if matches!(name, "source" | "code" | "script" | "target_label" | "call") {
            let words = value.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            words.for_each(|word| added.field(word, property.value.span, section.document));
        }
    }
}

fn of_plugin(plugin: &Plugin, added: &mut Added) {
    if plugin.role == logstash::Role::Codec || plugin.role == logstash::Role::Output {
        return;
    }
    for option in &plugin.options {
        let moves = matches!(option.name.text.as_str(), "rename" | "copy");
        for (key, value) in option.value.pairs() {
            let Some(name) = (if moves { value.scalar() } else { Some(key) }) else { continue };
            let last = name.text.trim_matches(['[', ']']).rsplit("][").next().unwrap_or_default();
            added.field(last, name.span, plugin.document);
        }
    }
}

/// Ids of processors that pipelines of logs pass through, by document.
fn processors_of_logs(repo: &Repo) -> BTreeMap<DocumentId, BTreeSet<&str>> {
    let mut found: BTreeMap<DocumentId, BTreeSet<&str>> = BTreeMap::new();
    for pipeline in repo.facts.pipelines.iter().filter(|it| it.signal() == "logs") {
        let ids = pipeline.processors.items.iter().chain(&pipeline.receivers.items);
        found.entry(pipeline.document).or_default().extend(ids.map(|id| id.text.as_str()));
    }
    found
}

fn of_component(
    component: &Component,
    logs: &BTreeMap<DocumentId, BTreeSet<&str>>,
    added: &mut Added,
) {
    let at = component.document;
    let used = logs.get(&at).is_some_and(|ids| ids.contains(component.id.text.as_str()));
    let section = component.section;
    if !used || !matches!(section, CollectorSection::Processors | CollectorSection::Receivers) {
        return;
    }
    match component.kind() {
        "k8sattributes" | "k8s_attributes" => added.workload(component.id.span, at),
        "resourcedetection" | "resource_detection" => {
            added.parts.push((Part::Host, component.id.span, at));
            // Its detector `env` takes what the collector's own environment says.
            added.maybe.extend([Part::Environment, Part::Service, Part::Version]);
        }
        "resource" | "attributes" | "filelog" | "file_log" => {
            for setting in &component.settings.entries {
                let name = match setting.scalar() {
                    Some(scalar) if setting.path.ends_with(".key") => scalar.text.as_str(),
                    Some(_) if setting.path.contains("resource.") => setting.path.as_str(),
                    _ => continue,
                };
                let name = name.rsplit_once("resource.").map_or(name, |(_, name)| name);
                added.field(name, setting.key, at);
            }
        }
        "transform" => {
            for text in component.settings.entries.iter().filter_map(|it| it.scalar()) {
                let words = text.text.split(['"', '\'']).skip(1).step_by(2);
                words.for_each(|word| added.field(word, text.span, at));
            }
        }
        _ => {}
    }
}
