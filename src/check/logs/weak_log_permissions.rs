//! Logs that anybody may change or read. Rule: rules/logs/weak-log-permissions.yaml

use crate::check::{Case, mend};
use crate::facts::code::loggers::{LoggerSetup, Setup};
use crate::facts::deploy::{Container, Mount};
use crate::facts::permissions::FileMode;
use crate::finding::Edit;
use crate::repo::Repo;
use crate::source::Span;

pub(super) fn check(mode: &FileMode, case: &mut Case<'_>) {
    let what = if mode.writable {
        "may be changed by anybody on the machine"
    } else if mode.readable && mode.path.to_ascii_lowercase().contains("audit") {
        "may be read by anybody on the machine, and holds records for auditors"
    } else {
        return;
    };
    let edit = narrowed(case.repo, mode);
    let flag = case.flag(mode.name.span).with("path", &mode.path).with("what", what);
    if let Some(edit) = edit {
        flag.fix(false, "leave it to its user and its group", vec![edit]);
    }
}

/// The mode without what others may do, and without what the group may write.
fn narrowed(repo: &Repo, mode: &FileMode) -> Option<Edit> {
    let old = mode.name.known_text()?;
    let digits = old.len().checked_sub(3).and_then(|at| Some((old.get(..at)?, old.get(at..)?)));
    let new = match digits {
        Some((head, last)) if last.bytes().all(|digit| digit.is_ascii_digit()) => {
            let owner = last.bytes().next()? - b'0';
            format!("{head}{owner}{}0", owner & 5)
        }
        _ if old.len() == 9 && !old.contains(['+', '=']) => {
            let owner = old.get(..3)?;
            format!("{owner}{}---", owner.replace('w', "-"))
        }
        _ => without_others(old)?,
    };
    let written = repo.text(mode.name.span);
    let at = written.find(old)?;
    let start = mode.name.span.start as usize + at;
    Some(Edit { span: Span::new(mode.name.span.source, start, start + old.len()), text: new })
}

/// What a mode in words says of a user and a group: `ug+rw` of `a+rw`, `u=rw,o=` of `u=rw,o=rw`.
fn without_others(mode: &str) -> Option<String> {
    let clauses = mode.split(',').map(|clause| {
        let at = clause.find(['+', '='])?;
        let (who, what) = clause.split_at(at);
        Some(match who.replace('a', "ugo") {
            all if !all.contains('o') => clause.to_owned(),
            alone if !alone.contains(['u', 'g']) && what.starts_with('=') => format!("{who}="),
            alone if !alone.contains(['u', 'g']) => String::new(),
            _ if who.contains('a') => format!("ug{what}"),
            _ => format!("{}{what}", who.replace('o', "")),
        })
    });
    let mut clauses = clauses.collect::<Option<Vec<String>>>()?;
    clauses.retain(|clause| !clause.is_empty());
    (!clauses.is_empty()).then(|| clauses.join(","))
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
    let repo = case.repo;
    let mounts = container.mounts.iter().filter(|mount| is_log_volume(mount));
    let mut any = false;
    for mount in mounts {
        any = true;
        let Some(other) = writes_too(repo, container, mount) else { continue };
        let what = "may be changed by a program that only has to read it";
        let flag = case
            .flag(mount.span)
            .with("path", &mount.target)
            .with("what", what)
            .related(other.span, "this program writes to the same volume");
        if let Some(edit) = read_only(repo, mount).filter(|_| container.workload == "compose") {
            flag.fix(false, "mount it read-only", vec![edit]);
        }
    }
    if !any {
        case.skip();
    }
}

/// A volume of Compose that cannot be written to: in the short form the mode stands behind the
/// target, in the long one it is a key beside it.
fn read_only(repo: &Repo, mount: &Mount) -> Option<Edit> {
    let written = repo.text(mount.span);
    let bare = written.trim_matches(['"', '\'']);
    if bare == mount.target {
        let key = mend::key_before(repo, mount.span, "target")?;
        return mend::pair_after(repo, key, mount.span, "read_only", "true");
    }
    let options = bare.strip_prefix(&format!("{}:{}", mount.source, mount.target))?;
    let end = mount.span.start as usize + written.find(bare)? + bare.len();
    let writes = options.rfind("rw").filter(|at| options[..*at].ends_with([':', ',']));
    let (from, to, text) = match (options, writes) {
        ("", _) => (end, end, ":ro"),
        // `:rw` and `:rw,z`, and no word that begins so.
        (_, Some(at)) if options[at + 2..].is_empty() || options[at + 2..].starts_with(',') => {
            let start = end - options.len() + at;
            (start, start + 2, "ro")
        }
        (_, None) if options.starts_with(':') => (end, end, ",ro"),
        _ => return None,
    };
    Some(Edit { span: Span::new(mount.span.source, from, to), text: text.to_owned() })
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
