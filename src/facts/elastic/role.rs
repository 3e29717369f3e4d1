//! Roles that requests here create, and those of `roles.yml`.

use super::request_of;
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// A role.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct EngineRole {
    /// Where it came from.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// It may change data, users or the cluster, or read every index.
    pub powerful: bool,
}

impl EngineRole {
    /// Whether a powerful role has this name.
    pub fn is(&self, name: &str) -> bool {
        self.powerful && self.name == name
    }
}

/// Reads the role of a request, or the roles of `roles.yml`, each below its name.
pub fn read(root: NodeRef<'_>, id: DocumentId, facts: &mut FileFacts) {
    if let Some((_, name)) = request_of(id, facts) {
        facts.engine_roles.push(EngineRole { document: id, name, powerful: is_powerful(root) });
        return;
    }
    for (name, role) in root.entries() {
        let is_role = role.get("cluster").is_some() || role.get("indices").is_some();
        if let Some(name) = name.scalar().filter(|_| is_role).map(str::to_owned) {
            facts.engine_roles.push(EngineRole { document: id, name, powerful: is_powerful(role) });
        }
    }
}

fn is_powerful(role: NodeRef<'_>) -> bool {
    let words = |node: Option<NodeRef<'_>>| -> Vec<String> {
        let Some(node) = node else { return Vec::new() };
        match node.scalar() {
            Some(word) => vec![word.to_owned()],
            None => node.items().filter_map(NodeRef::scalar).map(str::to_owned).collect(),
        }
    };
    let cluster = words(role.get("cluster"));
    let manages = |word: &String| word == "all" || word.starts_with("manage");
    let indices = role.get("indices").into_iter().flat_map(NodeRef::items);
    let mut indices =
        indices.map(|index| (words(index.get("names")), words(index.get("privileges"))));
    cluster.iter().any(manages)
        || indices.any(|(names, privileges)| {
            let changes = privileges.iter().any(|word| {
                matches!(
                    word.as_str(),
                    "all" | "write" | "delete" | "index" | "create" | "delete_index"
                ) || word.starts_with("manage")
            });
            changes || (names.iter().any(|name| name == "*") && !privileges.is_empty())
        })
}
