//! Which environment a document belongs to, by its path.

use super::Repo;
use super::standing::is_sample;
use crate::facts::DocumentId;

const ENVIRONMENTS: &[(&str, &str)] = &[
    ("prod", "production"),
    ("production", "production"),
    ("live", "production"),
    ("staging", "staging"),
    ("stage", "staging"),
    ("preprod", "preprod"),
    ("uat", "uat"),
    ("qa", "qa"),
    ("dev", "dev"),
    ("development", "dev"),
    ("sandbox", "sandbox"),
];

impl Repo {
    /// The environment a document's path names, by whole segments and parts of the file's name.
    pub fn environment(&self, document: DocumentId) -> Option<&'static str> {
        let path = &self.source(document.source).path;
        let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
        let named =
            |part: &str| ENVIRONMENTS.iter().find(|(word, _)| *word == part).map(|(_, name)| *name);
        let by_folder = folders.split('/').rev().find_map(named);
        by_folder.or_else(|| file.split(['.', '-', '_']).find_map(named))
    }

    /// The environment a document belongs to, and the example or test it is part of: of two
    /// documents alike in both, one runs with whatever the other runs with.
    pub fn setting_of(&self, document: DocumentId) -> (Option<&'static str>, Option<&str>) {
        (self.environment(document), example(&self.source(document.source).path))
    }

    /// Whether two documents can run together: of one environment where both name one, and of
    /// one example where one of them is part of an example.
    pub fn run_together(&self, one: DocumentId, other: DocumentId) -> bool {
        let apart = match (self.environment(one), self.environment(other)) {
            (Some(one), Some(other)) => one != other,
            _ => false,
        };
        let path = |document: DocumentId| self.source(document.source).path.as_str();
        !apart
            && match (example(path(one)), example(path(other))) {
                (None, None) => true,
                (Some(one), Some(other)) => is_below(one, other) || is_below(other, one),
                _ => false,
            }
    }
}

/// The folder of the example or test a path is part of: `examples/ha` of
/// `examples/ha/rules/a.yml`.
fn example(path: &str) -> Option<&str> {
    if !is_sample(path) {
        return None;
    }
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    let mut end = 0;
    let mut inside = false;
    for part in folders.split('/') {
        end += part.len() + usize::from(end > 0);
        if inside {
            return Some(&path[..end]);
        }
        inside = is_sample(&format!("{part}/"));
    }
    Some(folders)
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::example;

    #[test]
    fn an_example_is_the_folder_below_the_word() {
        for (path, expected) in [
            ("rules/a.yml", None),
            ("examples/ha/rules/a.yml", Some("examples/ha")),
            ("x/test/a.yml", Some("x/test")),
            ("examples/a.yml", Some("examples")),
        ] {
            assert_eq!(example(path), expected, "{path}");
        }
    }
}
