//! The `sources` of the record: what git says of the folder that was read.

use crate::git::{Change, Standing, State};
use crate::report::visible;
use serde_json::{Value, json};
use std::path::Path;

/// The row of `sources` for the root.
pub(super) fn source(root: &Path, standing: &Standing) -> Value {
    let name = root.file_name().map(|name| visible(&name.to_string_lossy()));
    match standing {
        Standing::At(state) => at(name, state),
        Standing::Outside => json!({
            "root": name,
            "commit": Value::Null,
            "dirty": Value::Null,
            "url": Value::Null,
            "git": "none",
        }),
        Standing::Broken(fault) => json!({
            "root": name,
            "commit": Value::Null,
            "dirty": Value::Null,
            "url": Value::Null,
            "git": "unreadable",
            "fault": visible(&fault.message),
        }),
    }
}

fn at(name: Option<String>, state: &State) -> Value {
    let change =
        |change: &Change| json!({ "path": visible(&change.path), "change": change.changed.name() });
    let submodules = state.submodules.iter().map(|submodule| {
        json!({
            "path": submodule.path,
            "commit": submodule.commit,
            "checked_out": submodule.checked_out,
        })
    });
    json!({
        "root": name,
        "commit": state.commit,
        "dirty": state.dirty(),
        "url": state.url,
        "git": "read",
        "branch": state.branch,
        "detached": state.detached,
        "shallow": state.shallow,
        "tree": state.tree,
        "object_format": state.format.name(),
        "path": if state.prefix.is_empty() { "." } else { &state.prefix },
        "changes": state.changes.iter().map(change).collect::<Vec<_>>(),
        "submodules": submodules.collect::<Vec<_>>(),
        "not_checked_out": state.absent.iter().map(|path| visible(path)).collect::<Vec<_>>(),
    })
}

/// Why files that stand so are no evidence; none where they are as a commit has them.
pub(super) fn doubt(standing: &Standing) -> Option<String> {
    match standing {
        Standing::At(state) if state.commit.is_none() => Some("nothing is committed".to_owned()),
        Standing::At(state) if state.dirty() => {
            let shown = state
                .changes
                .iter()
                .take(3)
                .map(|change| format!("{} ({})", visible(&change.path), change.changed.name()));
            let mut shown: Vec<String> = shown.collect();
            if state.changes.len() > 3 {
                shown.push(format!("{} more", state.changes.len() - 3));
            }
            Some(format!("files differ from the commit: {}", shown.join(", ")))
        }
        Standing::Broken(fault) => Some(visible(&fault.message)),
        Standing::At(_) | Standing::Outside => None,
    }
}
