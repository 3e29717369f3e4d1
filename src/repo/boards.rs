//! What Grafana is given: which dashboards a provider's folder holds, and which stand twice.

use super::Repo;
use crate::config::{self, Profile};
use crate::facts::dashboard::{Dashboard, Provider};
use crate::facts::deploy::{Container, Mount};
use crate::facts::{Document, DocumentId};
use crate::identify::Kind;
use crate::lang::path::{folder, join, last};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What stands where a provider looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provided {
    /// Dashboards, or what may be some.
    Boards(Vec<DocumentId>),
    /// Nothing: the mount that leads there, and what it mounts.
    Nothing(Span, String),
    /// The repository does not show where the folder comes from.
    Unknown,
}

impl Repo {
    /// Whether an object of Grafana's operator beside a dashboard, or above it, says what an input is:
    /// it replaces the word in the text before Grafana reads it.
    pub fn gives_input(&self, path: &str, name: &str) -> bool {
        let below = |home: &str| {
            home.is_empty() || path.strip_prefix(home).is_some_and(|rest| rest.starts_with('/'))
        };
        let homes = self.given_inputs.get_or_init(|| given_inputs(self)).get(name);
        homes.is_some_and(|homes| homes.iter().any(|home| below(home)))
    }

    /// Whether an object of Grafana's operator beside a dashboard, or above it, takes its file: Grafana
    /// knows it by the identity of the object.
    pub fn is_given_board(&self, path: &str) -> bool {
        self.gives_input(path, &format!("file:{}", last(path)))
    }

    /// Dashboards that replace an earlier one: each with the first that has its `uid`.
    pub fn repeated_boards(&self) -> &BTreeMap<DocumentId, DocumentId> {
        self.repeated_boards.get_or_init(|| {
            let mut first: BTreeMap<&str, &Dashboard> = BTreeMap::new();
            let mut repeated = BTreeMap::new();
            for board in &self.facts.dashboards {
                let uid = board.uid.as_ref().and_then(|uid| uid.known_text());
                let path = &self.source(board.document.source).path;
                let Some(uid) = uid.filter(|uid| !uid.is_empty()) else { continue };
                // A page that shows a dashboard is none that Grafana reads.
                let shown = path.ends_with(".md");
                if shown || config::profile(&self.settings, path) == Profile::Dev {
                    continue;
                }
                match first.get(uid) {
                    None => {
                        first.insert(uid, board);
                    }
                    Some(earlier) if self.meet(earlier, board) => {
                        repeated.insert(board.document, earlier.document);
                    }
                    // The same dashboard in another form, or for another server.
                    Some(_) => {}
                }
            }
            repeated
        })
    }

    /// Whether two dashboards of one `uid` are two for one server: they have different titles,
    /// or stand in one folder.
    fn meet(&self, one: &Dashboard, other: &Dashboard) -> bool {
        let title = |board: &Dashboard| {
            board.title.as_ref().and_then(|title| title.known_text()).map(str::to_owned)
        };
        let place = |board: &Dashboard| folder(&self.source(board.document.source).path);
        match (title(one), title(other)) {
            (Some(one), Some(other)) if one != other => true,
            (Some(_), Some(_)) => {
                // One of them in a ConfigMap is the other as the cluster takes it.
                let held = |board: &Dashboard| self.document(board.document).host.is_some();
                place(one) == place(other)
                    && one.document.source != other.document.source
                    && held(one) == held(other)
            }
            _ => false,
        }
    }

    /// What stands where a provider looks for dashboards.
    pub fn provided(&self, provider: &Provider) -> Provided {
        let Some(path) = provider.path.as_ref().and_then(|path| path.known_text()) else {
            return Provided::Unknown;
        };
        let mut boards = Vec::new();
        let mut empty = None;
        let loads = |container: &&Container| self.loads(container, provider);
        for container in self.facts.containers.iter().filter(loads) {
            for mount in leading(container, path) {
                match self.mounted(container, mount, path) {
                    Provided::Boards(found) => boards.push(found),
                    Provided::Nothing(span, what) => empty = empty.or(Some((span, what))),
                    Provided::Unknown => return Provided::Unknown,
                }
            }
        }
        match (boards.is_empty(), empty) {
            (false, _) => Provided::Boards(boards.concat()),
            (true, Some((span, what))) => Provided::Nothing(span, what),
            (true, None) => Provided::Unknown,
        }
    }

    /// Whether a container is the Grafana that reads a provider: it mounts the provider's file.
    fn loads(&self, container: &Container, provider: &Provider) -> bool {
        let document = self.document(provider.document);
        let file = &self.source(provider.document.source).path;
        let map = document.object.as_ref().filter(|_| document.host.is_some());
        container.mounts.iter().any(|mount| match mount.source.strip_prefix("configMap:") {
            Some(name) => map.is_some_and(|map| map.kind == "ConfigMap" && map.name == name),
            None => {
                self.mounted_at(container, mount).is_some_and(|place| below(file, &place).is_some())
            }
        })
    }

    /// The file or folder of the repository that a compose volume mounts.
    fn mounted_at(&self, container: &Container, mount: &Mount) -> Option<String> {
        let relative = container.workload == "compose" && mount.source.starts_with('.');
        let base = folder(&self.source(container.document.source).path);
        relative.then(|| join(base, &mount.source))?
    }

    /// What a mount brings to a folder.
    fn mounted(&self, container: &Container, mount: &Mount, path: &str) -> Provided {
        if let Some(map) = mount.source.strip_prefix("configMap:") {
            return self.in_map(map, mount);
        }
        let rest = below(path, &mount.target).unwrap_or_default();
        let place = self.mounted_at(container, mount).and_then(|place| join(&place, rest));
        let Some(place) = place else { return Provided::Unknown };
        // What is no dashboard to this tool may still be one to Grafana.
        let inside = self.paths_below(&place);
        let json = |known: &String| known.ends_with(".json") || known.ends_with(".jsonnet");
        if inside.iter().any(json) || place.is_empty() || place.ends_with(".json") {
            let here = |board: &&Dashboard| {
                below(&self.source(board.document.source).path, &place).is_some()
            };
            let found = self.facts.dashboards.iter().filter(here);
            return Provided::Boards(found.map(|board| board.document).collect());
        }
        Provided::Nothing(mount.span, format!("folder `{place}`"))
    }

    /// What a ConfigMap holds, if it stands here.
    fn in_map(&self, map: &str, mount: &Mount) -> Provided {
        let named = |id: DocumentId| {
            let object = self.document(id).object.as_ref();
            object.is_some_and(|object| object.kind == "ConfigMap" && object.name == map)
        };
        let documents = &self.facts.documents;
        let mut maps = documents.iter().filter(|it| it.host.is_none() && named(it.id)).peekable();
        if maps.peek().is_none() || maps.any(|it| it.masked || it.broken) {
            return Provided::Unknown;
        }
        let inside: Vec<_> =
            documents.iter().filter(|it| it.host.is_some() && named(it.id)).collect();
        let key = |it: &&&crate::facts::Document| {
            let key = it.object.as_ref().and_then(|object| object.data_key.as_deref());
            it.kind == Kind::GrafanaDashboard || key.is_some_and(|key| key.ends_with(".json"))
        };
        let found: Vec<DocumentId> = inside.iter().filter(key).map(|it| it.id).collect();
        match found.is_empty() {
            false => Provided::Boards(found),
            true => Provided::Nothing(mount.span, format!("ConfigMap `{map}`")),
        }
    }
}

/// The mounts of a container that decide what a folder holds: the nearest above it, and all
/// below it.
fn leading<'c>(container: &'c Container, path: &str) -> Vec<&'c Mount> {
    let above = container
        .mounts
        .iter()
        .filter(|mount| below(path, &mount.target).is_some())
        .max_by_key(|mount| mount.target.len());
    let inside = container
        .mounts
        .iter()
        .filter(|mount| below(&mount.target, path).is_some_and(|rest| !rest.is_empty()));
    above.into_iter().chain(inside).collect()
}

/// What stands after `folder/` in `path`; empty if they are equal.
fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    let (path, folder) = (path.trim_end_matches('/'), folder.trim_end_matches('/'));
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// Inputs that objects of Grafana's operator name, and the files they take (as `file:name`), each with
/// the folders of these objects.
fn given_inputs(repo: &Repo) -> BTreeMap<String, BTreeSet<String>> {
    let mut given: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let named = |document: &&Document| {
        document.object.as_ref().is_some_and(|object| object.kind == "GrafanaDashboard")
    };
    for document in repo.facts.documents.iter().filter(named) {
        let source = repo.source(document.id.source);
        for line in source.text().lines() {
            let line = line.trim_start_matches([' ', '-']);
            let (sort, name) = match line.split_once(':') {
                Some(("inputName", name)) => ("", name),
                Some(("key", name)) if name.contains(".json") => ("file:", name),
                _ => continue,
            };
            let name = format!("{sort}{}", name.trim().trim_matches(['"', '\'']));
            given.entry(name).or_default().insert(folder(&source.path).to_owned());
        }
    }
    given
}
