//! Numbers that a sentence claims: a threshold ("above 5%") or a wait ("for 10 minutes").
//!
//! A sentence with more numbers than one of a kind claims nothing that can be told apart.

use std::ops::Range;

/// A number in a sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Number and unit.
    pub range: Range<usize>,
    /// What it is about.
    pub kind: Kind,
    /// The number.
    pub value: f64,
    /// Its unit.
    pub unit: Unit,
}

/// What a number is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A value that is compared.
    Threshold,
    /// How long something lasts before it is told.
    Wait,
}

/// A unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    /// None, or a thing that is counted.
    None,
    /// Of a hundred.
    Percent,
    /// A length of time, in seconds.
    Time(f64),
    /// A multiple, of bytes or of anything: by 1000 and by 1024.
    Bytes(f64, f64),
}

const TIMES: &[(&[&str], f64)] = &[
    (&["ms", "msec", "millisecond", "milliseconds"], 0.001),
    (&["s", "sec", "secs", "second", "seconds"], 1.0),
    (&["m", "min", "mins", "minute", "minutes"], 60.0),
    (&["h", "hr", "hrs", "hour", "hours"], 3600.0),
    (&["d", "day", "days"], 86_400.0),
    (&["w", "week", "weeks"], 604_800.0),
];

const BYTES: &[(&[&str], i32)] = &[
    (&["kb", "kib", "ki"], 1),
    (&["mb", "mib", "mi"], 2),
    (&["gb", "gib", "gi"], 3),
    (&["tb", "tib", "ti"], 4),
];

/// Words and signs before a number that is compared.
const COMPARING: &[&str] = &[
    "above",
    "below",
    "over",
    "under",
    "exceeds",
    "exceed",
    "exceeded",
    "exceeding",
    "than",
    ">",
    "<",
    ">=",
    "<=",
];
/// Words that may stand between them and the number.
const FILLING: &[&str] = &["the", "a", "of", "is", "its", "threshold", "limit"];
/// Words that begin a span of time that is looked at, not waited for.
const LOOKING_BACK: &[&str] =
    &["last", "past", "within", "in", "per", "every", "next", "previous", "during", "after", "at"];

/// Words of a sentence that says how things are when nothing is wrong, what they come near to, or
/// what another alert does.
const USUAL: &[&str] = &[
    "normal",
    "normally",
    "usual",
    "usually",
    "typical",
    "typically",
    "expected",
    "approaching",
    "approaches",
    "distinct",
    "unlike",
];

/// Words of a sentence that says when an alert comes.
const FIRING: &[&str] = &[
    "alert",
    "alerts",
    "fire",
    "fires",
    "firing",
    "trigger",
    "triggers",
    "triggered",
    "page",
    "pages",
    "notify",
    "notifies",
    "warn",
    "warns",
];

/// A word, a number or a sign.
struct Word<'t> {
    text: &'t str,
    start: usize,
}

/// The claims of a text. Actions of templates are to be replaced by something without digits.
pub fn claims(text: &str) -> Vec<Claim> {
    let has_digit =
        |range: &Range<usize>| text[range.clone()].bytes().any(|it| it.is_ascii_digit());
    sentences(text)
        .filter(has_digit)
        .flat_map(|range| of_sentence(&text[range.clone()], range.start))
        .collect()
}

/// Ranges between full stops, semicolons and line ends.
fn sentences(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let is_end = |at: &usize| match bytes[*at] {
        b'\n' | b';' | b'!' | b'?' => true,
        b'.' => bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace),
        _ => false,
    };
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = (start <= bytes.len()).then_some(start..bytes.len())?;
        let end = rest.clone().find(is_end).unwrap_or(rest.end);
        start = end + 1;
        Some(rest.start..end)
    })
}

fn of_sentence(text: &str, offset: usize) -> Vec<Claim> {
    let words = words(text);
    let mut numbers = (0..words.len()).filter(|&at| is_number(words[at].text)).peekable();
    let has = |list: &[&str]| {
        words.iter().any(|word| list.iter().any(|it| word.text.eq_ignore_ascii_case(it)))
    };
    // "Defragment it if the ratio is > 1.5", "more than 500ms will cause restarts"
    let advises = has(&["if"]) && !has(FIRING) || has(&["cause"]) && has(&["will", "would"]);
    if numbers.peek().is_none() || has(USUAL) || advises {
        return Vec::new();
    }
    let mut waits = Vec::new();
    let mut others = Vec::new();
    for at in numbers {
        // "About 20ms" is what is usual.
        let about = text[..words[at].start].ends_with('~');
        match number(&words, at).filter(|_| !about) {
            Some(claim) if claim.kind == Kind::Wait => waits.push(claim),
            read => others.push(read),
        }
    }
    let mut found = Vec::new();
    if let [wait] = &*waits {
        found.push(wait.clone());
    }
    if let [Some(threshold)] = &*others {
        found.push(threshold.clone());
    }
    for claim in &mut found {
        claim.range = claim.range.start + offset..claim.range.end + offset;
    }
    found
}

/// Whether a word with digits may be a number: `p99`, `99th` and `k8s` are names, `5xx` a class of
/// answers.
fn is_number(word: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic();
    if word.starts_with(letter) || !word.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let ending = &word[word.trim_end_matches(letter).len()..];
    !["st", "nd", "rd", "th", "xx"].iter().any(|it| ending.eq_ignore_ascii_case(it))
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let (made_of, length) = made_of(text, start);
        let mut end = start + length;
        while let (next, length) = self::made_of(text, end)
            && next == made_of
            && length > 0
        {
            end += length;
        }
        let trimmed = text[start..end].trim_end_matches(['.', ',', ':', '-', '/']);
        if made_of != MadeOf::Blanks && !trimmed.is_empty() {
            words.push(Word { text: trimmed, start });
        }
        start = end;
    }
    words
}

#[derive(Clone, Copy, PartialEq)]
enum MadeOf {
    Letters,
    Signs,
    Blanks,
}

/// What the character at a place is, and its bytes: none at the end.
fn made_of(text: &str, at: usize) -> (MadeOf, usize) {
    match text.as_bytes().get(at) {
        None => (MadeOf::Blanks, 0),
        Some(b'>' | b'<' | b'=') => (MadeOf::Signs, 1),
        Some(b'.' | b'%' | b'_' | b'/' | b'-' | b':' | b',') => (MadeOf::Letters, 1),
        Some(byte) if byte.is_ascii_alphanumeric() => (MadeOf::Letters, 1),
        Some(byte) if byte.is_ascii() => (MadeOf::Blanks, 1),
        Some(_) => match text[at..].chars().next() {
            Some(c) if c.is_alphanumeric() => (MadeOf::Letters, c.len_utf8()),
            other => (MadeOf::Blanks, other.map_or(1, char::len_utf8)),
        },
    }
}

/// A word that holds a digit: `None` if it claims nothing.
fn number(words: &[Word<'_>], at: usize) -> Option<Claim> {
    let word = &words[at];
    let digits =
        word.text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(word.text.len());
    let value: f64 = word.text[..digits].parse().ok()?;
    let mut end = word.start + word.text.len();
    let attached = &word.text[digits..];
    let next = words.get(at + 1).map(|next| (next, next.text.to_ascii_lowercase()));
    let unit = match attached {
        "" => match next {
            Some((next, name)) => match unit(&name) {
                Some(unit) => {
                    end = next.start + next.text.len();
                    unit
                }
                None => Unit::None,
            },
            None => Unit::None,
        },
        // `10M` are millions, `10m` minutes.
        "k" | "K" => Unit::Bytes(1e3, 1024.0),
        "M" => Unit::Bytes(1e6, 1024f64.powi(2)),
        "G" | "B" => Unit::Bytes(1e9, 1024f64.powi(3)),
        attached => unit(&attached.to_ascii_lowercase())?,
    };
    let after =
        words.iter().find(|word| word.start >= end).map(|word| word.text.to_ascii_lowercase());
    // A rate of its own, such as 5 per minute, may be any number in the expression.
    if after.as_deref().is_some_and(|word| {
        matches!(word, "per" | "rps" | "qps" | "x" | "times") || word.contains('/')
    }) {
        return None;
    }
    let before: Vec<String> =
        words[..at].iter().rev().take(4).map(|word| word.text.to_ascii_lowercase()).collect();
    let kind = kind(&before, unit, after.as_deref())?;
    Some(Claim { range: word.start..end, kind, value, unit })
}

fn unit(name: &str) -> Option<Unit> {
    if matches!(name, "%" | "percent" | "pct") {
        return Some(Unit::Percent);
    }
    if let Some((_, seconds)) = TIMES.iter().find(|(names, _)| names.contains(&name)) {
        return Some(Unit::Time(*seconds));
    }
    let (_, power) = BYTES.iter().find(|(names, _)| names.contains(&name))?;
    Some(Unit::Bytes(1000f64.powi(*power), 1024f64.powi(*power)))
}

/// What the words before a number (nearest first) and the one after it make of it.
fn kind(before: &[String], unit: Unit, after: Option<&str>) -> Option<Kind> {
    let mut words = before.iter().map(String::as_str).skip_while(|word| FILLING.contains(word));
    let first = words.next();
    let is_time = matches!(unit, Unit::Time(_));
    if first.is_some_and(|word| LOOKING_BACK.contains(&word)) {
        return None;
    }
    // "it will be < 0 when nothing failed"
    if matches!(before, [sign, be, ..] if sign.starts_with(['<', '>']) && be == "be") {
        return None;
    }
    // "a response code >= 400" names a class of answers.
    let class = words.next().is_some_and(|word| matches!(word, "code" | "codes" | "status"));
    let compares = !class && first.is_some_and(|word| COMPARING.contains(&word));
    if is_time {
        let lasting = |word: &str| {
            matches!(word, "more" | "longer" | "least" | "over" | "than" | "at" | ">" | ">=")
        };
        let since = before.iter().map(String::as_str).find(|word| !lasting(word));
        if since == Some("for") {
            return Some(Kind::Wait);
        }
        // "over 5 minutes" is as often a span of time that is looked at.
        let long = matches!(unit, Unit::Time(seconds) if seconds >= 60.0);
        let fine = matches!(unit, Unit::Time(seconds) if seconds < 1.0);
        if (first == Some("over") && !fine) || (long && first == Some("than")) {
            return None;
        }
    }
    // "threshold: 85%", "a threshold of 85%"
    let mut near = before
        .iter()
        .map(String::as_str)
        .skip_while(|word| matches!(*word, "of" | "is" | "=" | ":"));
    // A time beside the word may as well be the wait.
    let named =
        !is_time && near.next().is_some_and(|word| word.trim_end_matches(':') == "threshold");
    (compares || named || after == Some("threshold")).then_some(Kind::Threshold)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(&str, Kind)> {
        claims(text).into_iter().map(|claim| (&text[claim.range], claim.kind)).collect()
    }

    #[test]
    fn thresholds_and_waits_are_told_apart() {
        use Kind::{Threshold, Wait};
        for (text, expected) in [
            ("CPU is above 80% on x", vec![("80%", Threshold)]),
            (
                "above the 500ms threshold for 5 minutes.",
                vec![("5 minutes", Wait), ("500ms", Threshold)],
            ),
            ("the 1 % threshold", vec![("1 %", Threshold)]),
            ("CPU of x, threshold: 85%", vec![("85%", Threshold)]),
            ("CPU of x (threshold 85%)", vec![("85%", Threshold)]),
            ("no more than a threshold of 3", vec![("3", Threshold)]),
            ("CPU of x: 85%", vec![]),
            ("down for more than 10 min", vec![("10 min", Wait)]),
            ("more than 3 restarts", vec![("3", Threshold)]),
            ("Disk (< 10% left)", vec![("10%", Threshold)]),
            ("over 2GB", vec![("2GB", Threshold)]),
            ("above 10M", vec![("10M", Threshold)]),
            ("p95 latency above 2s", vec![("2s", Threshold)]),
            ("errors over the last 5 minutes", vec![]),
            ("99th percentile is over 200 ms", vec![("200 ms", Threshold)]),
            ("5xx above 5%", vec![("5%", Threshold)]),
            ("more than 5 per minute", vec![]),
            ("5xx responses", vec![]),
            ("returning an HTTP response code >= 400", vec![]),
            ("between 5 and above 9", vec![]),
            ("above 5. Below 9", vec![("5", Threshold), ("9", Threshold)]),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }
}
