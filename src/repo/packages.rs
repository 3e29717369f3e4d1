//! Charts that others depend on, and what the values beside them leave out.

use super::Repo;
use crate::facts::package::Package;
use crate::lang::path::{folder, last};

impl Repo {
    /// Whether the values of the chart that depends on a package switch it off, or one of these
    /// parts of it.
    pub fn is_switched_off(&self, package: &Package, parts: &[&str]) -> bool {
        let beside = folder(&self.source(package.document.source).path);
        let whole = &package.key;
        self.facts.switched_off.iter().any(|off| {
            let values = &self.source(off.document.source).path;
            let own = folder(values) == beside && last(values).starts_with("values.");
            let path = off.path.as_str();
            let is_part = || {
                let part =
                    path.strip_prefix(whole.as_str()).and_then(|rest| rest.strip_prefix('.'));
                part.is_some_and(|part| parts.contains(&part))
            };
            // `condition: a.enabled` is asked of the same values.
            let switches = |condition: &String| condition.strip_suffix(".enabled") == Some(path);
            own && (package.conditions.iter().any(switches) || is_part())
        })
    }
}
