//! What a text mentions, whatever its format, that a join may look for.

use super::FileFacts;
use super::telemetry::environment::PREFIX;
use crate::identify::Kind;
use crate::lang::quick::steady_hash;
use borsh::{BorshDeserialize, BorshSerialize};
use std::collections::BTreeSet;

/// What one file mentions.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Mentions {
    /// Words that can be names of recorded series, and how often each stands there: only their
    /// hashes, as a credential can look like one. Sorted; none of tests of rules.
    pub words: Vec<(u64, u32)>,
    /// Last parts of paths of files that may hold rules, as objects and compositions name them.
    pub files: Vec<String>,
    /// Variables of OpenTelemetry's SDKs whose value is put in: `${NAME}`, `$NAME`.
    pub variables: Vec<String>,
}

/// Endings of files that hold rules.
const ENDINGS: &[&str] = &[".yml", ".yaml", ".rules", ".json"];

/// Reads what a file mentions whose documents were read before.
pub(super) fn read(text: &str, facts: &mut FileFacts) {
    // Of other files nobody knows the text later, and nothing in them is looked for.
    if !facts.needs_text() {
        return;
    }
    let has = |test: fn(Kind) -> bool| facts.documents.iter().any(|document| test(document.kind));
    let mut mentions = Mentions::default();
    if !has(|kind| kind == Kind::PrometheusRuleTest) {
        mentions.words = counted(words_with_colon(text).map(steady_hash).collect());
    }
    if has(|kind| matches!(kind, Kind::Kubernetes | Kind::Terraform | Kind::Text)) {
        let parts = text.split(|c: char| c.is_whitespace() || "\"'=,:/[]()".contains(c));
        let named = parts.filter(|part| ENDINGS.iter().any(|ending| part.ends_with(ending)));
        mentions.files = unique(named);
    }
    mentions.variables = unique(filled_in(text, PREFIX));
    if mentions != Mentions::default() {
        facts.mentions.push(mentions);
    }
}

fn unique<'t>(words: impl Iterator<Item = &'t str>) -> Vec<String> {
    words.collect::<BTreeSet<_>>().into_iter().map(str::to_owned).collect()
}

fn counted(mut words: Vec<u64>) -> Vec<(u64, u32)> {
    words.sort_unstable();
    let groups = words.chunk_by(|one, two| one == two);
    groups.map(|group| (group[0], u32::try_from(group.len()).unwrap_or(u32::MAX))).collect()
}

/// Words with this begin behind `$` and `{`.
fn filled_in<'t>(text: &'t str, prefix: &'static str) -> impl Iterator<Item = &'t str> {
    let begun = memchr::memchr2_iter(b'{', b'$', text.as_bytes());
    let rest = begun.filter_map(|at| text.get(at + 1..));
    rest.filter(move |rest| rest.starts_with(prefix)).map(|rest| {
        let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
        &rest[..rest.find(|c| !letter(c)).unwrap_or(rest.len())]
    })
}

/// The bytes of metrics' names: a look-up, as every byte of every text is asked.
const PARTS: [bool; 256] = {
    let mut parts = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let one = byte as u8;
        parts[byte] = one.is_ascii_alphanumeric() || one == b'_' || one == b':';
        byte += 1;
    }
    parts
};

/// Whether a metric's name can have this byte.
#[inline]
pub fn is_part(byte: u8) -> bool {
    PARTS[byte as usize]
}

/// Runs of letters that can be a metric's name and have a colon inside: all texts are read here, so
/// only what stands around colons is looked at.
fn words_with_colon(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut seen = 0;
    memchr::memchr_iter(b':', bytes).filter_map(move |colon| {
        // Before the end of a word all its colons were seen.
        if colon < seen || !bytes.get(colon + 1).is_some_and(|&byte| is_part(byte)) {
            return None;
        }
        let start = bytes[seen..colon].iter().rposition(|&byte| !is_part(byte));
        let start = start.map_or(seen, |at| seen + at + 1);
        let length = bytes[colon..].iter().position(|&byte| !is_part(byte));
        seen = length.map_or(bytes.len(), |length| colon + length);
        let word = text[start..seen].trim_end_matches(':');
        (word.len() > colon - start).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_with_a_colon_inside_are_looked_at() {
        let found = |text| words_with_colon(text).collect::<Vec<_>>();
        assert_eq!(found("expr: job:errors:rate5m > 0"), ["job:errors:rate5m"]);
        assert_eq!(found("key: value, other:: {{x}}"), Vec::<&str>::new());
        assert_eq!(found("a:b:: 'c:d'\nü:e: f"), ["a:b", "c:d", ":e"]);
        assert_eq!(found("rate(a:b)+a:b"), ["a:b", "a:b"]);
        assert_eq!(found(":"), Vec::<&str>::new());
    }
}
