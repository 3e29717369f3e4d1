//! Releases that charts and their values state.

use super::StatedRelease;
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;
use std::collections::BTreeSet;

/// `appVersion` of a `Chart.yaml`.
pub fn read_chart(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let name = root.get("name").and_then(NodeRef::scalar);
    if let Some((name, release)) = name.zip(Scalar::under(root, "appVersion")) {
        let program = name.to_owned();
        facts.releases.push(StatedRelease { document, program, release, folder: true });
    }
}

/// Images in the values of a chart: `repository` with `tag`, `image` with `imageTag`.
pub fn read_values(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    super::scale::read_values_scale(root, document, facts);
    let mut open = vec![root];
    // An alias may lead back to where it stands in.
    let mut seen = BTreeSet::new();
    while let Some(node) = open.pop() {
        if !seen.insert(node.span()) {
            continue;
        }
        let image = node.get("repository").or_else(|| node.get("image")).and_then(NodeRef::scalar);
        let tag = Scalar::under(node, "tag").or_else(|| Scalar::under(node, "imageTag"));
        if let (Some(image), Some(release)) = (image, tag) {
            let program = image.to_owned();
            facts.releases.push(StatedRelease { document, program, release, folder: false });
        }
        let children = node.entries().map(|(_, value)| value);
        open.extend(children.filter(|value| value.is_mapping()));
    }
}
