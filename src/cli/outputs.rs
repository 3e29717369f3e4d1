//! `--format FORMAT` and `--format FORMAT=FILE`, several times.

use super::Failure;
use crate::config;
use std::path::PathBuf;

/// A format, and the file it goes to; without one it goes to standard output.
pub(super) type Outputs<F> = Vec<(F, Option<PathBuf>)>;

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
        outputs.push((*format, file));
    }
    Ok(outputs)
}
