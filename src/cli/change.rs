//! `--staged` and `--since`: which versions of the files are compared.

use super::args::Check;
use super::{Failure, load};
use crate::discover::delta::Delta;
use crate::discover::{self, Tree};
use crate::git::{Commit, Fault, Repository};
use crate::report::{Compared, Looked};
use crate::scan::Versions;
use std::path::PathBuf;

/// What is compared, and what to say of it.
pub(super) struct Change {
    pub(super) versions: Versions,
    pub(super) compared: Compared,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Failure {
        Failure::new(fault.message).help(fault.help)
    }
}

/// The folder that is analysed with `--staged` and `--since`: the one given; for files the current
/// one, if they are below it. Findings are limited to the files.
pub(super) fn place(paths: &[PathBuf]) -> Result<load::Place, Failure> {
    let place = load::place(paths)?;
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).ok();
    match here {
        Some(root) if !place.only.is_empty() && place.root.starts_with(&root) => {
            Ok(load::Place { root, only: place.only })
        }
        _ => Ok(place),
    }
}

/// Reads both versions, if a change is asked for.
pub(super) fn read(arguments: &Check, place: &load::Place) -> Result<Option<Change>, Failure> {
    if !arguments.staged && arguments.since.is_none() {
        return Ok(None);
    }
    let flag = if arguments.staged { "--staged" } else { "--since" };
    let Some(repository) = Repository::around(&place.root)? else {
        let root = place.root.display();
        return Err(Failure::new(format!("{flag} needs git, and {root} is in no git repository"))
            .help("leave it out to check all files, or start one: git init"));
    };
    let only = place.only.iter().map(|path| discover::relative(&place.root, path)).collect();
    let (of, commit, after, before, delta) = match (&arguments.since, pushed()) {
        (None, None) => {
            let commit = repository.head()?;
            let (after, before) = rayon::join(
                || Ok::<_, Failure>(discover::held(repository.staged()?)),
                || files_at(&repository, commit),
            );
            let (after, before) = (after?, before?);
            let delta = Delta::between(&before, &after, &|_| None);
            (Looked::Index, commit, after, before, delta)
        }
        (None, Some((from, to))) => {
            let to = repository.commit(&to)?;
            let from = repository.parting(&from, to)?;
            let (before, after) =
                (files_at(&repository, Some(from))?, files_at(&repository, Some(to))?);
            let delta = Delta::between(&before, &after, &|_| None);
            (Looked::Commit, Some(from), after, before, delta)
        }
        (Some(word), _) => {
            let commit = Some(repository.since(word)?);
            let after = discover::walk(&place.root, &[]);
            let mut before = files_at(&repository, commit)?;
            let delta = since(&repository, &mut before, &after)?;
            (Looked::WorkTree, commit, after, before, delta)
        }
    };
    let compared = Compared {
        commit: commit.map(|commit| commit.to_string()),
        of,
        files: delta.files.len() + delta.gone.len(),
    };
    Ok(Some(Change { versions: Versions { before, after, delta, only }, compared }))
}

/// The commits that `pre-commit` was asked to look at: on a push, or with `--from-ref`. Nothing is
/// staged then, and its hooks are called alike.
fn pushed() -> Option<(String, String)> {
    let word = |name: &str| std::env::var(name).ok().filter(|word| !word.is_empty());
    Some((word("PRE_COMMIT_FROM_REF")?, word("PRE_COMMIT_TO_REF")?))
}

fn files_at(repository: &Repository, commit: Option<Commit>) -> Result<Tree, Failure> {
    match commit {
        Some(commit) => Ok(discover::held(repository.files_at(commit)?)),
        None => Ok(Tree::default()),
    }
}

/// What the files on disk change; those that git knows to be unchanged are not read for it.
fn since(repository: &Repository, before: &mut Tree, after: &Tree) -> Result<Delta, Failure> {
    let paths: Vec<String> = after.entries.iter().map(|entry| entry.path.clone()).collect();
    let state = repository.state(&paths)?;
    // What a sparse checkout leaves out is not gone, only not looked at.
    before.entries.retain(|entry| !state.leaves_out(&entry.path));
    Ok(Delta::between(before, after, &|path| state.blob(path)))
}
