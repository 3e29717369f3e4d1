//! Credentials never leave: not into messages, snippets, fingerprints or reports.

use crate::repo::Repo;
use crate::source::{Part, SourceId, Span};
use aho_corasick::AhoCorasick;
use regex::Regex;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// The places that hold credentials, by file and position.
#[derive(Debug, Default)]
pub struct Redactions {
    spans: Vec<Span>,
}

/// Credentials of rendered text where they stand in the templates behind it.
fn in_templates(repo: &Repo, spans: &[Span]) -> Vec<Span> {
    let values: BTreeSet<&str> = spans
        .iter()
        .filter(|span| repo.source(span.source).part == Part::Rendered)
        .map(|span| repo.text(*span).trim_matches(['"', '\'']))
        .filter(|text| text.len() > 3)
        .collect();
    let mut found = Vec::new();
    if values.is_empty() {
        return found;
    }
    for (id, source) in (0u32..).map(SourceId).zip(&repo.sources) {
        if source.part == Part::Template {
            let places = values.iter().flat_map(|value| source.text().match_indices(value));
            found.extend(places.map(|(at, text)| Span::new(id, at, at + text.len())));
        }
    }
    found
}

const MASK: &str = "***";

impl Redactions {
    /// The credentials known as facts.
    pub fn of(repo: &Repo) -> Redactions {
        let mut spans: Vec<Span> = repo
            .facts
            .credentials
            .iter()
            .map(|credential| credential.value.span)
            .filter(|span| span.start < span.end)
            .collect();
        spans.extend(in_templates(repo, &spans));
        spans.sort_unstable();
        Redactions { spans }
    }

    /// The text of a span without credentials.
    pub fn text<'r>(&self, repo: &'r Repo, span: Span) -> Cow<'r, str> {
        let source = repo.source(span.source);
        let mut secrets = self.within(span.source, span.start, span.end).peekable();
        if secrets.peek().is_none() {
            return scrub(source.slice(span));
        }
        let mut out = String::new();
        let mut at = span.start;
        for secret in secrets {
            if secret.start > at {
                out.push_str(source.slice(Span { start: at, end: secret.start, ..span }));
            }
            out.push_str(MASK);
            at = at.max(secret.end);
        }
        if at < span.end {
            out.push_str(source.slice(Span { start: at, ..span }));
        }
        Cow::Owned(scrub(&out).into_owned())
    }

    /// A line (from 1) with credentials covered, every other character in its column.
    pub fn line(&self, repo: &Repo, source: SourceId, line: u32) -> String {
        let file = repo.source(source);
        let range = file.line_range(line);
        let start = range.start + if line == 1 { file.content_start().min(range.len()) } else { 0 };
        let (from, to) = (u32::try_from(start).unwrap_or(0), u32::try_from(range.end).unwrap_or(0));
        let mut text = file.look().get(start..range.end).unwrap_or_default().to_owned();
        for secret in self.within(source, from, to).rev() {
            let inner =
                (secret.start.max(from) - from) as usize..(secret.end.min(to) - from) as usize;
            let width = text.get(inner.clone()).map_or(0, |covered| covered.chars().count());
            if text.is_char_boundary(inner.start) && text.is_char_boundary(inner.end) {
                text.replace_range(inner, &"*".repeat(width));
            }
        }
        cover(&text).into_owned()
    }

    fn within(
        &self,
        source: SourceId,
        start: u32,
        end: u32,
    ) -> impl DoubleEndedIterator<Item = &Span> {
        let first = self.spans.partition_point(|span| (span.source, span.end) <= (source, start));
        let rest = &self.spans[first.min(self.spans.len())..];
        let last = rest.partition_point(|span| (span.source, span.start) < (source, end));
        rest[..last].iter()
    }
}

/// Text in which anything that looks like a credential is replaced.
pub fn scrub(text: &str) -> Cow<'_, str> {
    replace(text, |_| MASK.to_owned())
}

/// The parts of a text that look like credentials; in source code only what stands in quotes:
/// the rest are names and types.
pub fn secrets(text: &str, code: bool) -> impl Iterator<Item = &str> {
    let all = || [credentials(), userinfo(), apart()].into_iter().flatten();
    let found = suspicious(text).flat_map(move |part| {
        all().flat_map(move |it| it.captures_iter(part).map(move |it| (part, it)))
    });
    let secrets = found.filter_map(|(part, found)| Some((part, found.name("secret")?)));
    let quoted = |before: &str| before.ends_with(['"', '\'', '/', ':']);
    let counts = move |part: &str, start: usize| !code || quoted(&part[..start]);
    secrets
        .filter(move |(part, secret)| counts(part, secret.start()))
        .map(|(_, secret)| secret.as_str())
}

/// Words without which no pattern fits.
const WORDS: &[&str] = &[
    "passw",
    "secret",
    "token",
    "apikey",
    "api_key",
    "_key",
    "credential",
    "key=",
    "slack.com",
    "://",
];

/// Lines with such a word, each with the one after it.
fn suspicious(text: &str) -> impl Iterator<Item = &str> {
    static FINDER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let build = || AhoCorasick::builder().ascii_case_insensitive(true).build(WORDS).ok();
    let found = FINDER.get_or_init(build).iter().flat_map(move |finder| finder.find_iter(text));
    let mut after = 0;
    found.filter_map(move |found| {
        if found.start() < after {
            return None;
        }
        let start = text[..found.start()].rfind('\n').map_or(0, |at| at + 1);
        let mut ends = memchr::memchr_iter(b'\n', &text.as_bytes()[found.start()..]);
        let end = ends.nth(1).map_or(text.len(), |at| found.start() + at);
        after = end;
        Some(&text[start..end])
    })
}

/// Names and values of variables that stand on lines of their own, as in Kubernetes.
fn apart() -> Option<&'static Regex> {
    static PATTERN: OnceLock<Option<Regex>> = OnceLock::new();
    let source = concat!(
        r#"(?i)name:[ \t]*["']?[\w.-]*(?:password|passwd|secret|token|api_?key|_key|credential)[\w.-]*["']?"#,
        r#"[ \t]*\r?\n[ \t]*value:[ \t]*["']?(?P<secret>[^\s"']{3,})"#
    );
    PATTERN.get_or_init(|| Regex::new(source).ok()).as_ref()
}

/// Like [`scrub`], keeping every column.
fn cover(text: &str) -> Cow<'_, str> {
    replace(text, |secret| "*".repeat(secret.chars().count()))
}

fn replace<'t>(text: &'t str, mask: impl Fn(&str) -> String) -> Cow<'t, str> {
    let mut text = Cow::Borrowed(text);
    // Neither pattern is compiled where no text can match it.
    let named = memchr::memchr(b'@', text.as_bytes()).is_some() && text.contains("://");
    let patterns = [may_name(&text).then(credentials), named.then(userinfo)];
    for pattern in patterns.into_iter().flatten().flatten() {
        if !pattern.is_match(&text) {
            continue;
        }
        let replaced = pattern.replace_all(&text, |found: &regex::Captures<'_>| {
            let tail = found.name("tail").map_or("", |tail| tail.as_str());
            format!("{}{}{tail}", &found["keep"], mask(&found["secret"]))
        });
        text = Cow::Owned(replaced.into_owned());
    }
    text
}

/// Whether [`credentials`] may match: each match has a sign behind a key, or the address of a webhook.
fn may_name(text: &str) -> bool {
    const KEYS: &[&str] =
        &["password", "passwd", "secret", "token", "apikey", "_key", "credential", "credentials"];
    const PARAMETERS: &[&str] = &["?token", "&token", "?key", "&key", "?secret", "&secret"];
    let mut signs = memchr::memchr3_iter(b':', b'=', b'/', text.as_bytes());
    let found = signs.any(|at| {
        let before = &text[..at];
        match text.as_bytes()[at] {
            b'/' => ends_with_any(before, &["hooks.slack.com"]),
            sign => {
                let key = before.trim_end();
                let key = key.strip_suffix(['"', '\'']).unwrap_or(key);
                ends_with_any(key, KEYS) || sign == b'=' && ends_with_any(before, PARAMETERS)
            }
        }
    });
    // Two letters of other scripts count as letters of the words.
    found || !text.is_ascii() && text.contains(['\u{17f}', '\u{212a}'])
}

fn ends_with_any(text: &str, words: &[&str]) -> bool {
    let text = text.as_bytes();
    let ends = |word: &&str| {
        let end = text.len().checked_sub(word.len()).map(|at| &text[at..]);
        end.is_some_and(|end| end.eq_ignore_ascii_case(word.as_bytes()))
    };
    words.iter().any(ends)
}

/// Keys that hold credentials, and webhook paths that are keys themselves.
fn credentials() -> Option<&'static Regex> {
    static PATTERN: OnceLock<Option<Regex>> = OnceLock::new();
    let build = || {
        let pattern = concat!(
            r#"(?i)(?P<keep>\b[\w.-]*(?:password|passwd|secret|token|api_?key|routing_key|service_key|"#,
            r#"access_key|private_key|credentials?)["']?\s*[:=]\s*["']?|"#,
            r#"hooks\.slack\.com/(?:services|workflows)/|[?&](?:token|key|secret)=)"#,
            r#"(?P<secret>[^\s"',}@\]]{3,})"#
        );
        Regex::new(pattern).ok()
    };
    PATTERN.get_or_init(build).as_ref()
}

/// User info in URLs.
fn userinfo() -> Option<&'static Regex> {
    static PATTERN: OnceLock<Option<Regex>> = OnceLock::new();
    let pattern = r#"(?P<keep>://[^\s:/@"']*:)(?P<secret>[^\s@/"']+)(?P<tail>@)"#;
    PATTERN.get_or_init(|| Regex::new(pattern).ok()).as_ref()
}

#[cfg(test)]
mod tests {
    use super::{cover, scrub};

    #[test]
    fn every_pattern_compiles() {
        assert!(super::credentials().is_some() && super::userinfo().is_some());
        assert!(super::apart().is_some());
    }

    #[test]
    fn credentials_are_replaced_and_the_rest_stays() {
        assert_eq!(scrub("password: s3cr3t"), "password: ***");
        assert_eq!(scrub("https://user:hunter2@host/x"), "https://user:***@host/x");
        assert_eq!(
            scrub("https://hooks.slack.com/services/T0/B0/xyz"),
            "https://hooks.slack.com/services/***"
        );
        assert_eq!(scrub("POSTGRES_PASSWORD=postgres"), "POSTGRES_PASSWORD=***");
        assert_eq!(
            scrub("alert `TokenExpiring` has no owner"),
            "alert `TokenExpiring` has no owner"
        );
        assert_eq!(scrub("http://localhost:9090/metrics"), "http://localhost:9090/metrics");
        assert_eq!(cover("  api_key: abcdef # x"), "  api_key: ****** # x");
    }

    #[test]
    fn whatever_names_a_credential_is_looked_at() {
        for (text, clean) in [
            (r#"{"Secret" : "abcdef"}"#, r#"{"Secret" : "***"}"#),
            ("routing_key\u{2003}= abcdef", "routing_key\u{2003}= ***"),
            ("my.apiKey:abcdef", "my.apiKey:***"),
            ("CREDENTIALS=abcdef", "CREDENTIALS=***"),
            ("/x?KEY=abcdef", "/x?KEY=***"),
            ("/x?a=1&key=abcdef", "/x?a=1&key=***"),
            ("Hooks.Slack.com/workflows/abcdef", "Hooks.Slack.com/workflows/***"),
            ("pa\u{17f}\u{17f}word: abcdef", "pa\u{17f}\u{17f}word: ***"),
            ("to\u{212a}en=abcdef", "to\u{212a}en=***"),
        ] {
            assert_eq!(scrub(text), clean);
        }
        for text in ["monkey: abcdef", "passwords: abcdef", "token of: abcdef", "key=abcdef"] {
            assert_eq!(scrub(text), text);
        }
    }
}
