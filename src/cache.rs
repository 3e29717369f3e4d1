//! The warm cache: what was made of files, kept from run to run outside of the repository.
//!
//! It holds bytes under a path and the content of the file, and knows nothing of their meaning.
//! All that is in it was made by this very build. A cache that is damaged, foreign, full or cannot
//! be read is no cache: what it does not give is made again.

mod answer;
mod folder;
mod shard;
mod stamp;

pub use answer::Question;
pub use folder::Folder;
pub use stamp::{Mark, Stamp};

use crate::lang::quick::steady_hash;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use shard::{Record, Shard};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

/// SHA-256 of a file's bytes.
pub type Hash = [u8; 32];

/// The hash of a content.
pub fn hash(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Number of files that what is known of one tree is spread over: a change writes one of them.
const SHARDS: usize = 64;

/// Longest value that is kept, in bytes.
const LONGEST: usize = 1 << 22;

/// A file as the cache knows it.
#[derive(Clone, Copy, Debug)]
pub struct Name<'n> {
    /// Its path in the tree.
    pub path: &'n str,
    /// What else decides what becomes of it.
    pub mode: u8,
}

/// What is known of one tree.
#[derive(Debug)]
pub struct Cache {
    folder: Folder,
    shards: Vec<Shard>,
    fresh: Mutex<Vec<Record>>,
    /// When this run began: what was written after that may be written again unseen.
    began: SystemTime,
    doubted: Arc<AtomicBool>,
}

impl Cache {
    /// Reads what is known; nothing where it cannot be read.
    pub fn open(folder: Folder) -> Cache {
        let began = SystemTime::now();
        let numbers: Vec<usize> = (0..SHARDS).collect();
        let read = |number: &usize| {
            let bytes = folder.read(&name_of(*number)).unwrap_or_default();
            Shard::of(bytes, folder.tool())
        };
        let shards = numbers.par_iter().map(read).collect();
        Cache { folder, shards, fresh: Mutex::default(), began, doubted: Arc::default() }
    }

    /// What was made of a file whose mark says that it is what it was, and its content's hash.
    pub fn sure(&self, name: Name<'_>, mark: &Mark) -> Option<(Hash, &[u8])> {
        self.shards[shard_of(name.path)].find(name, |record| record.marks.contains(mark))
    }

    /// What was made of a file with this content. The mark is as good from now on.
    pub fn known(&self, name: Name<'_>, hash: Hash, mark: Option<Mark>) -> Option<&[u8]> {
        let shard = &self.shards[shard_of(name.path)];
        let (_, value) = shard.find(name, |record| record.hash == hash)?;
        if let Some(mark) = mark {
            self.keep(name, hash, Some(mark), value.to_vec());
        }
        Some(value)
    }

    /// Keeps what was made of a file with this content.
    pub fn keep(&self, name: Name<'_>, hash: Hash, mark: Option<Mark>, value: Vec<u8>) {
        if value.len() > LONGEST {
            return;
        }
        let Name { path, mode } = name;
        let marks = mark.filter(|mark| self.is_certain(mark)).into_iter().collect();
        let record = Record { path: path.to_owned(), mode, hash, marks, used: 0, value };
        if let Ok(mut fresh) = self.fresh.lock() {
            fresh.push(record);
        }
    }

    /// Whether a file that still has this mark certainly has the content it had when this run began.
    pub fn is_certain(&self, mark: &Mark) -> bool {
        match mark {
            Mark::Stamp(stamp) => stamp.is_settled(self.began),
            Mark::Object(_) => true,
        }
    }

    /// To be set where what the cache said does not fit what is there.
    pub fn doubt(&self) -> Arc<AtomicBool> {
        self.doubted.clone()
    }

    /// Whether somebody doubts what the cache said: then nothing of it is to be believed.
    pub fn is_doubted(&self) -> bool {
        self.doubted.load(Ordering::Relaxed)
    }

    /// Removes what is known of the tree.
    pub fn forget(&self) {
        (0..SHARDS).for_each(|number| self.folder.remove(&name_of(number)));
        // What was said rests on marks of files as well.
        answer::names().for_each(|name| self.folder.remove(&name));
    }

    /// Writes what is new; failing that, the next run makes it again.
    pub fn save(&self) {
        let Ok(mut fresh) = self.fresh.lock() else { return };
        if fresh.is_empty() || !self.folder.prepare() {
            return;
        }
        let since = self.began.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let today = u32::try_from(since / 86_400).unwrap_or_default();
        let mut parts: BTreeMap<usize, Vec<Record>> = BTreeMap::new();
        for record in fresh.drain(..) {
            let record = Record { used: today, ..record };
            parts.entry(shard_of(&record.path)).or_default().push(record);
        }
        let parts: Vec<(usize, Vec<Record>)> = parts.into_iter().collect();
        parts.into_par_iter().for_each(|(number, records)| {
            let bytes = self.shards[number].with(&records, today, self.folder.tool());
            self.folder.write(&name_of(number), &bytes);
        });
        self.folder.sweep();
    }
}

fn name_of(shard: usize) -> String {
    format!("{shard:02}")
}

fn shard_of(path: &str) -> usize {
    usize::try_from(steady_hash(path) % SHARDS as u64).unwrap_or_default()
}
