//! Who answers for a place, and in which service and environment it is.

use super::Repo;
use crate::facts::DocumentId;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::BTreeMap;

/// `CODEOWNERS`, ready to be asked.
#[derive(Debug)]
pub struct Owners {
    matcher: Gitignore,
    /// Owners by pattern; of equal patterns the last counts.
    lines: BTreeMap<String, Vec<String>>,
}

/// Where `CODEOWNERS` is looked for; the first that is there counts.
const PLACES: &[&str] =
    &[".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// Labels that name an environment.
const ENVIRONMENT_LABELS: &[&str] =
    &["environment", "env", "deployment.environment", "app.kubernetes.io/environment"];

impl Owners {
    pub(super) fn of(repo: &Repo) -> Owners {
        let file = PLACES.iter().find_map(|place| repo.source_at(place));
        let mut builder = GitignoreBuilder::new("");
        let mut lines = BTreeMap::new();
        let of_file = |document: DocumentId| Some(document.source) == file;
        for line in repo.facts.owner_lines.iter().filter(|line| of_file(line.document)) {
            for pattern in forms(&line.pattern.text) {
                // A pattern that is none owns nothing.
                if builder.add_line(None, &pattern).is_ok() {
                    lines.insert(pattern, line.owners.clone());
                }
            }
        }
        Owners { matcher: builder.build().unwrap_or_else(|_| Gitignore::empty()), lines }
    }

    /// The first owner of a path.
    fn of_path(&self, path: &str) -> Option<&str> {
        let found = self.matcher.matched(path, false);
        let pattern = found.inner()?.original();
        self.lines.get(pattern)?.first().map(String::as_str)
    }
}

/// A pattern, and one for what lies below the folders it means: of all that match, the last counts.
fn forms(pattern: &str) -> Vec<String> {
    let bare = pattern.trim_end_matches('/');
    let anywhere = if bare.contains('/') { "" } else { "**/" };
    let inside = format!("{anywhere}{bare}/**");
    match pattern.ends_with(['/', '*']) {
        true if pattern.ends_with('/') => vec![inside],
        true => vec![pattern.to_owned()],
        false => vec![pattern.to_owned(), inside],
    }
}

impl Repo {
    fn code_owners(&self) -> &Owners {
        self.owners.get_or_init(|| Owners::of(self))
    }

    /// Who answers for a document: a label of its object, the service it is part of, the path.
    pub fn owner_of(&self, document: DocumentId) -> Option<&str> {
        let labels = self.document(document).object.as_ref().map(|object| &object.labels);
        let labelled = labels.into_iter().flatten().find(|(key, value)| {
            self.settings_of(document).owner_labels.iter().any(|label| label == key)
                && !value.is_empty()
        });
        let service = || self.service_of(document).and_then(|service| service.owner.as_deref());
        labelled
            .map(|(_, value)| value.as_str())
            .or_else(service)
            .or_else(|| self.owner_of_path(&self.source(document.source).path))
    }

    /// Who answers for a path.
    pub fn owner_of_path(&self, path: &str) -> Option<&str> {
        self.code_owners().of_path(path)
    }

    /// The environment a document belongs to: by its path, or by a label of its object.
    pub fn environment_of(&self, document: DocumentId) -> Option<&str> {
        let labelled = || {
            let labels = &self.document(document).object.as_ref()?.labels;
            let is_label = |key: &str| ENVIRONMENT_LABELS.contains(&key);
            labels.iter().find(|(key, _)| is_label(key)).map(|(_, value)| value.as_str())
        };
        self.environment(document).or_else(labelled)
    }

    /// The names under which a service is known by the configuration.
    pub fn other_names(&self, name: &str) -> &[String] {
        let stated = self.settings.services.iter().find(|service| {
            service.name == name || service.names.iter().any(|other| other == name)
        });
        stated.map_or(&[], |service| &service.names)
    }
}
