//! Dockerfiles: what the last stage starts from, and what is installed.

use super::BaseImage;
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::lang::placeholder;
use crate::parse::offsets::OffsetMap;

/// Reads the stages of a Dockerfile.
pub fn read_dockerfile(text: &str, map: &OffsetMap, document: DocumentId, facts: &mut FileFacts) {
    let mut defaults: Vec<(String, String)> = Vec::new();
    let mut stages: Vec<(Option<&str>, Scalar)> = Vec::new();
    let mut runs = Vec::new();
    for (start, line) in instructions(text) {
        let Some((word, rest)) = line.trim_start().split_once(char::is_whitespace) else {
            continue;
        };
        let scalar = |part: &str| {
            let from = start + (part.as_ptr() as usize - line.as_ptr() as usize);
            Scalar {
                text: part.to_owned(),
                span: map.span(from, from + part.len()),
                known: !placeholder::is_in(part),
                plain: true,
            }
        };
        match word.to_ascii_uppercase().as_str() {
            "ARG" => {
                for pair in rest.split_whitespace() {
                    if let Some((name, value)) = pair.split_once('=') {
                        let value = value.trim_matches(['"', '\'']);
                        defaults.push((name.to_owned(), value.to_owned()));
                    }
                }
            }
            "FROM" => {
                let words: Vec<&str> =
                    rest.split_whitespace().filter(|word| !word.starts_with("--")).collect();
                let Some(image) = words.first() else { continue };
                let name =
                    words.get(1).filter(|word| word.eq_ignore_ascii_case("as")).and(words.get(2));
                stages.push((name.copied(), scalar(image)));
            }
            "RUN" => runs.push(scalar(rest.trim())),
            _ => {}
        }
    }
    // A stage may start from an earlier one.
    let Some((_, mut image)) = stages.pop() else { return };
    while let Some((name, earlier)) = stages.pop() {
        if name.is_some_and(|name| name.eq_ignore_ascii_case(&image.text)) {
            image = earlier;
        }
    }
    facts.base_images.push(BaseImage { document, image, defaults, runs });
}

/// Instructions with where they begin: lines, joined where one ends in a backslash.
fn instructions(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        let body = line.trim_end();
        let comment = body.trim_start().starts_with('#');
        if body.ends_with('\\') && !comment {
            continue;
        }
        let whole = text[start..at].trim_end();
        if !comment && !whole.trim().is_empty() {
            found.push((start, whole));
        }
        if !comment || text[start..at].lines().count() == 1 {
            start = at;
        }
    }
    found
}
