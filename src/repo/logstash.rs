//! Logstash: pipelines, and what their parts are together.

pub mod events;

use super::Repo;
use super::runs::{ELASTICSEARCH, image_name};
use crate::facts::DocumentId;
use crate::facts::logstash::{Pipeline, Plugin, Role};
use crate::facts::scalar::Pairs;
use crate::facts::settings::Settings;
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
    /// said; `None` where nobody can know.
    pub fn search_security(&self, document: DocumentId) -> Option<(bool, Span)> {
        const NEW: Version = Version::new(8, 0, 0);
        let stores = self.facts.containers.iter().filter(|one| {
            one.image.as_ref().is_some_and(|image| ELASTICSEARCH.is(&image.text))
                && self.run_together(one.document, document)
        });
        let mut found = None;
        for store in stores {
            let said = store.env.get("xpack.security.enabled");
            let image = store.image.as_ref().map(|image| image.span);
            let span = said.map(|value| value.span).or(image);
            // A file may say so too.
            let filed = store.mounts.iter().any(|mount| mount.target.contains("/config"));
            let on = match said {
                Some(value) => value.boolean(),
                None if store.env.open || filed => None,
                None => self.release_of(store).map(|release| release.version >= NEW),
            };
            match (on, span) {
                (Some(false), Some(span)) => return Some((false, span)),
                (Some(true), Some(span)) => found = Some((true, span)),
                _ => {}
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
        seen
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
