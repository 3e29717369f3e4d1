//! Dockerfiles: what the last stage starts from, and what is installed.

use super::BaseImage;
use crate::facts::scalar::{Pairs, Scalar};
use crate::facts::telemetry::OtelVariable;
use crate::facts::{DocumentId, FileFacts, permissions};
use crate::lang::placeholder;
use crate::parse::offsets::OffsetMap;

/// One stage.
struct Stage<'t> {
    name: Option<&'t str>,
    image: Scalar,
    env: Vec<(Scalar, Scalar)>,
    entrypoint: Vec<Scalar>,
    command: Vec<Scalar>,
}

/// Reads the stages of a Dockerfile.
pub fn read_dockerfile(text: &str, map: &OffsetMap, document: DocumentId, facts: &mut FileFacts) {
    let mut defaults: Vec<(String, String)> = Vec::new();
    let mut stages: Vec<Stage<'_>> = Vec::new();
    let (mut runs, mut copies, mut exposes) = (Vec::new(), Vec::new(), false);
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
        let stage = stages.last_mut();
        match (word.to_ascii_uppercase().as_str(), stage) {
            ("ARG", _) => {
                for pair in rest.split_whitespace() {
                    if let Some((name, value)) = pair.split_once('=') {
                        let value = value.trim_matches(['"', '\'']);
                        defaults.push((name.to_owned(), value.to_owned()));
                    }
                }
            }
            ("FROM", _) => {
                let words: Vec<&str> =
                    rest.split_whitespace().filter(|word| !word.starts_with("--")).collect();
                let Some(image) = words.first() else { continue };
                let name =
                    words.get(1).filter(|word| word.eq_ignore_ascii_case("as")).and(words.get(2));
                stages.push(Stage {
                    name: name.copied(),
                    image: scalar(image),
                    env: Vec::new(),
                    entrypoint: Vec::new(),
                    command: Vec::new(),
                });
            }
            ("RUN", _) => runs.push(scalar(rest.trim())),
            ("EXPOSE", _) => exposes = true,
            ("COPY" | "ADD", _) if !rest.contains("--from=") => {
                let words: Vec<&str> =
                    rest.split_whitespace().filter(|word| !word.starts_with("--")).collect();
                let sources = words.split_last().map_or(&[][..], |(_, sources)| sources);
                copies.extend(sources.iter().map(|source| scalar(source)));
            }
            ("ENV", Some(stage)) => stage.env.extend(variables(rest, &scalar)),
            ("ENTRYPOINT", Some(stage)) => stage.entrypoint = command(rest, &scalar),
            ("CMD", Some(stage)) => stage.command = command(rest, &scalar),
            _ => {}
        }
    }
    // A stage may start from an earlier one.
    let Some(mut last) = stages.pop() else { return };
    while let Some(earlier) = stages.pop() {
        if earlier.name.is_some_and(|name| name.eq_ignore_ascii_case(&last.image.text)) {
            last.image = earlier.image;
            last.env.splice(0..0, earlier.env);
            if last.entrypoint.is_empty() && last.command.is_empty() {
                (last.entrypoint, last.command) = (earlier.entrypoint, earlier.command);
            }
        }
    }
    let mut command = last.entrypoint;
    command.append(&mut last.command);
    let variables = last.env.iter();
    facts.otel_variables.extend(
        variables.filter_map(|(name, value)| OtelVariable::of(document, name, value, None)),
    );
    let image = BaseImage {
        document,
        image: last.image,
        defaults,
        runs,
        env: Pairs { entries: last.env, open: false },
        command,
        copies,
        exposes,
    };
    facts.file_modes.extend(permissions::read_image(&image));
    facts.base_images.push(image);
}

/// `NAME=value NAME="a value"`, or `NAME a value`.
fn variables(rest: &str, scalar: &dyn Fn(&str) -> Scalar) -> Vec<(Scalar, Scalar)> {
    let rest = rest.trim();
    let first = rest.split_whitespace().next().unwrap_or_default();
    if !first.contains('=') {
        let value = rest[first.len()..].trim();
        return vec![(scalar(first), scalar(value))];
    }
    let mut found = Vec::new();
    let mut left = rest;
    while let Some((name, after)) = left.split_once('=') {
        let name = name.trim_start_matches(|c: char| c.is_whitespace() || c == '\\');
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''));
        let (value, next) = match quote {
            Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
            None => {
                let end = after.find(char::is_whitespace).unwrap_or(after.len());
                after.split_at(end)
            }
        };
        found.push((scalar(name), scalar(value)));
        left = next;
    }
    found
}

/// `["program", "argument"]`, or a line for a shell.
fn command(rest: &str, scalar: &dyn Fn(&str) -> Scalar) -> Vec<Scalar> {
    let rest = rest.trim();
    if rest.starts_with('[') {
        return rest.split('"').skip(1).step_by(2).map(scalar).collect();
    }
    let words = rest.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
    words.filter(|word| !word.is_empty() && *word != "\\").map(scalar).collect()
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
