//! How far two words are apart, for "did you mean".

/// Edits (insert, delete, replace, swap of neighbours) between two words, if at most `limit`.
pub fn within(left: &str, right: &str, limit: usize) -> Option<usize> {
    let (one, other) = (letters(left), letters(right));
    // Every letter that only one of them has costs an edit.
    let strange = |mask: u64| mask.count_ones() as usize > limit;
    if strange(one & !other) || strange(other & !one) {
        return None;
    }
    if left.is_ascii() && right.is_ascii() {
        // Bytes are letters: most pairs end here.
        if left.len().abs_diff(right.len()) > limit {
            return None;
        }
    }
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if left.len().abs_diff(right.len()) > limit || left.len().max(right.len()) > 256 {
        return None;
    }
    let width = right.len() + 1;
    // Three rows, turned: two back, one back, and the one that is written.
    let mut rows = vec![0; 3 * width];
    let (mut before, rest) = rows.split_at_mut(width);
    let (mut last, mut next) = rest.split_at_mut(width);
    for (column, edits) in last.iter_mut().enumerate() {
        *edits = column;
    }
    for (row, &a) in left.iter().enumerate() {
        next[0] = row + 1;
        let mut least = row + 1;
        for (column, &b) in right.iter().enumerate() {
            let swapped = row > 0 && column > 0 && a == right[column - 1] && b == left[row - 1];
            let mut best = (last[column] + usize::from(a != b))
                .min(last[column + 1] + 1)
                .min(next[column] + 1);
            if swapped {
                best = best.min(before[column - 1] + 1);
            }
            next[column + 1] = best;
            least = least.min(best);
        }
        // Edits only grow, but for a swap that reaches two rows back.
        if least > limit + 1 {
            return None;
        }
        (before, last, next) = (last, next, before);
    }
    last.last().copied().filter(|&edits| edits <= limit)
}

/// The letters of a word as a set; different letters may share a place.
fn letters(word: &str) -> u64 {
    word.chars().fold(0, |set, c| set | 1 << (u32::from(c) % 64))
}

/// The nearest of `words`, if one is at most `limit` edits away; the first of equals.
pub fn nearest<'w>(
    word: &str,
    words: impl Iterator<Item = &'w str>,
    limit: usize,
) -> Option<&'w str> {
    // Of a word of three letters two edits leave nothing that was meant.
    let limit = limit.min(word.chars().count() / 2);
    words
        .filter_map(|known| Some((within(word, known, limit)?, known)))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted_and_swaps_are_one() {
        assert_eq!(within("serverity", "severity", 1), Some(1));
        assert_eq!(within("sevreity", "severity", 1), Some(1));
        assert_eq!(within("priority", "severity", 2), None);
        assert_eq!(within("", "a", 1), Some(1));
        assert_eq!(within("aabb", "ccdd", 2), None);
        assert_eq!(within("abcd", "abxy", 2), Some(2));
        assert_eq!(nearest("pager", ["page", "slack"].into_iter(), 2), Some("page"));
        assert_eq!(nearest("foo", ["cos", "floor"].into_iter(), 2), None);
        assert_eq!(nearest("smu", ["sum", "max"].into_iter(), 2), Some("sum"));
    }
}
