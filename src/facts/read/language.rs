//! Texts in languages that are neither YAML nor JSON.

use super::{Origin, Parsed, Reader};
use crate::facts::{logstash, shipper};
use crate::identify::{self, Kind};
use crate::lang::path::last;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::Tree;
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
            let role = identify::vector::part(self.path).filter(|_| origin.depth == 0);
            let plain = role.is_some() && !self.path.ends_with(".toml");
            let input = yaml::Input { text, map, masked: unknown };
            let tree = if plain { yaml::parse(&input) } else { toml::parse(&input) };
            return self.vector(&tree, role, text, map, unknown, origin);
        }
        let whole = mask::keeps_structure(text) && self.is_whole(map.span(0, text.len()));
        let origin = &Origin { whole, ..origin.clone() };
        let document = self.whole(kind, text, map, origin);
        // Others have blocks that a value may end.
        let whole = whole && kind == Kind::FluentBitConfig;
        let facts = &mut self.facts;
        if kind == Kind::GrokPatterns {
            return logstash::patterns::read(text, map, document, facts);
        }
        let reading = shipper::Reading { text, map, unknown, whole, document, facts };
        match kind {
            Kind::FluentdConfig => shipper::read_fluentd(reading),
            Kind::FluentBitConfig => shipper::read_classic(reading),
            Kind::PromtailConfig => shipper::read_alloy(reading),
            _ => {}
        }
    }

    /// A configuration of Vector, or one component of it in a file of its own.
    fn vector(
        &mut self,
        tree: &Tree,
        role: Option<&'static str>,
        text: &str,
        map: &OffsetMap,
        unknown: &[Range<usize>],
        origin: &Origin,
    ) {
        let Some(root) = tree.roots.first() else { return };
        let Some(node) = root.node else { return };
        let template = !unknown.is_empty() || mask::is_template(text);
        let origin = Origin { masked: origin.masked || template, whole: false, ..origin.clone() };
        let parsed = Parsed { text, map, unknown, tree, masked: origin.masked, filled_in: false };
        let node = tree.node(node);
        let Some(id) = self.node(&parsed, node, Some(Kind::VectorConfig), &origin) else { return };
        if let Some(role) = role {
            let name = last(self.path).rsplit_once('.').map_or("", |(stem, _)| stem);
            shipper::read_vector_part(node, id, (role, name), origin.masked, &mut self.facts);
        }
        if let Some(document) = self.facts.documents.get_mut(id.index as usize) {
            if !template {
                document.text_issues = root.issues.clone();
            }
            document.broken = root.broken;
        }
    }
}
