//! Services of a Compose file.

use super::words::{listed, words};
use super::{Bind, Container, LogDriver, Mount, Port, scale};
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts, ObjectName};
use crate::parse::tree::NodeRef;

/// Reads the services of a Compose file.
pub fn read_compose(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let masked = facts.documents[document.index as usize].masked;
    let Some(services) = root.get("services") else { return };
    for (key, service) in services.entries() {
        let Some(name) = Scalar::of(key) else { continue };
        if service.is_mapping() {
            facts.scales.push(scale::of_service(service, &name.text, document, masked));
            facts.containers.push(compose_service(root, service, name, document, masked));
        }
    }
}

fn compose_service(
    root: NodeRef<'_>,
    service: NodeRef<'_>,
    name: Scalar,
    document: DocumentId,
    masked: bool,
) -> Container {
    let list = |key: &str| service.get(key).into_iter().flat_map(|node| node.items());
    let built = service.get("build");
    let build = built.and_then(|build| {
        Scalar::of(build)
            .or_else(|| Scalar::under(build, "context"))
            .or_else(|| service.entry("build").and_then(|(key, _)| Scalar::of(key)))
    });
    let mut args = words(service.get("entrypoint"));
    args.extend(words(service.get("command")));
    let mut mounts: Vec<Mount> = list("volumes").filter_map(compose_volume).collect();
    for (key, folder) in [("configs", "/"), ("secrets", "/run/secrets/")] {
        mounts.extend(list(key).filter_map(|item| compose_file(root, item, key, folder)));
    }
    let ports: Vec<Scalar> = list("ports").filter_map(compose_port).collect();
    let owner =
        ObjectName { kind: "compose".to_owned(), name: name.text.clone(), ..ObjectName::default() };
    Container {
        document,
        workload: "compose".to_owned(),
        owner,
        image: Scalar::under(service, "image"),
        build,
        dockerfile: built.and_then(|build| Scalar::under(build, "dockerfile")),
        target: built.and_then(|build| Scalar::under(build, "target")),
        env_files: env_files(service),
        build_args: listed(built.and_then(|build| build.get("args")), masked),
        args,
        env: listed(service.get("environment"), masked || service.get("env_file").is_some()),
        offers: ports
            .iter()
            .map(|port| offer(port, true))
            .chain(list("expose").filter_map(Scalar::of).map(|port| offer(&port, false)))
            .collect(),
        ports,
        mounts,
        labels: listed(service.get("labels"), masked),
        annotations: listed(service.get("annotations"), masked),
        host_network: service.get("network_mode").and_then(|mode| mode.scalar()) == Some("host"),
        replicas: service
            .at(&["deploy", "replicas"])
            .and_then(Scalar::of)
            .or_else(|| Scalar::under(service, "scale")),
        host_pid: service.get("pid").and_then(|pid| pid.scalar()) == Some("host"),
        aliases: compose_names(service),
        shares_network: shares_network(root),
        env_sources: Vec::new(),
        log_driver: LogDriver::of(
            service.at(&["logging", "driver"]).and_then(Scalar::of),
            service.at(&["logging", "options"]),
        ),
        probed: service.get("healthcheck").is_some(),
        memory_limited: service.get("mem_limit").is_some()
            || service.at(&["deploy", "resources", "limits", "memory"]).is_some(),
        name,
    }
}

/// `env_file`: a path, or a list of paths.
fn env_files(service: NodeRef<'_>) -> Vec<Scalar> {
    let Some(node) = service.get("env_file") else { return Vec::new() };
    let path = |item: NodeRef<'_>| Scalar::of(item).or_else(|| Scalar::under(item, "path"));
    if node.is_sequence() {
        node.items().filter_map(path).collect()
    } else {
        path(node).into_iter().collect()
    }
}

/// Whether services of other projects may be in its networks: by name, or because they are
/// included.
fn shares_network(root: NodeRef<'_>) -> bool {
    let networks = root.get("networks").map(NodeRef::entries).unwrap_or_default();
    let external = |node: NodeRef<'_>| {
        let flag = node.get("external");
        node.is_unknown()
            || flag.is_some_and(|flag| flag.scalar() != Some("false"))
            // A fixed name can be another project's.
            || node.get("name").is_some()
    };
    root.get("include").is_some() || networks.into_iter().any(|(_, network)| external(network))
}

fn compose_names(service: NodeRef<'_>) -> Vec<Scalar> {
    let own = ["container_name", "hostname"].iter().filter_map(|key| Scalar::under(service, key));
    let networks = service.get("networks").map(NodeRef::entries).unwrap_or_default();
    let aliases = networks.into_iter().filter_map(|(_, network)| network.get("aliases"));
    own.chain(aliases.flat_map(|list| list.items().filter_map(Scalar::of).collect::<Vec<_>>()))
        .collect()
}

/// A port as its short form is written: `127.0.0.1:9090:9090`.
fn compose_port(node: NodeRef<'_>) -> Option<Scalar> {
    if let Some(port) = Scalar::of(node) {
        return Some(port);
    }
    let mut port = Scalar::under(node, "target")?;
    let parts: Vec<Scalar> =
        ["host_ip", "published"].iter().filter_map(|key| Scalar::under(node, key)).collect();
    port.known &= parts.iter().all(|part| part.known);
    let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
    port.text = texts.into_iter().chain([port.text.as_str()]).collect::<Vec<_>>().join(":");
    Some(port)
}

/// `[ADDRESS:][HOST:]CONTAINER[/PROTOCOL]`, each port also a range.
fn offer(port: &Scalar, published: bool) -> Port {
    let text = port.text.split('/').next().unwrap_or_default();
    let mut parts = divide(text);
    let inside = parts.pop().unwrap_or_default();
    // What is left is the host's port, and before it the address.
    parts.pop();
    let address = (!parts.is_empty()).then(|| parts.join(":"));
    let (first, last) = inside.split_once('-').unwrap_or((inside, inside));
    let numbers = first.trim().parse().ok().zip(last.trim().parse().ok());
    Port {
        name: None,
        numbers,
        bound: published.then(|| Bind::of(address.as_deref())),
        span: port.span,
    }
}

/// Splits at the colons that divide: not those of `${VAR:-x}` and `[::1]`.
fn divide(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut depth = 0usize;
    let mut start = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn compose_volume(node: NodeRef<'_>) -> Option<Mount> {
    if let Some(short) = node.scalar() {
        let (source, rest) = split_volume(short);
        let target = rest.map_or(source, |rest| rest.split(':').next().unwrap_or(rest));
        let source = rest.map_or("", |_| source).to_owned();
        return Some(Mount {
            source,
            target: target.to_owned(),
            sub_path: None,
            read_only: rest.is_some_and(|rest| {
                rest.rsplit(':').next().is_some_and(|mode| mode.split(',').any(|it| it == "ro"))
            }),
            span: node.span(),
        });
    }
    let text = |key: &str| node.get(key).and_then(|value| value.scalar()).map(str::to_owned);
    Some(Mount {
        source: text("source").unwrap_or_default(),
        target: text("target")?,
        sub_path: node.at(&["volume", "subpath"]).and_then(|path| path.scalar()).map(str::to_owned),
        read_only: node.get("read_only").and_then(|it| it.scalar()) == Some("true"),
        span: node.get("target")?.span(),
    })
}

/// The source of `SOURCE:TARGET[:MODE]`; `${VAR:-x}` holds colons that divide nothing.
fn split_volume(text: &str) -> (&str, Option<&str>) {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            // `C:\…` is one word.
            ':' if depth == 0 && !(at == 1 && text[2..].starts_with('\\')) => {
                return (&text[..at], Some(&text[at + 1..]));
            }
            _ => {}
        }
    }
    (text, None)
}

/// A config or secret given to a service, by the file it is made of if there is one.
fn compose_file(root: NodeRef<'_>, item: NodeRef<'_>, key: &str, folder: &str) -> Option<Mount> {
    let name = item.scalar().or_else(|| item.get("source").and_then(|source| source.scalar()))?;
    let file = root.at(&[key, name, "file"]).and_then(|file| file.scalar());
    let kind = key.trim_end_matches('s');
    let target = item.get("target").and_then(|target| target.scalar());
    let target = match target {
        Some(target) if target.starts_with('/') => target.to_owned(),
        Some(target) => format!("{folder}{target}"),
        None => format!("{folder}{name}"),
    };
    Some(Mount {
        source: file.map_or_else(|| format!("{kind}:{name}"), str::to_owned),
        target,
        sub_path: None,
        read_only: true,
        span: item.get("source").unwrap_or(item).span(),
    })
}
