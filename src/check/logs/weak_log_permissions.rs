//! Logs that anybody may change or read. Rule: rules/logs/weak-log-permissions.yaml

use crate::check::Case;
use crate::facts::code::loggers::{LoggerSetup, Setup};
use crate::facts::deploy::{Container, Mount};
use crate::facts::permissions::FileMode;
use crate::repo::Repo;

pub(super) fn check(mode: &FileMode, case: &mut Case<'_>) {
    let what = if mode.writable {
        "may be changed by anybody on the machine"
    } else if mode.readable && mode.path.to_ascii_lowercase().contains("audit") {
        "may be read by anybody on the machine, and holds records for auditors"
    } else {
        return;
    };
    case.flag(mode.name.span).with("path", &mode.path).with("what", what);
}

/// Folders that web servers give to everybody.
const SERVED: &[&str] = &["public", "static", "www", "htdocs", "wwwroot", "html", "webroot"];

pub(super) fn check_setup(setup: &LoggerSetup, case: &mut Case<'_>) {
    let Setup::File { path: Some(path), .. } = &setup.setup else { return case.skip() };
    let Some((folder, _)) = path.known_text().and_then(|path| path.rsplit_once('/')) else {
        return;
    };
    let start = ["/var/", "/srv/", "/usr/share/nginx/", "/app/", "./"];
    let inside = start.iter().find_map(|start| folder.strip_prefix(start)).unwrap_or(folder);
    if inside.split('/').next().is_some_and(|first| SERVED.contains(&first)) {
        let what = "stands where a web server gives files to everybody";
        case.flag(path.span).with("path", &path.text).with("what", what);
    }
}

/// Programs that only read what others log.
const SHIPPERS: &[&str] =
    &["filebeat", "fluent", "promtail", "vector", "logstash", "alloy", "otel", "td-agent", "loki"];

pub(super) fn check_container(container: &Container, case: &mut Case<'_>) {
    let mounts = container.mounts.iter().filter(|mount| is_log_volume(mount));
    let mut any = false;
    for mount in mounts {
        any = true;
        let Some(other) = writes_too(case.repo, container, mount) else { continue };
        let what = "may be changed by a program that only has to read it";
        case.flag(mount.span)
            .with("path", &mount.target)
            .with("what", what)
            .related(other.span, "this program writes to the same volume");
    }
    if !any {
        case.skip();
    }
}

/// Whether a volume holds files of logs.
fn is_log_volume(mount: &Mount) -> bool {
    let word = |path: &str| {
        let lower = path.to_ascii_lowercase();
        lower.split(['/', '-', '_', ':', '.']).any(|part| matches!(part, "log" | "logs"))
    };
    !mount.source.is_empty() && !mount.read_only && (word(&mount.target) || word(&mount.source))
}

/// The mount of another workload that writes to the same volume, where this one has nothing to
/// write there: it ships logs, and the other does not.
fn writes_too<'r>(repo: &'r Repo, own: &Container, mount: &Mount) -> Option<&'r Mount> {
    let ships = |container: &Container| {
        let image =
            container.image.as_ref().map_or(container.name.text.as_str(), |it| it.text.as_str());
        SHIPPERS.iter().any(|word| image.contains(word))
    };
    if !ships(own) {
        return None;
    }
    let others = repo.facts.containers.iter().filter(|other| {
        other.document == own.document && other.owner.name != own.owner.name && !ships(other)
    });
    let mut mounts = others.flat_map(|other| &other.mounts);
    mounts.find(|other| other.source == mount.source && !other.read_only)
}
