//! Modules called like Python's own. Rule: rules/logs/module-shadows-stdlib.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::Module;
use crate::lang::path::{self, last};
use crate::repo::Repo;

pub(super) fn check(module: &Module, case: &mut Case<'_>) {
    let repo = case.repo;
    let path = &repo.source(module.document.source).path;
    let (folder, certain) = match path.as_str() {
        "logging.py" | "logging/__init__.py" => ("", true),
        path => {
            if let Some(folder) = path
                .strip_suffix("/logging.py")
                .or_else(|| path.strip_suffix("/logging/__init__.py"))
            {
                (folder, true)
            } else if let Some((folder, _)) = bare(path) {
                (folder, false)
            } else {
                return case.skip();
            }
        }
    };
    let file =
        |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    // A package below another package is found by its whole name only.
    if repo.has_path(&file("__init__.py")) {
        return;
    }
    if !certain {
        // Named once, by its first file.
        let package = repo.has_path(&file("logging/__init__.py"));
        let prefix = file("logging/");
        let first = repo.paths.iter().find(|one| one.starts_with(&prefix) && one.ends_with(".py"));
        if !package && first.is_some_and(|first| first == path) {
            flag(
                module,
                case,
                "a folder `logging` would stand before Python's own module once it had an `__init__.py`",
                Severity::Info,
            );
        }
        return;
    }
    let entry = repo.facts.modules.iter().any(|other| {
        let path = &repo.source(other.document.source).path;
        let own = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        other.entry.is_some() && own == folder
    });
    if entry || is_started(case.repo, folder) {
        flag(
            module,
            case,
            "a module `logging` stands before Python's own for every program of its folder",
            Severity::Error,
        );
    }
}

/// Whether an image or a container starts a file of a folder: `python main.py`.
fn is_started(repo: &Repo, folder: &str) -> bool {
    repo.services().iter().any(|service| {
        let images = service.images.iter().flat_map(|&it| &repo.facts.base_images[it].command);
        let told = service.containers.iter().flat_map(|&it| &repo.facts.containers[it].args);
        let words = images.chain(told).flat_map(|it| it.text.split_whitespace()).map(last);
        let files: Vec<&str> = words.filter(|it| it.ends_with(".py")).collect();
        service.own.iter().any(|document| {
            let path = &repo.source(document.source).path;
            path::folder(path) == folder && files.contains(&last(path))
        })
    })
}

fn flag(module: &Module, case: &mut Case<'_>, fault: &str, severity: Severity) {
    let span = case.repo.document(module.document).anchor;
    case.flag(span).with("fault", fault).severity(severity);
}

/// The folder in which a file's folder `logging` stands.
fn bare(path: &str) -> Option<(&str, &str)> {
    if let Some(name) = path.strip_prefix("logging/") {
        return (!name.contains('/') && name.ends_with(".py")).then_some(("", name));
    }
    let (folder, name) = path.split_once("/logging/")?;
    (!name.contains('/') && name.ends_with(".py")).then_some((folder, name))
}
