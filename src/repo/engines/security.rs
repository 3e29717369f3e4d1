//! What a node says of security, encryption and the addresses it listens on.

use super::{Cluster, Node};
use crate::facts::elastic::Engine;
use crate::facts::elastic::node::list_of;
use crate::facts::elastic::object::Runner;
use crate::facts::scalar::Scalar;
use crate::facts::settings::Setting;
use crate::repo::Repo;
use crate::repo::publish::Published;
use crate::source::Span;

/// Whether requests are authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Yes; where it is said.
    On(Option<Span>),
    /// No; where it is said.
    Off(Span),
    /// No, because nothing switches it on in this release: the place that names the node.
    Never(Span),
    /// Nobody can know.
    Unknown,
}

/// Where a node listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// On the machine itself only; where it is said.
    Loopback(Option<Span>),
    /// On addresses others reach; where it is said.
    Open(Span),
    /// The image's own default: inside the network of its container.
    Image,
    /// Nobody can know.
    Unknown,
}

impl Cluster {
    /// Security of the whole: off where one node has it off.
    pub fn security(&self, repo: &Repo) -> Security {
        if matches!(self.declared, Some((Runner::Eck, _))) {
            return Security::On(None);
        }
        let all: Vec<Security> = self.nodes.iter().map(|node| self.of_node(repo, node)).collect();
        let off = all.iter().find(|it| matches!(it, Security::Off(_) | Security::Never(_)));
        let unknown = all.iter().find(|it| matches!(it, Security::Unknown));
        let said = all.iter().find(|it| matches!(it, Security::On(Some(_))));
        off.or(unknown).or(said).or(all.first()).copied().unwrap_or(Security::Unknown)
    }

    fn of_node(&self, repo: &Repo, node: &Node) -> Security {
        match self.engine {
            Engine::Elasticsearch => self.elasticsearch(repo, node),
            Engine::Opensearch => opensearch(repo, node),
        }
    }

    fn elasticsearch(&self, repo: &Repo, node: &Node) -> Security {
        if let Some(setting) = node.get("xpack.security.enabled") {
            let span = setting.value.as_ref().map_or(setting.span, |value| value.span);
            return match setting.boolean() {
                Some(true) => Security::On(Some(span)),
                Some(false) => Security::Off(span),
                None => Security::Unknown,
            };
        }
        let image = node.container.and_then(|at| repo.facts.containers[at].image.as_ref());
        let free = image.is_some_and(|image| image.text.contains("elasticsearch-oss"));
        if node.settings.open {
            return Security::Unknown;
        }
        match self.is_at_least(8) {
            Some(true) => Security::On(None),
            // Before 8.0 the basic licence left it off.
            Some(false) if node.container.is_some() && node.official => {
                match node.get("xpack.license.self_generated.type").map(Setting::text) {
                    None | Some(Some("basic" | "trial")) => {
                        Security::Never(image.map_or(node.anchor, |image| image.span))
                    }
                    _ if free => Security::Never(node.anchor),
                    _ => Security::Unknown,
                }
            }
            _ => Security::Unknown,
        }
    }

    /// Whether the settings of a node say that transport, or HTTP, is encrypted.
    pub fn encrypts(&self, node: &Node, layer: &str) -> Option<bool> {
        let keys = match self.engine {
            Engine::Elasticsearch => [format!("xpack.security.{layer}.ssl.enabled"), String::new()],
            Engine::Opensearch => [
                format!("plugins.security.ssl.{layer}.enabled"),
                format!("opendistro_security.ssl.{layer}.enabled"),
            ],
        };
        let setting = keys.iter().find_map(|key| node.get(key));
        match setting {
            Some(setting) => setting.boolean(),
            None if node.settings.open => None,
            None => Some(false),
        }
    }
}

fn opensearch(repo: &Repo, node: &Node) -> Security {
    // A switch of the image's own start script.
    let container = node.container.map(|at| &repo.facts.containers[at]);
    let switch = container.and_then(|container| container.env.get("DISABLE_SECURITY_PLUGIN"));
    if let Some(switch) = switch.filter(|switch| switch.boolean() == Some(true)) {
        return Security::Off(switch.span);
    }
    let keys = ["plugins.security.disabled", "opendistro_security.disabled"];
    match node.first(&keys) {
        Some(setting) => {
            let span = setting.value.as_ref().map_or(setting.span, |value| value.span);
            match setting.boolean() {
                Some(true) => Security::Off(span),
                Some(false) => Security::On(Some(span)),
                None => Security::Unknown,
            }
        }
        None if node.settings.open || node.container.is_none() => Security::Unknown,
        None => Security::On(None),
    }
}

impl Node {
    /// Where it takes requests.
    pub fn http_binding(&self) -> Binding {
        self.binding(&["http.bind_host", "http.host", "network.bind_host", "network.host"])
    }

    /// Where it talks to other nodes.
    pub fn transport_binding(&self) -> Binding {
        self.binding(&[
            "transport.bind_host",
            "transport.host",
            "network.bind_host",
            "network.host",
        ])
    }

    fn binding(&self, keys: &[&str]) -> Binding {
        let Some(setting) = self.first(keys) else {
            return match (self.settings.open, self.container.is_some() && self.configs.is_empty()) {
                (true, _) => Binding::Unknown,
                // The file that the image brings listens on every address.
                (false, true) => Binding::Image,
                (false, false) => Binding::Loopback(None),
            };
        };
        let span = setting.value.as_ref().map_or(setting.span, |value| value.span);
        let open = setting.values().iter().find(|value| value.known && !all_local(&value.text));
        match (open, list_of(setting)) {
            (Some(value), _) => Binding::Open(value.span),
            (None, Some(_)) => Binding::Loopback(Some(span)),
            (None, None) => Binding::Unknown,
        }
    }
}

/// Whether an address, or every one of a list with commas, is the machine's own.
fn all_local(text: &str) -> bool {
    text.split(',').map(|part| part.trim().trim_matches(['[', ']', '"', '\''])).all(|address| {
        address.is_empty()
            || address == "localhost"
            || address == "::1"
            || address.starts_with("127.")
            || address.starts_with("_local")
    })
}

/// Ports of requests and of other nodes.
pub const PORTS: [u16; 2] = [9200, 9300];

impl Repo {
    /// Security of a cluster, with what stands beside it.
    pub fn engine_security(&self, cluster: &Cluster) -> Security {
        match cluster.security(self) {
            Security::Unknown => self.said_by_kibana(cluster).unwrap_or(Security::Unknown),
            known => known,
        }
    }

    /// A Kibana beside the nodes that is told of no security, where they themselves say nothing
    /// and may be of a release that leaves it off.
    fn said_by_kibana(&self, cluster: &Cluster) -> Option<Security> {
        let silent = cluster.engine == Engine::Elasticsearch
            && cluster.is_closed()
            && cluster.get("xpack.security.enabled").is_none()
            && cluster.is_at_least(8) != Some(true);
        let mut kibanas = self.facts.kibanas.iter();
        let found = kibanas.find_map(|kibana| {
            let setting = kibana.settings.get("xpack.security.enabled")?;
            let off = silent
                && setting.boolean() == Some(false)
                && self.run_together(kibana.document, cluster.document);
            off.then(|| setting.value.as_ref().map_or(setting.span, |value| value.span))
        });
        found.map(Security::Off)
    }

    /// Whether others than its neighbours reach one of a node's ports.
    pub fn node_published(&self, cluster: &Cluster, node: &Node, port: u16) -> Published {
        match node.container {
            Some(at) => self.published(&self.facts.containers[at], port),
            None if cluster.declared.is_some() => Published::No,
            None => Published::Unknown,
        }
    }

    /// Whether something here ends TLS before a cluster: a proxy beside it, an entrance.
    pub fn is_behind_proxy(&self, cluster: &Cluster) -> bool {
        let proxy = |container: &&crate::facts::deploy::Container| {
            let image = container.image.as_ref().and_then(Scalar::known_text);
            let known = image.and_then(super::super::images::known_as);
            known.is_some_and(|known| known.class == super::super::images::Class::Proxy)
                && container.document.source == cluster.document.source
        };
        let entered =
            self.facts.entrances.iter().any(|entrance| {
                entrance.tls && self.run_together(entrance.document, cluster.document)
            });
        let meshed = cluster.nodes.iter().filter_map(|node| node.container).any(|at| {
            let container = &self.facts.containers[at];
            let keys = container.annotations.entries.iter().chain(&container.labels.entries);
            keys.into_iter().any(|(key, value)| {
                matches!(key.text.as_str(), "sidecar.istio.io/inject" | "linkerd.io/inject")
                    && matches!(value.text.as_str(), "true" | "enabled")
            })
        });
        entered || meshed || self.facts.containers.iter().any(|it| proxy(&it))
    }
}
