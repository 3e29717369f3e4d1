//! Files of which something makes what a program reads.

use super::Repo;
use crate::lang::path::{folder, is_called_template, join};
use std::collections::BTreeSet;

impl Repo {
    /// Whether a file is called a template, in the repository or where a container has it.
    pub fn is_template(&self, path: &str) -> bool {
        is_called_template(path)
            || self.mounted_templates.get_or_init(|| mounted(self)).contains(path)
    }
}

/// Files that containers have under the name of a template.
fn mounted(repo: &Repo) -> BTreeSet<String> {
    let mounts = repo.facts.containers.iter().flat_map(|container| &container.mounts);
    mounts
        .filter(|mount| is_called_template(&mount.target))
        .filter_map(|mount| join(folder(repo.path(mount.span)), &mount.source))
        .collect()
}
