//! Files that stand on one another: what an organisation sets, what the root sets on top of it,
//! and what the folders of a large repository set for themselves.

use super::keys::KEYS;
use super::read::{Place, Reader};
use super::{Settings, nearest};

/// Keys that hold for a run as a whole: a folder's file does not set them.
pub(super) const OF_THE_RUN: &[&str] = &[
    "baseline",
    "business-words",
    "declare",
    "extends",
    "extends-sha256",
    "fail-on",
    "locked",
    "policy",
    "required-version",
    "ruleset",
    "standard",
];

/// Where a key was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The key.
    pub key: &'static str,
    /// The file, as shown.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// Whether it holds: a folder's file cannot set what holds for the run as a whole.
    pub taken: bool,
}

/// A key that files on top may not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// The key.
    pub key: &'static str,
    /// The file that locks it, as shown.
    pub by: String,
}

/// The file that another stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extends {
    /// Its path, from the folder of the file that names it.
    pub file: String,
    /// The hash of its content, in hex.
    pub sha256: Option<String>,
    /// Line of the key, from 1.
    pub line: u32,
}

/// What a file stands on; `None` too for a text that is no configuration: reading it says why.
pub fn extends(text: &str) -> Option<Extends> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "kebab-case")]
    struct Keys {
        extends: toml::Spanned<String>,
        extends_sha256: Option<String>,
    }
    let Keys { extends, extends_sha256 } = toml::from_str(text).ok()?;
    let before = text.get(..extends.span().start)?;
    let line = u32::try_from(before.matches('\n').count()).ok()?.saturating_add(1);
    Some(Extends { file: extends.into_inner(), sha256: extends_sha256, line })
}

/// The file of the standard that a configuration names.
pub fn standard(text: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Keys {
        standard: String,
    }
    toml::from_str(text).ok().map(|Keys { standard }| standard)
}

/// The configuration of a folder.
#[derive(Clone, Debug)]
pub struct Nested {
    /// The folder, from the root.
    pub folder: String,
    /// What holds below it.
    pub settings: Settings,
}

impl Settings {
    /// What holds for a path, from the root: the nearest file that sets a key decides.
    pub fn at(&self, path: &str) -> &Settings {
        let holds = |nested: &&Nested| {
            path.strip_prefix(nested.folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        self.nested.iter().find(holds).map_or(self, |nested| &nested.settings)
    }

    /// What a folder's file stands on: what holds around it, without the folders.
    pub fn around(&self, folder: &str) -> Settings {
        Settings { nested: Vec::new(), extends: None, ..self.at(folder).clone() }
    }

    /// Adds the configuration of a folder.
    pub fn nest(&mut self, folder: &str, settings: Settings) {
        // A service is one wherever it is named.
        self.services.clone_from(&merged(&self.services, &settings.services));
        self.nested.push(Nested { folder: folder.to_owned(), settings });
        self.nested.sort_by(|one, two| {
            two.folder.len().cmp(&one.folder.len()).then_with(|| one.folder.cmp(&two.folder))
        });
    }

    /// Who locks a key, if somebody does.
    pub fn locked_by(&self, key: &str) -> Option<&str> {
        self.locked.iter().find(|locked| locked.key == key).map(|locked| locked.by.as_str())
    }
}

fn merged(
    known: &[super::ServiceSettings],
    more: &[super::ServiceSettings],
) -> Vec<super::ServiceSettings> {
    let named = |name: &str| known.iter().any(|service| service.name == name);
    let new = more.iter().filter(|service| !named(&service.name));
    known.iter().chain(new).cloned().collect()
}

impl Reader<'_> {
    /// A path of this file, from the root.
    pub(super) fn below_folder(&self, path: &str) -> String {
        match self.place {
            Place::Folder(folder) if path.is_empty() || path == "." => folder.to_owned(),
            Place::Folder(folder) => format!("{folder}/{path}"),
            Place::Root | Place::Base => path.to_owned(),
        }
    }

    pub(super) fn all_below_folder(&self, paths: &[String]) -> Vec<String> {
        paths.iter().map(|path| self.below_folder(path.trim_start_matches("./"))).collect()
    }

    /// Locks these keys for the files on top.
    pub(super) fn lock(&mut self, names: &[String], range: std::ops::Range<usize>) {
        for name in names {
            match KEYS.iter().find(|key| key.name == name && key.name != "extends") {
                Some(key) => {
                    let by = self.file();
                    self.settings.locked.push(Locked { key: key.name, by });
                }
                None => {
                    let help = match nearest(name, KEYS.iter().map(|key| key.name)) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "`locked` lists keys of this file".to_owned(),
                    };
                    let message = format!("no key that could be locked is called `{name}`");
                    self.error(range.clone(), message, help);
                }
            }
        }
    }

    /// Declarations of this file: those of a folder hold for a run on that folder only, and
    /// those of a file elsewhere have no place in the repository.
    pub(super) fn settle_declarations(&mut self, inherited: usize) {
        match self.place {
            Place::Root => {}
            Place::Folder(_) => self.settings.declarations.truncate(inherited),
            Place::Base => {
                for declaration in self.settings.declarations.iter_mut().skip(inherited) {
                    declaration.place(None);
                }
            }
        }
    }
}
