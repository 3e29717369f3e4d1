//! What runs: containers of Kubernetes workloads and compose services, the images they are built
//! from, and the services and entrances that lead to them.

use super::scalar::{Pairs, Scalar, held};
use super::subject::{Held, SubjectKind};
use super::{DocumentId, ObjectName, Subject};
use crate::parse::tree::NodeRef;
use crate::source::Span;

mod compose;
mod dockerfile;
mod dotenv;
mod kubernetes;
mod launch;
mod release;
mod scale;
mod supervisor;
mod words;

pub use compose::read_compose;
pub use dockerfile::read_dockerfile;
pub use dotenv::read_dotenv;
pub use kubernetes::read_object;
pub use launch::read_agents;
pub use release::{read_chart, read_values};
pub use scale::Scale;
pub use supervisor::read_supervised;

/// A container of a workload, or a compose service.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Container {
    /// Where it came from.
    pub document: DocumentId,
    /// `Deployment`, `DaemonSet`, `StatefulSet`, `Job`, `CronJob`, `Pod`, `compose`, …
    pub workload: String,
    /// The object that owns it; for compose the service's name.
    pub owner: ObjectName,
    /// The container's or service's name.
    pub name: Scalar,
    /// `image`; absent for a service that is built.
    pub image: Option<Scalar>,
    /// `build` of a compose service: its context.
    pub build: Option<Scalar>,
    /// `build.dockerfile`.
    pub dockerfile: Option<Scalar>,
    /// `build.target`: the stage that is built.
    pub target: Option<Scalar>,
    /// `build.args`.
    pub build_args: Pairs,
    /// `env_file` of a compose service.
    pub env_files: Vec<Scalar>,
    /// `command` and `args` as single words, in order.
    pub args: Vec<Scalar>,
    /// Environment.
    pub env: Pairs,
    /// Ports: text as written (`9090`, `9090:9090`, `127.0.0.1:9090:9090`).
    pub ports: Vec<Scalar>,
    /// The same ports read, and those that only other containers reach.
    pub offers: Vec<Port>,
    /// Mounts: what is mounted, and where.
    pub mounts: Vec<Mount>,
    /// Labels of the pod template or the compose service.
    pub labels: Pairs,
    /// Annotations of the pod template.
    pub annotations: Pairs,
    /// `hostNetwork` or `network_mode: host`.
    pub host_network: bool,
    /// `hostPID` or `pid: host`.
    pub host_pid: bool,
    /// How many of it run, where that is written.
    pub replicas: Option<Scalar>,
    /// Other names of a compose service: `container_name`, `hostname`, aliases in its networks.
    pub aliases: Vec<Scalar>,
    /// It shares a network, or a project, with services of other repositories.
    pub shares_network: bool,
    /// Variables that come from a ConfigMap or a Secret.
    pub env_sources: Vec<EnvSource>,
    /// `logging.driver` of a compose service.
    pub log_driver: Option<LogDriver>,
    /// Something asks whether it is ready or alive.
    pub probed: bool,
    /// Its memory is limited.
    pub memory_limited: bool,
}

/// Variables of a container that come from a ConfigMap or a Secret.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct EnvSource {
    /// The variable; none where every key of the map becomes one.
    pub variable: Option<Scalar>,
    /// A Secret, not a ConfigMap.
    pub secret: bool,
    /// The name of the map.
    pub map: Scalar,
    /// The key of the map.
    pub key: Option<Scalar>,
}

/// What Docker does with what a container prints.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct LogDriver {
    /// Its name.
    pub name: Scalar,
    /// Files do not grow without end, or nobody can know.
    pub bounded: bool,
}

impl LogDriver {
    /// The driver and the options that stand beside it.
    pub fn of(driver: Option<Scalar>, options: Option<NodeRef<'_>>) -> Option<LogDriver> {
        let size = options.and_then(|options| options.get("max-size"));
        let open =
            options.is_some_and(|options| options.entries().any(|(key, _)| key.is_unknown()));
        Some(LogDriver { name: driver?, bounded: size.is_some() || open })
    }

    /// Whether it keeps what is printed in a file that grows until the disk is full.
    pub fn grows(&self) -> bool {
        self.name.known_text() == Some("json-file") && !self.bounded
    }
}

/// A volume inside a container.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Mount {
    /// What: a path (compose), or the volume's source (`configMap:NAME`, `secret:NAME`, `hostPath:/`).
    pub source: String,
    /// Where in the container.
    pub target: String,
    /// `subPath`, if one key of a map is mounted as a file.
    pub sub_path: Option<String>,
    /// Nothing can be written to it.
    pub read_only: bool,
    /// Place of the entry.
    pub span: Span,
}

/// A port that a container offers.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Port {
    /// Its name (Kubernetes).
    pub name: Option<String>,
    /// First and last port inside the container; `None` where nobody can know.
    pub numbers: Option<(u16, u16)>,
    /// Where the host binds it, if it does.
    pub bound: Option<Bind>,
    /// The entry, or the field that binds it to the host.
    pub span: Span,
}

/// Where a host binds a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Bind {
    /// On the host itself only.
    Loopback,
    /// On an address others reach.
    Reachable,
    /// Nobody can know.
    Unknown,
}

impl Bind {
    /// By the address written; without one a host binds all of them.
    fn of(address: Option<&str>) -> Bind {
        match address.map(|address| address.trim_matches(['[', ']'])) {
            None | Some("") => Bind::Reachable,
            Some(address) if crate::lang::placeholder::is_in(address) => Bind::Unknown,
            Some(address)
                if address.starts_with("127.") || matches!(address, "localhost" | "::1") =>
            {
                Bind::Loopback
            }
            Some(_) => Bind::Reachable,
        }
    }
}

impl Port {
    /// Whether this entry covers a port; an unknown one may.
    pub fn covers(&self, port: u16) -> Option<bool> {
        self.numbers.map(|(first, last)| (first..=last).contains(&port))
    }
}

/// A port of a Kubernetes service.
#[derive(Clone, Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct ServicePort {
    /// Its name.
    pub name: Option<Scalar>,
    /// The port others call.
    pub port: Option<Scalar>,
    /// `targetPort`: a number or the name of a container's port; `port` where absent.
    pub target: Option<Scalar>,
}

/// What leads from outside to services: an Ingress, an HTTPRoute, a Route, an IngressRoute.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Entrance {
    /// Where it came from.
    pub document: DocumentId,
    /// The object.
    pub object: ObjectName,
    /// `metadata.annotations`.
    pub annotations: Pairs,
    /// Services and their ports, each with the place that names it.
    pub backends: Vec<(Scalar, Option<Scalar>)>,
    /// Whether it ends TLS.
    pub tls: bool,
}

/// The image that a Dockerfile's last stage starts from.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct BaseImage {
    /// The Dockerfile.
    pub document: DocumentId,
    /// As written, `${ARG}` included.
    pub image: Scalar,
    /// Defaults of its arguments.
    pub defaults: Vec<(String, String)>,
    /// `RUN` lines of all stages: what is installed.
    pub runs: Vec<Scalar>,
    /// `ENV` of the last stage and of those it starts from.
    pub env: Pairs,
    /// `ENTRYPOINT` and `CMD` of the last stage as single words, in this order.
    pub command: Vec<Scalar>,
    /// What `COPY` and `ADD` take out of the context, all stages.
    pub copies: Vec<Scalar>,
    /// It says which ports it listens on.
    pub exposes: bool,
}

/// A program that supervisord starts, and starts again when it ends.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Supervised {
    /// The file that says so.
    pub document: DocumentId,
    /// Its command as single words.
    pub words: Vec<Scalar>,
}

/// A line of a script that starts something under an agent, or loads one.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct AgentLine {
    /// The script.
    pub document: DocumentId,
    /// The line.
    pub text: Scalar,
}

/// A line of an environment file.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct EnvValue {
    /// The file.
    pub document: DocumentId,
    /// Its name.
    pub name: Scalar,
    /// Its value, without quotes.
    pub value: Scalar,
}

/// A release that a document states for a program it configures or deploys.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct StatedRelease {
    /// The document.
    pub document: DocumentId,
    /// An image, or the name of a chart or an operator's kind: what `images::known_as` takes.
    pub program: String,
    /// The release as written: `8.15.0`.
    pub release: Scalar,
    /// The document speaks for its folder: a `Chart.yaml`.
    pub folder: bool,
}

/// A Kubernetes service.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Service {
    /// Where it came from.
    pub document: DocumentId,
    /// The object.
    pub object: ObjectName,
    /// `spec.selector`.
    pub selector: Pairs,
    /// Its ports.
    pub ports: Vec<ServicePort>,
    /// `spec.type`; `ClusterIP` where absent.
    pub exposure: Option<Scalar>,
    /// Its name leads to the pods themselves: `clusterIP: None`.
    pub headless: bool,
    /// `metadata.annotations`.
    pub annotations: Pairs,
    /// The object's name.
    pub anchor: Span,
}

impl Container {
    /// The image's last path segment without tag and digest: `node-exporter`.
    pub fn image_name(&self) -> Option<&str> {
        let image = self.image.as_ref()?.known_text()?;
        let image = image.split('@').next().unwrap_or(image);
        let last = image.rsplit('/').next().unwrap_or(image);
        Some(last.split(':').next().unwrap_or(last))
    }

    /// The image's tag; `None` without one or with a digest only.
    pub fn image_tag(&self) -> Option<&str> {
        let image = self.image.as_ref()?.known_text()?;
        let image = image.split('@').next().unwrap_or(image);
        image.rsplit('/').next()?.split_once(':').map(|(_, tag)| tag)
    }

    /// The value of a flag in the arguments: `--name=value`, `--name value`, `-name=value`.
    pub fn flag(&self, name: &str) -> Option<&Scalar> {
        self.args.iter().find(|arg| {
            let bare = arg.text.trim_start_matches('-');
            arg.text.starts_with('-') && bare.split('=').next() == Some(name)
        })
    }

    /// The value of `--name=value` or `--name value`; `None` in it where nobody can know.
    pub fn flag_value(&self, name: &str) -> Option<(Option<&str>, Span)> {
        let flag = self.flag(name)?;
        match flag.text.split_once('=') {
            Some((_, value)) => Some((flag.known.then_some(value), flag.span)),
            None => {
                let at = self.args.iter().position(|arg| std::ptr::eq(arg, flag))?;
                let value = self.args.get(at + 1)?;
                Some((value.known_text(), value.span))
            }
        }
    }
}

impl Subject for Container {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Container
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("container {}", self.name.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => self.name.held(),
            "image" => held(self.image.as_ref()),
            "workload" => Held::Text(&self.workload),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "name" => Some(self.name.span),
            "image" => self.image.as_ref().map(|image| image.span),
            _ => None,
        }
    }
}
