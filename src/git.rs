//! What git knows of a folder, read from its own files by a library.
//!
//! The program `git` is never run: a repository's settings could have it execute something. For the
//! same reason nothing of a repository's configuration is followed but the addresses of its
//! remotes, and where it keeps its objects: no filters, no hooks, no monitors, no included files,
//! no work tree elsewhere. The user's own configuration is not read.

mod blob;
mod convert;
mod held;
mod plain;
mod remote;
mod state;

pub use blob::{Format, blob_id};
pub use held::{Blob, Commit, Held, Listing, Missing};
pub use state::{Change, Changed, State, Submodule};

use gix::bstr::{BStr, BString, ByteSlice};
use std::path::{Path, PathBuf};

/// What git could not say, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub help: String,
}

impl Fault {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault { message: message.into(), help: help.into() }
    }
}

/// What git says of a folder.
#[derive(Clone, Debug)]
pub enum Standing {
    /// The folder is in no git repository.
    Outside,
    /// It is in one that cannot be read.
    Broken(Fault),
    /// It is in one, and this is how it stands.
    At(Box<State>),
}

/// How `root` stands with git; `files` are the files found below it, relative to it.
pub fn standing(root: &Path, files: &[String]) -> Standing {
    match Repository::around(root) {
        Ok(None) => Standing::Outside,
        Err(fault) => Standing::Broken(fault),
        Ok(Some(repository)) => match repository.state(files) {
            Ok(state) => Standing::At(Box::new(state)),
            Err(fault) => Standing::Broken(fault),
        },
    }
}

/// The repository around a folder.
pub struct Repository {
    store: gix::ThreadSafeRepository,
    /// The folder of the work tree.
    top: PathBuf,
    /// The root asked for, below `top`, with `/` at its end; empty for `top` itself.
    prefix: BString,
}

impl Repository {
    /// Finds the repository that a folder belongs to: the nearest `.git` at or above it. `root` is
    /// a real path.
    ///
    /// # Errors
    /// There is one, and it cannot be read.
    pub fn around(root: &Path) -> Result<Option<Repository>, Fault> {
        let Some(top) = root.ancestors().find(|folder| {
            let git = folder.join(".git");
            // An empty folder of that name is none: git goes on upwards.
            git.is_file() || git.join("HEAD").exists()
        }) else {
            return Ok(None);
        };
        let store = open(top)?;
        let mut prefix = BString::default();
        for part in root.strip_prefix(top).unwrap_or(Path::new("")).components() {
            prefix.extend_from_slice(part.as_os_str().as_encoded_bytes());
            prefix.push(b'/');
        }
        Ok(Some(Repository { store, top: top.to_path_buf(), prefix }))
    }

    /// The part of a path that is below the root, if it is below it.
    fn below<'p>(&self, path: &'p BStr) -> Option<&'p BStr> {
        path.strip_prefix(self.prefix.as_slice()).map(ByteSlice::as_bstr)
    }

    fn disk(&self, path: &BStr) -> PathBuf {
        gix::path::from_bstr(path).map_or_else(|_| self.top.clone(), |path| self.top.join(path))
    }
}

/// Opens the repository whose work tree is this folder.
fn open(top: &Path) -> Result<gix::ThreadSafeRepository, Fault> {
    let shown = top.display();
    let refuse = |why: String| {
        Fault::new(
            format!("cannot read the git repository in {shown}: {why}"),
            "`git -C FOLDER status` says what git makes of it",
        )
    };
    plain::check(top).map_err(&refuse)?;
    let options = gix::open::Options::isolated().lossy_config(true);
    gix::ThreadSafeRepository::open_opts(top, options).map_err(|error| refuse(chain(&error)))
}

/// An error and what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = inner.source();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
