//! What runs: containers of Kubernetes workloads and compose services, and Kubernetes services.

use super::scalar::{Pairs, Scalar, held};
use super::subject::{Held, SubjectKind};
use super::{DocumentId, FileFacts, ObjectName, Subject, embedded};
use crate::parse::tree::NodeRef;
use crate::source::Span;

mod compose;

pub use compose::read_compose;

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
    /// `hostPID` or `pid: host`.
    pub host_pid: bool,
    /// Other names of a compose service: `container_name`, `hostname`, aliases in its networks.
    pub aliases: Vec<Scalar>,
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

/// Reads containers and services of a Kubernetes object, or of an operator's object that carries
/// an image.
pub fn read_object(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let Some(owner) = embedded::object_name(root) else { return };
    let masked = facts.documents[document.index as usize].masked;
    if owner.kind == "Service" && owner.api_version == "v1" {
        facts.services.push(service(root, document, owner, masked));
        return;
    }
    let path: &[&str] = match owner.kind.as_str() {
        "Pod" => &[],
        "CronJob" => &["spec", "jobTemplate", "spec", "template"],
        _ => &["spec", "template"],
    };
    let template = root.at(path).filter(|template| template.get("spec").is_some());
    let Some(template) = template else {
        facts.containers.extend(operand(root, document, owner, masked));
        return;
    };
    let Some(spec) = template.get("spec") else { return };
    let pod = Pod {
        document,
        owner: &owner,
        spec,
        labels: map(template.at(&["metadata", "labels"]), masked),
        annotations: map(template.at(&["metadata", "annotations"]), masked),
        masked,
    };
    for list in ["initContainers", "containers"] {
        let containers = spec.get(list).into_iter().flat_map(|containers| containers.items());
        facts.containers.extend(containers.filter_map(|container| pod.container(container)));
    }
}

struct Pod<'a> {
    document: DocumentId,
    owner: &'a ObjectName,
    spec: NodeRef<'a>,
    labels: Pairs,
    annotations: Pairs,
    masked: bool,
}

impl Pod<'_> {
    fn container(&self, node: NodeRef<'_>) -> Option<Container> {
        let image = Scalar::under(node, "image");
        let name = Scalar::under(node, "name").or_else(|| image.clone())?;
        let mut args = words(node.get("command"));
        args.extend(words(node.get("args")));
        let ports = node.get("ports").into_iter().flat_map(|ports| ports.items());
        let mounts = node.get("volumeMounts").into_iter().flat_map(|mounts| mounts.items());
        Some(Container {
            document: self.document,
            workload: self.owner.kind.clone(),
            owner: self.owner.clone(),
            name,
            image,
            build: None,
            args,
            env: environment(node, self.masked),
            ports: ports.filter_map(|port| Scalar::under(port, "containerPort")).collect(),
            mounts: mounts.filter_map(|mount| self.mount(mount)).collect(),
            labels: self.labels.clone(),
            annotations: self.annotations.clone(),
            host_network: is_true(self.spec.get("hostNetwork")),
            host_pid: is_true(self.spec.get("hostPID")),
            aliases: Vec::new(),
        })
    }

    fn mount(&self, node: NodeRef<'_>) -> Option<Mount> {
        let name = node.get("name")?.scalar()?;
        let volume = self
            .spec
            .get("volumes")
            .into_iter()
            .flat_map(|volumes| volumes.items())
            .find(|volume| volume.get("name").and_then(|name| name.scalar()) == Some(name));
        Some(Mount {
            source: volume.and_then(volume_source).unwrap_or_else(|| format!("volume:{name}")),
            target: node.get("mountPath")?.scalar()?.to_owned(),
            sub_path: node.get("subPath").and_then(|path| path.scalar()).map(str::to_owned),
            span: node.get("mountPath")?.span(),
        })
    }
}

/// `configMap:NAME`, `secret:NAME`, `hostPath:PATH`, `pvc:NAME`; else the volume's kind.
fn volume_source(volume: NodeRef<'_>) -> Option<String> {
    let text = |path: &[&str]| volume.at(path).and_then(|node| node.scalar());
    let named = [
        ("configMap", "name", "configMap"),
        ("secret", "secretName", "secret"),
        ("hostPath", "path", "hostPath"),
        ("persistentVolumeClaim", "claimName", "pvc"),
    ];
    let found = named
        .iter()
        .find_map(|&(kind, key, short)| text(&[kind, key]).map(|name| format!("{short}:{name}")));
    found.or_else(|| {
        let kinds = volume.pairs().filter_map(|(key, _)| key.scalar());
        kinds.into_iter().find(|kind| *kind != "name").map(str::to_owned)
    })
}

/// What an operator runs for an object that names an image.
fn operand(
    root: NodeRef<'_>,
    document: DocumentId,
    owner: ObjectName,
    masked: bool,
) -> Option<Container> {
    let spec = root.get("spec")?;
    let image = Scalar::under(spec, "image").or_else(|| Scalar::under(spec, "baseImage"))?;
    let name = root.get("metadata").and_then(|metadata| Scalar::under(metadata, "name"));
    Some(Container {
        document,
        workload: owner.kind.clone(),
        name: name.unwrap_or_else(|| image.clone()),
        owner,
        image: Some(image),
        build: None,
        args: words(spec.get("args")),
        env: environment(spec, masked),
        ports: Vec::new(),
        mounts: Vec::new(),
        labels: map(spec.at(&["podMetadata", "labels"]), masked),
        annotations: map(spec.at(&["podMetadata", "annotations"]), masked),
        host_network: is_true(spec.get("hostNetwork")),
        host_pid: false,
        aliases: Vec::new(),
    })
}

fn service(root: NodeRef<'_>, document: DocumentId, object: ObjectName, masked: bool) -> Service {
    let ports = root.at(&["spec", "ports"]).into_iter().flat_map(|ports| ports.items());
    Service {
        document,
        selector: map(root.at(&["spec", "selector"]), masked),
        annotations: map(root.at(&["metadata", "annotations"]), masked),
        ports: ports
            .map(|port| (Scalar::under(port, "name"), Scalar::under(port, "port")))
            .collect(),
        anchor: root.at(&["metadata", "name"]).map_or(root.span(), |name| name.span()),
        object,
    }
}

fn map(node: Option<NodeRef<'_>>, open: bool) -> Pairs {
    node.map_or_else(|| Pairs { open, ..Pairs::default() }, |node| Pairs::of(node, open))
}

/// A map, or a list of `KEY=VALUE`.
fn listed(node: Option<NodeRef<'_>>, open: bool) -> Pairs {
    let Some(node) = node else { return Pairs { open, ..Pairs::default() } };
    if !node.is_sequence() {
        let pairs = node.entries().into_iter();
        let entries =
            pairs.filter_map(|(key, value)| Some((Scalar::of(key)?, Scalar::of(value)?))).collect();
        return Pairs { entries, open };
    }
    let pair = |item: NodeRef<'_>| {
        let whole = Scalar::of(item)?;
        let (key, value) = match whole.text.split_once('=') {
            Some((key, value)) => (key.to_owned(), value.to_owned()),
            None => (whole.text.clone(), String::new()),
        };
        // `KEY` alone is taken from the caller's environment.
        let given = whole.text.contains('=');
        let known = given && whole.known;
        let key_span = part(&whole, 0, key.len());
        let value_span = part(&whole, whole.text.len() - value.len(), whole.text.len());
        Some((
            Scalar { text: key, span: key_span, known: !item.is_unknown(), plain: whole.plain },
            Scalar { text: value, span: value_span, known, plain: whole.plain },
        ))
    };
    Pairs { entries: node.items().filter_map(pair).collect(), open }
}

/// The place of a part of a scalar, where it stands letter by letter; else all of it.
fn part(whole: &Scalar, start: usize, end: usize) -> Span {
    let span = whole.span;
    let len = span.range().len();
    let inset = match len.checked_sub(whole.text.len()) {
        Some(0) => 0,
        Some(2) if !whole.plain => 1,
        _ => return span,
    };
    let base = span.start as usize + inset;
    Span::new(span.source, base + start, base + end)
}

/// `env` of a container: a value from elsewhere is not known.
fn environment(node: NodeRef<'_>, masked: bool) -> Pairs {
    let open = masked || node.get("envFrom").is_some();
    let items = node.get("env").into_iter().flat_map(|env| env.items());
    let entries = items
        .filter_map(|item| {
            let name = Scalar::under(item, "name")?;
            let value = Scalar::under(item, "value").unwrap_or_else(|| Scalar {
                text: String::new(),
                span: name.span,
                known: item.get("valueFrom").is_none() && !masked,
                plain: true,
            });
            Some((name, value))
        })
        .collect();
    Pairs { entries, open }
}

/// Words of a command: items of a list, or a string as a shell splits it. A list's item that is a
/// script for a shell (`sh -c "…"`) is split too.
fn words(node: Option<NodeRef<'_>>) -> Vec<Scalar> {
    let Some(node) = node else { return Vec::new() };
    if let Some(line) = Scalar::template(node) {
        return split_words(&line);
    }
    let mut words: Vec<Scalar> = Vec::new();
    for item in node.items() {
        let script =
            words.last().is_some_and(|last| matches!(last.text.as_str(), "-c" | "-ec" | "-lc"));
        if script {
            words.extend(Scalar::template(item).iter().flat_map(split_words));
        } else {
            words.extend(Scalar::of(item));
        }
    }
    words
}

/// Splits at blanks outside quotes; quotes go. Words of a block or escaped text stand at all of it.
fn split_words(line: &Scalar) -> Vec<Scalar> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut start = None;
    let mut quote = None;
    let text = &line.text;
    let mut chars = text.char_indices().peekable();
    let mut push = |word: &mut String, from: usize, to: usize| {
        let text = std::mem::take(word);
        let known = line.known && !crate::lang::placeholder::is_in(&text);
        words.push(Scalar { text, span: part(line, from, to), known, plain: false });
    };
    while let Some((at, c)) = chars.next() {
        match (quote, c) {
            (None, c) if c.is_whitespace() => {
                if let Some(from) = start.take() {
                    push(&mut word, from, at);
                }
            }
            (None, '\\') if chars.peek().is_some_and(|(_, next)| matches!(next, '\n' | '\r')) => {
                chars.next();
            }
            (None, '"' | '\'') => {
                start.get_or_insert(at);
                quote = Some(c);
            }
            (Some(open), c) if c == open => quote = None,
            _ => {
                start.get_or_insert(at);
                word.push(c);
            }
        }
    }
    if let Some(from) = start {
        push(&mut word, from, text.len());
    }
    words
}

fn is_true(node: Option<NodeRef<'_>>) -> bool {
    node.and_then(Scalar::of).and_then(|value| value.boolean()) == Some(true)
}
