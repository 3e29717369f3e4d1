//! Which rule files a server loads: paths as its configuration writes them, followed through
//! compose volumes and ConfigMap mounts to files and documents of the repository.

use super::Repo;
use crate::facts::deploy::{Container, Mount};
use crate::facts::prometheus::{PrometheusConfig, ServerForm};
use crate::facts::{Document, DocumentId};
use crate::identify::Kind;
use crate::lang::path::{folder, glob, join, last};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// So many folders of bare lists make a collection.
const COLLECTED: usize = 5;

mod index;
mod loader;

pub use index::PathIndex;
pub use loader::{Listing, Loader, missed_by};

/// What an entry of `rule_files` leads to.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// Files of the repository, by their numbers among its paths: entries that mean the same files
    /// share one list.
    lists: Vec<Arc<[u32]>>,
    /// Documents inside ConfigMaps, shared likewise.
    inside: Vec<Arc<[DocumentId]>>,
    /// A key of a ConfigMap in which nothing is read, as charts leave them empty.
    pub hollow: bool,
    /// Whether the repository shows where the entry leads, so that nothing found is nothing there.
    pub certain: bool,
}

impl Resolved {
    /// Whether it leads nowhere.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.inside.is_empty() && !self.hollow
    }

    /// Files of the repository; a folder has no name here.
    pub fn files<'r>(&self, repo: &'r Repo) -> impl Iterator<Item = &'r str> {
        let numbers = self.lists.iter().flat_map(|list| list.iter());
        numbers.map(|&number| repo.paths.get(number as usize).map_or("", String::as_str))
    }

    /// Documents inside ConfigMaps.
    pub fn documents(&self) -> impl Iterator<Item = DocumentId> {
        self.inside.iter().flat_map(|list| list.iter().copied())
    }

    /// Takes over what another place leads to.
    pub(super) fn take(&mut self, there: Resolved) {
        self.certain |= there.certain;
        self.hollow |= there.hollow;
        self.inside.extend(there.inside);
        self.lists.extend(there.lists);
    }

    /// Puts the files in order, each once.
    pub(super) fn sort(&mut self) {
        let mut numbers: Vec<u32> =
            self.lists.iter().flat_map(|list| list.iter().copied()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        self.lists.clear();
        self.add(numbers.into());
    }

    pub(super) fn add(&mut self, list: Arc<[u32]>) {
        if !list.is_empty() {
            self.lists.push(list);
        }
    }

    fn add_documents(&mut self, list: Arc<[DocumentId]>) {
        if !list.is_empty() {
            self.inside.push(list);
        }
    }
}

/// What every server's `rule_files` lead to.
#[derive(Debug, Default)]
pub struct Loading {
    documents: BTreeSet<DocumentId>,
    /// By their numbers among the paths.
    files: BTreeSet<u32>,
    loaders: bool,
    open: bool,
}

impl Loading {
    /// Follows the entries of all servers.
    pub(super) fn of(repo: &Repo) -> Loading {
        Loading::of_servers(repo, Loading::servers(repo))
    }

    /// Follows the entries of each server for itself.
    pub(super) fn each(repo: &Repo) -> Vec<Loading> {
        let one = |server| Loading::of_servers(repo, std::iter::once(server));
        Loading::servers(repo).map(one).collect()
    }

    fn servers(repo: &Repo) -> impl Iterator<Item = &PrometheusConfig> {
        repo.facts.prometheus.iter().filter(|server| server.form == ServerForm::File)
    }

    /// Follows the entries of these servers.
    pub fn of_servers<'r>(
        repo: &'r Repo,
        servers: impl Iterator<Item = &'r PrometheusConfig>,
    ) -> Loading {
        let mut loading = Loading::default();
        // A list that many entries share is taken once.
        let mut taken: BTreeSet<usize> = BTreeSet::new();
        for server in servers {
            for entry in &server.rule_files {
                loading.loaders = true;
                // A placeholder may lead anywhere.
                loading.open |= !entry.known || server.open;
                if entry.known {
                    let found = resolve(repo, server, &entry.text);
                    for list in found.inside {
                        if taken.insert(list.as_ptr().addr()) {
                            loading.documents.extend(list.iter());
                        }
                    }
                    for list in found.lists {
                        if taken.insert(list.as_ptr().addr()) {
                            loading.files.extend(list.iter());
                        }
                    }
                }
            }
        }
        loading
    }

    /// Whether a document is among what they lead to.
    pub fn holds(&self, repo: &Repo, document: DocumentId) -> bool {
        self.documents.contains(&document)
            || repo
                .path_number(&repo.source(document.source).path)
                .is_some_and(|number| self.files.contains(&number))
    }
}

impl Repo {
    /// Whether a rule file stands in a folder whose rule files, three and more, are all lists of
    /// groups, and no server here loads them: what does puts the key above them.
    pub fn holds_bare_groups(&self, document: &Document) -> bool {
        let folders = self.bare_groups.get_or_init(|| {
            let mut files: BTreeMap<&str, (usize, bool)> = BTreeMap::new();
            let rules = |it: &&Document| it.kind == Kind::PrometheusRules && it.host.is_none();
            for one in self.facts.documents.iter().filter(rules) {
                let bare = one.schema_issues.iter().any(|it| it.span == one.span);
                let (count, all) =
                    files.entry(folder(&self.source(one.id.source).path)).or_insert((0, true));
                (*count, *all) = (*count + 1, *all && bare);
            }
            // A collection offers them for copying: most of its folders hold nothing else.
            let spread = files.values().filter(|(_, all)| *all).count();
            let offered = spread >= COLLECTED && spread * 2 > files.len();
            if !offered && self.own_servers().next().is_some() {
                return BTreeSet::new();
            }
            let bare =
                files.into_iter().filter(|(_, (count, all))| (offered || *count > 2) && *all);
            bare.map(|(folder, _)| folder.to_owned()).collect()
        });
        document.kind == Kind::PrometheusRules
            && folders.contains(folder(&self.source(document.id.source).path))
    }

    /// What the servers' `rule_files` lead to.
    pub fn loading(&self) -> &Loading {
        self.loading.get_or_init(|| Loading::of(self))
    }

    /// What the `rule_files` of each server lead to.
    pub fn loadings(&self) -> &[Loading] {
        self.loadings.get_or_init(|| Loading::each(self))
    }
}

/// Whether a rule document is loaded, as far as the repository shows what loads it: where no
/// server configuration lists rule files, everything counts as loaded.
pub fn is_loaded(repo: &Repo, document: DocumentId) -> bool {
    let it = repo.document(document);
    let loading = repo.loading();
    let operated = it.host.is_some_and(|host| repo.document(host).kind == Kind::PrometheusOperator);
    if operated {
        // What a selector certainly leaves out, no server of the operator takes.
        return missed_by(repo, it).is_none();
    }
    // Other programs load their own dialects.
    it.kind != Kind::PrometheusRules
        || !loading.loaders
        || loading.open
        || it.dialect.is_some()
        || loading.holds(repo, document)
}

/// Follows one entry of a server's `rule_files`.
pub fn resolve(repo: &Repo, server: &PrometheusConfig, entry: &str) -> Resolved {
    let containers: Vec<&Container> = repo.mounted_scrapers().collect();
    let wants =
        Wants { document: server.document, kind: Kind::PrometheusRules, containers: &containers };
    follow(repo, wants, entry)
}

/// Follows one of the `files` in which a job discovers its targets.
pub fn targets(repo: &Repo, document: DocumentId, entry: &str) -> Resolved {
    let containers: Vec<&Container> = repo.mounted_scrapers().collect();
    follow(repo, Wants { document, kind: Kind::PrometheusTargets, containers: &containers }, entry)
}

/// Follows one entry of an Alertmanager's `templates`.
pub fn templates(repo: &Repo, document: DocumentId, entry: &str) -> Resolved {
    let is_server = |container: &&Container| container.image_name() == Some("alertmanager");
    let containers: Vec<&Container> = repo.facts.containers.iter().filter(is_server).collect();
    follow(
        repo,
        Wants { document, kind: Kind::AlertmanagerTemplate, containers: &containers },
        entry,
    )
}

/// Who looks for what.
#[derive(Clone, Copy)]
struct Wants<'r> {
    /// The configuration.
    document: DocumentId,
    /// What it loads.
    kind: Kind,
    /// Containers that may run with it.
    containers: &'r [&'r Container],
}

fn follow(repo: &Repo, server: Wants<'_>, entry: &str) -> Resolved {
    let path = &repo.source(server.document.source).path;
    let document = repo.document(server.document);
    let object = document.object.as_ref().filter(|_| document.host.is_some());
    let map = object.filter(|object| matches!(object.kind.as_str(), "ConfigMap" | "Secret"));
    let mut found = Resolved { certain: false, ..Resolved::default() };
    if document.host.is_none() && !is_absolute(entry) {
        found.certain = true;
        if let Some(pattern) = join(folder(path), entry) {
            found.add(repo.path_index().fitting(repo, &pattern));
        } else {
            found.certain = false;
        }
    }
    if let (Some(map), false) = (map, entry.contains('/') && !entry.starts_with('/')) {
        let name = last(entry);
        found.add_documents(keyed(repo, &map.name, |key| glob(name, key)));
    }
    if found.is_empty() {
        through_mounts(repo, server, entry, &mut found);
    }
    // A bare name beside the configuration is often put there by an image or a mount of its own.
    if found.is_empty() && (!found.certain || !entry.contains('/')) {
        by_name(repo, server, entry, &mut found);
    }
    found
}

/// Documents under the keys of a ConfigMap.
fn keyed(repo: &Repo, map: &str, wanted: impl Fn(&str) -> bool) -> Arc<[DocumentId]> {
    let inside = repo.path_index().inside(map).iter().copied();
    inside
        .filter(|id| {
            let object = repo.document(*id).object.as_ref();
            object.and_then(|object| object.data_key.as_deref()).is_some_and(&wanted)
        })
        .collect()
}

/// Follows a path inside a container to what is mounted there.
fn through_mounts(repo: &Repo, server: Wants<'_>, entry: &str, found: &mut Resolved) {
    for container in server.containers {
        // What another environment mounts is not mounted here.
        if !repo.run_together(container.document, server.document) {
            continue;
        }
        let Some(at) = inside(repo, server, container, entry) else { continue };
        found.take(mounted(repo, container, &at));
    }
}

/// What a container finds at a path: what is mounted there.
pub fn mounted(repo: &Repo, container: &Container, at: &str) -> Resolved {
    let mut found = Resolved::default();
    let Some(mount) = mount_at(container, at) else { return found };
    let rest = below(at, &mount.target).unwrap_or_default();
    let name = |key: &str| match (&mount.sub_path, rest.is_empty()) {
        (Some(sub), true) => key == sub,
        _ => glob(rest, key),
    };
    if let Some(map) = mount.source.strip_prefix("configMap:") {
        let index = repo.path_index();
        found.certain = index.has_map(map);
        let documents = keyed(repo, map, name);
        found.hollow = documents.is_empty() && index.holds(map, name);
        found.add_documents(documents);
    } else if let Some(source) = source(repo, container, mount) {
        let pattern = match (rest.is_empty(), source.is_empty()) {
            (true, _) => source,
            (false, true) => rest.to_owned(),
            (false, false) => format!("{source}/{rest}"),
        };
        found.certain = true;
        found.add(repo.path_index().fitting(repo, &pattern));
    }
    found
}

/// The mount that a path of a container lies in.
pub fn mount_at<'c>(container: &'c Container, at: &str) -> Option<&'c Mount> {
    let above = container.mounts.iter().filter(|mount| below(at, &mount.target).is_some());
    above.max_by_key(|mount| mount.target.len())
}

/// An entry as a path inside a container: a relative one starts at the configuration's folder.
fn inside(repo: &Repo, server: Wants<'_>, container: &Container, entry: &str) -> Option<String> {
    if entry.starts_with('/') {
        return Some(entry.to_owned());
    }
    let path = &repo.source(server.document.source).path;
    let at = container.mounts.iter().find_map(|mount| {
        let source = source(repo, container, mount)?;
        let rest = below(path, &source)?;
        Some(if rest.is_empty() {
            mount.target.clone()
        } else {
            format!("{}/{rest}", mount.target)
        })
    })?;
    Some(format!("/{}", join(folder(&at), entry)?))
}

/// Whether a path begins at a root, or at a drive of Windows.
fn is_absolute(path: &str) -> bool {
    let drive = |path: &[u8]| matches!(path, [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic());
    path.starts_with('/') || path.starts_with("\\\\") || drive(path.as_bytes())
}

/// What stands after `folder/` in `path`; empty if they are equal.
fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    let folder = folder.trim_end_matches('/');
    if folder.is_empty() {
        return Some(path.trim_start_matches('/'));
    }
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// The file or folder of the repository that a compose volume mounts.
fn source(repo: &Repo, container: &Container, mount: &Mount) -> Option<String> {
    let written = repo.filled(container, &mount.source);
    if container.workload != "compose" || written.starts_with(['/', '~', '$']) {
        return None;
    }
    let path = join(folder(&repo.source(container.document.source).path), &written)?;
    (path.is_empty() || repo.has_path(&path)).then_some(path)
}

/// A path that nothing maps: the only file of its name, or every file a glob's last part fits.
fn by_name(repo: &Repo, server: Wants<'_>, entry: &str, found: &mut Resolved) {
    let name = last(entry);
    let near = last(folder(entry));
    // Where a configuration is put is what lies beside it.
    let home = matches!(near, "prometheus" | "alertmanager" | "config" | "conf" | "etc");
    let beside = home.then(|| folder(&repo.source(server.document.source).path));
    // `*.yml` fits nearly everything: only what stands in a folder of that name.
    found.add(match near.is_empty() || !name.contains(['*', '?', '[']) {
        true => repo.path_index().named(name),
        false => repo.path_index().named_in(repo, near, beside, name),
    });
    found.add_documents(repo.path_index().keyed(server.document, name, |id| {
        repo.document(id).kind == server.kind && repo.run_together(id, server.document)
    }));
}
