//! Containers of workloads, services and what leads to them from outside.

use super::words::{map, words};
use super::{
    Bind, Container, Entrance, EnvSource, Mount, Port, Service, ServicePort, StatedRelease,
};
use crate::facts::scalar::{Pairs, Scalar};
use crate::facts::{DocumentId, FileFacts, ObjectName, collector, embedded};
use crate::parse::tree::NodeRef;

/// Reads containers and services of a Kubernetes object, or of an operator's object that carries
/// an image.
pub fn read_object(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let Some(owner) = embedded::object_name(root) else { return };
    let masked = facts.documents[document.index as usize].masked;
    super::scale::read_scale(root, document, facts);
    collector::read_object(root, document, facts);
    if owner.kind == "Service" && owner.api_version == "v1" {
        facts.services.push(service(root, document, owner, masked));
        return;
    }
    if ENTRANCES.contains(&owner.kind.as_str()) {
        facts.entrances.push(entrance(root, document, owner, masked));
        return;
    }
    facts.releases.extend(stated(root, document, &owner));
    let path: &[&str] = match owner.kind.as_str() {
        "Pod" => &[],
        "CronJob" => &["spec", "jobTemplate", "spec", "template"],
        _ => &["spec", "template"],
    };
    let template = root.at(path).filter(|template| template.get("spec").is_some());
    let Some(template) = template else {
        // Flux only looks for new releases of these.
        if !matches!(&*owner.kind, "ImageRepository" | "ImagePolicy" | "ImageUpdateAutomation") {
            facts.containers.extend(operand(root, document, owner, masked));
        }
        return;
    };
    let Some(spec) = template.get("spec") else { return };
    let pod = Pod {
        document,
        owner: &owner,
        spec,
        labels: map(template.at(&["metadata", "labels"]), masked),
        annotations: map(template.at(&["metadata", "annotations"]), masked),
        replicas: root.at(&["spec", "replicas"]).and_then(Scalar::of),
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
    replicas: Option<Scalar>,
    masked: bool,
}

impl Pod<'_> {
    fn container(&self, node: NodeRef<'_>) -> Option<Container> {
        let image = Scalar::under(node, "image");
        let name = Scalar::under(node, "name").or_else(|| image.clone())?;
        let mut args = words(node.get("command"));
        args.extend(words(node.get("args")));
        let ports = items(Some(node), &["ports"]);
        let mounts = node.get("volumeMounts").into_iter().flat_map(|mounts| mounts.items());
        Some(Container {
            document: self.document,
            workload: self.owner.kind.clone(),
            owner: self.owner.clone(),
            name,
            image,
            build: None,
            dockerfile: None,
            target: None,
            build_args: Pairs::default(),
            env_files: Vec::new(),
            args,
            env: environment(node, self.masked),
            ports: ports.iter().filter_map(|port| Scalar::under(*port, "containerPort")).collect(),
            offers: ports.into_iter().filter_map(offer).collect(),
            mounts: mounts.filter_map(|mount| self.mount(mount)).collect(),
            labels: self.labels.clone(),
            annotations: self.annotations.clone(),
            host_network: is_true(self.spec.get("hostNetwork")),
            replicas: self.replicas.clone(),
            host_pid: is_true(self.spec.get("hostPID")),
            aliases: Vec::new(),
            shares_network: true,
            env_sources: env_sources(node),
            log_driver: None,
            probed: PROBES.iter().any(|probe| node.get(probe).is_some()),
            memory_limited: node.at(&["resources", "limits", "memory"]).is_some(),
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
            read_only: node.get("readOnly").and_then(|it| it.scalar()) == Some("true"),
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
        dockerfile: None,
        target: None,
        build_args: Pairs::default(),
        env_files: Vec::new(),
        args: words(spec.get("args")),
        env: environment(spec, masked),
        ports: Vec::new(),
        offers: Vec::new(),
        mounts: Vec::new(),
        labels: map(spec.at(&["podMetadata", "labels"]), masked),
        annotations: map(spec.at(&["podMetadata", "annotations"]), masked),
        host_network: is_true(spec.get("hostNetwork")),
        replicas: None,
        host_pid: false,
        aliases: Vec::new(),
        shares_network: true,
        env_sources: env_sources(spec),
        log_driver: None,
        probed: true,
        memory_limited: spec.at(&["resources", "limits", "memory"]).is_some(),
    })
}

fn service(root: NodeRef<'_>, document: DocumentId, object: ObjectName, masked: bool) -> Service {
    let ports = root.at(&["spec", "ports"]).into_iter().flat_map(|ports| ports.items());
    Service {
        document,
        selector: map(root.at(&["spec", "selector"]), masked),
        annotations: map(root.at(&["metadata", "annotations"]), masked),
        ports: ports
            .map(|port| ServicePort {
                name: Scalar::under(port, "name"),
                port: Scalar::under(port, "port"),
                target: Scalar::under(port, "targetPort"),
            })
            .collect(),
        headless: root.at(&["spec", "clusterIP"]).and_then(|ip| ip.scalar()) == Some("None"),
        exposure: root.at(&["spec"]).and_then(|spec| Scalar::under(spec, "type")),
        anchor: root.at(&["metadata", "name"]).map_or(root.span(), |name| name.span()),
        object,
    }
}

/// A port of a pod's container.
fn offer(node: NodeRef<'_>) -> Option<Port> {
    let number = Scalar::under(node, "containerPort")?;
    let parsed = number.known_text().and_then(|text| text.parse().ok());
    let host = Scalar::under(node, "hostPort").filter(|host| host.text != "0");
    let address = node.get("hostIP").and_then(NodeRef::scalar);
    Some(Port {
        name: node.get("name").and_then(NodeRef::scalar).map(str::to_owned),
        numbers: parsed.map(|port| (port, port)),
        span: host.as_ref().map_or(number.span, |host| host.span),
        bound: host.map(|_| Bind::of(address)),
    })
}

/// Kinds that lead from outside to services.
const ENTRANCES: &[&str] =
    &["Ingress", "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "Route", "IngressRoute"];

fn items<'n>(node: Option<NodeRef<'n>>, path: &[&str]) -> Vec<NodeRef<'n>> {
    let list = node.and_then(|node| node.at(path));
    list.into_iter().flat_map(|list| list.items().collect::<Vec<_>>()).collect()
}

/// Services that an entrance leads to: wherever a backend is named.
fn entrance(root: NodeRef<'_>, document: DocumentId, object: ObjectName, masked: bool) -> Entrance {
    let mut backends = Vec::new();
    let spec = root.get("spec");
    let mut add = |name: Option<Scalar>, port: Option<Scalar>| {
        backends.extend(name.map(|name| (name, port)));
    };
    match object.kind.as_str() {
        "Ingress" => {
            let paths = items(spec, &["rules"]).into_iter();
            let paths = paths.flat_map(|rule| items(Some(rule), &["http", "paths"]));
            let named = paths.filter_map(|path| path.get("backend"));
            for backend in named.chain(spec.and_then(|spec| spec.get("defaultBackend"))) {
                let port =
                    |key| backend.at(&["service", "port"]).and_then(|it| Scalar::under(it, key));
                let name = backend.get("service").and_then(|it| Scalar::under(it, "name"));
                add(
                    name.or_else(|| Scalar::under(backend, "serviceName")),
                    port("number")
                        .or_else(|| port("name"))
                        .or_else(|| Scalar::under(backend, "servicePort")),
                );
            }
        }
        "Route" => {
            let to = spec.and_then(|spec| spec.get("to"));
            let port = spec.and_then(|spec| spec.get("port"));
            let port = port.and_then(|port| Scalar::under(port, "targetPort"));
            add(to.and_then(|to| Scalar::under(to, "name")), port);
        }
        kind => {
            let list = if kind == "IngressRoute" {
                ("routes", "services")
            } else {
                ("rules", "backendRefs")
            };
            for route in items(spec, &[list.0]) {
                for backend in items(Some(route), &[list.1]) {
                    add(Scalar::under(backend, "name"), Scalar::under(backend, "port"));
                }
            }
        }
    }
    Entrance {
        document,
        annotations: map(root.at(&["metadata", "annotations"]), masked),
        tls: spec.is_some_and(|spec| spec.get("tls").is_some()),
        backends,
        object,
    }
}

/// `spec.version` of an object whose operator runs one program: the Elastic stack's kinds.
fn stated(root: NodeRef<'_>, document: DocumentId, owner: &ObjectName) -> Option<StatedRelease> {
    let stack = owner.api_version.contains(".k8s.elastic.co/");
    let opensearch = owner.kind == "OpenSearchCluster";
    let spec = root.get("spec")?;
    let release = match (stack, opensearch) {
        (true, _) => Scalar::under(spec, "version"),
        (_, true) => spec.get("general").and_then(|general| Scalar::under(general, "version")),
        _ => None,
    }?;
    let program = match owner.kind.as_str() {
        "Beat" => spec.get("type").and_then(NodeRef::scalar)?.to_owned(),
        "OpenSearchCluster" => "opensearch".to_owned(),
        kind => kind.to_ascii_lowercase(),
    };
    Some(StatedRelease { document, program, release, folder: false })
}

const PROBES: &[&str] = &["readinessProbe", "livenessProbe", "startupProbe"];

/// Where `envFrom` and `valueFrom` take variables from.
fn env_sources(node: NodeRef<'_>) -> Vec<EnvSource> {
    let list = |key: &str| node.get(key).into_iter().flat_map(|list| list.items());
    let mut found = Vec::new();
    for item in list("envFrom") {
        for (field, secret) in [("configMapRef", false), ("secretRef", true)] {
            if let Some(map) = item.get(field).and_then(|map| Scalar::under(map, "name")) {
                found.push(EnvSource { variable: None, secret, map, key: None });
            }
        }
    }
    for item in list("env") {
        let (Some(from), variable) = (item.get("valueFrom"), Scalar::under(item, "name")) else {
            continue;
        };
        for (field, secret) in [("configMapKeyRef", false), ("secretKeyRef", true)] {
            let Some(reference) = from.get(field) else { continue };
            if let Some(map) = Scalar::under(reference, "name") {
                let (variable, key) = (variable.clone(), Scalar::under(reference, "key"));
                found.push(EnvSource { variable, secret, map, key });
            }
        }
    }
    found
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

pub(super) fn is_true(node: Option<NodeRef<'_>>) -> bool {
    node.and_then(Scalar::of).and_then(|value| value.boolean()) == Some(true)
}
