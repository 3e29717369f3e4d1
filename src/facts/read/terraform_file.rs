//! Files of Terraform.

use super::{Origin, Parsed, Reader};
use crate::facts::terraform;
use crate::identify::Kind;
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
}
