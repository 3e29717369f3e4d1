//! Builds of the collector that the repository describes: manifests of the collector builder.

use crate::facts::collector::Section;
use crate::repo::Repo;
use std::collections::BTreeSet;

/// Component types that own builds have.
#[derive(Debug, Default)]
pub struct Builds {
    /// Whether there is a manifest at all.
    pub any: bool,
    /// Types without `_`, by section.
    types: BTreeSet<(Section, String)>,
}

impl Builds {
    pub(in crate::repo) fn of(repo: &Repo) -> Builds {
        let mut builds = Builds::default();
        for module in &repo.facts.builder_modules {
            builds.any = true;
            let name = module.path.split('/').rfind(|part| !is_major(part)).unwrap_or_default();
            for name in [name, name.strip_suffix(module.section.one()).unwrap_or(name)] {
                builds.types.insert((module.section, plain(name)));
            }
        }
        builds
    }

    /// Whether a build here may have a type.
    pub fn has(&self, section: Section, kind: &str) -> bool {
        self.types.contains(&(section, plain(kind)))
    }
}

/// `v2` at the end of a module's path.
fn is_major(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
}

fn plain(name: &str) -> String {
    name.replace(['_', '-'], "").to_ascii_lowercase()
}
