//! Action files of Curator: what it deletes, and after how long.

use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// One action.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct CuratorAction {
    /// Where it came from.
    pub document: DocumentId,
    /// `delete_indices`, `close`, …
    pub action: Scalar,
    /// Age in days that the indices must have, if it is written so.
    pub days: Option<(f64, Scalar)>,
}

/// Reads an action file.
pub fn read(root: NodeRef<'_>, id: DocumentId, facts: &mut FileFacts) {
    for (_, node) in root.get("actions").map(NodeRef::entries).unwrap_or_default() {
        let Some(action) = Scalar::under(node, "action") else { continue };
        let disabled = node.at(&["options", "disable_action"]).and_then(Scalar::of);
        if disabled.and_then(|it| it.boolean()) == Some(true) {
            continue;
        }
        let filters = node.get("filters").into_iter().flat_map(NodeRef::items);
        let days = filters.into_iter().find_map(|filter| {
            let age = filter.get("filtertype").and_then(NodeRef::scalar) == Some("age");
            let count = Scalar::under(filter, "unit_count").filter(|_| age)?;
            let unit = match filter.get("unit").and_then(NodeRef::scalar)? {
                "hours" => 1.0 / 24.0,
                "days" => 1.0,
                "weeks" => 7.0,
                "months" => 30.0,
                "years" => 365.0,
                _ => return None,
            };
            Some((count.known_text()?.parse::<f64>().ok()? * unit, count))
        });
        facts.curator_actions.push(CuratorAction { document: id, action, days });
    }
}
