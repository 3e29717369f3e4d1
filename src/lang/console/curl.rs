//! The requests of `curl` commands: the words of a shell, and where their bodies stand.

use super::script::Script;
use super::{Body, MOST, Request, clean, is_api, query_of};

/// Like [`curl`], where a literal search says that there can be one.
pub fn curl_in(text: &str) -> Vec<Request> {
    if text.contains("curl") && text.contains("/_") { curl(text) } else { Vec::new() }
}

/// The requests that `curl` commands of a script send to APIs of the engine.
pub fn curl(text: &str) -> Vec<Request> {
    let mut found = Vec::new();
    let script = Script::of(text);
    let mut from = 0;
    while let Some(step) = text[from..].find("curl") {
        let at = from + step;
        from = at + 4;
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')) {
            continue;
        }
        if !text[from..].starts_with([' ', '\t']) || found.len() >= MOST {
            continue;
        }
        let (request, end) = command(&script, at);
        found.extend(request);
        from = end.max(from);
    }
    found
}

/// Options that a value follows which says nothing here.
const PASSED: &[&str] = &[
    "-H",
    "--header",
    "-u",
    "--user",
    "-o",
    "--output",
    "--cacert",
    "--cert",
    "--key",
    "-w",
    "--write-out",
    "--retry",
    "--max-time",
    "--connect-timeout",
];
/// Long options that a body follows.
const BODIES: &[&str] = &["--data", "--data-binary", "--data-raw", "--data-ascii", "--json"];

/// Reads the words of the command at `at`; gives where it ends.
fn command(script: &Script<'_>, at: usize) -> (Option<Request>, usize) {
    let mut words = Words { text: script.text, at: at + 4 };
    let mut method = None;
    let mut url: Option<Body> = None;
    let mut body: Option<Body> = None;
    // Where a text that stands below the line is announced.
    let mut below = None;
    while let Some(word) = words.next_or_redirect() {
        let flag = word.text.as_str();
        match flag {
            "-X" | "--request" => method = words.next_word().map(|word| word.text),
            _ if flag.starts_with("<<") && !flag.starts_with("<<<") => {
                below = Some(word.start());
                if flag.trim_start_matches(['<', '-']).is_empty() {
                    words.next_word();
                }
            }
            _ if BODIES.contains(&flag) => body = words.next_word(),
            _ if PASSED.contains(&flag) => {
                words.next_word();
            }
            _ if flag.starts_with("-X") => method = Some(flag[2..].to_owned()),
            _ if flag.starts_with("--request=") => method = Some(flag[10..].to_owned()),
            // Of a bundle only the last may have a value: `-sXPUT`, `-sd'{}'`.
            _ if flag.starts_with('-') && !flag.starts_with("--") => {
                match flag.find(['X', 'd', 'H', 'u', 'o']).map(|at| (at, flag.as_bytes()[at])) {
                    Some((at, b'X')) if at + 1 == flag.len() => {
                        method = words.next_word().map(|word| word.text);
                    }
                    Some((at, b'X')) => method = Some(flag[at + 1..].to_owned()),
                    Some((at, b'd')) if at + 1 == flag.len() => body = words.next_word(),
                    Some((at, b'd')) => body = Some(word.tail(at + 1)),
                    Some((at, _)) if at + 1 == flag.len() => {
                        words.next_word();
                    }
                    _ => {}
                }
            }
            _ if flag.starts_with('-') => {}
            _ if url.is_none() && flag.contains('/') => url = Some(word),
            _ => {}
        }
    }
    let end = words.at;
    let request = url.and_then(|url| {
        let path = clean(&url.text);
        let path_at = url.place(&path).unwrap_or(url.end..url.end);
        let body = body.and_then(|body| script.resolve(body, at, below));
        let body = body.filter(|body| body.text.trim_start().starts_with(['{', '[']));
        let method =
            method.unwrap_or_else(|| if body.is_some() { "POST" } else { "GET" }.to_owned());
        is_api(&path).then(|| Request {
            method: method.trim_matches(['"', '\'']).to_ascii_uppercase(),
            query: query_of(&url.text),
            path,
            path_at,
            body,
        })
    });
    (request, end)
}

/// Words as a shell splits them, up to the end of the command.
pub(super) struct Words<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
}

impl Words<'_> {
    /// The next word; what is written to files is passed over.
    fn next_or_redirect(&mut self) -> Option<Body> {
        loop {
            let word = self.next_word();
            if word.is_some() || !self.text[self.at..].starts_with('>') {
                return word;
            }
            let rest = self.text[self.at..].trim_start_matches(['>', '&', '|']);
            self.at = self.text.len() - rest.len();
            self.next_word();
        }
    }

    pub(super) fn next_word(&mut self) -> Option<Body> {
        self.blanks();
        let bytes = self.text.as_bytes();
        let mut word = Body { text: String::new(), runs: Vec::new(), end: self.at };
        let mut any = false;
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | b';' | b'|' | b'&' | b')' | b'>' | b'`' => break,
                b'\\' => {
                    self.at += 1;
                    self.letter(&mut word);
                }
                b'\'' => self.single(&mut word),
                b'"' => self.double(&mut word),
                _ => self.letter(&mut word),
            }
            any = true;
        }
        word.end = self.at;
        any.then_some(word)
    }

    /// Passes blanks and lines that go on.
    fn blanks(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let step = match rest.as_bytes() {
                [b' ' | b'\t', ..] => 1,
                [b'\\', b'\n', ..] => 2,
                [b'\\', b'\r', b'\n', ..] => 3,
                _ => return,
            };
            self.at += step;
        }
    }

    fn letter(&mut self, word: &mut Body) {
        let Some(c) = self.text[self.at..].chars().next() else { return };
        push(word, c, self.at);
        self.at += c.len_utf8();
    }

    fn single(&mut self, word: &mut Body) {
        let from = self.at + 1;
        let rest = &self.text[from..];
        let inside = rest.split('\'').next().unwrap_or(rest);
        word.runs.push((word.text.len(), from));
        word.text.push_str(inside);
        self.at = (from + inside.len() + 1).min(self.text.len());
    }

    fn double(&mut self, word: &mut Body) {
        self.at += 1;
        word.runs.push((word.text.len(), self.at));
        while let Some(c) = self.text[self.at..].chars().next() {
            match c {
                '"' => {
                    self.at += 1;
                    return;
                }
                '\\' => {
                    let next = self.text[self.at + 1..].chars().next();
                    if next.is_some_and(|c| matches!(c, '"' | '\\' | '$' | '`' | '\n')) {
                        self.at += 1;
                    }
                    if next == Some('\n') {
                        self.at += 1;
                        word.runs.push((word.text.len(), self.at));
                        continue;
                    }
                    word.runs.push((word.text.len(), self.at));
                    self.letter(word);
                }
                c => {
                    word.text.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
    }
}

/// Adds a letter that stands at `at`.
fn push(word: &mut Body, c: char, at: usize) {
    let follows =
        word.runs.last().is_some_and(|&(text, host)| host + (word.text.len() - text) == at);
    if !follows {
        word.runs.push((word.text.len(), at));
    }
    word.text.push(c);
}
