//! How a work tree stands: at which commit, and what differs from it.

use super::{Fault, Format, Repository, chain, convert, open, remote};
use crate::source::encoded;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::{Flags, Mode, Stage, Stat, stat};
use gix::index::{Entry, File};
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// How a work tree stands below a root.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The commit that is checked out; none before the first.
    pub commit: Option<String>,
    /// The tree of that commit.
    pub tree: Option<String>,
    /// The branch; none on a detached HEAD.
    pub branch: Option<String>,
    /// Whether HEAD is a commit and no branch.
    pub detached: bool,
    /// Whether the history was cut off when it was cloned.
    pub shallow: bool,
    /// Address of the remote, without credentials.
    pub url: Option<String>,
    /// The root below the repository's top, `/` between folders; empty for the top itself.
    pub prefix: String,
    /// How the repository names its objects.
    pub format: Format,
    /// What differs from the commit, in files below the root, sorted by path.
    pub changes: Vec<Change>,
    /// Repositories inside this one, below the root, sorted by path.
    pub submodules: Vec<Submodule>,
    /// Tracked files that a sparse checkout leaves out; folders with `/` at their end.
    pub absent: Vec<String>,
    /// Names of the contents of tracked files that do not differ, by path.
    held: BTreeMap<String, gix::ObjectId>,
}

impl State {
    /// Whether anything below the root is not as the commit has it. Before the first commit
    /// everything is.
    pub fn dirty(&self) -> bool {
        !self.changes.is_empty() || self.commit.is_none()
    }

    /// Whether a sparse checkout leaves this file out.
    pub fn leaves_out(&self, path: &str) -> bool {
        self.absent.iter().any(|absent| {
            absent == path || (absent.ends_with('/') && path.starts_with(absent.as_str()))
        })
    }

    /// The name under which the commit holds this file (relative to the root), if it is unchanged.
    pub fn blob(&self, path: &str) -> Option<String> {
        self.held.get(path).map(ToString::to_string)
    }
}

/// A file that is not as the commit has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Path relative to the root.
    pub path: String,
    /// What became of it.
    pub changed: Changed,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Changed {
    /// Tracked since the commit.
    Added,
    /// Its content or kind is another.
    Modified,
    /// No longer there.
    Deleted,
    /// Not tracked, and not ignored.
    Untracked,
    /// A merge left it undecided.
    Unmerged,
    /// A repository inside this one that is at another commit.
    Moved,
    /// It cannot be compared.
    Unreadable,
}

impl Changed {
    /// The word used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Changed::Added => "added",
            Changed::Modified => "modified",
            Changed::Deleted => "deleted",
            Changed::Untracked => "untracked",
            Changed::Unmerged => "unmerged",
            Changed::Moved => "at another commit",
            Changed::Unreadable => "unreadable",
        }
    }
}

/// A repository inside another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Submodule {
    /// Path relative to the root.
    pub path: String,
    /// The commit that the outer repository names.
    pub commit: String,
    /// The commit that is checked out; none where it is not.
    pub checked_out: Option<String>,
}

impl Repository {
    /// How the work tree stands; `files` are those found below the root, relative to it.
    ///
    /// # Errors
    /// Its HEAD or its index cannot be read.
    pub fn state(&self, files: &[String]) -> Result<State, Fault> {
        let repo = self.store.to_thread_local();
        let mut state = State {
            url: remote::url(&repo),
            prefix: encoded(&self.prefix).trim_end_matches('/').to_owned(),
            format: Format::of(repo.object_hash()),
            shallow: repo.is_shallow().unwrap_or(false),
            ..State::default()
        };
        let head = repo.head().map_err(|error| self.broken("HEAD", &error))?;
        state.detached = head.is_detached();
        state.branch = head.referent_name().map(|name| name.shorten().to_string());
        if head.id().is_some() {
            let commit = repo.head_commit().map_err(|error| self.broken("HEAD", &error))?;
            state.commit = Some(commit.id.to_string());
            state.tree = commit.tree_id().ok().map(|id| id.to_string());
        }
        let mut left = vec![Part { repository: self, owned: None, at: String::new(), depth: 0 }];
        let mut untracked: BTreeSet<String> = files.iter().cloned().collect();
        while let Some(part) = left.pop() {
            part.compare(&mut state, &mut untracked, &mut left)?;
        }
        let untracked = untracked.into_iter();
        state.changes.extend(untracked.map(|path| Change { path, changed: Changed::Untracked }));
        state.changes.sort();
        state.submodules.sort();
        Ok(state)
    }

    pub(super) fn broken(&self, what: &str, error: &dyn std::error::Error) -> Fault {
        Fault::new(
            format!(
                "cannot read {what} of the git repository in {}: {}",
                self.top.display(),
                chain(error)
            ),
            "`git fsck` says what is damaged",
        )
    }
}

/// Repositories in repositories that are looked into.
const DEPTH: usize = 16;

/// A repository that takes part: the one asked for, or one inside it.
struct Part<'a> {
    repository: &'a Repository,
    owned: Option<Box<Repository>>,
    /// Where it is below the root, with `/` at its end.
    at: String,
    depth: usize,
}

/// How an entry of the index compares with the disk.
enum Look {
    Same,
    Gone,
    Other,
    Refused,
}

impl<'a> Part<'a> {
    fn repository(&self) -> &Repository {
        self.owned.as_deref().unwrap_or(self.repository)
    }

    /// Adds what differs in this repository; takes tracked files out of `untracked`.
    fn compare(
        &self,
        state: &mut State,
        untracked: &mut BTreeSet<String>,
        left: &mut Vec<Part<'a>>,
    ) -> Result<(), Fault> {
        let repository = self.repository();
        let repo = repository.store.to_thread_local();
        let index = repository.index()?;
        let staged = repository.against_head(&repo, &index)?;
        let conversions = convert::Conversions::of(&repo, &repository.top, &index);
        let looks: Vec<Look> =
            index.entries().par_iter().map(|entry| repository.look(entry, &index)).collect();
        for (entry, look) in index.entries().iter().zip(looks) {
            let path = entry.path(&index);
            if entry.mode == Mode::COMMIT {
                self.enter(entry, path, state, untracked, left);
                continue;
            }
            let Some(below) = repository.below(path) else { continue };
            let shown = format!("{}{}", self.at, encoded(below));
            untracked.remove(&shown);
            let skipped = entry.flags.contains(Flags::SKIP_WORKTREE) || entry.mode == Mode::DIR;
            let changed = match look {
                _ if entry.stage() != Stage::Unconflicted => Some(Changed::Unmerged),
                Look::Gone if skipped => {
                    state.absent.push(shown.clone());
                    None
                }
                Look::Gone => Some(Changed::Deleted),
                Look::Refused => Some(Changed::Unreadable),
                Look::Other if !conversions.explain(&repo, path, entry.id) => {
                    Some(Changed::Modified)
                }
                Look::Same | Look::Other => staged.get(path).copied(),
            };
            match changed {
                Some(changed) => state.changes.push(Change { path: shown, changed }),
                None => _ = state.held.insert(shown, entry.id),
            }
        }
        for (path, _) in staged.iter().filter(|(_, changed)| **changed == Changed::Deleted) {
            if let Some(below) = repository.below(path.as_bstr()) {
                let path = format!("{}{}", self.at, encoded(below));
                untracked.remove(&path);
                state.changes.push(Change { path, changed: Changed::Deleted });
            }
        }
        state.changes.dedup();
        Ok(())
    }

    /// A repository inside this one: its commit, and what differs in it.
    fn enter(
        &self,
        entry: &Entry,
        path: &BStr,
        state: &mut State,
        untracked: &mut BTreeSet<String>,
        left: &mut Vec<Part<'a>>,
    ) {
        let Some(below) = self.repository().below(path) else { return };
        let shown = format!("{}{}", self.at, encoded(below));
        let top = self.repository().disk(path);
        let mut submodule =
            Submodule { path: shown.clone(), commit: entry.id.to_string(), checked_out: None };
        if self.depth < DEPTH
            && top.join(".git").exists()
            && let Ok(store) = open(&top)
        {
            let head = store.to_thread_local().head_id().ok().map(|id| id.detach());
            submodule.checked_out = head.map(|id| id.to_string());
            if head != Some(entry.id) {
                state.changes.push(Change { path: shown.clone(), changed: Changed::Moved });
            }
            let inner = Repository { store, top, prefix: BString::default() };
            let depth = self.depth + 1;
            let at = format!("{shown}/");
            left.push(Part {
                repository: self.repository,
                owned: Some(Box::new(inner)),
                at,
                depth,
            });
        } else {
            // Files where a repository is expected, and none is: nobody's.
            let within = format!("{shown}/");
            untracked.retain(|file| !file.starts_with(&within));
        }
        state.submodules.push(submodule);
    }
}

impl Repository {
    /// The index; one that is not there is empty.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub(super) fn index(&self) -> Result<File, Fault> {
        let repo = self.store.to_thread_local();
        self.index_at(repo.index_path())
    }

    pub(super) fn index_at(&self, path: PathBuf) -> Result<File, Fault> {
        let kind = self.store.to_thread_local().object_hash();
        File::at_or_default(path, kind, false, gix::index::decode::Options::default())
            .map_err(|error| self.broken("the index", &error))
    }

    /// What the index changes of the commit, by path below the top.
    fn against_head(
        &self,
        repo: &gix::Repository,
        index: &File,
    ) -> Result<BTreeMap<BString, Changed>, Fault> {
        let mut staged = BTreeMap::new();
        let tree = repo.head_tree_id_or_empty().map_err(|error| self.broken("HEAD", &error))?;
        if index.tree().is_some_and(|known| known.num_entries.is_some() && known.id == tree) {
            return Ok(staged);
        }
        let head = repo.index_from_tree(&tree).map_err(|error| self.broken("HEAD", &error))?;
        let sparse: Vec<&BStr> = index
            .entries()
            .iter()
            .filter(|entry| entry.mode == Mode::DIR)
            .map(|entry| entry.path(index))
            .collect();
        let mut old = head.entries().iter().peekable();
        let mut note = |path: &BStr, changed| _ = staged.insert(path.to_owned(), changed);
        for entry in index.entries() {
            let path = entry.path(index);
            while let Some(gone) = old.next_if(|old| old.path(&head) < path) {
                if !sparse.iter().any(|folder| gone.path(&head).starts_with(folder)) {
                    note(gone.path(&head), Changed::Deleted);
                }
            }
            match old.peek().map(|old| old.path(&head).cmp(path)) {
                Some(Ordering::Equal) => {
                    let same =
                        old.next().is_none_or(|old| old.id == entry.id && old.mode == entry.mode);
                    if !same {
                        note(path, Changed::Modified);
                    }
                }
                _ if entry.mode == Mode::DIR => {}
                _ => note(path, Changed::Added),
            }
        }
        for gone in old {
            if !sparse.iter().any(|folder| gone.path(&head).starts_with(folder)) {
                note(gone.path(&head), Changed::Deleted);
            }
        }
        Ok(staged)
    }

    /// Looks at a tracked file: by its times and size, and where these differ by its content.
    fn look(&self, entry: &Entry, index: &File) -> Look {
        let path = entry.path(index);
        if self.below(path).is_none() || entry.mode == Mode::COMMIT {
            return Look::Same;
        }
        let disk = self.disk(path);
        let Ok(metadata) = gix::index::fs::Metadata::from_path_no_follow(&disk) else {
            return match std::fs::symlink_metadata(&disk) {
                Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Look::Refused,
                _ => Look::Gone,
            };
        };
        let kind = entry.id.kind();
        let id = if entry.mode == Mode::SYMLINK {
            if !metadata.is_symlink() {
                return Look::Other;
            }
            let target = std::fs::read_link(&disk).unwrap_or_default();
            super::blob::id(target.as_os_str().as_encoded_bytes(), kind)
        } else if metadata.is_dir() {
            return Look::Gone;
        } else if !metadata.is_file() {
            return Look::Other;
        } else {
            if cfg!(unix) && metadata.is_executable() != (entry.mode == Mode::FILE_EXECUTABLE) {
                return Look::Other;
            }
            let options = stat::Options { trust_ctime: false, ..stat::Options::default() };
            let known = Stat::from_fs(&metadata).is_ok_and(|now| entry.stat.matches(&now, options));
            if known && !entry.stat.is_racy(index.timestamp(), options) {
                return Look::Same;
            }
            match super::blob::id_of_file(&disk, kind) {
                Ok(id) => id,
                Err(_) => return Look::Refused,
            }
        };
        if id == Some(entry.id) { Look::Same } else { Look::Other }
    }
}
