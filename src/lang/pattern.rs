//! Anchored patterns as Prometheus and Alertmanager match them, three-valued: where Go's dialect
//! and the engine here could differ, nobody claims to know.

use super::re2;
use regex::Regex;
use regex_syntax::hir::literal::Extractor;

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
    /// Anything else that both dialects read alike, and what every match begins with.
    Regex(Box<Regex>, Box<str>),
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
                    Kind::Regex(Box::new(regex), beginning(pattern).into())
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
            Kind::Regex(regex, beginning) => {
                text.is_ascii().then(|| text.starts_with(&**beginning) && regex.is_match(text))
            }
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

    /// What every text that it matches begins with, if that is known and something.
    pub fn beginning(&self) -> Option<&str> {
        match &self.kind {
            Kind::Regex(_, beginning) => Some(&**beginning).filter(|text| !text.is_empty()),
            _ => None,
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

/// What every text begins with that a pattern matches as a whole: most values differ there, and
/// need no engine to tell.
fn beginning(pattern: &str) -> String {
    let Ok(parsed) = regex_syntax::parse(&format!("^(?:{pattern})$")) else { return String::new() };
    let literals = Extractor::new().extract(&parsed);
    let common = literals.longest_common_prefix().unwrap_or_default();
    // Half a letter is no text.
    let whole = common.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    whole.to_owned()
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
            ("api-[0-9]+", "api-"),
            ("api-(one|other)x?", "api-o"),
            ("(?i)api", ""),
            ("(api)?", ""),
            (".*api", ""),
            ("api|web", ""),
        ] {
            assert_eq!(beginning(pattern), expected, "{pattern}");
        }
    }
}
