//! Anchored patterns as Prometheus and Alertmanager match them, three-valued: where Go's dialect
//! and the engine here could differ, nobody claims to know.

use super::re2;
use regex::Regex;
use regex_syntax::hir::literal::{Extractor, Literal, Seq};

/// A pattern between `^(?:` and `)$`.
#[derive(Clone, Debug)]
pub struct Pattern {
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// `.*`
    Anything,
    /// `.+`
    Something,
    /// `a|b|c`
    Words(Vec<String>),
    /// Anything else that both dialects read alike, and what matches begin with.
    Regex(Box<Regex>, Box<[Box<str>]>),
    /// Go refuses it, or reads it otherwise.
    Unknown,
}

impl Pattern {
    /// Reads a pattern.
    pub fn new(pattern: &str) -> Pattern {
        let kind = match pattern {
            ".*" | "(.*)" => Kind::Anything,
            ".+" | "(.+)" => Kind::Something,
            _ => match words(pattern) {
                Some(words) => Kind::Words(words.into_iter().map(str::to_owned).collect()),
                None => compile(pattern).map_or(Kind::Unknown, |regex| {
                    Kind::Regex(Box::new(regex), beginnings(pattern))
                }),
            },
        };
        Pattern { kind }
    }

    /// Whether it matches this text; `None` if nobody can tell.
    pub fn matches(&self, text: &str) -> Option<bool> {
        let one_line = !text.contains('\n');
        match &self.kind {
            Kind::Anything => one_line.then_some(true),
            Kind::Something => one_line.then_some(!text.is_empty()),
            Kind::Words(words) => Some(words.iter().any(|word| word == text)),
            // Classes such as `\w` mean ASCII in Go.
            Kind::Regex(regex, beginnings) => text.is_ascii().then(|| {
                let mut begins = beginnings.iter().map(|beginning| text.starts_with(&**beginning));
                (beginnings.is_empty() || begins.any(|it| it)) && regex.is_match(text)
            }),
            Kind::Unknown => None,
        }
    }

    /// Whether it matches every text of one line that is not empty; `None` if nobody can tell.
    pub fn matches_any_value(&self) -> Option<bool> {
        match &self.kind {
            Kind::Anything | Kind::Something => Some(true),
            Kind::Words(words) if words.iter().all(String::is_empty) => Some(false),
            Kind::Words(_) | Kind::Regex(..) | Kind::Unknown => None,
        }
    }

    /// What texts that it matches begin with: each with one of these; none if that is not known.
    pub fn beginnings(&self) -> &[Box<str>] {
        match &self.kind {
            Kind::Regex(_, beginnings) => beginnings,
            _ => &[],
        }
    }

    /// The only texts it matches, if it is a list of words.
    pub fn words(&self) -> Option<&[String]> {
        match &self.kind {
            Kind::Words(words) => Some(words),
            _ => None,
        }
    }
}

/// `a|b|c`, `(a|b)`, `^a$` as words; `None` for any other pattern. An empty alternative is the
/// empty word.
pub fn words(pattern: &str) -> Option<Vec<&str>> {
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    let anchored = inner.len() != pattern.len();
    let inner = match inner.strip_suffix('$') {
        // `^a|b$` anchors its first and last word only; between anchors all are whole anyway.
        Some(rest) if !rest.ends_with('\\') => rest,
        _ => inner,
    };
    let grouped = inner.strip_prefix("(?:").or_else(|| inner.strip_prefix('('));
    let inner = match grouped {
        Some(rest) => rest.strip_suffix(')')?,
        None => inner,
    };
    let plain = |word: &&str| {
        word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | ':' | ' ' | '@'))
    };
    let words: Vec<&str> = inner.split('|').collect();
    (words.iter().all(plain) && !(anchored && words.len() > 1 && grouped.is_none()))
        .then_some(words)
}

fn compile(pattern: &str) -> Option<Regex> {
    // What the engine here reads as something else than Go does.
    const DIFFERENT: &[&str] = &["&&", "--", "~~", "{,", r"\Q", r"\E", r"\<", r"\>", r"\b{", r"\C"];
    let nested_class = pattern.matches('[').count() > 1 && pattern.contains("[[");
    if re2::fault_anchored(pattern).is_some()
        || nested_class
        || DIFFERENT.iter().any(|part| pattern.contains(part))
    {
        return None;
    }
    Regex::new(&format!("^(?:{pattern})$")).ok()
}

/// Most beginnings that are told apart.
const MAX_BEGINNINGS: usize = 32;

/// What the texts begin with that a pattern matches as a whole: most values differ there, and
/// need no engine to tell. None where some may begin with anything.
fn beginnings(pattern: &str) -> Box<[Box<str>]> {
    let Ok(parsed) = regex_syntax::parse(&format!("^(?:{pattern})$")) else {
        return Box::default();
    };
    let mut literals = Extractor::new().extract(&parsed);
    if literals.len().is_some_and(|count| count > MAX_BEGINNINGS) {
        let common = literals.longest_common_prefix().unwrap_or_default().to_vec();
        literals = Seq::singleton(Literal::inexact(common));
    }
    // Half a letter is no text.
    let whole = |literal: &Literal| {
        literal.as_bytes().utf8_chunks().next().map_or("", |chunk| chunk.valid()).into()
    };
    let mut found: Vec<Box<str>> =
        literals.literals().unwrap_or_default().iter().map(whole).collect();
    found.sort_unstable();
    found.dedup();
    if found.iter().any(|beginning| beginning.is_empty()) {
        found.clear();
    }
    found.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_anchored_and_three_valued() {
        for (pattern, text, expected) in [
            ("a|b", "b", Some(true)),
            ("a|b", "ab", Some(false)),
            ("a|", "", Some(true)),
            ("", "", Some(true)),
            ("", "a", Some(false)),
            (".*", "", Some(true)),
            (".+", "", Some(false)),
            ("db.*", "db-1", Some(true)),
            ("db.*", "my-db", Some(false)),
            ("^(a|b)$", "a", Some(true)),
            (r"\d+", "12", Some(true)),
            (r"\d+", "१२", None),
            ("a{,2}", "aa", None),
            ("(", "a", None),
            (r"\Qa\E", "a", None),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn words_are_what_a_pattern_lists() {
        assert_eq!(words("a|b-c"), Some(vec!["a", "b-c"]));
        assert_eq!(words("(a|b)"), Some(vec!["a", "b"]));
        assert_eq!(words("^a$"), Some(vec!["a"]));
        assert_eq!(words("^a|b$"), None);
        assert_eq!(words("a.b"), None);
        assert_eq!(words("(a)|(b)"), None);
    }

    #[test]
    fn every_match_begins_with_what_the_pattern_begins_with() {
        for (pattern, expected) in [
            ("api-[0-9]+.", "api-0 api-1 api-2 api-3 api-4 api-5 api-6 api-7 api-8 api-9"),
            ("api-[a-z]+x", "api-"),
            ("api-(one|other)x?", "api-one api-onex api-other api-otherx"),
            ("(?i)ap", "AP Ap aP ap"),
            ("(api)?", ""),
            (".*api", ""),
            ("api.*|", ""),
            ("api|web-.*", "api web-"),
        ] {
            assert_eq!(beginnings(pattern).join(" "), expected, "{pattern}");
        }
    }
}
