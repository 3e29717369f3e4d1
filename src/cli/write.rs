//! Files are written at once: a reader never sees half of one.

use super::Failure;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Writes an output to a path the user named.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut outputs = Staged::default();
    outputs.add(path, bytes)?;
    outputs.place()
}

/// Outputs that stand beside their places until all are whole, so that a run which cannot write
/// one of them changes none.
#[derive(Default)]
pub(super) struct Staged {
    parts: Vec<Part>,
}

struct Part {
    named: PathBuf,
    part: PathBuf,
    target: PathBuf,
}

impl Staged {
    /// Writes an output to a path the user named, as yet under another name.
    pub(super) fn add(&mut self, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
        let (target, permissions) = match fs::metadata(path) {
            // A device or a pipe is written to, not replaced.
            Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => {
                return OpenOptions::new()
                    .write(true)
                    .open(path)
                    .and_then(|mut file| file.write_all(bytes))
                    .map_err(|error| unwritten(path, &error));
            }
            Ok(metadata) if metadata.is_dir() => {
                return Err(unwritten(path, &io::Error::from(io::ErrorKind::IsADirectory)));
            }
            // A link stays one: its target is replaced.
            Ok(metadata) => {
                let target = fs::canonicalize(path).map_err(|error| unwritten(path, &error))?;
                (target, Some(metadata.permissions()))
            }
            Err(_) => (path.to_path_buf(), None),
        };
        let part = beside(&target);
        let written = fill(&part, bytes, permissions);
        self.parts.push(Part { named: path.to_path_buf(), part, target });
        written.map_err(|error| unwritten(path, &error))
    }

    /// Gives all of them their names.
    pub(super) fn place(mut self) -> Result<(), Failure> {
        let placed = self.parts.iter().try_for_each(|Part { named, part, target }| {
            fs::rename(part, target).map_err(|error| unwritten(named, &error))
        });
        if placed.is_ok() {
            self.parts.clear();
        }
        placed
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        for Part { part, .. } in &self.parts {
            let _ = fs::remove_file(part);
        }
    }
}

fn unwritten(path: &Path, error: &io::Error) -> Failure {
    let help = match error.kind() {
        io::ErrorKind::NotFound => "its folder does not exist: make it first",
        io::ErrorKind::PermissionDenied => "nobody may write there: name another place",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "the disk is full: nothing was written"
        }
        _ => "name a file that can be written",
    };
    Failure::new(format!("cannot write {}: {error}", path.display())).help(help)
}

/// Why a file is left alone that somebody else has written to.
pub(super) const CHANGED: &str = "it is not what was read: it has changed since";

/// Puts `after` in the place of the file that held `before`, with the same permissions.
///
/// # Errors
/// Why the file was left as it is.
pub(super) fn mend(path: &Path, before: &str, after: &str) -> Result<(), String> {
    let metadata = fs::symlink_metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it is no regular file any more".to_owned());
    }
    if metadata.permissions().readonly() {
        return Err("it may not be written".to_owned());
    }
    let now = fs::read(path).map_err(|error| error.to_string())?;
    if now != before.as_bytes() {
        return Err(CHANGED.to_owned());
    }
    replace(path, after.as_bytes(), Some(metadata.permissions())).map_err(|error| error.to_string())
}

/// Writes a new file beside the path and gives it the path's name.
fn replace(path: &Path, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<()> {
    let part = beside(path);
    let written = fill(&part, bytes, permissions).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

fn fill(part: &Path, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<()> {
    let mut file = File::create_new(part)?;
    file.write_all(bytes)?;
    if let Some(permissions) = permissions {
        file.set_permissions(permissions)?;
    }
    file.sync_all()
}

/// Parts of this run, so that no two go by one name.
static PARTS: AtomicUsize = AtomicUsize::new(0);

/// A name in the same folder that nothing else uses.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // A name near the system's limit leaves no room for more.
    let name: String = name.chars().take(40).collect();
    let number = PARTS.fetch_add(1, Ordering::Relaxed);
    path.with_file_name(format!(".{name}.{}.{number}.part", std::process::id()))
}
