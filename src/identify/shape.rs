//! The keys of a document with the keys above them, from a tree or from lines.

use crate::lang::quick::QuickMap;
use crate::parse::tree::NodeRef;
use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, Hasher};

/// Name of the place above a root mapping.
pub(super) const ROOT: &str = "^";
/// Name of the place above the items of a root list.
pub(super) const ROOT_LIST: &str = "[]";

/// Deepest level that is looked at.
const MAX_DEPTH: usize = 12;
/// Most mappings that are looked at: a long file repeats itself.
const MAX_VISITED: usize = 4_000;
/// Most lines that are looked at in a text that does not parse.
const MAX_LINES: usize = 4_000;

/// Keys of one mapping, and what stands above it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Record<'t> {
    pub(super) grandparent: &'t str,
    pub(super) parent: &'t str,
    /// Key, and the value of a root key that is a scalar.
    pub(super) keys: Vec<(&'t str, Option<&'t str>)>,
}

/// What a document is recognised by.
#[derive(Debug, Default)]
pub(super) struct Shape<'t> {
    pub(super) records: Vec<Record<'t>>,
}

impl<'t> Shape<'t> {
    pub(super) fn of_node(root: NodeRef<'t>) -> Shape<'t> {
        let mut collector =
            Collector { seen: QuickMap::default(), records: Vec::new(), visited: 0 };
        let place = if root.is_sequence() { ROOT_LIST } else { ROOT };
        collector.visit(root, "", place, 0);
        Shape { records: collector.records }
    }

    /// Reads keys off lines: indentation says what stands above a key.
    pub(super) fn of_lines(text: &'t str) -> Shape<'t> {
        let mut records: Vec<Record<'t>> = Vec::new();
        // Open keys as (column, key, index of the record of the keys below it).
        let mut open: Vec<(usize, &'t str, Option<usize>)> = Vec::new();
        let mut roots: [Option<usize>; 2] = [None, None];
        // Column of the keys of a root list's items.
        let mut items = None;
        for line in text.lines().take(MAX_LINES) {
            let Some(LineKey { dash, column, key, value }) = line_key(line) else { continue };
            // A new item may stand in the column of the key that holds the list.
            let inside = |&(at, ..): &(usize, &str, _)| match dash {
                Some(dash) => at <= dash,
                None => at < column,
            };
            while open.last().is_some_and(|above| !inside(above)) {
                open.pop();
            }
            let depth = open.len();
            let grandparent =
                depth.checked_sub(2).and_then(|at| open.get(at)).map_or(ROOT, |above| above.1);
            let slot = match open.last_mut() {
                Some(above) => &mut above.2,
                None => {
                    items = if dash.is_some() {
                        Some(column)
                    } else {
                        items.filter(|at| *at == column)
                    };
                    &mut roots[usize::from(items.is_some())]
                }
            };
            let fresh = dash.is_some() || slot.is_none();
            if fresh {
                *slot = Some(records.len());
            }
            let at = slot.unwrap_or_default();
            if fresh {
                let parent = match open.last() {
                    Some(above) => above.1,
                    None if items.is_some() => ROOT_LIST,
                    None => ROOT,
                };
                let grandparent = if depth == 0 { "" } else { grandparent };
                records.push(Record { grandparent, parent, keys: Vec::new() });
            }
            let value = (depth == 0).then_some(value).filter(|value| !value.is_empty());
            records[at].keys.push((key, value));
            open.push((column, key, None));
        }
        let mut seen = HashSet::new();
        records.retain(|record| seen.insert(record.clone()));
        Shape { records }
    }

    /// Reads keys off JSON that does not parse: its brackets say what stands above a key.
    pub(super) fn of_json(text: &'t str) -> Shape<'t> {
        let mut scan = JsonScan { records: Vec::new(), open: Vec::new(), key: None };
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() && scan.records.len() < MAX_VISITED {
            match bytes[at] {
                b'"' => {
                    let end = at + 1 + string_len(&bytes[at + 1..]);
                    let string = text.get(at + 1..end).unwrap_or_default();
                    let rest = bytes[(end + 1).min(bytes.len())..].iter();
                    let next = rest.copied().find(|byte| !byte.is_ascii_whitespace());
                    scan.string(string, next == Some(b':'));
                    at = end;
                }
                open @ (b'{' | b'[') => scan.open(open == b'{'),
                b'}' | b']' => {
                    scan.open.pop();
                    scan.key = None;
                }
                b',' => scan.key = None,
                _ => {}
            }
            at += 1;
        }
        let mut seen = HashSet::new();
        scan.records.retain(|record| seen.insert(record.clone()));
        Shape { records: scan.records }
    }

    /// The value of a key of the root mapping.
    pub(super) fn root_value(&self, key: &str) -> Option<&'t str> {
        let root = self.records.iter().filter(|record| record.parent == ROOT);
        root.flat_map(|record| &record.keys).find(|(name, _)| *name == key).and_then(|pair| pair.1)
    }
}

struct Collector<'t> {
    /// Numbers of the records, by their hash.
    seen: QuickMap<u64, Vec<usize>>,
    records: Vec<Record<'t>>,
    visited: usize,
}

impl<'t> Collector<'t> {
    /// Takes the record of a mapping in, unless it is known: a long file repeats itself.
    fn take(&mut self, node: NodeRef<'t>, grandparent: &'t str, parent: &'t str, root: bool) {
        let keys = || {
            node.pairs().filter_map(move |(key, value)| {
                let value = if root { value.scalar() } else { None };
                Some((key.scalar()?, value.filter(|text| text.len() < 200)))
            })
        };
        let mut hasher = self.seen.hasher().build_hasher();
        (grandparent, parent).hash(&mut hasher);
        keys().for_each(|(key, _)| hasher.write(key.as_bytes()));
        let alike = self.seen.entry(hasher.finish()).or_default();
        let is_known = |&known: &usize| {
            let known: &Record<'t> = &self.records[known];
            (known.grandparent, known.parent) == (grandparent, parent)
                && known.keys.iter().copied().eq(keys())
        };
        if !alike.iter().any(is_known) {
            alike.push(self.records.len());
            self.records.push(Record { grandparent, parent, keys: keys().collect() });
        }
    }

    fn visit(&mut self, node: NodeRef<'t>, grandparent: &'t str, parent: &'t str, depth: usize) {
        if depth > MAX_DEPTH || self.visited > MAX_VISITED || node.is_alias() {
            return;
        }
        self.visited += 1;
        for item in node.items() {
            self.visit(item, grandparent, parent, depth + 1);
        }
        if !node.is_mapping() {
            return;
        }
        self.take(node, grandparent, parent, depth == 0);
        for (key, value) in node.pairs() {
            if value.is_mapping() || value.is_sequence() {
                self.visit(value, parent, key.scalar().unwrap_or_default(), depth + 1);
            }
        }
    }
}

/// Bytes of a JSON string up to its closing quote.
fn string_len(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(step) = memchr::memchr2(b'"', b'\\', &bytes[at..]) {
        at += step;
        if bytes[at] == b'"' {
            return at;
        }
        at = (at + 2).min(bytes.len());
    }
    bytes.len()
}

struct JsonScan<'t> {
    records: Vec<Record<'t>>,
    /// Open brackets: grandparent and parent of what is inside, and the record of an object.
    open: Vec<(&'t str, &'t str, Option<usize>)>,
    /// The key whose value comes.
    key: Option<&'t str>,
}

impl<'t> JsonScan<'t> {
    fn open(&mut self, object: bool) {
        let (grandparent, parent) = match (self.open.last(), self.key.take()) {
            (None, _) => ("", if object { ROOT } else { ROOT_LIST }),
            (Some(&(_, parent, Some(_))), Some(key)) => (parent, key),
            (Some(&(grandparent, parent, _)), _) => (grandparent, parent),
        };
        let record = (object && self.open.len() <= MAX_DEPTH).then(|| {
            self.records.push(Record { grandparent, parent, keys: Vec::new() });
            self.records.len() - 1
        });
        self.open.push((grandparent, parent, record));
    }

    fn string(&mut self, text: &'t str, is_key: bool) {
        let root = self.open.len() == 1;
        let Some(&(_, _, Some(record))) = self.open.last() else { return };
        match self.key.take() {
            None if is_key => {
                self.records[record].keys.push((text, None));
                self.key = Some(text);
            }
            Some(_) if root && text.len() < 200 => {
                if let Some(last) = self.records[record].keys.last_mut() {
                    last.1 = Some(text);
                }
            }
            _ => {}
        }
    }
}

/// What may stand behind the colon of a key.
const VALUE: &[char] = &[' ', '\t', '"', '{', '[', ':', '#'];
/// What may stand around a key that is none of its letters.
const STRAY: &[char] =
    &['"', '\'', '{', '}', '[', ']', '(', ')', ',', '&', '*', '!', '|', '>', '%', '`', '\\'];

struct LineKey<'t> {
    /// Column of the last `-` before the key.
    dash: Option<usize>,
    column: usize,
    key: &'t str,
    value: &'t str,
}

/// The key a line begins with: `key:`, `- key:`, `"key":`; also a bare word that lost its colon,
/// and one that a stray character at its end tears from its value: `key::`, `key}:`, `key:#x`.
fn line_key(line: &str) -> Option<LineKey<'_>> {
    let mut body = line.trim_end();
    let mut dash = None;
    loop {
        let trimmed = body.trim_start();
        match trimmed.strip_prefix('-') {
            Some(rest) if rest.starts_with([' ', '\t']) => {
                dash = Some(line.trim_end().len() - trimmed.len());
                body = rest;
            }
            _ => {
                body = trimmed;
                break;
            }
        }
    }
    let column = line.trim_end().len() - body.len();
    let body = body.trim_start_matches('{').trim_start();
    if body.is_empty() || body.starts_with('#') {
        return None;
    }
    let (key, value) = match body.split_once(':') {
        Some((key, value)) if value.is_empty() || value.starts_with(VALUE) => {
            (key, value.trim_start_matches(':').trim())
        }
        Some(_) => return None,
        None if body.len() < 40 => (body, ""),
        None => return None,
    };
    let key = key.trim().trim_matches(STRAY);
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | '@' | '$');
    let valid = !key.is_empty() && key.len() < 80 && key.chars().all(plain);
    let value = value.trim_end_matches(',').trim_matches(['"', '\'']);
    valid.then_some(LineKey { dash, column, key, value })
}
