//! Fluentd's match patterns: which take everything that another one could.

use crate::facts::scalar::Scalar;

/// Most alternatives that braces of one pattern may stand for.
const MOST: usize = 64;

/// One pattern, cut at its dots.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    /// Every tag.
    All,
    /// Parts; `**` is any number of them, `*` any text within one.
    Parts(Vec<String>),
    /// What only the program can compare.
    Unknown,
}

/// The patterns of a `<match>` or `<filter>`.
#[derive(Clone, Debug)]
pub struct Patterns(Vec<Pattern>);

impl Patterns {
    /// Reads the argument of an element; without one it takes every tag.
    pub fn of(argument: Option<&Scalar>) -> Patterns {
        let Some(argument) = argument else { return Patterns(vec![Pattern::All]) };
        if argument.text.trim().is_empty() {
            return Patterns(vec![Pattern::All]);
        }
        if !argument.known {
            return Patterns(vec![Pattern::Unknown]);
        }
        Patterns(argument.text.split_whitespace().flat_map(pattern).collect())
    }

    /// Whether every tag that `other` takes is certainly taken by these.
    pub fn cover(&self, other: &Patterns) -> bool {
        !other.0.is_empty()
            && other.0.iter().all(|theirs| self.0.iter().any(|ours| covers(ours, theirs)))
    }

    /// Whether they take every tag.
    pub fn are_all(&self) -> bool {
        self.0.contains(&Pattern::All)
    }

    /// Whether they take a tag; `None` where nobody can know.
    pub fn take(&self, tag: &str) -> Option<bool> {
        let parts = Pattern::Parts(tag.split('.').map(str::to_owned).collect());
        if self.0.iter().any(|ours| covers(ours, &parts)) {
            return Some(true);
        }
        (!self.0.contains(&Pattern::Unknown)).then_some(false)
    }
}

fn pattern(word: &str) -> Vec<Pattern> {
    if word == "**" {
        return vec![Pattern::All];
    }
    if word.starts_with('/') || word.contains('\\') {
        return vec![Pattern::Unknown];
    }
    let Some(alternatives) = expand(word) else { return vec![Pattern::Unknown] };
    let parts = alternatives.into_iter().map(|text| {
        let parts: Vec<String> = text.split('.').map(str::to_owned).collect();
        // `a**` is no part of its own.
        match parts.iter().any(|part| part.contains("**") && part != "**") {
            true => Pattern::Unknown,
            false if parts.len() == 1 && parts[0] == "**" => Pattern::All,
            false => Pattern::Parts(parts),
        }
    });
    parts.collect()
}

/// The texts that `{a,b}` stands for.
fn expand(word: &str) -> Option<Vec<String>> {
    let mut done = Vec::new();
    let mut left = vec![word.to_owned()];
    while let Some(text) = left.pop() {
        let Some(open) = text.rfind('{') else {
            done.push(text);
            continue;
        };
        let close = open + text[open..].find('}')?;
        for choice in text[open + 1..close].split(',') {
            left.push(format!("{}{choice}{}", &text[..open], &text[close + 1..]));
        }
        if left.len() + done.len() > MOST {
            return None;
        }
    }
    Some(done)
}

fn covers(ours: &Pattern, theirs: &Pattern) -> bool {
    match (ours, theirs) {
        (Pattern::All, _) => true,
        (Pattern::Parts(ours), Pattern::Parts(theirs)) => cover_parts(ours, theirs),
        _ => false,
    }
}

/// Whether each text of `theirs` is one of `ours`, part by part.
fn cover_parts(ours: &[String], theirs: &[String]) -> bool {
    let any = |part: Option<&String>| part.is_some_and(|part| part == "**");
    let mut below = vec![false; theirs.len() + 1];
    for at in (0..=ours.len()).rev() {
        let mut row = vec![false; theirs.len() + 1];
        for to in (0..=theirs.len()).rev() {
            row[to] = match (ours.get(at), theirs.get(to)) {
                (None, None) => true,
                (mine, theirs) if any(mine) => below[to] || (theirs.is_some() && row[to + 1]),
                (Some(mine), Some(theirs)) if theirs != "**" => {
                    below[to + 1] && cover_part(mine, theirs)
                }
                _ => false,
            };
        }
        below = row;
    }
    below[0]
}

/// Within one part: a `*` of theirs is only covered by one of ours.
fn cover_part(ours: &str, theirs: &str) -> bool {
    let (ours, theirs) = (ours.as_bytes(), theirs.as_bytes());
    let (mut at, mut to, mut star) = (0, 0, None);
    while to < theirs.len() {
        if ours.get(at) == Some(&b'*') {
            star = Some((at, to));
            at += 1;
        } else if ours.get(at) == Some(&theirs[to]) && theirs[to] != b'*' {
            at += 1;
            to += 1;
        } else if let Some((from, taken)) = star {
            star = Some((from, taken + 1));
            at = from + 1;
            to = taken + 1;
        } else {
            return false;
        }
    }
    ours[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::{Patterns, pattern};

    fn of(text: &str) -> Patterns {
        Patterns(text.split_whitespace().flat_map(pattern).collect())
    }

    #[test]
    fn a_pattern_covers_what_it_certainly_takes() {
        for (ours, theirs, expected) in [
            ("**", "a.b", true),
            ("a.**", "a", true),
            ("a.**", "a.b.*", true),
            ("a.*", "a.b", true),
            ("a.*", "a.b.c", false),
            ("a.*", "a.**", false),
            ("a.**", "**", false),
            ("a.b", "a.*", false),
            ("{a,b}.*", "a.x b.y", true),
            ("a.* b.*", "{a,b}.x", true),
            ("{a,b}.*", "c.x", false),
            ("**.x", "a.b.x", true),
            ("**.x", "x", true),
            ("a*.x", "ab.x", true),
            ("a*.x", "a*b.x", true),
            ("ab*.x", "a*.x", false),
            ("a**", "ab", false),
            ("/a/", "a", false),
            ("*", "a", true),
            ("*", "a.b", false),
        ] {
            assert_eq!(of(ours).cover(&of(theirs)), expected, "{ours} over {theirs}");
        }
    }
}
