//! Addresses that telemetry is sent to.

use crate::facts::DocumentId;
use crate::facts::scalar::Scalar;
use crate::identify::Kind;
use crate::repo::Repo;
use crate::repo::scrape::{is_inside, is_loopback};

/// An address in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint<'t> {
    /// `http`, `https`, `grpc` …, where it is written.
    pub scheme: Option<&'t str>,
    /// The host.
    pub host: &'t str,
    /// The port, where it is written.
    pub port: Option<u16>,
    /// The path, without a slash that stands alone.
    pub path: &'t str,
}

/// How far an address is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// On this machine, or in the network of a composition.
    Here,
    /// In the cluster, or in a private network.
    Inside,
    /// Anywhere else.
    Outside,
}

impl<'t> Endpoint<'t> {
    /// The parts of an address; `None` where nobody can know them, or it names no host.
    pub fn of(written: &'t Scalar) -> Option<Endpoint<'t>> {
        let text = written.known_text()?.trim();
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme), rest.trim_start_matches('/')),
            None => (None, text),
        };
        if matches!(scheme, Some("unix" | "unix-abstract")) || text.starts_with("unix:") {
            return None;
        }
        let (authority, path) = match rest.find('/') {
            Some(at) => (&rest[..at], rest[at..].trim_end_matches('/')),
            None => (rest, ""),
        };
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !host.is_empty() => (host, Some(port.parse().ok()?)),
            _ => (authority, None),
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-_[]:".contains(c);
        (!host.is_empty() && host.chars().all(plain)).then_some(Endpoint {
            scheme,
            host,
            port,
            path,
        })
    }
}

/// Endings of names that no resolver outside knows.
const PRIVATE: &[&str] = &[".svc", ".cluster.local", ".local", ".internal", ".lan", ".localhost"];

impl Repo {
    /// How far an address is away from what a document configures.
    pub fn reach(&self, endpoint: &Endpoint<'_>, document: DocumentId) -> Reach {
        let host = endpoint.host;
        if is_loopback(host) || host == "host.docker.internal" {
            return Reach::Here;
        }
        let composed = |kind: Kind| matches!(kind, Kind::Compose);
        let beside = self.facts.containers.iter().any(|container| {
            container.workload == "compose"
                && (container.name.text == host
                    || container.aliases.iter().any(|alias| alias.text == host))
        });
        let kind = self.document(document).kind;
        if beside && (composed(kind) || kind != Kind::Kubernetes) {
            return Reach::Here;
        }
        let name = host.split('.').collect::<Vec<_>>();
        let cluster = name.len() == 1 || (name.len() == 3 && name[2] == "svc");
        let private = PRIVATE.iter().any(|ending| host.ends_with(ending));
        match cluster || private || is_private(host) || is_inside(self, host) {
            true => Reach::Inside,
            false => Reach::Outside,
        }
    }

    /// Whether something here leads the port of an address to the other protocol, or listens on
    /// it with the protocol that is spoken.
    pub fn is_remapped(&self, endpoint: &Endpoint<'_>, http: bool) -> bool {
        let Some(port) = endpoint.port else { return false };
        let first = endpoint.host.split('.').next().unwrap_or(endpoint.host);
        let number = |text: &str| text.parse::<u16>().ok();
        let service = self.facts.services.iter().any(|service| {
            service.object.name == first
                && service.ports.iter().any(|it| {
                    let own = it.port.as_ref().and_then(|it| number(&it.text));
                    let target = it.target.as_ref();
                    own == Some(port) && target.is_some_and(|it| number(&it.text) != Some(port))
                })
        });
        let published = is_loopback(endpoint.host)
            && self.facts.containers.iter().flat_map(|it| &it.ports).any(|it| {
                let parts: Vec<&str> =
                    it.text.split('/').next().unwrap_or_default().split(':').collect();
                match parts.as_slice() {
                    [.., outer, inner] => {
                        number(outer) == Some(port) && number(inner) != Some(port)
                    }
                    _ => false,
                }
            });
        let spoken = if http { "protocols.http.endpoint" } else { "protocols.grpc.endpoint" };
        let listens = self.facts.components.iter().any(|component| {
            let at = component.settings.get(spoken);
            at.is_some_and(|at| at.text.rsplit(':').next().and_then(number) == Some(port))
        });
        service || published || listens
    }
}

/// Whether an address is of a network that is routed nowhere else.
fn is_private(host: &str) -> bool {
    let parts: Vec<u8> = host.split('.').filter_map(|part| part.parse().ok()).collect();
    match parts.as_slice() {
        [10 | 127, _, _, _] | [192, 168, _, _] | [169, 254, _, _] => true,
        [172, second, _, _] => (16..32).contains(second),
        [100, second, _, _] => (64..128).contains(second),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;
    use crate::facts::scalar::Scalar;
    use crate::source::{SourceId, Span};

    fn scalar(text: &str) -> Scalar {
        let span = Span::new(SourceId(0), 0, text.len());
        Scalar { text: text.to_owned(), span, known: true, plain: true }
    }

    #[test]
    fn addresses_are_taken_apart() {
        for (text, expected) in [
            ("http://otel:4318/v1/traces", (Some("http"), "otel", Some(4318), "/v1/traces")),
            ("otel:4317", (None, "otel", Some(4317), "")),
            ("https://otlp.acme.io/", (Some("https"), "otlp.acme.io", None, "")),
            ("http://user:pass@otel:1", (Some("http"), "otel", Some(1), "")),
        ] {
            let written = scalar(text);
            let found = Endpoint::of(&written).expect("an address");
            assert_eq!((found.scheme, found.host, found.port, found.path), expected, "{text}");
        }
        for text in ["unix:///run/otel.sock", "", "http://", "otel:port"] {
            assert_eq!(Endpoint::of(&scalar(text)), None, "{text}");
        }
    }
}
