//! Whether the files of git that are always read are files: a pipe in the place of one would never
//! end.

use std::fs;
use std::path::{Path, PathBuf};

/// Files of a repository that are opened by their names.
const NAMES: &[&str] = &[
    "HEAD",
    "commondir",
    "config",
    "config.worktree",
    "index",
    "info/attributes",
    "info/exclude",
    "objects/info/alternates",
    "packed-refs",
    "shallow",
];

/// References that HEAD is followed through.
const STEPS: usize = 5;

/// Looks at the repository of a work tree before anything of it is opened.
///
/// # Errors
/// What is no file.
pub(super) fn check(top: &Path) -> Result<(), String> {
    let git = git_dir(top)?;
    let common = match text(&git.join("commondir"))? {
        Some(named) => git.join(named.trim()),
        None => git.clone(),
    };
    for folder in [&git, &common] {
        for name in NAMES {
            special(&folder.join(name))?;
        }
    }
    let mut name = "HEAD".to_owned();
    for _ in 0..STEPS {
        let own = text(&git.join(&name))?;
        let found = if own.is_some() { own } else { text(&common.join(&name))? };
        match found.as_deref().and_then(|text| text.strip_prefix("ref:")) {
            Some(next) => name = next.trim().to_owned(),
            None => break,
        }
    }
    Ok(())
}

/// The folder that `.git` is or names.
fn git_dir(top: &Path) -> Result<PathBuf, String> {
    let dot = top.join(".git");
    if dot.is_dir() {
        return Ok(dot);
    }
    let text = text(&dot)?.unwrap_or_default();
    let named = text.strip_prefix("gitdir:").ok_or(".git names no folder")?;
    Ok(top.join(named.trim()))
}

fn special(path: &Path) -> Result<(), String> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(format!("{} is no file", path.display())),
        _ => Ok(()),
    }
}

/// The text of a file of git, if it is there.
fn text(path: &Path) -> Result<Option<String>, String> {
    special(path)?;
    Ok(fs::read_to_string(path).ok())
}
