//! Texts in languages that are neither YAML nor JSON.

use super::{Origin, Parsed, Reader};
use crate::facts::shipper;
use crate::identify::Kind;
use crate::parse::offsets::OffsetMap;
use crate::parse::{mask, toml, yaml};
use std::ops::Range;

impl Reader<'_> {
    /// A text in a language of its own.
    pub(super) fn language(
        &mut self,
        kind: Kind,
        text: &str,
        map: &OffsetMap,
        unknown: &[Range<usize>],
        origin: &Origin,
    ) {
        if kind == Kind::VectorConfig {
            return self.toml(kind, text, map, unknown, origin);
        }
        let document = self.whole(kind, text, map, origin);
        let facts = &mut self.facts;
        let reading = shipper::Reading { text, map, unknown, document, facts };
        match kind {
            Kind::FluentdConfig => shipper::read_fluentd(reading),
            Kind::FluentBitConfig => shipper::read_classic(reading),
            Kind::PromtailConfig => shipper::read_alloy(reading),
            _ => {}
        }
    }

    fn toml(
        &mut self,
        kind: Kind,
        text: &str,
        map: &OffsetMap,
        unknown: &[Range<usize>],
        origin: &Origin,
    ) {
        let tree = toml::parse(&yaml::Input { text, map, masked: unknown });
        let Some(root) = tree.roots.first() else { return };
        let Some(node) = root.node else { return };
        let template = !unknown.is_empty() || mask::is_template(text);
        let origin = Origin { masked: origin.masked || template, ..origin.clone() };
        let parsed = Parsed { text, map, unknown, tree: &tree, masked: origin.masked };
        let id = self.node(&parsed, tree.node(node), Some(kind), &origin);
        if let Some(document) = id.and_then(|id| self.facts.documents.get_mut(id.index as usize)) {
            if !template {
                document.text_issues = root.issues.clone();
            }
            document.broken = root.broken;
        }
    }
}
