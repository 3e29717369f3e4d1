//! Maps and sets for many look-ups by short texts. Nothing may go through their entries in order.

use std::collections::{HashMap, HashSet};

/// A map whose hash is made for short texts.
pub type QuickMap<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// A set whose hash is made for short texts.
pub type QuickSet<K> = HashSet<K, foldhash::fast::RandomState>;

/// FNV-1a: a hash that is the same in every run, on every machine.
pub fn steady_hash(text: &str) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, mix)
}
