//! What runs: containers of Kubernetes workloads and compose services, and Kubernetes services.

use super::scalar::{Pairs, Scalar, held};
use super::subject::{Held, SubjectKind};
use super::{DocumentId, ObjectName, Subject};
use crate::source::Span;

/// A container of a workload, or a compose service.
#[derive(Clone, Debug)]
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
    /// `build` of a compose service.
    pub build: Option<Scalar>,
    /// `command` and `args` as single words, in order.
    pub args: Vec<Scalar>,
    /// Environment.
    pub env: Pairs,
    /// Ports: text as written (`9090`, `9090:9090`, `127.0.0.1:9090:9090`).
    pub ports: Vec<Scalar>,
    /// Mounts: what is mounted, and where.
    pub mounts: Vec<Mount>,
    /// Labels of the pod template or the compose service.
    pub labels: Pairs,
    /// Annotations of the pod template.
    pub annotations: Pairs,
    /// `hostNetwork` or `network_mode: host`.
    pub host_network: bool,
}

/// A volume inside a container.
#[derive(Clone, Debug)]
pub struct Mount {
    /// What: a path (compose), or the volume's source (`configMap:NAME`, `secret:NAME`, `hostPath:/`).
    pub source: String,
    /// Where in the container.
    pub target: String,
    /// `subPath`, if one key of a map is mounted as a file.
    pub sub_path: Option<String>,
    /// Place of the entry.
    pub span: Span,
}

/// A Kubernetes service.
#[derive(Clone, Debug)]
pub struct Service {
    /// Where it came from.
    pub document: DocumentId,
    /// The object.
    pub object: ObjectName,
    /// `spec.selector`.
    pub selector: Pairs,
    /// Port names and numbers.
    pub ports: Vec<(Option<Scalar>, Option<Scalar>)>,
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

/// stub
pub fn read_object(_: crate::parse::tree::NodeRef<'_>, _: DocumentId, _: &mut super::FileFacts) {}
/// stub
pub fn read_compose(_: crate::parse::tree::NodeRef<'_>, _: DocumentId, _: &mut super::FileFacts) {}
