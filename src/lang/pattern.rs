//! Anchored patterns as Prometheus and Alertmanager match them, three-valued: where Go's dialect
//! and the engine here could differ, nobody claims to know.

use super::re2;
use regex::Regex;
use regex_syntax::hir::literal::{ExtractKind, Extractor, Literal, Seq};

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
    /// `a.*`, `.*a`, `.*a.*`
    Part(Part),
    /// Anything else that both dialects read alike.
    Regex(Box<Whole>),
    /// Go refuses it, or reads it otherwise.
    Unknown,
}

/// A word, and whether anything may stand before and after it.
#[derive(Clone, Debug)]
struct Part {
    before: bool,
    word: [Box<str>; 1],
    after: bool,
}

/// An expression, and what all that it matches begins and ends with: one of these each; none if
/// that is not known.
#[derive(Clone, Debug)]
struct Whole {
    regex: Regex,
    beginnings: Box<[Box<str>]>,
    endings: Box<[Box<str>]>,
}

impl Part {
    fn of(pattern: &str) -> Option<Part> {
        let rest = pattern.strip_prefix(".*");
        let (before, rest) = (rest.is_some(), rest.unwrap_or(pattern));
        let word = rest.strip_suffix(".*");
        let (after, word) = (word.is_some(), word.unwrap_or(rest));
        ((before || after) && !word.is_empty() && is_plain(word)).then(|| Part {
            before,
            word: [word.into()],
            after,
        })
    }

    fn matches(&self, text: &str) -> bool {
        let [word] = &self.word;
        match (self.before, self.after) {
            (true, true) => text.contains(&**word),
            (true, false) => text.ends_with(&**word),
            (false, _) => text.starts_with(&**word),
        }
    }
}

impl Whole {
    fn matches(&self, text: &str) -> bool {
        let one_of = |edges: &[Box<str>], is: fn(&str, &str) -> bool| {
            edges.is_empty() || edges.iter().any(|edge| is(text, edge))
        };
        one_of(&self.beginnings, |text, edge| text.starts_with(edge))
            && one_of(&self.endings, |text, edge| text.ends_with(edge))
            && self.regex.is_match(text)
    }
}

impl Pattern {
    /// Reads a pattern.
    pub fn new(pattern: &str) -> Pattern {
        let kind = match pattern {
            ".*" | "(.*)" => Kind::Anything,
            ".+" | "(.+)" => Kind::Something,
            _ => match (words(pattern), Part::of(pattern)) {
                (Some(words), _) => Kind::Words(words.into_iter().map(str::to_owned).collect()),
                (None, Some(part)) => Kind::Part(part),
                (None, None) => compile(pattern).map_or(Kind::Unknown, |regex| {
                    let beginnings = edges(pattern, ExtractKind::Prefix);
                    let endings = edges(pattern, ExtractKind::Suffix);
                    Kind::Regex(Box::new(Whole { regex, beginnings, endings }))
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
            Kind::Part(part) => one_line.then(|| part.matches(text)),
            // Classes such as `\w` mean ASCII in Go.
            Kind::Regex(whole) => text.is_ascii().then(|| whole.matches(text)),
            Kind::Unknown => None,
        }
    }

    /// Whether it matches every text of one line that is not empty; `None` if nobody can tell.
    pub fn matches_any_value(&self) -> Option<bool> {
        match &self.kind {
            Kind::Anything | Kind::Something => Some(true),
            Kind::Words(words) if words.iter().all(String::is_empty) => Some(false),
            Kind::Words(_) | Kind::Part(_) | Kind::Regex(_) | Kind::Unknown => None,
        }
    }

    /// What texts that it matches begin with: each with one of these; none if that is not known.
    pub fn beginnings(&self) -> &[Box<str>] {
        match &self.kind {
            Kind::Part(part) if !part.before => &part.word,
            Kind::Regex(whole) => &whole.beginnings,
            _ => &[],
        }
    }

    /// What texts that it matches end with, likewise.
    pub fn endings(&self) -> &[Box<str>] {
        match &self.kind {
            Kind::Part(part) if !part.after => &part.word,
            Kind::Regex(whole) => &whole.endings,
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

/// Whether a pattern certainly refuses the empty text: a series without the label does not match it.
pub fn asks_for_text(pattern: &str) -> bool {
    let begins = |branch: &str| {
        let mut bytes = branch.bytes();
        bytes.next().is_some_and(|c| c.is_ascii_alphanumeric())
            && !bytes.next().is_some_and(|c| b"*?{".contains(&c))
    };
    // Groups only add beginnings to the split.
    if pattern.split('|').all(begins) {
        return true;
    }
    if let Some(asks) = asks_in_row(pattern) {
        return asks;
    }
    re2::fault(pattern).is_none()
        && regex_syntax::parse(pattern)
            .is_ok_and(|parsed| parsed.properties().minimum_len().is_some_and(|least| least > 0))
}

/// [`asks_for_text`] of letters, dots and plain groups in a row, each alone or with one `*` or `+`
/// after it; nearly all patterns are so. `None` of any other.
fn asks_in_row(pattern: &str) -> Option<bool> {
    let mut asks = false;
    let mut rest = pattern;
    while let Some(byte) = rest.bytes().next() {
        let (one, length) = if byte == b'(' {
            let inner = &rest[1..rest.find(')')?];
            let branches =
                inner.split('|').map(|it| if it.contains('(') { None } else { asks_in_row(it) });
            (branches.collect::<Option<Vec<_>>>()?.into_iter().all(|it| it), inner.len() + 2)
        } else if byte.is_ascii_alphanumeric() || b"._-/:".contains(&byte) {
            (true, 1)
        } else {
            return None;
        };
        rest = &rest[length..];
        let after = rest.bytes().next().filter(|next| matches!(next, b'*' | b'+'));
        rest = &rest[usize::from(after.is_some())..];
        asks |= one && after != Some(b'*');
    }
    Some(asks)
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
    let words: Vec<&str> = inner.split('|').collect();
    (words.iter().all(|word| is_plain(word)) && !(anchored && words.len() > 1 && grouped.is_none()))
        .then_some(words)
}

/// Whether a word means itself in a pattern.
fn is_plain(word: &str) -> bool {
    word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | ':' | ' ' | '@'))
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

/// Most beginnings, or endings, that are told apart.
const MAX_EDGES: usize = 32;

/// What the texts begin or end with that a pattern matches as a whole: most values differ there,
/// and need no engine to tell. None where some may begin, or end, with anything.
fn edges(pattern: &str, kind: ExtractKind) -> Box<[Box<str>]> {
    let Ok(parsed) = regex_syntax::parse(&format!("^(?:{pattern})$")) else {
        return Box::default();
    };
    let prefix = matches!(kind, ExtractKind::Prefix);
    let mut literals = Extractor::new().kind(kind).extract(&parsed);
    if literals.len().is_some_and(|count| count > MAX_EDGES) {
        let common = if prefix {
            literals.longest_common_prefix()
        } else {
            literals.longest_common_suffix()
        };
        literals = Seq::singleton(Literal::inexact(common.unwrap_or_default().to_vec()));
    }
    // Half a letter is no text.
    let whole = |literal: &Literal| -> Box<str> {
        let mut chunks = literal.as_bytes().utf8_chunks();
        let chunk = if prefix { chunks.next() } else { chunks.last() };
        let Some(chunk) = chunk.filter(|it| prefix || it.invalid().is_empty()) else {
            return Box::default();
        };
        chunk.valid().into()
    };
    let mut found: Vec<Box<str>> =
        literals.literals().unwrap_or_default().iter().map(whole).collect();
    found.sort_unstable();
    found.dedup();
    if found.iter().any(|edge| edge.is_empty()) {
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
    fn texts_in_a_row_are_weighed_as_the_parser_does() {
        for pattern in [
            "", "a", ".*", ".+", ".*.+", "a*", "a*b*", "a*-", ".", "/.*", "5..", ".*:.*", "a+",
            "(a|.)b*", "(a|)", "(a)*", "(a*|b)+",
        ] {
            let parsed = regex_syntax::parse(pattern).expect("a pattern");
            let least = parsed.properties().minimum_len();
            assert_eq!(asks_in_row(pattern), Some(least > Some(0)), "{pattern}");
        }
        for pattern in
            ["a|", "(?:a)", "((a))", "a?", "a**", "a+?", "[a]", "^a", "a$", r"\d", "é", "a{0}"]
        {
            assert_eq!(asks_in_row(pattern), None, "{pattern}");
        }
        assert!(!asks_for_text("a?") && asks_for_text("(a|b)") && !asks_for_text(".*"));
    }

    #[test]
    fn parts_are_looked_for_as_the_engine_would() {
        let texts = ["", "db", "db-1", "my-db", "a-db-b", "d", "bd", "db\ndb", "été-db", "été"];
        for pattern in [".*db", "db.*", ".*db.*", ".*-", ".*é.*"] {
            let Kind::Part(_) = Pattern::new(pattern).kind else { panic!("{pattern} is a part") };
            let engine = Regex::new(&format!("^(?:{pattern})$")).expect("a pattern");
            for text in texts {
                let expected = (!text.contains('\n')).then(|| engine.is_match(text));
                assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} {text}");
            }
        }
        for pattern in [".*", "a", ".*a.b", ".+db", ".*db+", ".*(db)", "^.*db"] {
            assert!(!matches!(Pattern::new(pattern).kind, Kind::Part(_)), "{pattern}");
        }
    }

    #[test]
    fn every_match_ends_with_what_the_pattern_ends_with() {
        for (pattern, expected) in [
            ("[a-z]+-api", "-api"),
            (".*-(one|other)", "-one -other"),
            ("[a-z]+(-eu|-us)?", ""),
            ("api-[0-9]+", "0 1 2 3 4 5 6 7 8 9"),
            ("(?i).*ap", "AP Ap aP ap"),
            ("x.*y|z", "y z"),
            (".+é", "é"),
        ] {
            assert_eq!(edges(pattern, ExtractKind::Suffix).join(" "), expected, "{pattern}");
        }
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
            assert_eq!(edges(pattern, ExtractKind::Prefix).join(" "), expected, "{pattern}");
        }
    }
}
