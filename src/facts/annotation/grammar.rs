//! The tags of one line of comment.

use crate::nist;
use std::ops::Range;

/// What a tag is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Claims controls.
    Claim,
    /// Lists controls.
    List,
    /// Says more about the claims of the same comment.
    More,
    /// Says something about the file.
    Setting,
    /// Begins like one of ours and is none.
    Unknown,
}

/// One tag and what follows it; ranges count in the file.
#[derive(Clone, Debug)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) span: Range<usize>,
    pub(super) role: Role,
    pub(super) ids: Vec<Range<usize>>,
    pub(super) text: Option<Range<usize>>,
    pub(super) fault: Option<(String, Range<usize>)>,
    /// A list that goes on: `[` without `]`, or nothing after the colon.
    pub(super) open: Option<Open>,
}

/// How a list goes on in the lines that follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    Flow,
    Block,
}

const EVIDENCE: &[&str] = &[
    "code",
    "test",
    "tests",
    "config",
    "configuration",
    "doc",
    "docs",
    "documentation",
    "policy",
    "automation",
    "plan",
    "process",
    "infra",
    "infrastructure",
];

fn role(name: &str) -> Option<Role> {
    Some(match name {
        "nist" | "nist-implements" | "nist-audit" | "satisfies" => Role::Claim,
        "nist-controls" => Role::List,
        "evidence" | "confidence" => Role::More,
        "nist-baseline" | "nist-context" => Role::Setting,
        _ if name.starts_with("nist-") => Role::Unknown,
        _ => return None,
    })
}

/// The tags in `line`, which starts at byte `base` of the file. `strict`: only forms without
/// fault, for text in which an `@` may just as well address somebody.
pub(super) fn tags(line: &str, base: usize, strict: bool) -> Vec<Tag> {
    let marks = marks(line);
    let mut tags = Vec::new();
    for (index, (range, role)) in marks.iter().enumerate() {
        let end = marks.get(index + 1).map_or(line.len(), |(next, _)| next.start);
        let lead = line[..range.start].chars().all(|c| !c.is_alphanumeric()) || index > 0;
        let mut parser = Parser {
            line: &line[..end],
            base,
            at: range.end,
            tag: Tag {
                name: line[range.start + 1..range.end].to_ascii_lowercase(),
                span: base + range.start..base + range.end,
                role: *role,
                ids: Vec::new(),
                text: None,
                fault: None,
                open: None,
            },
        };
        if parser.body(lead) && !(strict && parser.tag.fault.is_some()) {
            tags.push(parser.tag);
        }
    }
    tags
}

/// Places of `@tag` that can be tags: not in a word, an address or a quoted text.
fn marks(line: &str) -> Vec<(Range<usize>, Role)> {
    let bytes = line.as_bytes();
    let mut marks: Vec<(Range<usize>, Role)> = Vec::new();
    for at in memchr::memchr_iter(b'@', bytes) {
        let free = at == 0
            || bytes[at - 1].is_ascii_whitespace()
            || matches!(bytes[at - 1], b'*' | b'#' | b'/' | b'-' | b'!' | b';');
        let length = line[at + 1..]
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            .count();
        let end = at + 1 + length;
        let Some(role) = role(&line[at + 1..end].to_ascii_lowercase()) else { continue };
        // `@nist.gov`, `@nist/pkg`, `@nist@host` name something else.
        let closed = match line[end..].chars().next() {
            None => true,
            Some('.') => line[end + 1..].chars().next().is_none_or(char::is_whitespace),
            Some(c) => c.is_whitespace() || matches!(c, ':' | '(' | '[' | '"' | '\'' | ','),
        };
        let from = marks.last().map_or(0, |(range, _)| range.end);
        let quoted = line[from..at].matches('"').count() % 2 == 1;
        if free && closed && !quoted {
            marks.push((at..end, role));
        }
    }
    marks
}

/// Whether a word was meant as an id: two letters, then a digit with or without a mark between.
pub(super) fn looks_like_id(word: &str) -> bool {
    let bytes = word.as_bytes();
    let letters = bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let rest = bytes.get(letters..).unwrap_or_default();
    let rest = match rest.first() {
        Some(b'-' | b'_' | b'.' | b' ') => &rest[1..],
        _ => rest,
    };
    letters == 2 && rest.first().is_some_and(u8::is_ascii_digit)
}

/// The id at the start of `text`, by length; `Err` is the length of a word that is none.
pub(super) fn id_at(text: &str) -> Result<usize, usize> {
    match nist::parse_prefix(text) {
        Some((_, rest)) => Ok(text.len() - rest.len()),
        None => {
            let end = text.find(|c: char| c.is_whitespace() || matches!(c, ',' | ']' | '"' | ':'));
            Err(end.unwrap_or(text.len()))
        }
    }
}

struct Parser<'a> {
    line: &'a str,
    base: usize,
    at: usize,
    tag: Tag,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.line[self.at..]
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn here(&self, length: usize) -> Range<usize> {
        self.base + self.at..self.base + self.at + length
    }

    fn fault(&mut self, fault: impl Into<String>, at: Option<Range<usize>>) {
        let at = at.unwrap_or_else(|| self.tag.span.clone());
        self.tag.fault.get_or_insert((fault.into(), at));
    }

    /// Reads what follows the tag; whether it is an annotation at all. `lead`: the tag is the
    /// first word of its line.
    fn body(&mut self, lead: bool) -> bool {
        match self.tag.role {
            Role::Claim => self.claim(lead),
            Role::List => {
                self.list();
                lead || !self.tag.ids.is_empty()
            }
            Role::More | Role::Setting => {
                self.value();
                lead
            }
            Role::Unknown => {
                let id = self.rest().trim_start_matches([':', ' ']);
                let known = nist::parse_prefix(id).is_some();
                self.fault("is no tag of the annotation grammar", None);
                lead || known
            }
        }
    }

    fn claim(&mut self, lead: bool) -> bool {
        let generic = self.tag.name == "satisfies";
        self.blanks();
        let colon = self.rest().starts_with(':');
        if colon {
            self.at += 1;
            self.blanks();
            if !generic {
                self.fault("has a colon between tag and id", None);
            }
        }
        let bracket = self.rest().starts_with('[');
        if bracket {
            self.at += 1;
        }
        let wrong = self.ids();
        if bracket {
            match self.rest().strip_prefix(']') {
                Some(_) => self.at += 1,
                None => self.fault("opens a list that it does not close", None),
            }
        }
        if self.tag.ids.is_empty() {
            if generic {
                return false;
            }
            return self.without_id(lead, colon, wrong);
        }
        if let Some(word) = wrong {
            let text = &self.line[word.start - self.base..word.end - self.base];
            self.fault(format!("names `{text}`, which is no control id like `au-3`"), Some(word));
        }
        self.text();
        true
    }

    /// What a claim without an id is: prose that addresses somebody, or malformed.
    fn without_id(&mut self, lead: bool, colon: bool, wrong: Option<Range<usize>>) -> bool {
        if let Some(word) = wrong {
            let text = &self.line[word.start - self.base..word.end - self.base];
            let fault = format!("names `{text}`, which is no control id like `au-3`");
            self.tag.fault = Some((fault, word));
            return true;
        }
        let first = self.rest().chars().next();
        // `@nist please have a look` is a handle; a title or a quoted text lacks its id.
        let prose = first.is_some_and(|c| c.is_lowercase() || matches!(c, ',' | ')' | '<' | '`'));
        if !lead || prose && !colon {
            return false;
        }
        self.tag.fault = Some(("names no control".to_owned(), self.tag.span.clone()));
        true
    }

    /// Reads ids with commas between; a word that was meant as one comes back.
    fn ids(&mut self) -> Option<Range<usize>> {
        loop {
            self.blanks();
            match id_at(self.rest()) {
                Ok(length) => {
                    self.tag.ids.push(self.here(length));
                    self.at += length;
                }
                Err(length) => {
                    let word = &self.rest()[..length];
                    return looks_like_id(word).then(|| self.here(length));
                }
            }
            let after = self.rest().trim_start();
            let next = after.strip_prefix(',')?.trim_start();
            if id_at(next).is_err_and(|length| !looks_like_id(&next[..length])) {
                return None;
            }
            self.at = self.line.len() - next.len();
        }
    }

    fn text(&mut self) {
        self.blanks();
        let rest = self.rest();
        if let Some(quoted) = rest.strip_prefix('"') {
            match quoted.find('"') {
                Some(length) => {
                    self.at += 1;
                    self.tag.text = Some(self.here(length));
                }
                None => {
                    let at = self.here(1);
                    self.fault("opens a quoted text that its line does not close", Some(at));
                }
            }
            return;
        }
        if rest.starts_with('\'') {
            let at = self.here(rest.trim_end().len());
            self.fault("has its text in single quotes, where only double quotes count", Some(at));
            return;
        }
        let body = rest.trim_start_matches([':', '-', '–', '—', ',', ' ', '\t']).trim_end();
        if !body.is_empty() {
            let skipped =
                rest.len() - rest.trim_start_matches([':', '-', '–', '—', ',', ' ', '\t']).len();
            self.at += skipped;
            self.tag.text = Some(self.here(body.len()));
        }
    }

    fn list(&mut self) {
        self.blanks();
        if self.rest().starts_with(':') {
            self.at += 1;
        } else {
            self.fault("lacks the colon after the tag", None);
        }
        self.blanks();
        let rest = self.rest();
        if rest.trim().is_empty() {
            self.tag.open = Some(Open::Block);
        } else if rest.starts_with('[') {
            self.at += 1;
            self.flow();
        } else {
            let wrong = self.ids();
            let missing = if self.tag.ids.is_empty() && wrong.is_none() {
                "lists no control"
            } else {
                "lists its controls without brackets"
            };
            self.fault(missing, wrong);
        }
    }

    /// Items of a flow list up to its bracket or the end of the line.
    fn flow(&mut self) {
        let text = self.rest();
        let end = text.find(']');
        let inner = &text[..end.unwrap_or(text.len())];
        // `[various - see the policy]` is a legal way to say that others list them.
        let various = inner.trim_start().to_ascii_lowercase().starts_with("various");
        let mut at = self.at;
        for item in inner.split(',') {
            let word = item.trim();
            let start = self.base + at + (item.len() - item.trim_start().len());
            at += item.len() + 1;
            let word_plain = word.trim_matches(['"', '\'']);
            let quotes = word.len() - word.trim_start_matches(['"', '\'']).len();
            let range = start + quotes..start + quotes + word_plain.len();
            if word.is_empty() || various {
                continue;
            }
            match nist::parse(word_plain) {
                Some(_) => self.tag.ids.push(range),
                None => {
                    let fault = format!("lists `{word_plain}`, which is no control id like `au-3`");
                    self.fault(fault, Some(range));
                }
            }
        }
        match end {
            None => self.tag.open = Some(Open::Flow),
            Some(_) if self.tag.ids.is_empty() && !various => self.fault("lists no control", None),
            Some(_) => {}
        }
    }

    fn value(&mut self) {
        let rest = self.rest().trim_start_matches([':', ' ', '\t']);
        self.at = self.line.len() - rest.len();
        let value = rest.trim_end().trim_matches('"');
        let quotes = rest.len() - rest.trim_start_matches('"').len();
        self.at += quotes;
        if value.is_empty() {
            self.fault("says nothing", None);
            return;
        }
        let range = self.here(value.len());
        self.tag.text = Some(range.clone());
        match self.tag.name.as_str() {
            "evidence" => self.evidence(value),
            "confidence" => {
                let number = value.split_whitespace().next().and_then(|w| w.parse::<f64>().ok());
                if !number.is_some_and(|number| (0.0..=1.0).contains(&number)) {
                    self.fault(format!("is `{value}`, not a number from 0 to 1"), Some(range));
                }
            }
            "nist-baseline" => {
                let word = value.to_ascii_lowercase();
                if !matches!(word.as_str(), "low" | "moderate" | "high" | "privacy") {
                    self.fault(format!("is `{value}`, not low, moderate or high"), Some(range));
                }
            }
            _ => {}
        }
    }

    fn evidence(&mut self, value: &str) {
        let mut at = self.at;
        for item in value.split(',') {
            let word = item.trim();
            let start = self.base + at + (item.len() - item.trim_start().len());
            at += item.len() + 1;
            let range = start..start + word.len();
            if word.is_empty() {
                continue;
            }
            if !EVIDENCE.contains(&word.to_ascii_lowercase().as_str()) {
                let fault = format!(
                    "names the evidence type `{word}`, which is none of code, test, config, doc, policy, process, infra"
                );
                self.fault(fault, Some(range.clone()));
            }
            self.tag.ids.push(range);
        }
    }
}

/// Reads one line that may go on a list: its ids and texts. `None`: the list ends before it.
pub(super) fn list_line(line: &str, base: usize, open: Open) -> Option<ListLine> {
    let mut found = ListLine::default();
    match open {
        Open::Flow => {
            let mut at = 0;
            let closed = line.find(']');
            for item in line[..closed.unwrap_or(line.len())].split(',') {
                let word = item.trim().trim_matches(['"', '\'']);
                let start = at + item.find(word).unwrap_or(0);
                at += item.len() + 1;
                if word.is_empty() {
                    continue;
                }
                let range = base + start..base + start + word.len();
                match nist::parse(word) {
                    Some(_) => found.ids.push((range, None)),
                    None => found.wrong = Some((word.to_owned(), range)),
                }
            }
            found.closed = closed.is_some();
            Some(found)
        }
        Open::Block => {
            let body = line.trim_start_matches(['-', '*', '•', ' ', '\t']);
            let start = line.len() - body.len();
            match id_at(body) {
                Ok(length) => {
                    let text =
                        body[length..].trim_start_matches([':', '-', '–', '—', ' ', '\t', '"']);
                    let from = base + line.len() - text.len();
                    let text = text.trim_end().trim_matches('"');
                    let text = (!text.is_empty()).then(|| from..from + text.len());
                    found.ids.push((base + start..base + start + length, text));
                    Some(found)
                }
                Err(length) if start > 0 && looks_like_id(&body[..length]) => {
                    let range = base + start..base + start + length;
                    found.wrong = Some((body[..length].to_owned(), range));
                    Some(found)
                }
                Err(_) => None,
            }
        }
    }
}

/// What a line adds to a list.
#[derive(Debug, Default)]
pub(super) struct ListLine {
    pub(super) ids: Vec<(Range<usize>, Option<Range<usize>>)>,
    pub(super) wrong: Option<(String, Range<usize>)>,
    pub(super) closed: bool,
}
