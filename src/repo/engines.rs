//! Clusters of search engines: their nodes, with the settings of all layers merged.
//!
//! A container's environment and arguments stand over the file it reads. Nodes are joined by the
//! manifest that runs them and by the cluster's name.

pub mod security;

use super::Repo;
use super::runs::{ELASTICSEARCH, OPENSEARCH, Program};
use super::standing::is_sample;
use crate::facts::deploy::Container;
use crate::facts::elastic::Engine;
use crate::facts::elastic::node::{self, NodeConfig};
use crate::facts::elastic::object::{EngineObject, Runner};
use crate::facts::settings::{Setting, Settings};
use crate::facts::subject::SubjectKind;
use crate::facts::{DocumentId, Subject};
use crate::lang::path::folder;
use crate::source::Span;
use std::collections::BTreeMap;

/// A cluster.
#[derive(Debug)]
pub struct Cluster {
    /// What runs.
    pub engine: Engine,
    /// Where its first node stands.
    pub document: DocumentId,
    /// The token that names it.
    pub anchor: Span,
    /// Its nodes.
    pub nodes: Vec<Node>,
    /// How many there are.
    pub size: Size,
    /// The oldest and the newest major release it runs; `None` where one is not known.
    pub majors: Option<(u32, u32)>,
    /// Who runs it, where an object or a chart declares it.
    pub declared: Option<(Runner, Option<Span>)>,
}

/// One node, or several alike.
#[derive(Debug)]
pub struct Node {
    /// Where it stands: its container's document, else its file's.
    pub document: DocumentId,
    /// The token that names it.
    pub anchor: Span,
    /// Number of its container.
    pub container: Option<usize>,
    /// Numbers of the files it reads.
    pub configs: Vec<usize>,
    /// File, then environment, then arguments: later ones win.
    pub settings: Settings,
    /// The image is one of the program's own makers.
    pub official: bool,
}

/// How many nodes a cluster has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// One, said here if it is said anywhere.
    One(Option<Span>),
    /// Two or more.
    Several,
    /// Nobody can know.
    Unknown,
}

impl Node {
    /// A setting by its key.
    pub fn get(&self, key: &str) -> Option<&Setting> {
        self.settings.get(key)
    }

    /// The first of several keys that is set.
    pub fn first(&self, keys: &[&str]) -> Option<&Setting> {
        keys.iter().find_map(|key| self.get(key))
    }
}

impl Cluster {
    /// The last setting of a key in any node.
    pub fn get(&self, key: &str) -> Option<&Setting> {
        self.nodes.iter().find_map(|node| node.get(key))
    }

    /// Whether the settings of every node are known whole.
    pub fn is_closed(&self) -> bool {
        self.nodes.iter().all(|node| !node.settings.open)
    }

    /// Whether every release it may run is this major or a later one.
    pub fn is_at_least(&self, major: u32) -> Option<bool> {
        let (oldest, newest) = self.majors?;
        match (oldest >= major, newest < major) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }
}

impl Subject for Cluster {
    fn kind(&self) -> SubjectKind {
        SubjectKind::EngineCluster
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        match self.get("cluster.name").and_then(Setting::text) {
            Some(name) => format!("{} cluster {name}", self.engine.name()),
            None => format!("{} cluster", self.engine.name()),
        }
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
}

impl Repo {
    /// All clusters of search engines, in the order of the files.
    pub fn engine_clusters(&self) -> &[Cluster] {
        self.clusters.get_or_init(|| gather(self))
    }
}

const ENGINES: &[(Engine, Program)] =
    &[(Engine::Elasticsearch, ELASTICSEARCH), (Engine::Opensearch, OPENSEARCH)];

fn gather(repo: &Repo) -> Vec<Cluster> {
    let configs = &repo.facts.node_configs;
    let mut read = vec![false; configs.len()];
    let mut clusters: Vec<Cluster> = Vec::new();
    let number: BTreeMap<(DocumentId, Span), usize> = repo
        .facts
        .containers
        .iter()
        .enumerate()
        .map(|(at, container)| ((container.document, container.name.span), at))
        .collect();
    for &(engine, program) in ENGINES {
        let mut groups: BTreeMap<Key, Vec<Node>> = BTreeMap::new();
        for container in repo.containers_of(program).into_iter().filter(|it| runs_a_node(it)) {
            let at = number.get(&(container.document, container.name.span)).copied();
            let own: Vec<usize> = (0..configs.len())
                .filter(|&at| repo.belongs(container, configs[at].document))
                .collect();
            for &at in &own {
                read[at] = true;
            }
            let node = node_of(repo, container, at, own);
            groups.entry(key(repo, container, &node)).or_default().push(node);
        }
        clusters.extend(groups.into_values().filter_map(|nodes| cluster(repo, engine, nodes)));
    }
    clusters.extend(built(repo));
    clusters.extend(declared(repo, &mut read));
    clusters.extend(lone(repo, &read));
    clusters.sort_by_key(|cluster| (cluster.document, cluster.anchor));
    clusters
}

/// What nodes of one cluster have in common: Compose file or folder of manifests, and name.
type Key = (String, String);

fn key(repo: &Repo, container: &Container, node: &Node) -> Key {
    let path = &repo.source(container.document.source).path;
    let name = node.get("cluster.name").and_then(|it| it.value.as_ref());
    let name = name.map(|name| name.text.clone()).unwrap_or_default();
    match container.workload.as_str() {
        "compose" => (path.clone(), name),
        // A nameless workload is a cluster of its own.
        _ if name.is_empty() => (format!("{path}#{}", container.owner.name), name),
        _ => (folder(path).to_owned(), name),
    }
}

/// Whether a container starts a node: no script, and nothing that prepares one.
fn runs_a_node(container: &Container) -> bool {
    if matches!(container.workload.as_str(), "Job" | "CronJob") {
        return false;
    }
    let starts = |word: &str| {
        let word = word.rsplit('/').next().unwrap_or(word);
        ["elasticsearch", "opensearch", "docker-entrypoint", "eswrapper", "run.sh"]
            .iter()
            .any(|name| word.starts_with(name))
            && !word.contains("-plugin")
            && !word.contains("-certutil")
            && !word.contains("-setup-passwords")
    };
    let shell = container.args.first().is_some_and(|word| {
        matches!(word.text.rsplit('/').next(), Some("sh" | "bash" | "chown" | "sysctl" | "mkdir"))
    });
    let replaced = container
        .mounts
        .iter()
        .any(|mount| matches!(mount.target.as_str(), "/entrypoint.sh" | "/setup.sh"));
    !replaced && (!shell || container.args.iter().any(|word| starts(&word.text)))
}

fn node_of(repo: &Repo, container: &Container, at: Option<usize>, configs: Vec<usize>) -> Node {
    let mut settings = Settings::default();
    for &config in &configs {
        let config = &repo.facts.node_configs[config];
        settings.open |= config.settings.open;
        settings.entries.extend(config.settings.entries.iter().cloned());
    }
    if let Some(base) = repo.base_image(container) {
        settings.entries.extend(node::of_environment(&base.env).entries);
    }
    let given = node::of_container(container);
    settings.open |= given.open;
    settings.entries.extend(given.entries);
    // A file that is mounted and not here says what nobody can know.
    let elsewhere = container.mounts.iter().any(|mount| {
        let target = mount.target.trim_end_matches('/');
        target.ends_with("/elasticsearch.yml")
            || target.ends_with("/opensearch.yml")
            || target.ends_with("/elasticsearch/config")
            || target.ends_with("/opensearch/config")
    });
    settings.open |= elsewhere && configs.is_empty();
    let image = container.image.as_ref().map(|image| image.text.as_str());
    let base = repo.base_image(container).map(|base| base.image.text.as_str());
    // What is built may bring a file of its own.
    settings.open |= container.build.is_some() && base.is_none();
    Node {
        document: container.document,
        anchor: container.name.span,
        container: at,
        configs,
        settings,
        official: image.into_iter().chain(base).any(is_official),
    }
}

/// Images that say whether security is on, and that no container here is built from.
fn built(repo: &Repo) -> Vec<Cluster> {
    let mut found = Vec::new();
    for image in &repo.facts.base_images {
        let path = &repo.source(image.document.source).path;
        let used = || {
            let mut containers = repo.facts.containers.iter();
            containers
                .any(|it| repo.base_image(it).is_some_and(|base| base.document == image.document))
        };
        let text = image.image.text.as_str();
        let program = ELASTICSEARCH.is(text) && is_official(text);
        let secured = |settings: &Settings| settings.get("xpack.security.enabled").is_some();
        let settings = node::of_environment(&image.env);
        if !program || !secured(&settings) || is_sample(path) || used() {
            continue;
        }
        let node = Node {
            document: image.document,
            anchor: image.image.span,
            container: None,
            configs: Vec::new(),
            settings: Settings { open: true, ..settings },
            official: true,
        };
        found.extend(cluster(repo, Engine::Elasticsearch, vec![node]));
    }
    found
}

/// Whether an image is the makers' own, whose entrypoint reads settings off the environment.
fn is_official(image: &str) -> bool {
    let path = image.rsplit_once('/').map_or("", |(path, _)| path);
    path.is_empty()
        || path == "library"
        || path.ends_with("elastic.co/elasticsearch")
        || path.ends_with("elastic/elasticsearch")
        || path.ends_with("opensearchproject")
        || path.ends_with("amazon")
        || path == "elasticsearch"
}

fn cluster(repo: &Repo, engine: Engine, nodes: Vec<Node>) -> Option<Cluster> {
    let first = nodes.first()?;
    let (document, anchor) = (first.document, first.anchor);
    let count = nodes.iter().map(|node| replicas(repo, node)).collect::<Option<Vec<u32>>>();
    let size = size(&nodes, count.map(|counts| counts.iter().sum()));
    let majors = majors(repo, engine, &nodes);
    Some(Cluster { engine, document, anchor, nodes, size, majors, declared: None })
}

/// How many of a node run; `None` where nobody can know.
fn replicas(repo: &Repo, node: &Node) -> Option<u32> {
    let container = &repo.facts.containers[node.container?];
    match &container.replicas {
        Some(replicas) => replicas.known_text()?.parse().ok(),
        None if container.workload == "DaemonSet" => None,
        None => Some(1),
    }
}

/// Keys that list the other nodes.
const PEERS: &[&str] = &[
    "discovery.seed_hosts",
    "cluster.initial_master_nodes",
    "cluster.initial_cluster_manager_nodes",
    "discovery.zen.ping.unicast.hosts",
];

fn size(nodes: &[Node], count: Option<u32>) -> Size {
    for node in nodes {
        if let Some(kind) = node.get("discovery.type")
            && kind.text() == Some("single-node")
        {
            return Size::One(kind.value.as_ref().map(|value| value.span));
        }
    }
    let named = |node: &Node| {
        let lists = PEERS.iter().filter_map(|key| node.get(key));
        lists.filter_map(node::list_of).map(|list| list.len()).max().unwrap_or_default()
    };
    let peers = nodes.iter().map(named).max().unwrap_or_default();
    let open = nodes.iter().any(|node| node.settings.open);
    let discovers = |node: &Node| {
        PEERS.iter().any(|key| node.get(key).is_some())
            || node.get("discovery.seed_providers").is_some()
    };
    match count {
        Some(2..) => Size::Several,
        _ if peers > 1 => Size::Several,
        Some(1) if !open && !nodes.iter().any(discovers) => Size::One(None),
        _ => Size::Unknown,
    }
}

fn majors(repo: &Repo, engine: Engine, nodes: &[Node]) -> Option<(u32, u32)> {
    let mut found: Vec<u32> = Vec::new();
    for node in nodes {
        match node.container {
            Some(at) => found.push(repo.release_of(&repo.facts.containers[at])?.version.major),
            None => {
                let releases = repo.releases(node.document, program(engine));
                found.push(releases.oldest()?.version.major);
                found.push(releases.newest()?.version.major);
            }
        }
    }
    let oldest = found.iter().copied().min()?;
    Some((oldest, found.into_iter().max().unwrap_or(oldest)))
}

/// The program of an engine.
pub fn program(engine: Engine) -> Program {
    match engine {
        Engine::Elasticsearch => ELASTICSEARCH,
        Engine::Opensearch => OPENSEARCH,
    }
}

/// Clusters of operators' objects and of charts.
fn declared(repo: &Repo, read: &mut [bool]) -> Vec<Cluster> {
    let mut found = Vec::new();
    for object in &repo.facts.engine_objects {
        let configs: Vec<usize> = repo
            .facts
            .node_configs
            .iter()
            .enumerate()
            .filter(|(_, config)| repo.document(config.document).host == Some(object.document))
            .map(|(at, _)| at)
            .collect();
        let mut nodes: Vec<Node> = Vec::new();
        for &at in &configs {
            read[at] = true;
            nodes.push(of_object(object, Some((at, &repo.facts.node_configs[at]))));
        }
        if nodes.is_empty() {
            nodes.push(of_object(object, None));
        }
        let counted = match object.nodes {
            Some(1) => Size::One(None),
            Some(2..) => Size::Several,
            _ => Size::Unknown,
        };
        let size = match size(&nodes, None) {
            Size::Unknown => counted,
            known => known,
        };
        found.push(Cluster {
            engine: object.engine,
            document: object.document,
            anchor: object.anchor,
            majors: majors(repo, object.engine, &nodes),
            nodes,
            size,
            declared: Some((object.runner, object.plain_http)),
        });
    }
    found
}

fn of_object(object: &EngineObject, config: Option<(usize, &NodeConfig)>) -> Node {
    let mut settings = config.map(|(_, config)| config.settings.clone()).unwrap_or_default();
    settings.entries.extend(object.env.entries.iter().cloned());
    settings.open |= object.env.open;
    Node {
        document: object.document,
        anchor: config.map_or(object.anchor, |(_, config)| config.anchor),
        container: None,
        configs: config.map(|(at, _)| at).into_iter().collect(),
        settings,
        official: true,
    }
}

/// Files that no container here reads: one cluster for each name.
fn lone(repo: &Repo, read: &[bool]) -> Vec<Cluster> {
    let mut groups: BTreeMap<(Engine, String), Vec<Node>> = BTreeMap::new();
    for (at, config) in repo.facts.node_configs.iter().enumerate().filter(|(at, _)| !read[*at]) {
        let name = config.settings.get("cluster.name").and_then(Setting::text);
        let environment = repo.environment(config.document).unwrap_or_default();
        let path = &repo.source(config.document.source).path;
        let place = match name {
            Some(name) if config.document.index == 0 => {
                format!("{environment}/{name}/{}", folder(folder(path)))
            }
            _ => format!("{path}#{}", config.document.index),
        };
        groups.entry((engine_of(repo, config), place)).or_default().push(Node {
            document: config.document,
            anchor: config.anchor,
            container: None,
            configs: vec![at],
            settings: config.settings.clone(),
            official: false,
        });
    }
    groups.into_iter().filter_map(|((engine, _), nodes)| cluster(repo, engine, nodes)).collect()
}

/// Which engine reads a file: what its content, its name or its container says.
pub fn engine_of(repo: &Repo, config: &NodeConfig) -> Engine {
    if config.engine == Engine::Opensearch {
        return Engine::Opensearch;
    }
    let document = repo.document(config.document);
    let key = document.object.as_ref().and_then(|object| object.data_key.as_deref());
    let path = &repo.source(config.document.source).path;
    let named = path.rsplit('/').next().is_some_and(|name| name.contains("opensearch"));
    let runs = |program| !repo.runs_with(config.document, program).is_empty();
    let declared = repo.facts.engine_objects.iter().any(|object| {
        Some(object.document) == document.host && object.engine == Engine::Opensearch
    });
    let certain = named || declared || key.is_some_and(|key| key.contains("opensearch"));
    match certain || (!runs(ELASTICSEARCH) && runs(OPENSEARCH)) {
        true => Engine::Opensearch,
        false => Engine::Elasticsearch,
    }
}
