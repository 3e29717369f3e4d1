//! How much of one text is in another, counted as git counts it for renames.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Longest piece of a line that is counted as one, in bytes.
const PIECE: usize = 64;

/// A text as pieces: how many bytes stand in each.
pub(super) struct Pieces {
    size: u64,
    bytes: BTreeMap<u64, u64>,
}

impl Pieces {
    pub(super) fn of(text: &[u8]) -> Pieces {
        let mut bytes: BTreeMap<u64, u64> = BTreeMap::new();
        let mut size = 0;
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            for piece in line.chunks(PIECE) {
                let mut hasher = DefaultHasher::new();
                // Line ends are no content.
                let shown = piece.strip_suffix(b"\r\n").unwrap_or(piece);
                shown.strip_suffix(b"\n").unwrap_or(shown).hash(&mut hasher);
                *bytes.entry(hasher.finish()).or_default() += piece.len() as u64;
                size += piece.len() as u64;
            }
        }
        Pieces { size, bytes }
    }

    /// How alike two texts are, in percent.
    pub(super) fn likeness(&self, other: &Pieces) -> u64 {
        let common: u64 = self
            .bytes
            .iter()
            .filter_map(|(piece, bytes)| Some(*bytes.min(other.bytes.get(piece)?)))
            .sum();
        (common * 100).checked_div(self.size.max(other.size)).unwrap_or(0)
    }

    /// Whether sizes alone allow this likeness.
    pub(super) fn may_reach(&self, other: &Pieces, percent: u64) -> bool {
        let (small, large) = (self.size.min(other.size), self.size.max(other.size));
        small * 100 >= large * percent
    }
}

#[cfg(test)]
mod tests {
    use super::Pieces;

    #[test]
    fn likeness_counts_common_lines() {
        let likeness =
            |one: &str, two: &str| Pieces::of(one.as_bytes()).likeness(&Pieces::of(two.as_bytes()));
        assert_eq!(likeness("aaaa\nbbbb\n", "bbbb\naaaa\n"), 100);
        assert_eq!(likeness("aaaa\nbbbb\n", "aaaa\ncccc\n"), 50);
        assert_eq!(likeness("aaaa\n", "bbbb\n"), 0);
        assert_eq!(likeness("", ""), 0);
    }
}
