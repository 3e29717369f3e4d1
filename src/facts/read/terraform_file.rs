//! Files in HCL: those of Terraform, and jobs of Nomad.

use super::{Origin, Parsed, Reader};
use crate::facts::terraform;
use crate::identify::Kind;
use crate::parse::embed::Host;
use crate::parse::offsets::OffsetMap;
use crate::parse::{hcl, yaml};

impl Reader<'_> {
    /// Terraform; parsed only where somebody reads one of its resources.
    pub(super) fn terraform(&mut self, text: &str, map: &OffsetMap, origin: &Origin) {
        if !terraform::is_candidate(text) {
            self.whole(Kind::Terraform, text, map, origin);
            return;
        }
        let hcl::Parsed { tree, unknown } = hcl::parse(&yaml::Input { text, map, masked: &[] });
        let Some(root) = tree.roots.first() else { return };
        let Some(node) = root.node else { return };
        let parsed =
            Parsed { text, map, unknown: &unknown, tree: &tree, masked: false, filled_in: false };
        let id = self.node(&parsed, tree.node(node), Some(Kind::Terraform), origin);
        if let Some(document) = id.and_then(|id| self.facts.documents.get_mut(id.index as usize)) {
            document.text_issues = root.issues.clone();
            document.broken = root.broken;
        }
    }

    /// A job of Nomad: files that it writes for its tasks stand in it as texts.
    pub(super) fn nomad(&mut self, text: &str, map: &OffsetMap, origin: &Origin) {
        let id = self.whole(Kind::Text, text, map, origin);
        if !text.contains("template") {
            return;
        }
        let hcl::Parsed { tree, unknown } = hcl::parse(&yaml::Input { text, map, masked: &[] });
        let Some(node) = tree.roots.first().and_then(|root| root.node) else { return };
        let host = Host { text, map, unknown: &unknown };
        let parsed =
            Parsed { text, map, unknown: &unknown, tree: &tree, masked: false, filled_in: false };
        for part in terraform::written(tree.node(node), host) {
            self.part(&parsed, part, id, origin);
        }
    }
}
