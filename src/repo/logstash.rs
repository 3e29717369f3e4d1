//! Logstash: pipelines, and what their parts are together.

use super::Repo;
use crate::facts::DocumentId;
use crate::facts::logstash::{Pipeline, Plugin, Role};
use crate::lang::logstash::{Extent, Kind, NodeId};
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
