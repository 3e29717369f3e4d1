//! One file of the cache: records sorted by path, under a seal.

use super::stamp::Mark;
use super::{Hash, Name, hash};
use borsh::{BorshDeserialize, BorshSerialize};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

/// Begins every file of the cache, with the version of its form.
const MAGIC: &[u8; 16] = b"obsproof cache 1";

/// Most bytes of one file of the cache.
const LARGEST: usize = 16 << 20;
/// Days after which nobody is expected to come back to a content.
const LAST: u32 = 30;
/// Most contents that are kept of one path: those of a few branches.
const CONTENTS: usize = 4;

/// What was made of one content of one file.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) path: String,
    pub(super) mode: u8,
    pub(super) hash: Hash,
    /// What tells that the file has this content.
    pub(super) marks: Vec<Mark>,
    /// The day it was kept.
    pub(super) used: u32,
    pub(super) value: Vec<u8>,
}

/// What stands before a value.
#[derive(BorshDeserialize)]
struct Head {
    path: String,
    mode: u8,
    hash: Hash,
    marks: Vec<Mark>,
    used: u32,
    length: u32,
}

/// A record in the bytes of its shard.
#[derive(Debug)]
pub(super) struct Held {
    path: String,
    mode: u8,
    pub(super) hash: Hash,
    pub(super) marks: Vec<Mark>,
    used: u32,
    /// Somebody asked for it.
    wanted: AtomicBool,
    value: Range<usize>,
}

/// One file of the cache, as it was read.
#[derive(Debug, Default)]
pub(super) struct Shard {
    bytes: Vec<u8>,
    records: Vec<Held>,
}

impl Shard {
    /// The records in these bytes; none if they are not as this build wrote them.
    pub(super) fn of(bytes: Vec<u8>, tool: &Hash) -> Shard {
        let body = MAGIC.len() + tool.len();
        let sealed = bytes.get(..body).is_some_and(|head| {
            head.starts_with(MAGIC) && head[MAGIC.len()..] == seal(&bytes[body..], tool)
        });
        let records = if sealed { held(&bytes, body) } else { None };
        records.map_or_else(Shard::default, |records| Shard { bytes, records })
    }

    /// The record of a file that `is` the wanted one: its content's hash and the value.
    pub(super) fn find(&self, name: Name<'_>, is: impl Fn(&Held) -> bool) -> Option<(Hash, &[u8])> {
        let start = self.records.partition_point(|record| record.path.as_str() < name.path);
        let of_path = self.records[start..].iter().take_while(|record| record.path == name.path);
        let record = of_path.into_iter().find(|record| record.mode == name.mode && is(record))?;
        record.wanted.store(true, Ordering::Relaxed);
        Some((record.hash, self.bytes.get(record.value.clone())?))
    }

    /// The bytes of the shard with these records before its own.
    pub(super) fn with(&self, records: &[Record], today: u32, tool: &Hash) -> Vec<u8> {
        let known = self.records.iter().filter_map(|held| {
            let wanted = held.wanted.load(Ordering::Relaxed);
            let used = if wanted { today } else { held.used };
            (used.saturating_add(LAST) >= today).then_some(())?;
            let value = self.bytes.get(held.value.clone())?;
            let Held { path, mode, hash, marks, .. } = held;
            let marks = marks.iter().collect();
            Some(Kept { path, mode: *mode, hash: *hash, marks, used, value })
        });
        let mut kept: Vec<Kept<'_>> = records.iter().map(Kept::of).chain(known).collect();
        // Stable: of one path those of this run come first.
        kept.sort_by(|one, two| one.path.cmp(two.path));
        let size = |it: &Kept<'_>| it.value.len() + it.path.len() + HEAD;
        let body = MAGIC.len() + tool.len();
        let mut bytes = Vec::with_capacity(body + kept.iter().map(size).sum::<usize>());
        bytes.extend_from_slice(MAGIC);
        bytes.resize(body, 0);
        for of_path in kept.chunk_by(|one, two| one.path == two.path) {
            for kept in distinct(of_path) {
                // What has no room is made again; what is not to be written is not written at all.
                let before = bytes.len();
                if write(&kept, &mut bytes).is_none() || bytes.len() > LARGEST {
                    bytes.truncate(before);
                }
            }
        }
        let seal = seal(&bytes[body..], tool);
        bytes[MAGIC.len()..body].copy_from_slice(&seal);
        bytes
    }
}

/// About as many bytes stand before a value, its path aside.
const HEAD: usize = 160;

/// A record that is to be written.
#[derive(Clone)]
struct Kept<'k> {
    path: &'k str,
    mode: u8,
    hash: Hash,
    marks: Vec<&'k Mark>,
    used: u32,
    value: &'k [u8],
}

impl Kept<'_> {
    fn of(record: &Record) -> Kept<'_> {
        let Record { path, mode, hash, marks, used, value } = record;
        let marks = marks.iter().collect();
        Kept { path, mode: *mode, hash: *hash, marks, used: *used, value }
    }
}

/// The records of one path, one for each content, the newest first; marks of one content are
/// joined, the newest of each kind.
fn distinct<'k>(records: &[Kept<'k>]) -> Vec<Kept<'k>> {
    let mut kept: Vec<Kept<'k>> = Vec::new();
    for record in records {
        let same = |known: &Kept<'_>| known.mode == record.mode && known.hash == record.hash;
        let Some(at) = kept.iter().position(same) else {
            if kept.len() < CONTENTS {
                kept.push(record.clone());
            }
            continue;
        };
        for mark in &record.marks {
            let kind = std::mem::discriminant(*mark);
            if kept[at].marks.iter().all(|other| std::mem::discriminant(*other) != kind) {
                kept[at].marks.push(mark);
            }
        }
    }
    // A stamp speaks of the content that the file has now.
    for older in kept.iter_mut().skip(1) {
        older.marks.retain(|mark| !matches!(mark, Mark::Stamp(_)));
    }
    kept
}

fn write(record: &Kept<'_>, bytes: &mut Vec<u8>) -> Option<()> {
    let Kept { path, mode, hash, marks, used, value } = record;
    let length = u32::try_from(value.len()).ok()?;
    (path, mode, hash, marks, used, length).serialize(bytes).ok()?;
    bytes.extend_from_slice(value);
    Some(())
}

/// The records in the bytes from `start` on, if all of them are whole and in order.
fn held(bytes: &[u8], start: usize) -> Option<Vec<Held>> {
    let mut records: Vec<Held> = Vec::new();
    let mut rest = bytes.get(start..)?;
    while !rest.is_empty() {
        let Head { path, mode, hash, marks, used, length } = Head::deserialize(&mut rest).ok()?;
        if records.last().is_some_and(|last| last.path > path) {
            return None;
        }
        let at = bytes.len() - rest.len();
        let length = length as usize;
        rest = rest.get(length..)?;
        records.push(Held {
            path,
            mode,
            hash,
            marks,
            used,
            wanted: AtomicBool::new(false),
            value: at..at + length,
        });
    }
    Some(records)
}

/// What stands before a body, so that only this build takes it for its own.
pub(super) fn seal(body: &[u8], tool: &Hash) -> Hash {
    let mut both = tool.to_vec();
    both.extend_from_slice(&hash(body));
    hash(&both)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOOL: Hash = [7; 32];

    fn record(path: &str, content: u8, value: &[u8]) -> Record {
        let mark = Mark::Object(format!("{content}"));
        let (path, value) = (path.to_owned(), value.to_vec());
        Record { path, mode: 0, hash: [content; 32], marks: vec![mark], used: 20_000, value }
    }

    fn bytes() -> Vec<u8> {
        let records =
            vec![record("b", 1, b"one"), record("a", 2, b"two"), record("b", 3, b"three")];
        Shard::default().with(&records, 20_000, &TOOL)
    }

    fn value<'s>(shard: &'s Shard, path: &str, content: u8) -> Option<&'s [u8]> {
        let found = shard.find(Name { path, mode: 0 }, |held| held.hash == [content; 32]);
        found.map(|(_, value)| value)
    }

    #[test]
    fn what_is_written_is_read() {
        let shard = Shard::of(bytes(), &TOOL);
        assert_eq!(value(&shard, "a", 2), Some(&b"two"[..]));
        assert_eq!(value(&shard, "b", 1), Some(&b"one"[..]));
        assert_eq!(value(&shard, "b", 3), Some(&b"three"[..]));
        assert_eq!(value(&shard, "a", 1), None);
        assert_eq!(value(&shard, "c", 1), None);
        let other = shard.find(Name { path: "a", mode: 1 }, |_| true);
        assert!(other.is_none(), "another mode");
    }

    #[test]
    fn another_build_reads_nothing() {
        assert!(Shard::of(bytes(), &[8; 32]).records.is_empty());
    }

    #[test]
    fn old_contents_make_room() {
        let shard = Shard::of(bytes(), &TOOL);
        let shard = Shard::of(shard.with(&[record("b", 4, b"four")], 20_031, &TOOL), &TOOL);
        assert_eq!(shard.records.len(), 1);
        let many: Vec<Record> = (1..10).map(|content| record("b", content, b"x")).collect();
        let shard = Shard::of(Shard::default().with(&many, 20_000, &TOOL), &TOOL);
        assert_eq!(shard.records.len(), CONTENTS);
    }

    proptest! {
        #[test]
        fn damage_leaves_nothing_to_believe(at in 0usize..400, to: u8, cut in 0usize..400) {
            let whole = bytes();
            let mut bytes = whole.clone();
            let at = at % bytes.len();
            bytes[at] = to;
            bytes.truncate(bytes.len() - cut % bytes.len());
            if bytes != whole {
                prop_assert!(Shard::of(bytes, &TOOL).records.is_empty());
            }
        }

        /// Even under a true seal.
        #[test]
        fn any_body_is_read_without_a_fault(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut bytes = MAGIC.to_vec();
            bytes.extend_from_slice(&seal(&body, &TOOL));
            bytes.extend_from_slice(&body);
            let shard = Shard::of(bytes, &TOOL);
            prop_assert!(shard.records.iter().all(|held| held.value.end <= shard.bytes.len()));
        }
    }
}
