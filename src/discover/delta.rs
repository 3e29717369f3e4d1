//! What one version of the files changes of another: files, renames, lines.

use super::similar::Pieces;
use super::{Content, Entry, Tree};
use imara_diff::{Algorithm, Diff, InternedInput};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What is known of the content of files on disk: the name git gives to it, by path.
pub type Known<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// What changed between two versions.
#[derive(Clone, Debug, Default)]
pub struct Delta {
    /// Files that differ or are new or were renamed, sorted by path.
    pub files: Vec<FileDelta>,
    /// Files that are gone and under no other name.
    pub gone: Vec<Gone>,
}

/// A file that is another than before.
#[derive(Clone, Debug)]
pub struct FileDelta {
    /// Its path.
    pub path: String,
    /// Its path before; none where it is new.
    pub before: Option<String>,
    /// What changed of its lines, in order.
    pub hunks: Vec<Hunk>,
}

/// A file that is gone.
#[derive(Clone, Debug)]
pub struct Gone {
    /// Its path.
    pub path: String,
    /// Its text, as far as it has one.
    pub text: String,
}

/// Lines that stand in place of others; counted from 0, `end` exclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The lines before.
    pub before: Range<u32>,
    /// The lines now; empty where lines were taken out.
    pub after: Range<u32>,
    /// The text that was taken out.
    pub removed: String,
}

/// Least likeness of a file that was renamed, in percent; git's own.
const RENAMED: u64 = 50;
/// Most pairs of files that are held against each other.
const PAIRS: usize = 40_000;

impl Delta {
    /// What `after` changes of `before`.
    pub fn between(before: &Tree, after: &Tree, known: &Known<'_>) -> Delta {
        let old: BTreeMap<&str, &Entry> = by_path(before);
        let new: BTreeMap<&str, &Entry> = by_path(after);
        let mut delta = Delta::default();
        let added: Vec<&Entry> =
            after.entries.iter().filter(|it| !old.contains_key(it.path.as_str())).collect();
        let removed: Vec<&Entry> =
            before.entries.iter().filter(|it| !new.contains_key(it.path.as_str())).collect();
        let samples = |entries: &[&Entry]| -> Vec<Sample> {
            let worth = !added.is_empty() && !removed.is_empty();
            let samples = entries.iter().filter(|_| worth).map(|entry| sample(entry, known));
            samples.collect()
        };
        let renames: BTreeMap<&str, &Entry> = renames(&samples(&removed), &samples(&added))
            .into_iter()
            .map(|(new, old)| (added[new].path.as_str(), removed[old]))
            .collect();
        for entry in &after.entries {
            let path = entry.path.as_str();
            let from = old.get(path).copied().or_else(|| renames.get(path).copied());
            let moved = from.is_some_and(|from| from.path != path);
            let hunks = match from {
                Some(from) if same(from, entry, known) => Vec::new(),
                Some(from) => hunks(&bytes(from), &bytes(entry)),
                None => hunks(&[], &bytes(entry)),
            };
            if moved || from.is_none() || !hunks.is_empty() {
                let before = from.map(|from| from.path.clone());
                delta.files.push(FileDelta { path: path.to_owned(), before, hunks });
            }
        }
        let renamed: BTreeSet<&str> = renames.values().map(|entry| entry.path.as_str()).collect();
        for entry in removed.iter().filter(|entry| !renamed.contains(entry.path.as_str())) {
            let text = String::from_utf8_lossy(&bytes(entry)).into_owned();
            delta.gone.push(Gone { path: entry.path.clone(), text });
        }
        delta
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.gone.is_empty()
    }

    /// How a file changed, if it did.
    pub fn file(&self, path: &str) -> Option<&FileDelta> {
        let at = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        self.files.get(at)
    }

    /// The path that a file of before has now.
    pub fn renamed(&self, before: &str) -> Option<&str> {
        let mut moved = self.files.iter().filter(|file| file.before.as_deref() == Some(before));
        moved.find(|file| file.path != before).map(|file| file.path.as_str())
    }
}

impl FileDelta {
    /// Whether a line (from 1) is among the changed ones.
    pub fn touches(&self, lines: Range<u32>) -> bool {
        let lines = lines.start.saturating_sub(1)..lines.end.saturating_sub(1);
        self.hunks.iter().any(|hunk| hunk.after.start < lines.end && lines.start < hunk.after.end)
    }

    /// Where a line of before (from 1) stands now.
    pub fn moved(&self, line: u32) -> u32 {
        let at = i64::from(line) - 1;
        let mut shift = 0;
        for hunk in self.hunks.iter().take_while(|hunk| i64::from(hunk.before.end) <= at) {
            shift = i64::from(hunk.after.end) - i64::from(hunk.before.end);
        }
        u32::try_from(at + shift + 1).unwrap_or(1)
    }
}

fn by_path(tree: &Tree) -> BTreeMap<&str, &Entry> {
    tree.entries.iter().map(|entry| (entry.path.as_str(), entry)).collect()
}

fn bytes(entry: &Entry) -> Vec<u8> {
    if entry.skip.is_some() { Vec::new() } else { entry.content.bytes().unwrap_or_default() }
}

fn name(entry: &Entry, known: &Known<'_>) -> Option<String> {
    match &entry.content {
        Content::Git(blob) => Some(blob.id()),
        Content::Disk(_) => known(&entry.path),
        Content::Text(_) => None,
    }
}

fn same(one: &Entry, two: &Entry, known: &Known<'_>) -> bool {
    match (name(one, known), name(two, known)) {
        (Some(one), Some(two)) => one == two,
        _ => bytes(one) == bytes(two),
    }
}

/// A file as far as renames go.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Its path.
    pub path: String,
    /// The name git gives to its content, where that is known.
    pub id: Option<String>,
    /// Its content; none where it cannot be had.
    pub bytes: Option<Vec<u8>>,
}

/// Old files (by number) by the numbers of the new ones that they have become.
pub fn renames(removed: &[Sample], added: &[Sample]) -> BTreeMap<usize, usize> {
    let mut found: BTreeMap<usize, usize> = BTreeMap::new();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    if removed.is_empty() || added.is_empty() || removed.len() * added.len() > PAIRS {
        return found;
    }
    let pieces = |sample: &Sample| {
        let bytes = sample.bytes.as_deref().filter(|bytes| !bytes.is_empty());
        bytes.map(Pieces::of)
    };
    let old: Vec<Option<Pieces>> = removed.iter().map(pieces).collect();
    let mut pairs = Vec::new();
    for (n, new) in added.iter().enumerate() {
        let now = pieces(new);
        for (o, before) in removed.iter().enumerate() {
            let exact = new.id.is_some() && new.id == before.id;
            let likeness = match (&now, &old[o]) {
                _ if exact => 101,
                (Some(now), Some(old)) if now.may_reach(old, RENAMED) => now.likeness(old),
                _ => 0,
            };
            if likeness >= RENAMED {
                let named = file_name(&new.path) == file_name(&before.path);
                pairs.push((std::cmp::Reverse(likeness), !named, n, o));
            }
        }
    }
    pairs.sort_unstable();
    for (_, _, n, o) in pairs {
        if !found.contains_key(&n) && taken.insert(o) {
            found.insert(n, o);
        }
    }
    found
}

fn sample(entry: &Entry, known: &Known<'_>) -> Sample {
    Sample { path: entry.path.clone(), id: name(entry, known), bytes: Some(bytes(entry)) }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What changed from one text to another, line by line; a line end of another kind is no change.
pub fn hunks(before: &[u8], after: &[u8]) -> Vec<Hunk> {
    let (before, after) = (lines(before), lines(after));
    let mut input = InternedInput::default();
    input.update_before(before.iter().copied());
    input.update_after(after.iter().copied());
    let diff = Diff::compute(Algorithm::Histogram, &input);
    diff.hunks()
        .map(|hunk| {
            let taken = before.get(hunk.before.start as usize..hunk.before.end as usize);
            let taken = taken.unwrap_or_default().join(&b"\n"[..]);
            Hunk {
                before: hunk.before.clone(),
                after: hunk.after.clone(),
                removed: String::from_utf8_lossy(&taken).into_owned(),
            }
        })
        .collect()
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    if text.is_empty() {
        return Vec::new();
    }
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).collect()
}

#[cfg(test)]
mod tests {
    use super::{FileDelta, Hunk, hunks};

    #[test]
    fn lines_keep_their_places() {
        let hunks = hunks(b"a\nb\nc\nd\n", b"a\r\nx\r\ny\r\nc\r\n");
        let removed = |text: &str| text.to_owned();
        assert_eq!(
            hunks,
            [
                Hunk { before: 1..2, after: 1..3, removed: removed("b") },
                Hunk { before: 3..4, after: 4..4, removed: removed("d") },
            ]
        );
        let file = FileDelta { path: String::new(), before: None, hunks };
        assert_eq!((file.moved(1), file.moved(3)), (1, 4));
        assert!(file.touches(2..3) && file.touches(1..3) && !file.touches(4..5));
    }
}
