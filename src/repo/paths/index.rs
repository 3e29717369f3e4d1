//! Paths by their last part, and documents by the object that holds them: a name is looked up,
//! not searched for.

use crate::facts::{Document, DocumentId};
use crate::lang::path::{folder, glob, last};
use crate::repo::Repo;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// What path mapping looks up.
#[derive(Debug, Default)]
pub struct PathIndex {
    /// Numbers of paths by their last part.
    names: BTreeMap<String, Vec<u32>>,
    /// Last parts by what stands after their last dot.
    endings: BTreeMap<String, Vec<String>>,
    /// Documents inside ConfigMaps and Secrets, by the object's name.
    maps: BTreeMap<String, Vec<DocumentId>>,
    /// Keys of ConfigMaps and Secrets, whatever they hold, by the object's name.
    held: BTreeMap<String, Vec<String>>,
    /// Names of all ConfigMaps.
    objects: BTreeSet<String>,
    /// Rule documents inside other documents, by their key.
    keys: BTreeMap<String, Vec<DocumentId>>,
    /// What was asked for before: many entries lead to the same folder or end alike.
    by_path: Known<String, u32>,
    by_name: Known<String, u32>,
    /// By the configuration that asks, too.
    by_key: Known<(DocumentId, String), DocumentId>,
}

/// Numbers of the paths, or documents, that fit a pattern, by the pattern.
type Known<K, T> = Mutex<BTreeMap<K, Arc<[T]>>>;

/// What is known of a pattern; else found out, and known from then on.
fn known<K: Ord, T>(all: &Known<K, T>, pattern: K, find: impl FnOnce() -> Vec<T>) -> Arc<[T]> {
    // Nothing that holds the lock can panic; without it the answer is found again.
    let Ok(mut all) = all.lock() else { return find().into() };
    if let Some(known) = all.get(&pattern) {
        return Arc::clone(known);
    }
    let found: Arc<[T]> = find().into();
    all.insert(pattern, Arc::clone(&found));
    found
}

impl PathIndex {
    pub(in crate::repo) fn of(repo: &Repo) -> PathIndex {
        let mut index = PathIndex::default();
        for (number, path) in repo.paths.iter().enumerate() {
            let name = last(path);
            let known = index.names.entry(name.to_owned()).or_default();
            if known.is_empty() {
                let ending = ending(name).to_owned();
                index.endings.entry(ending).or_default().push(name.to_owned());
            }
            known.push(u32::try_from(number).unwrap_or(u32::MAX));
        }
        for document in &repo.facts.documents {
            index.add(document);
        }
        for map in &repo.facts.config_maps {
            let keys = map.data.keys().map(str::to_owned);
            index.held.entry(map.object.name.clone()).or_default().extend(keys);
        }
        index
    }

    fn add(&mut self, document: &Document) {
        let Some(object) = &document.object else { return };
        if object.kind == "ConfigMap" {
            self.objects.insert(object.name.clone());
        }
        if document.host.is_none() {
            return;
        }
        let Some(key) = &object.data_key else { return };
        if matches!(object.kind.as_str(), "ConfigMap" | "Secret") {
            self.maps.entry(object.name.clone()).or_default().push(document.id);
        }
        self.keys.entry(key.clone()).or_default().push(document.id);
    }

    /// Paths that are this one or fit this glob, in their order.
    pub(super) fn fitting(&self, repo: &Repo, pattern: &str) -> Arc<[u32]> {
        known(&self.by_path, pattern.to_owned(), || {
            let Some(wild) = pattern.find(['*', '?', '[']) else {
                // A folder is there too, and has no number of its own.
                let folder = || repo.has_path(pattern).then_some(u32::MAX);
                return repo.path_number(pattern).or_else(folder).into_iter().collect();
            };
            let prefix = &pattern[..wild];
            let start = repo.paths.partition_point(|path| path.as_str() < prefix);
            let below = repo.paths[start..].iter().take_while(|path| path.starts_with(prefix));
            let numbers = (start..).zip(below).filter(|(_, path)| glob(pattern, path));
            numbers.filter_map(|(number, _)| u32::try_from(number).ok()).collect()
        })
    }

    /// Paths whose last part fits, in their order.
    pub(super) fn named(&self, pattern: &str) -> Arc<[u32]> {
        known(&self.by_name, pattern.to_owned(), || {
            let Some(wild) = pattern.find(['*', '?', '[']) else {
                return self.names.get(pattern).cloned().unwrap_or_default();
            };
            let mut numbers: Vec<u32> = Vec::new();
            let prefix = &pattern[..wild];
            let literal = ending(pattern);
            if prefix.is_empty() && !literal.contains(['*', '?', '[']) {
                for name in self.endings.get(literal).into_iter().flatten() {
                    if glob(pattern, name) {
                        numbers.extend(&self.names[name]);
                    }
                }
            } else {
                let range = self.names.range(prefix.to_owned()..);
                for (name, found) in range.take_while(|(name, _)| name.starts_with(prefix)) {
                    if glob(pattern, name) {
                        numbers.extend(found);
                    }
                }
            }
            numbers.sort_unstable();
            numbers
        })
    }

    /// Paths whose last part fits, in a folder of this name at any depth, or in the folder beside.
    pub(super) fn named_in(
        &self,
        repo: &Repo,
        name: &str,
        beside: Option<&str>,
        pattern: &str,
    ) -> Arc<[u32]> {
        let all = self.named(pattern);
        known(&self.by_name, format!("{}/{name}/{pattern}", beside.unwrap_or("?")), || {
            let path = |number: u32| repo.paths.get(number as usize).map_or("", String::as_str);
            let stands = |number: &u32| {
                let above = folder(path(*number));
                Some(above) == beside || last(above) == name
            };
            all.iter().copied().filter(stands).collect()
        })
    }

    /// Whether a file with one of these endings stands in the folder of a path.
    pub fn has_beside(&self, repo: &Repo, path: &str, endings: &[&str]) -> bool {
        let mut patterns = endings.iter().map(|ending| format!("*.{ending}"));
        // No folder is called so.
        patterns.any(|it| !self.named_in(repo, "?", Some(folder(path)), &it).is_empty())
    }

    /// Whether there is a ConfigMap of this name.
    pub(super) fn has_map(&self, name: &str) -> bool {
        self.objects.contains(name)
    }

    /// Whether a ConfigMap or Secret has a key that fits, though nothing be read in it.
    pub(super) fn holds(&self, map: &str, fits: impl Fn(&str) -> bool) -> bool {
        self.held.get(map).is_some_and(|keys| keys.iter().any(|key| fits(key)))
    }

    /// Documents inside a ConfigMap or Secret.
    pub(in crate::repo) fn inside(&self, map: &str) -> &[DocumentId] {
        self.maps.get(map).map_or(&[], Vec::as_slice)
    }

    /// Documents inside others whose key fits, those that a configuration wants.
    pub(super) fn keyed(
        &self,
        asking: DocumentId,
        pattern: &str,
        wanted: impl Fn(DocumentId) -> bool,
    ) -> Arc<[DocumentId]> {
        known(&self.by_key, (asking, pattern.to_owned()), || {
            let wild = pattern.find(['*', '?', '[']);
            let prefix = &pattern[..wild.unwrap_or(pattern.len())];
            let fits = |key: &str| if wild.is_some() { glob(pattern, key) } else { key == pattern };
            let range = self.keys.range(prefix.to_owned()..);
            let mut found: Vec<DocumentId> = range
                .take_while(|(key, _)| key.starts_with(prefix))
                .filter(|(key, _)| fits(key))
                .flat_map(|(_, documents)| documents.iter().copied())
                .filter(|id| wanted(*id))
                .collect();
            found.sort_unstable();
            found
        })
    }
}

fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}
