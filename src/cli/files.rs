//! Where files of settings and rules are read from: the disk, or what git holds.

use super::Failure;
use super::load::reason;
use crate::discover::{self, Entry, Tree};
use crate::lang::path::join;
use std::path::{Path, PathBuf};

/// A file of settings that was read.
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) shown: String,
    pub(super) text: String,
}

/// The files of a repository that say how it is judged.
#[derive(Clone, Copy)]
pub(super) struct Files<'a> {
    pub(super) root: &'a Path,
    /// What git holds of the repository; `None` for the disk.
    held: Option<&'a Tree>,
}

impl<'a> Files<'a> {
    /// Files as they stand on disk.
    pub(super) fn on_disk(root: &'a Path) -> Files<'a> {
        Files { root, held: None }
    }

    /// Files as git holds them; those outside of the repository stand on disk.
    pub(super) fn held(root: &'a Path, files: &'a Tree) -> Files<'a> {
        Files { root, held: Some(files) }
    }

    /// The text of a file.
    ///
    /// # Errors
    /// It cannot be read, is no file, too large or no text.
    pub(super) fn read(&self, path: &Path, shown: String) -> Result<File, Failure> {
        let Some(entry) = self.entry(path) else { return read(path, shown) };
        let bytes = entry.content.bytes().map_err(|skip| {
            Failure::new(format!("cannot read {shown} from git: {}", skip.name()))
                .help("`git fsck` says what is damaged")
        })?;
        let text = utf8(bytes, &shown)?;
        Ok(File { path: path.to_path_buf(), shown, text })
    }

    /// What git holds at this path.
    fn entry(&self, path: &Path) -> Option<&'a Entry> {
        let below = path.strip_prefix(self.root).ok()?;
        let below = join("", &below.to_string_lossy().replace('\\', "/"))?;
        let entries = &self.held?.entries;
        let at = entries.binary_search_by(|entry| entry.path.as_str().cmp(&below)).ok()?;
        entries.get(at)
    }

    /// All files below a folder of the root with one of these endings, sorted, no deeper than
    /// `depth`.
    ///
    /// # Errors
    /// The system's, where a folder cannot be read.
    pub(super) fn below(
        &self,
        folder: &str,
        depth: usize,
        endings: &[&str],
    ) -> std::io::Result<Vec<PathBuf>> {
        let mut paths = Vec::new();
        match self.held {
            Some(tree) => {
                let prefix = format!("{folder}/");
                let named = tree.entries.iter().filter_map(|entry| {
                    let rest = entry.path.strip_prefix(&prefix)?;
                    let (_, ending) = rest.rsplit_once('.')?;
                    (endings.contains(&ending) && rest.matches('/').count() <= depth)
                        .then(|| self.root.join(&entry.path))
                });
                paths.extend(named);
            }
            None => {
                let folder = self.root.join(folder);
                if folder.exists() {
                    collect(&folder, depth, endings, &mut paths)?;
                }
            }
        }
        paths.sort();
        Ok(paths)
    }
}

fn collect(
    folder: &Path,
    depth: usize,
    endings: &[&str],
    paths: &mut Vec<PathBuf>,
) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let path = entry.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        if kind.is_dir() && depth > 0 {
            collect(&path, depth - 1, endings, paths)?;
        } else if kind.is_file() && ending.is_some_and(|ending| endings.contains(&ending)) {
            paths.push(path);
        }
    }
    Ok(())
}

/// The text of a file on disk.
///
/// # Errors
/// As [`Files::read`].
pub(super) fn read(path: &Path, shown: String) -> Result<File, Failure> {
    // What a repository names may be anything: a pipe, a device without an end.
    let found = std::fs::metadata(path).map_err(|error| {
        Failure::new(format!("cannot read {shown}: {}", reason(&error)))
            .help("name a file that exists")
    })?;
    if !found.is_file() || found.len() > discover::SIZE_CAP {
        return Err(Failure::new(format!("cannot read {shown}: it is no file, or too large"))
            .help("name a text file"));
    }
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::new(format!("cannot read {shown}: {}", reason(&error))))?;
    let text = utf8(bytes, &shown)?;
    Ok(File { path: path.to_path_buf(), shown, text })
}

fn utf8(bytes: Vec<u8>, shown: &str) -> Result<String, Failure> {
    String::from_utf8(bytes)
        .map_err(|_| Failure::new(format!("{shown} is not UTF-8")).help("save it as UTF-8 text"))
}
