//! `--format FORMAT` and `--format FORMAT=FILE`, several times.

use super::Failure;
use crate::config;
use std::path::{Path, PathBuf};

/// A format, and the file it goes to; without one it goes to standard output.
pub(super) type Outputs<F> = Vec<(F, Option<PathBuf>)>;

/// Whether two names are those of one file; what is written to a device is not replaced.
fn are_one(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| {
        path.canonicalize().ok().or_else(|| {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
            Some(folder.join(path.file_name()?))
        })
    };
    let place = |path: &Path| place(path).unwrap_or_else(|| path.to_path_buf());
    let place = (place(one), place(other));
    place.0 == place.1 && (place.0.is_file() || !place.0.exists())
}

/// Reads the words; `example` shows an output that goes to a file.
pub(super) fn outputs<F: Copy>(
    words: &[String],
    formats: &[(&str, F)],
    example: &str,
) -> Result<Outputs<F>, Failure> {
    let mut outputs: Outputs<F> = Vec::new();
    for word in words {
        let (name, file) = match word.split_once('=') {
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (word.as_str(), None),
        };
        let Some((_, format)) = formats.iter().find(|(known, _)| *known == name) else {
            let known: Vec<&str> = formats.iter().map(|(known, _)| *known).collect();
            let help = match config::nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("the formats are {}", known.join(", ")),
            };
            return Err(Failure::new(format!("unknown format `{name}`")).help(help));
        };
        if file.is_none() && outputs.iter().any(|(_, file)| file.is_none()) {
            return Err(Failure::new("two formats for one standard output")
                .help(format!("give all but one a file: {example}")));
        }
        if let Some(file) = &file
            && outputs.iter().flat_map(|(_, other)| other).any(|other| are_one(other, file))
        {
            return Err(Failure::new(format!("two formats for one file: {}", file.display()))
                .help("give each a file of its own"));
        }
        outputs.push((*format, file));
    }
    Ok(outputs)
}
