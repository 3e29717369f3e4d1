//! Files that git holds, chosen as the walk over a disk chooses them.

use super::{Content, Entry, Tree};
use crate::cache::Mark;
use crate::git::{Held, Listing};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::BTreeMap;

/// The files of a listing that a walk of the root would find.
pub fn held(listing: Listing) -> Tree {
    let mut ignored = Ignored::of(&listing.files);
    let mut tree = Tree::default();
    for file in listing.files {
        let Some(path) = file.path.strip_prefix(&listing.prefix) else { continue };
        if ignored.file(&file.path) {
            continue;
        }
        let path = path.to_owned();
        let mark = Some(Mark::Object(file.blob.id()));
        let content = Content::Git(file.blob);
        tree.entries.push(Entry { content, path, size: 0, skip: None, mark });
    }
    tree.entries.sort_by(|a, b| a.path.cmp(&b.path));
    tree
}

/// Files with patterns, those that win first.
const FILES: &[&str] = &[".ignore", ".gitignore"];
/// Largest file of patterns that is read, in bytes.
const CAP: u64 = 1 << 20;

/// What the pattern files of a listing leave out.
#[derive(Default)]
struct Ignored {
    /// Patterns by kind of file and folder (with `/` at its end).
    patterns: BTreeMap<(usize, String), Gitignore>,
    /// Folders that were asked before.
    folders: BTreeMap<String, bool>,
}

impl Ignored {
    fn of(files: &[Held]) -> Ignored {
        let mut ignored = Ignored::default();
        for file in files {
            let name = file.path.rsplit('/').next().unwrap_or_default();
            let Some(kind) = FILES.iter().position(|known| *known == name) else { continue };
            let Ok(bytes) = file.blob.read(CAP) else { continue };
            let mut builder = GitignoreBuilder::new("");
            for line in String::from_utf8_lossy(&bytes).lines() {
                // A pattern that cannot be read leaves nothing out.
                let _ = builder.add_line(None, line);
            }
            let Ok(patterns) = builder.build() else { continue };
            let folder = file.path[..file.path.len() - name.len()].to_owned();
            ignored.patterns.insert((kind, folder), patterns);
        }
        ignored
    }

    fn file(&mut self, path: &str) -> bool {
        if self.patterns.is_empty() {
            return false;
        }
        let mut from = 0;
        while let Some(at) = path[from..].find('/') {
            let folder = &path[..from + at];
            from += at + 1;
            let known = self.folders.get(folder).copied();
            let out = known.unwrap_or_else(|| self.matches(folder, true));
            self.folders.insert(folder.to_owned(), out);
            if out {
                return true;
            }
        }
        self.matches(path, false)
    }

    /// Whether the patterns nearest to a path leave it out.
    fn matches(&self, path: &str, is_folder: bool) -> bool {
        for kind in 0..FILES.len() {
            let mut end = path.len();
            while let Some(at) = path[..end].rfind('/') {
                if let Some(out) = self.ask(kind, &path[..=at], &path[at + 1..], is_folder) {
                    return out;
                }
                end = at;
            }
            if let Some(out) = self.ask(kind, "", path, is_folder) {
                return out;
            }
        }
        false
    }

    fn ask(&self, kind: usize, folder: &str, below: &str, is_folder: bool) -> Option<bool> {
        let patterns = self.patterns.get(&(kind, folder.to_owned()))?;
        match patterns.matched(below, is_folder) {
            Match::None => None,
            Match::Ignore(_) => Some(true),
            Match::Whitelist(_) => Some(false),
        }
    }
}
