//! Maps and sets for many look-ups by short texts. Nothing may go through their entries in order.

use std::collections::{HashMap, HashSet};

/// A map whose hash is made for short texts.
pub type QuickMap<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// A set whose hash is made for short texts.
pub type QuickSet<K> = HashSet<K, foldhash::fast::RandomState>;
