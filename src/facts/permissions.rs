//! Who may read and write files of logs: modes that commands and code give them.

use super::deploy::{BaseImage, Container};
use super::named::named_subject;
use super::scalar::Scalar;
use super::{DocumentId, FileFacts};
use crate::parse::offsets::OffsetMap;
use std::ops::Range;

/// A mode that a file or a folder is given.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct FileMode {
    /// Where it came from.
    pub document: DocumentId,
    /// The mode as written: `0666`, `a+w`.
    pub name: Scalar,
    /// What is given it.
    pub path: String,
    /// Anybody may write.
    pub writable: bool,
    /// Anybody may read.
    pub readable: bool,
}

named_subject!(FileMode, FileMode, "mode");

impl FileMode {
    /// A mode in words or digits; nothing where it says nothing of others.
    pub(super) fn of(document: DocumentId, name: Scalar, path: &str) -> Option<FileMode> {
        let (readable, writable) = others(name.known_text()?)?;
        is_log(path).then(|| FileMode { document, name, path: path.to_owned(), writable, readable })
    }
}

/// Whether a path is one of logs: `/var/log/app`, `logs/app`, `app.log`.
fn is_log(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let mut parts = lower.split('/').filter(|part| !part.is_empty());
    let word = |part: &str| {
        matches!(part, "log" | "logs" | "logging")
            || part.ends_with(".log")
            || part.contains("audit")
    };
    let plain = !lower.ends_with(".sh") && !lower.ends_with(".py");
    plain && parts.any(word)
}

/// Whether others may read and write: of `0666`, `0o644`, `rw-rw-rw-`, `a+w`.
fn others(mode: &str) -> Option<(bool, bool)> {
    let digits = mode.strip_prefix("0o").unwrap_or(mode);
    if (3..=5).contains(&digits.len()) && digits.bytes().all(|digit| (b'0'..=b'7').contains(&digit))
    {
        let last = digits.bytes().last()? - b'0';
        return Some((last & 4 != 0, last & 2 != 0));
    }
    if mode.len() == 9 && mode.bytes().all(|letter| b"rwxst-".contains(&letter)) {
        return Some((mode.as_bytes()[6] == b'r', mode.as_bytes()[7] == b'w'));
    }
    let (mut readable, mut writable, mut any) = (false, false, false);
    for clause in mode.split(',') {
        let at = clause.find(['+', '='])?;
        let (who, what) = (&clause[..at], &clause[at + 1..]);
        let letters = |known: &str, text: &str| text.chars().all(|c| known.contains(c));
        if !letters("ugoa", who) || !letters("rwxXst", what) {
            return None;
        }
        if who.contains(['o', 'a']) {
            any = true;
            readable |= what.contains('r');
            writable |= what.contains('w');
        }
    }
    any.then_some((readable, writable))
}

/// A word of a command, and where it stands in its text.
type Word<'t> = (&'t str, Range<usize>);

/// Words of a text in the order they stand; signs that divide commands are words of their own.
fn words(text: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let divides = matches!(c, ';' | '&' | '|' | '\n');
        if !(c.is_whitespace() || divides || matches!(c, '"' | '\'')) {
            start = start.or(Some(at));
            continue;
        }
        if let Some(from) = start.take() {
            found.push((&text[from..at], from..at));
        }
        if divides {
            found.push((";", at..at));
        }
    }
    found
}

/// Modes that commands give: `chmod MODE PATH…`, `mkdir -m MODE PATH`, `install -m MODE …`.
fn modes<'w, 't>(words: &'w [Word<'t>]) -> Vec<(&'w Word<'t>, &'t str)> {
    let mut found = Vec::new();
    for command in words.split(|(word, _)| matches!(*word, ";" | "&&" | "||" | "|" | "then" | "do"))
    {
        let start = command.iter().position(|(word, _)| {
            matches!(word.rsplit('/').next(), Some("chmod" | "mkdir" | "install"))
        });
        let Some(start) = start else { continue };
        let (name, rest) = (command[start].0, &command[start + 1..]);
        let plain = |from: usize| {
            rest.get(from..)
                .unwrap_or_default()
                .iter()
                .filter(|(word, _)| !word.starts_with('-') && *word != "\\")
        };
        if name.ends_with("chmod") {
            let Some(at) = rest.iter().position(|(word, _)| !word.starts_with('-')) else {
                continue;
            };
            found.extend(plain(at + 1).map(|(path, _)| (&rest[at], *path)));
        } else if let Some(flag) = rest.iter().position(|(word, _)| {
            matches!(*word, "-m" | "--mode")
                || (word.starts_with('-') && word.ends_with('m') && word.len() == 3)
        }) && let Some(mode) = rest.get(flag + 1)
        {
            let paths = plain(flag + 2);
            found.extend(paths.map(|(path, _)| (mode, *path)));
        }
    }
    found
}

/// Reads the commands of a script.
pub(super) fn read_script(
    text: &str,
    map: &OffsetMap,
    document: DocumentId,
    facts: &mut FileFacts,
) {
    if !(text.contains("chmod") || text.contains(" -m ")) {
        return;
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let code = line.trim_start();
        if !code.starts_with('#') {
            for ((mode, at), path) in modes(&words(line)) {
                let span = map.span(start + at.start, start + at.end);
                let name = Scalar { text: (*mode).to_owned(), span, known: true, plain: true };
                facts.file_modes.extend(FileMode::of(document, name, path));
            }
        }
        start += line.len();
    }
}

/// Reads the commands that make an image.
pub(super) fn read_image(image: &BaseImage) -> Vec<FileMode> {
    let mut found = Vec::new();
    for line in &image.runs {
        for ((mode, at), path) in modes(&words(&line.text)) {
            let span = line.place(at.start, at.end);
            let name = Scalar { text: (*mode).to_owned(), span, known: true, plain: true };
            found.extend(FileMode::of(image.document, name, path));
        }
    }
    found
}

/// Reads the commands of containers, from this one on.
pub(super) fn read_containers(from: usize, facts: &mut FileFacts) {
    let mut found = facts.containers[from..].iter().flat_map(of_container).collect();
    facts.file_modes.append(&mut found);
}

fn of_container(container: &Container) -> Vec<FileMode> {
    let args = &container.args;
    let words: Vec<Word<'_>> =
        args.iter().enumerate().map(|(number, arg)| (arg.text.as_str(), number..number)).collect();
    let modes = modes(&words).into_iter();
    modes
        .filter_map(|((_, at), path)| {
            FileMode::of(container.document, args.get(at.start)?.clone(), path)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{modes, others, words};

    #[test]
    fn modes_say_what_others_may() {
        for (mode, expected) in [
            ("0666", Some((true, true))),
            ("0o644", Some((true, false))),
            ("640", Some((false, false))),
            ("rw-rw-rw-", Some((true, true))),
            ("a+w", Some((false, true))),
            ("u+rw,o=r", Some((true, false))),
            ("u+w", None),
            ("/var/log", None),
        ] {
            assert_eq!(others(mode), expected, "{mode}");
        }
    }

    #[test]
    fn commands_give_modes_to_paths() {
        let text =
            "set -e; mkdir -p /a && chmod -R 777 /var/log/a /b; install -d -m 0640 /var/log/c";
        let words = words(text);
        let found: Vec<(&str, &str)> =
            modes(&words).into_iter().map(|((mode, _), path)| (*mode, path)).collect();
        assert_eq!(found, [("777", "/var/log/a"), ("777", "/b"), ("0640", "/var/log/c")]);
    }
}
