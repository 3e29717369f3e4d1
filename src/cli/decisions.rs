//! What people decided, from `.obsproof/` in the root: waivers and attestations.

use super::Failure;
use super::load::reason;
use super::settings::faults;
use crate::config::{self, Settings};
use crate::discover::{SIZE_CAP, Tree, sha256};
use std::path::Path;

/// The bytes of a file of the repository, if there is one; else why it cannot be read.
type Bytes<'a> = dyn Fn(&str) -> Result<Option<Vec<u8>>, String> + 'a;

/// Files as they stand on disk.
pub(super) fn on_disk(root: &Path) -> Box<Bytes<'_>> {
    Box::new(move |path| {
        let file = root.join(path);
        match file.symlink_metadata() {
            Err(_) => Ok(None),
            Ok(metadata) if !metadata.is_file() => Err("it is no file".to_owned()),
            Ok(metadata) if metadata.len() > SIZE_CAP => Err("it is larger than 16 MiB".to_owned()),
            Ok(_) => std::fs::read(&file).map(Some).map_err(|error| reason(&error).to_owned()),
        }
    })
}

/// Files that git holds.
pub(super) fn held(files: &Tree) -> Box<Bytes<'_>> {
    Box::new(move |path| {
        let entry = files.entries.iter().find(|entry| entry.path == path);
        entry.map(|entry| entry.content.bytes().map_err(|skip| skip.name().to_owned())).transpose()
    })
}

/// Reads waivers and attestations into the settings.
pub(super) fn read(bytes: &Bytes<'_>, today: &str, settings: &mut Settings) -> Result<(), Failure> {
    if let Some((path, text)) = text_of(bytes, "waivers")? {
        settings.waivers = config::read_waivers(&path, text, today, settings).map_err(faults)?;
        settings.waivers_file = Some(path);
    }
    if let Some((path, text)) = text_of(bytes, "attestations")? {
        let hash = |path: &str| bytes(path).ok().flatten().map(|bytes| sha256(&bytes));
        settings.attestations =
            config::read_attestations(&path, text, today, &hash).map_err(faults)?;
        settings.attestations_file = Some(path);
    }
    Ok(())
}

/// Path from the root and text of a file of decisions, if there is one.
fn text_of(bytes: &Bytes<'_>, name: &str) -> Result<Option<(String, String)>, Failure> {
    let mut found = None;
    for ending in ["yaml", "yml"] {
        let path = format!(".obsproof/{name}.{ending}");
        let read = bytes(&path).map_err(|why| {
            Failure::new(format!("cannot read {path}: {why}"))
                .help("it has to be a file of text, in YAML")
        })?;
        match (read, &found) {
            (None, _) => {}
            (Some(bytes), None) => found = Some((path, bytes)),
            (Some(_), Some((first, _))) => {
                return Err(Failure::new(format!("there are two files of {name}"))
                    .help(format!("keep {first} and remove {path}")));
            }
        }
    }
    let Some((path, bytes)) = found else { return Ok(None) };
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::new(format!("{path} is not UTF-8")).help("save it as UTF-8 text"))?;
    Ok(Some((path, text)))
}
