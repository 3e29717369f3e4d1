//! Weighs the keys of a document against the signatures.

use super::Kind;
use super::object;
use super::shape::{ROOT, ROOT_LIST, Record, Shape};
use super::table::SIGNATURES;
use crate::lang::quick::QuickMap;
use std::collections::HashSet;
use std::sync::OnceLock;

/// A condition on one key of a record.
#[derive(Debug)]
enum Form {
    Any,
    Under(&'static str),
    Below(&'static str),
    Beside(&'static str),
    Equals(&'static str),
    StartsWith(&'static str),
}

#[derive(Debug)]
struct Feature {
    signature: usize,
    weight: i32,
    form: Form,
}

/// The signatures, indexed by the key that a feature looks at.
struct Index {
    features: Vec<Feature>,
    by_key: QuickMap<&'static str, Vec<usize>>,
    /// Prefixes of root keys.
    prefixes: Vec<(&'static str, usize)>,
    words: Vec<&'static str>,
    word_of: QuickMap<&'static str, usize>,
    /// Per word: (signature, greatest sum it can add).
    weights: Vec<Vec<(usize, i32)>>,
    /// Bytes that words are made of.
    letters: [bool; 256],
    /// Length of the longest word.
    longest: usize,
}

/// Makes the index, so that no file has to wait for it.
pub(super) fn prepare() {
    index();
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(Index::new)
}

impl Index {
    fn new() -> Index {
        let mut index = Index {
            features: Vec::new(),
            by_key: QuickMap::default(),
            prefixes: Vec::new(),
            words: Vec::new(),
            word_of: QuickMap::default(),
            weights: Vec::new(),
            letters: [false; 256],
            longest: 0,
        };
        for (signature, entry) in SIGNATURES.iter().enumerate() {
            for feature in entry.features.split(',') {
                let Some((pattern, weight)) = feature.trim().rsplit_once(' ') else { continue };
                let Ok(weight) = weight.parse::<i32>() else { continue };
                let (key, form) = parse(pattern);
                let at = index.features.len();
                index.features.push(Feature { signature, weight, form });
                match key.strip_suffix('*') {
                    Some(prefix) => index.prefixes.push((prefix, at)),
                    None => index.by_key.entry(key).or_default().push(at),
                }
                let literal = key.trim_end_matches('*');
                let word = *index.word_of.entry(literal).or_insert_with(|| {
                    index.words.push(literal);
                    index.weights.push(Vec::new());
                    index.words.len() - 1
                });
                if weight > 0 {
                    index.weights[word].push((signature, weight));
                }
            }
        }
        for word in &index.words {
            index.longest = index.longest.max(word.len());
            word.bytes().for_each(|byte| index.letters[usize::from(byte)] = true);
        }
        index
    }

    /// The words that end at `end`, where no letter of a key stands before them.
    fn words_at<'a>(&'a self, text: &'a str, end: usize) -> impl Iterator<Item = usize> + 'a {
        let bytes = text.as_bytes();
        let letters = bytes[..end].iter().rev().take(self.longest);
        let length = letters.take_while(|&&byte| self.letters[usize::from(byte)]).count();
        (end - length..end)
            .filter(move |&start| start == 0 || !is_letter(bytes[start - 1]))
            .filter_map(move |start| self.word_of.get(text.get(start..end)?).copied())
    }
}

/// Whether a byte is part of the key around it.
fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn parse(pattern: &'static str) -> (&'static str, Form) {
    if let Some(key) = pattern.strip_prefix('^') {
        if let Some((key, value)) = key.split_once('=') {
            return (key, Form::Equals(value));
        }
        if let Some((key, value)) = key.split_once('~') {
            return (key, Form::StartsWith(value));
        }
        return (key, Form::Under(ROOT));
    }
    if let Some((above, key)) = pattern.split_once(">*>") {
        return (key, Form::Below(above));
    }
    if let Some((parent, key)) = pattern.split_once('>') {
        return (key, Form::Under(parent));
    }
    match pattern.split_once('+') {
        Some((other, key)) => (key, Form::Beside(other)),
        None => (pattern, Form::Any),
    }
}

/// Whether `text` can be of any kind: the keys it holds, wherever they stand, add up to at least
/// half of some threshold.
pub(super) fn is_candidate(text: &str) -> bool {
    let index = index();
    let mut seen = vec![false; index.words.len()];
    let mut sums = vec![0; SIGNATURES.len()];
    let bytes = text.as_bytes();
    // A key ends before its `:`, the kind of a component before its `/`, a prefix with its dot.
    for at in memchr::memchr3_iter(b':', b'/', b'.', bytes) {
        let end = if bytes[at] == b'.' { at + 1 } else { end_of_key(&bytes[..at]) };
        for word in index.words_at(text, end) {
            if std::mem::replace(&mut seen[word], true) {
                continue;
            }
            for &(signature, weight) in &index.weights[word] {
                sums[signature] += weight;
                if sums[signature] * 2 >= SIGNATURES[signature].threshold {
                    return true;
                }
            }
        }
    }
    false
}

/// Where a key ends that stands before a colon, perhaps in quotes.
fn end_of_key(before: &[u8]) -> usize {
    let blanks = before.iter().rev().take_while(|byte| **byte == b' ').count();
    let end = before.len() - blanks;
    end - usize::from(matches!(before[..end].last(), Some(b'"' | b'\'')))
}

/// The kind that the keys speak for; failing that, with the one misspelt key that makes a kind.
pub(super) fn classify(shape: &Shape<'_>) -> Option<Kind> {
    let index = index();
    let kind = best(&scores(index, shape, None)).or_else(|| {
        corrections(index, shape)
            .into_iter()
            .filter_map(|correction| winner(&scores(index, shape, Some(correction))))
            .max_by_key(|&(ratio, signature)| (ratio, std::cmp::Reverse(signature)))
            .map(|(_, signature)| SIGNATURES[signature].kind)
    })?;
    match kind {
        Kind::Kubernetes => object::kind(shape),
        Kind::PrometheusConfig if is_fragment(shape) => Some(Kind::PrometheusFragment),
        kind => Some(kind),
    }
}

/// A file that holds nothing but `scrape_configs`, as `scrape_config_files` names them.
fn is_fragment(shape: &Shape<'_>) -> bool {
    let mut roots = shape.records.iter().filter(|record| record.parent == ROOT);
    roots.all(|record| record.keys.len() == 1 && record.keys[0].0 == "scrape_configs")
}

type Correction<'t> = (&'t str, &'static str);

/// Reached thresholds of all signatures.
fn scores(index: &Index, shape: &Shape<'_>, correction: Option<Correction<'_>>) -> Vec<i32> {
    let mut met = vec![false; index.features.len()];
    let mut sums = vec![0; SIGNATURES.len()];
    // What the misspelt key adds by itself.
    let mut mended = vec![0; SIGNATURES.len()];
    let mut rooted = vec![false; SIGNATURES.len()];
    for record in &shape.records {
        let root = record.parent == ROOT || record.parent == ROOT_LIST;
        for &(key, value) in &record.keys {
            let word = corrected(key, correction);
            let misspelt = correction.is_some_and(|(wrong, _)| wrong == key);
            let known = index.by_key.get(word).into_iter().flatten().copied();
            let prefixed = index
                .prefixes
                .iter()
                .filter(|(prefix, _)| record.parent == ROOT && word.starts_with(prefix))
                .map(|&(_, at)| at);
            for at in known.chain(prefixed) {
                let feature = &index.features[at];
                if !met[at] && holds(&feature.form, record, value, correction) {
                    met[at] = true;
                    sums[feature.signature] += feature.weight;
                    if misspelt {
                        mended[feature.signature] += feature.weight;
                    }
                    rooted[feature.signature] |= root && feature.weight > 0;
                }
            }
        }
    }
    // A configuration that stands deep inside something else is that something's part.
    for (signature, sum) in sums.iter_mut().enumerate() {
        // Roles stand below names of their own.
        let exempt = matches!(
            SIGNATURES[signature].kind,
            Kind::Slo | Kind::Compose | Kind::HelmValues | Kind::EngineRole
        );
        // Suricata's `rule-files` alone makes no Prometheus.
        let by_mending = mended[signature] > 0 && *sum <= mended[signature];
        if by_mending || !exempt && !rooted[signature] {
            *sum = 0;
        }
    }
    sums
}

/// A key as the signatures write it: a component's `otlp/2` is an `otlp`.
fn corrected<'t>(key: &'t str, correction: Option<Correction<'t>>) -> &'t str {
    match correction {
        Some((wrong, right)) if wrong == key => right,
        _ => match key.split_once('/') {
            Some((name, _)) if !name.is_empty() => name,
            _ => key,
        },
    }
}

fn holds(
    form: &Form,
    record: &Record<'_>,
    value: Option<&str>,
    correction: Option<Correction<'_>>,
) -> bool {
    let root = record.parent == ROOT;
    match form {
        Form::Any => true,
        Form::Under(parent) => corrected(record.parent, correction) == *parent,
        Form::Below(above) => corrected(record.grandparent, correction) == *above,
        Form::Beside(other) => {
            record.keys.iter().any(|(key, _)| corrected(key, correction) == *other)
        }
        Form::Equals(text) => root && value == Some(text),
        Form::StartsWith(text) => root && value.is_some_and(|value| value.starts_with(text)),
    }
}

/// The signature that reaches most of its threshold, if any reaches all of it.
fn winner(sums: &[i32]) -> Option<(i32, usize)> {
    let ratio = |signature: usize| sums[signature] * 100 / SIGNATURES[signature].threshold;
    // A Kubernetes object is one whatever it holds.
    if ratio(0) >= 100 {
        return Some((10_000, 0));
    }
    let reached = (0..sums.len()).filter(|&signature| ratio(signature) >= 100);
    let best = reached.max_by_key(|&at| (ratio(at), std::cmp::Reverse(at)))?;
    // A Jaeger is a collector with its own components: keys that every collector has reach 140.
    let jaeger = |at: usize| SIGNATURES[at].kind == Kind::JaegerConfig;
    let best = match SIGNATURES[best].kind {
        Kind::OtelCollector => {
            (0..sums.len()).find(|&at| jaeger(at) && ratio(at) >= 160).unwrap_or(best)
        }
        _ => best,
    };
    Some((ratio(best), best))
}

fn best(sums: &[i32]) -> Option<Kind> {
    winner(sums).map(|(_, signature)| SIGNATURES[signature].kind)
}

/// Most misspelt keys that are tried.
const MAX_CORRECTIONS: usize = 64;

/// Keys that no signature knows but that are one edit from a word of theirs.
fn corrections<'t>(index: &Index, shape: &Shape<'t>) -> Vec<Correction<'t>> {
    let mut tried = HashSet::new();
    let mut found = Vec::new();
    for (key, _) in shape.records.iter().flat_map(|record| &record.keys) {
        if key.len() < 4 || index.by_key.contains_key(key) || !tried.insert(*key) {
            continue;
        }
        for &word in index.words.iter().filter(|word| word.len() > 3 && !word.ends_with('.')) {
            if is_one_edit(key.as_bytes(), word.as_bytes()) {
                found.push((*key, word));
            }
        }
        if found.len() >= MAX_CORRECTIONS {
            break;
        }
    }
    found
}

/// One letter changed, lost, added, or two neighbours swapped.
pub(super) fn is_one_edit(left: &[u8], right: &[u8]) -> bool {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let Some(at) = short.iter().zip(long).position(|(a, b)| a != b) else {
        return long.len() != short.len();
    };
    if short.len() < long.len() {
        return short[at..] == long[at + 1..];
    }
    short[at + 1..] == long[at + 1..]
        || (at + 1 < short.len()
            && short[at] == long[at + 1]
            && short[at + 1] == long[at]
            && short[at + 2..] == long[at + 2..])
}
