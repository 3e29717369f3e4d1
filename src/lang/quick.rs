//! Maps and sets for many look-ups by short texts. Nothing may go through their entries in order.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

/// A map whose hash is made for short texts.
pub type QuickMap<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// A set whose hash is made for short texts.
pub type QuickSet<K> = HashSet<K, foldhash::fast::RandomState>;

/// FNV-1a: a hash that is the same in every run, on every machine.
pub fn steady_hash(text: &str) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, mix)
}

/// A number that equal texts share, and hardly two others; the same within a run only.
pub fn number(text: &str) -> u64 {
    foldhash::fast::FixedState::default().hash_one(text)
}

/// Those of `items` that share their number with another, group by group, each group in its order.
pub fn alike<T: Copy>(mut items: Vec<(u64, usize, T)>) -> Vec<Vec<T>> {
    items.sort_unstable_by_key(|&(number, place, _)| (number, place));
    let groups = items.chunk_by(|one, other| one.0 == other.0).filter(|group| group.len() > 1);
    groups.map(|group| group.iter().map(|&(.., item)| item).collect()).collect()
}
