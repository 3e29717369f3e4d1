//! Logstash: pipelines, and what their parts are together.

pub mod events;
mod files;
mod patterns;

use super::Repo;
use super::engines::Cluster;
use super::engines::security::Security;
use super::runs::image_name;
use crate::facts::DocumentId;
use crate::facts::logstash::{Pipeline, Plugin, Role};
use crate::facts::scalar::Pairs;
use crate::facts::settings::Settings;
use crate::facts::shipper;
use crate::identify::Kind as DocumentKind;
use crate::lang::logstash::{Extent, Kind, NodeId};
use crate::lang::version::Version;
use crate::source::Span;
use std::collections::BTreeMap;

/// Inputs that make events up.
const MADE_UP: &[&str] = &["generator", "java_generator", "heartbeat", "stdin", "java_stdin"];

impl Repo {
    /// The pipeline of a document.
    pub fn pipeline(&self, document: DocumentId) -> Option<&Pipeline> {
        let pipelines = &self.facts.logstash_pipelines;
        let at = pipelines.binary_search_by_key(&document, |one| one.document).ok()?;
        pipelines.get(at)
    }

    /// The plugins of a document.
    pub fn plugins(&self, document: DocumentId) -> &[Plugin] {
        let plugins = &self.facts.logstash_plugins;
        let start = plugins.partition_point(|plugin| plugin.document < document);
        let end = plugins.partition_point(|plugin| plugin.document <= document);
        &plugins[start..end]
    }

    /// Which documents are one pipeline together.
    pub fn logstash_groups(&self) -> &events::Groups {
        self.logstash_groups.get_or_init(|| events::Groups::of(self))
    }

    /// Whether a search store that runs beside a document asks who writes, and where that is
    /// said; `None` where nobody can know. Of several stores those count that a host names.
    pub fn search_security(&self, document: DocumentId, hosts: &[&str]) -> Option<(bool, Span)> {
        let beside = self.engine_clusters().iter();
        let beside: Vec<&Cluster> =
            beside.filter(|cluster| self.run_together(cluster.document, document)).collect();
        let is_named = |cluster: &&&Cluster| {
            let mut containers =
                cluster.nodes.iter().filter_map(|node| self.facts.containers.get(node.container?));
            containers.any(|container| {
                let own = [container.name.text.as_str(), container.owner.name.as_str()];
                let others = container.aliases.iter().map(|alias| alias.text.as_str());
                own.into_iter().chain(others).any(|name| hosts.contains(&name))
            })
        };
        let is_bare = |cluster: &Cluster| {
            cluster.declared.is_none() && cluster.nodes.iter().all(|node| node.container.is_none())
        };
        let named: Vec<&Cluster> = beside.iter().filter(is_named).copied().collect();
        let mut found = None;
        for cluster in if named.is_empty() { beside } else { named } {
            match self.engine_security(cluster) {
                // A settings file alone does not show that this is the store in use.
                Security::Off(_) | Security::Never(_) if is_bare(cluster) => {}
                Security::Off(span) | Security::Never(span) => return Some((false, span)),
                Security::On(span) => found = Some((true, span.unwrap_or(cluster.anchor))),
                Security::Unknown => {}
            }
        }
        found
    }

    /// Whether the shippers of the repository take JSON apart before they send; `None` without a
    /// shipper's configuration.
    pub fn shippers_decode(&self) -> Option<bool> {
        let mut seen = None;
        for document in &self.facts.documents {
            if document.kind != DocumentKind::BeatConfig {
                continue;
            }
            let text = self.source(document.id.source).slice(document.span);
            // Each of the ways has a word of its own.
            let words =
                ["ndjson", "decode_json_fields", "json.", "json:", "hints", "fields_under_root"];
            if words.iter().any(|word| text.contains(word)) || document.masked {
                return Some(true);
            }
            seen = Some(false);
        }
        seen.or_else(|| self.forwarders_decode())
    }

    /// The same of Fluentd, where it speaks the protocol of Beats: it sends what its parsers made.
    fn forwarders_decode(&self) -> Option<bool> {
        let sections = &self.facts.shipper_sections;
        let speaks = |section: &&shipper::Section| {
            section.role == shipper::Role::Output
                && section
                    .plugin_name()
                    .is_some_and(|name| name.contains("lumberjack") || name.contains("beats"))
        };
        let output = sections.iter().find(speaks)?;
        let set = self.shippers().set(output.document)?;
        let parses = self.sections_of(set).any(|section| {
            section.is("json")
                || section.is("parser")
                || section.value("format").is_some_and(|format| format.text == "json")
        });
        Some(parses || set.open)
    }

    /// Whether some Logstash here keeps what it could not deliver.
    pub fn has_dead_letters(&self) -> bool {
        let on = |settings: &Settings| {
            let setting = settings.get("dead_letter_queue.enable");
            setting.is_some_and(|setting| setting.boolean() != Some(false))
        };
        let env = |pairs: &Pairs| {
            pairs.get("DEAD_LETTER_QUEUE_ENABLE").is_some_and(|value| value.text != "false")
        };
        self.facts.logstash_nodes.iter().any(|node| on(&node.settings))
            || self.facts.logstash_entries.iter().any(|entry| on(&entry.settings))
            || self.facts.containers.iter().any(|one| env(&one.env))
    }

    /// Whether every entry of the lists of pipelines keeps its queue on disk.
    pub fn entries_persist(&self) -> bool {
        let entries = &self.facts.logstash_entries;
        !entries.is_empty()
            && entries.iter().all(|entry| {
                let kind = entry.settings.get("queue.type").and_then(|setting| setting.text());
                kind == Some("persisted")
            })
    }

    /// Whether an image or a script installs a plugin, or an image that runs has it.
    pub fn is_installed(&self, role: Role, name: &str) -> bool {
        let package = format!("logstash-{}-{name}", role.word());
        let package = package.as_str();
        let whole = format!("logstash-integration-{name}");
        let named = |one: &String| {
            // `logstash-output-x-1.0.0.zip`, `logstash-output-x:1.0`
            let rest = one.strip_prefix(package).or_else(|| one.strip_prefix(whole.as_str()));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', ':', '.']))
        };
        let opensearch = name == "opensearch" && {
            let mut images = self.facts.containers.iter().filter_map(|one| one.image_name());
            let bases = self.facts.base_images.iter().map(|base| image_name(&base.image.text));
            let own = |image: &str| image.starts_with("logstash-oss-with-opensearch");
            images.any(own) || bases.into_iter().any(own)
        };
        opensearch || self.facts.logstash_installs.iter().any(named)
    }

    /// Whether a package that is fetched here is of a release before this one.
    pub fn fetches_older(&self, release: Version) -> bool {
        self.facts.logstash_installs.iter().any(|one| {
            let rest = one.strip_prefix("logstash-").unwrap_or_default();
            let number = rest.split('-').next().and_then(Version::parse);
            number.is_some_and(|number| number < release)
        })
    }

    /// Whether a pipeline takes in nothing but what it makes up.
    pub fn is_test_pipeline(&self, document: DocumentId) -> bool {
        let mut inputs =
            self.plugins(document).iter().filter(|plugin| plugin.role == Role::Input).peekable();
        inputs.peek().is_some() && inputs.all(|input| MADE_UP.contains(&input.name.text.as_str()))
    }
}

impl Pipeline {
    /// Whether a plugin runs only where a condition holds.
    pub fn is_conditional(&self, plugin: NodeId) -> bool {
        let parent = self.tree.node(plugin).parent;
        matches!(self.tree.node(parent).kind, Kind::If | Kind::Else)
    }

    /// Keys of hashes that are there before, with the first of each.
    pub fn repeated_keys(&self) -> Vec<(Extent, Extent)> {
        let mut found = Vec::new();
        for id in 0..u32::try_from(self.tree.nodes.len()).unwrap_or(0) {
            if self.tree.node(id).kind != Kind::Hash {
                continue;
            }
            let mut seen: BTreeMap<&str, Extent> = BTreeMap::new();
            for entry in self.tree.children(id) {
                let name = self.tree.node(entry).name;
                match seen.get(self.slice(name)) {
                    Some(first) => found.push((name, *first)),
                    None => {
                        seen.insert(self.slice(name), name);
                    }
                }
            }
        }
        found
    }
}
