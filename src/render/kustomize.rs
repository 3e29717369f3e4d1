//! What kustomizations say of the files they take.

use super::charts::beside;
use super::objects::tree_of;
use crate::discover::{self, Entry};
use crate::parse::tree::NodeRef;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// All that the kustomizations of a repository say.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    /// Files that change objects of others.
    pub patches: BTreeSet<String>,
    /// Files that become values of ConfigMaps: path and key.
    pub files: BTreeSet<(String, String)>,
    /// What names are put behind.
    pub prefixes: BTreeSet<String>,
    /// What is put behind names.
    pub suffixes: BTreeSet<String>,
    /// The kustomizations themselves.
    pub own: Vec<String>,
    /// What each takes, by its folder with `/` at its end: files, and folders without.
    takes: BTreeMap<String, Vec<String>>,
}

/// Names of the file, as the program looks for them.
const NAMES: &[&str] = &["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Most names that are tried for one object.
const MOST: usize = 64;

/// Reads all kustomizations.
pub(super) fn read(entries: &[Entry]) -> Said {
    let mut said = Said::default();
    for entry in entries {
        let (folder, name) = match entry.path.rfind('/') {
            Some(at) => entry.path.split_at(at + 1),
            None => ("", entry.path.as_str()),
        };
        if !NAMES.contains(&name) {
            continue;
        }
        let Ok(source) = discover::load(entry) else { continue };
        let tree = tree_of(&source);
        for root in tree.documents() {
            said.add(folder, root);
        }
        said.own.push(entry.path.clone());
    }
    said
}

impl Said {
    fn add(&mut self, folder: &str, root: NodeRef<'_>) {
        let items = |key: &str| root.get(key).into_iter().flat_map(|list| list.items());
        let paths = items("patchesStrategicMerge").filter_map(NodeRef::scalar);
        let named = items("patches").chain(items("patchesJson6902"));
        let named = named.filter_map(|patch| patch.get("path")?.scalar());
        let patches: Vec<String> =
            paths.chain(named).filter_map(|path| file_beside(folder, path)).collect();
        let lists = ["resources", "bases", "components"];
        let taken = lists.iter().flat_map(|key| items(key)).filter_map(NodeRef::scalar);
        let taken: Vec<String> = taken.filter_map(|path| file_beside(folder, path)).collect();
        let all = self.takes.entry(folder.to_owned()).or_default();
        all.extend(patches.iter().cloned().chain(taken));
        self.patches.extend(patches);
        for generator in items("configMapGenerator") {
            let files = generator.get("files").into_iter().flat_map(|list| list.items());
            for file in files.filter_map(NodeRef::scalar) {
                let (key, path) = match file.split_once('=') {
                    Some((key, path)) => (key, path),
                    None => (file.rsplit('/').next().unwrap_or(file), file),
                };
                let path = file_beside(folder, path);
                self.files.extend(path.map(|path| (path, key.to_owned())));
            }
        }
        let word = |key: &str| root.get(key).and_then(NodeRef::scalar).map(str::to_owned);
        self.prefixes.extend(word("namePrefix").filter(|it| !it.is_empty()));
        self.suffixes.extend(word("nameSuffix").filter(|it| !it.is_empty()));
    }

    /// The files that a kustomization is made of, also through others.
    fn reach(&self, folder: &str) -> BTreeSet<String> {
        let (mut stack, mut seen) = (vec![folder.to_owned()], BTreeSet::new());
        let mut files = BTreeSet::new();
        while let Some(folder) = stack.pop() {
            let Some(taken) = self.takes.get(&folder) else { continue };
            if !seen.insert(folder) {
                continue;
            }
            for path in taken {
                let inner = format!("{path}/");
                match self.takes.contains_key(&inner) {
                    true => stack.push(inner),
                    false => drop(files.insert(path.clone())),
                }
            }
        }
        files
    }

    /// The files of the kustomization that was built: the one the command names, else the one that
    /// has most of what was rendered and least else. `None` where two may be meant.
    pub(super) fn built(
        &self,
        command: Option<&str>,
        hits: impl Fn(&BTreeSet<String>) -> usize,
    ) -> Option<BTreeSet<String>> {
        // The first word is the program.
        let words = command.unwrap_or_default().split_whitespace().skip(1);
        let folders =
            words.map(|word| format!("{}/", word.trim_start_matches("./").trim_end_matches('/')));
        if let Some(named) = folders.filter(|folder| self.takes.contains_key(folder)).last() {
            return Some(self.reach(&named));
        }
        type Rank = (usize, Reverse<usize>);
        let mut best: Option<(Rank, BTreeSet<String>)> = None;
        let mut alone = true;
        for folder in self.takes.keys() {
            let files = self.reach(folder);
            let rank = (hits(&files), Reverse(files.len()));
            match &best {
                Some((known, _)) if *known == rank => alone = false,
                Some((known, _)) if *known > rank => {}
                _ => (best, alone) = (Some((rank, files)), true),
            }
        }
        best.filter(|((hits, _), _)| alone && *hits > 0).map(|(_, files)| files)
    }

    /// The names an object may have had before it was given this one.
    pub(super) fn names(&self, kind: &str, name: &str) -> Vec<String> {
        let mut names = vec![name.to_owned()];
        if matches!(kind, "ConfigMap" | "Secret") {
            names.extend(without_hash(name).map(str::to_owned));
        }
        let mut at = 0;
        while at < names.len() && names.len() < MOST {
            let name = names[at].clone();
            let before = self.prefixes.iter().filter_map(|it| name.strip_prefix(it.as_str()));
            let behind = self.suffixes.iter().filter_map(|it| name.strip_suffix(it.as_str()));
            for name in before.chain(behind).filter(|name| !name.is_empty()) {
                if !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            }
            at += 1;
        }
        names
    }
}

/// The name of a generated object without the hash of what is in it.
fn without_hash(name: &str) -> Option<&str> {
    let (name, hash) = name.rsplit_once('-')?;
    let is_hash =
        hash.len() == 10 && hash.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
    is_hash.then_some(name)
}

/// A file by its path from a folder.
fn file_beside(folder: &str, path: &str) -> Option<String> {
    let found = beside(folder, path)?;
    Some(found.trim_end_matches('/').to_owned())
}
