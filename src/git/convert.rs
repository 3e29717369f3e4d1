//! Differences between a file on disk and its content in git that git makes itself.
//!
//! git would run filters to know; here the two that most repositories have are compared by
//! what they do: line ends, and the pointers of Git LFS.

use super::blob;
use crate::source::encoded;
use gix::bstr::{BStr, ByteSlice};
use gix::index::File;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Largest file whose line ends are compared, in bytes.
const CAP: u64 = 16 * 1024 * 1024;
/// No pointer of Git LFS is longer.
const POINTER: u64 = 1024;

/// What a repository says of how its files are written to disk.
pub(super) struct Conversions {
    top: PathBuf,
    /// All text files are converted.
    all: bool,
    /// Files that attributes say are text.
    text: Gitignore,
}

impl Conversions {
    pub(super) fn of(repo: &gix::Repository, top: &Path, index: &File) -> Conversions {
        let config = repo.config_snapshot();
        let automatic = config.string("core.autocrlf");
        let all = automatic.is_some_and(|value| {
            ["true", "input", "1", "yes", "on"]
                .contains(&value.to_str_lossy().to_ascii_lowercase().as_str())
        });
        Conversions { top: top.to_path_buf(), all, text: text_files(repo, top, index) }
    }

    /// Whether the file differs from its content in git only by what git does to it.
    pub(super) fn explain(&self, repo: &gix::Repository, path: &BStr, id: gix::ObjectId) -> bool {
        let Ok(below) = gix::path::from_bstr(path) else { return false };
        let disk = self.top.join(below);
        self.line_ends(&disk, path, id) || is_lfs(repo, &disk, id)
    }

    fn line_ends(&self, disk: &Path, path: &BStr, id: gix::ObjectId) -> bool {
        let shown = encoded(path);
        if !self.all && !self.text.matched(&shown, false).is_ignore() {
            return false;
        }
        let small = fs::metadata(disk).is_ok_and(|it| it.is_file() && it.len() <= CAP);
        let Some(bytes) = small.then(|| fs::read(disk).ok()).flatten() else { return false };
        blob::id(&bytes.replace(b"\r\n", b"\n"), id.kind()) == Some(id)
    }
}

/// Files to which attributes give `text` or `eol`, in the tree's own attribute files.
fn text_files(repo: &gix::Repository, top: &Path, index: &File) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    let mut add = |file: &Path, base: &str| {
        let readable = fs::metadata(file).is_ok_and(|it| it.is_file() && it.len() <= CAP);
        let Some(text) = readable.then(|| fs::read_to_string(file).ok()).flatten() else { return };
        for line in text.lines() {
            let mut words = line.split_whitespace();
            let Some(pattern) = words.next().filter(|it| !it.starts_with('#')) else { continue };
            for word in words {
                let text = matches!(word, "text" | "text=auto") || word.starts_with("eol=");
                let binary = matches!(word, "-text" | "binary");
                if text || binary {
                    let deep = if pattern.contains('/') { "" } else { "**/" };
                    let sign = if binary { "!" } else { "" };
                    let pattern = pattern.trim_start_matches('/');
                    // A pattern git cannot read marks nothing.
                    let _ = builder.add_line(None, &format!("{sign}/{base}{deep}{pattern}"));
                }
            }
        }
    };
    for entry in index.entries() {
        if let Some(base) = entry.path(index).strip_suffix(b".gitattributes")
            && (base.is_empty() || base.ends_with(b"/"))
        {
            let base = encoded(base);
            add(&top.join(&base).join(".gitattributes"), &base);
        }
    }
    add(&repo.common_dir().join("info/attributes"), "");
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// Whether git holds a pointer to just this content.
fn is_lfs(repo: &gix::Repository, disk: &Path, id: gix::ObjectId) -> bool {
    if !repo.find_header(id).is_ok_and(|header| header.size() <= POINTER) {
        return false;
    }
    let Ok(object) = repo.find_object(id) else { return false };
    let Ok(pointer) = object.data.to_str() else { return false };
    if !pointer.starts_with("version https://git-lfs.github.com/spec/") {
        return false;
    }
    let Some(named) = pointer.lines().find_map(|line| line.strip_prefix("oid sha256:")) else {
        return false;
    };
    let Ok(mut file) = fs::File::open(disk) else { return false };
    let mut hash = Sha256::new();
    if io::copy(&mut file, &mut hash).is_err() {
        return false;
    }
    let found: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    found == named.trim()
}
