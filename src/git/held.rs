//! The files that git holds: what is staged, or what a commit has.

use super::{Fault, Repository, chain, open};
use crate::source::encoded;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::File;
use gix::index::entry::{Flags, Mode, Stage};
use std::cell::RefCell;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// One file as git holds it.
#[derive(Clone, Debug)]
pub struct Held {
    /// Path below the top of the repository.
    pub path: String,
    /// Its content.
    pub blob: Blob,
}

/// All files that git holds of one version.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The files, of repositories inside this one too.
    pub files: Vec<Held>,
    /// The root asked for, with `/` at its end; empty for the repository's top.
    pub prefix: String,
}

/// A commit of the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit(pub(super) gix::ObjectId);

impl fmt::Display for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A content that git holds.
#[derive(Clone)]
pub struct Blob {
    store: Arc<gix::ThreadSafeRepository>,
    id: gix::ObjectId,
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({})", self.id)
    }
}

/// Why a content cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It is larger than was asked for.
    TooLarge,
    /// It is damaged, or not in this clone.
    Unreadable,
}

thread_local! {
    /// A thread's way into the repository it read from last.
    static HANDLE: RefCell<Option<(Arc<gix::ThreadSafeRepository>, gix::Repository)>> =
        const { RefCell::new(None) };
}

impl Blob {
    /// Its name.
    pub fn id(&self) -> String {
        self.id.to_string()
    }

    /// Its bytes, if these are no more than `cap`.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub fn read(&self, cap: u64) -> Result<Vec<u8>, Missing> {
        HANDLE.with_borrow_mut(|handle| {
            let known = handle.as_ref().is_some_and(|(store, _)| Arc::ptr_eq(store, &self.store));
            if !known {
                *handle = Some((self.store.clone(), self.store.to_thread_local()));
            }
            let Some((_, repo)) = handle.as_ref() else { return Err(Missing::Unreadable) };
            let header = repo.find_header(self.id).map_err(|_| Missing::Unreadable)?;
            if header.size() > cap {
                return Err(Missing::TooLarge);
            }
            let mut object = repo.find_object(self.id).map_err(|_| Missing::Unreadable)?;
            Ok(std::mem::take(&mut object.data))
        })
    }
}

/// Repositories in repositories that are looked into.
const DEPTH: usize = 16;

impl Repository {
    /// The files that the next commit would have.
    ///
    /// # Errors
    /// The index cannot be read, or a merge has left files undecided.
    pub fn staged(&self) -> Result<Listing, Fault> {
        let index = self.index_at(self.index_path())?;
        let undecided = index.entries().iter().find(|it| it.stage() != Stage::Unconflicted);
        if let Some(entry) = undecided {
            return Err(Fault::new(
                format!("{} is not merged", encoded(entry.path(&index))),
                "decide the merge and stage the file: git add",
            ));
        }
        self.listing(index)
    }

    /// The files that a commit has.
    ///
    /// # Errors
    /// Its trees cannot be read.
    pub fn files_at(&self, commit: Commit) -> Result<Listing, Fault> {
        let repo = self.store.to_thread_local();
        let tree = repo
            .find_commit(commit.0)
            .and_then(|found| Ok(found.tree_id()?.detach()))
            .map_err(|error| self.broken(&format!("commit {commit}"), &error))?;
        let index = repo
            .index_from_tree(&tree)
            .map_err(|error| self.broken(&format!("commit {commit}"), &error))?;
        self.listing(index)
    }

    /// The content of this name, if the repository has it.
    pub fn blob(&self, id: &str) -> Option<Blob> {
        let id = gix::ObjectId::from_hex(id.as_bytes()).ok()?;
        let repo = self.store.to_thread_local();
        let is_blob = repo.find_header(id).is_ok_and(|it| it.kind() == gix::objs::Kind::Blob);
        is_blob.then(|| Blob { store: Arc::new(self.store.clone()), id })
    }

    /// The commit that is checked out; none before the first.
    ///
    /// # Errors
    /// HEAD cannot be read.
    pub fn head(&self) -> Result<Option<Commit>, Fault> {
        let repo = self.store.to_thread_local();
        let head = repo.head().map_err(|error| self.broken("HEAD", &error))?;
        if head.is_unborn() {
            return Ok(None);
        }
        let commit = repo.head_commit().map_err(|error| self.broken("HEAD", &error))?;
        Ok(Some(Commit(commit.id)))
    }

    /// The index of the commit that is being made: git names another one than its own to hooks.
    fn index_path(&self) -> PathBuf {
        let repo = self.store.to_thread_local();
        let own = repo.index_path();
        let Some(named) = std::env::var_os("GIT_INDEX_FILE").filter(|it| !it.is_empty()) else {
            return own;
        };
        // A relative one is meant from the top; one of another repository was left by its hook.
        let named = self.top.join(named);
        let real = |path: PathBuf| path.canonicalize().ok();
        let within = real(named.clone()).zip(real(repo.git_dir().to_path_buf()));
        if within.is_some_and(|(named, git)| named.starts_with(git)) { named } else { own }
    }

    fn listing(&self, index: File) -> Result<Listing, Fault> {
        let mut files = Vec::with_capacity(index.entries().len());
        let mut left = vec![Layer {
            store: Arc::new(self.store.clone()),
            top: self.top.clone(),
            at: String::new(),
            index,
            depth: 0,
        }];
        while let Some(layer) = left.pop() {
            layer.collect(&mut files, &mut left).map_err(|error| {
                Fault::new(
                    format!("cannot read the git repository in {}: {error}", layer.top.display()),
                    "`git fsck` says what is damaged",
                )
            })?;
        }
        files.sort_by(|one, two| one.path.cmp(&two.path));
        Ok(Listing { files, prefix: encoded(&self.prefix) })
    }
}

/// The files of one repository, or of one folder of a sparse index.
struct Layer {
    store: Arc<gix::ThreadSafeRepository>,
    top: PathBuf,
    /// Where it is below the outermost top, with `/` at its end.
    at: String,
    index: File,
    depth: usize,
}

impl Layer {
    fn collect(&self, files: &mut Vec<Held>, left: &mut Vec<Layer>) -> Result<(), String> {
        for entry in self.index.entries() {
            let path: &BStr = entry.path(&self.index);
            let shown = || format!("{}{}", self.at, encoded(path));
            if entry.flags.contains(Flags::INTENT_TO_ADD) {
                continue;
            }
            if entry.mode == Mode::FILE || entry.mode == Mode::FILE_EXECUTABLE {
                let blob = Blob { store: self.store.clone(), id: entry.id };
                files.push(Held { path: shown(), blob });
            } else if entry.mode == Mode::DIR {
                let tree = self.tree(entry.id)?;
                let at = format!("{}/", shown().trim_end_matches('/'));
                left.push(Layer {
                    store: self.store.clone(),
                    top: self.top.clone(),
                    at,
                    index: tree,
                    depth: self.depth,
                });
            } else if entry.mode == Mode::COMMIT && self.depth < DEPTH {
                left.extend(self.inner(path, entry.id, shown()));
            }
        }
        Ok(())
    }

    fn tree(&self, id: gix::ObjectId) -> Result<File, String> {
        self.store.to_thread_local().index_from_tree(&id).map_err(|error| chain(&error))
    }

    /// The files of a repository inside this one, where its commit has been fetched.
    fn inner(&self, path: &BStr, commit: gix::ObjectId, shown: String) -> Option<Layer> {
        let below = gix::path::from_bstr(path).ok()?;
        let top = self.top.join(below);
        if !top.join(".git").exists() {
            return None;
        }
        let store = open(&top).ok()?;
        let repo = store.to_thread_local();
        let tree = repo.find_commit(commit).ok()?.tree_id().ok()?.detach();
        let index = repo.index_from_tree(&tree).ok()?;
        let at = format!("{shown}/");
        Some(Layer { store: Arc::new(store), top, at, index, depth: self.depth + 1 })
    }
}

impl Repository {
    /// The commit that a word of `--since` means: a revision, or with `...` behind it the commit
    /// where the history of HEAD left its own.
    ///
    /// # Errors
    /// It means none, or this clone does not have it.
    pub fn since(&self, word: &str) -> Result<Commit, Fault> {
        let (name, merged) = parts(word)?;
        let head = self.head()?.ok_or_else(|| {
            Fault::new(
                "the git repository has no commits yet",
                "leave --since out, or use --staged before the first commit",
            )
        })?;
        if merged { self.parting(name, head) } else { self.commit(name) }
    }

    /// The commit where the history of another left that of a revision.
    ///
    /// # Errors
    /// They have none in common, or this clone does not have it.
    pub fn parting(&self, name: &str, other: Commit) -> Result<Commit, Fault> {
        let repo = self.store.to_thread_local();
        let found = self.commit(name)?;
        match repo.merge_base(found.0, other.0) {
            Ok(Some(base)) => Ok(Commit(base.detach())),
            Ok(None) | Err(_) if repo.is_shallow().unwrap_or(false) => Err(Fault::new(
                format!("this shallow clone does not reach back to where `{name}` and HEAD part"),
                DEEPEN,
            )),
            Ok(None) => Err(Fault::new(
                format!("`{name}` and HEAD have no commit in common"),
                format!("compare with the revision itself: --since {name}"),
            )),
            Err(error) => Err(self.broken("its history", &error)),
        }
    }

    /// The commit that a revision means.
    ///
    /// # Errors
    /// It means none, or this clone does not have it.
    pub fn commit(&self, name: &str) -> Result<Commit, Fault> {
        let repo = self.store.to_thread_local();
        let spec = BString::from(name);
        let found = repo
            .rev_parse_single(spec.as_bstr())
            .and_then(|id| Ok(id.object()?.peel_to_kind(gix::objs::Kind::Commit)?.id));
        found.map(Commit).map_err(|_| {
            let shallow = repo.is_shallow().unwrap_or(false);
            let help =
                if shallow { DEEPEN } else { "`git log --oneline --all` lists what there is" };
            let clone = if shallow { "this shallow clone" } else { "the git repository" };
            Fault::new(format!("`{name}` is no commit of {clone}"), help)
        })
    }
}

const DEEPEN: &str =
    "fetch what is missing: git fetch --unshallow (in GitHub Actions: fetch-depth: 0)";

/// The revision, and whether `...` follows it.
fn parts(word: &str) -> Result<(&str, bool), Fault> {
    if word.trim().is_empty() {
        return Err(Fault::new(
            "--since takes a commit, and what was given is empty",
            "is a variable unset? a branch, a tag or a commit will do: --since origin/main...",
        ));
    }
    let ended = |end: &str| end.is_empty() || end == "HEAD" || end == "@";
    let (name, end, merged) = match (word.split_once("..."), word.split_once("..")) {
        (Some((name, end)), _) => (name, end, true),
        (None, Some((name, end))) => (name, end, false),
        (None, None) => (word, "", false),
    };
    let name = if name.is_empty() { "HEAD" } else { name };
    if !ended(end) {
        return Err(Fault::new(
            format!(
                "`--since {word}` ends at `{end}`, and only what is checked out can be checked"
            ),
            format!("check `{end}` out, then: --since {name}{}", if merged { "..." } else { "" }),
        ));
    }
    Ok((name, merged))
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn since_is_read_as_git_reads_ranges() {
        assert_eq!(parts("main"), Ok(("main", false)));
        assert_eq!(parts("main..."), Ok(("main", true)));
        assert_eq!(parts("main...HEAD"), Ok(("main", true)));
        assert_eq!(parts("HEAD~2.."), Ok(("HEAD~2", false)));
        assert!(parts("main..topic").is_err());
    }
}
