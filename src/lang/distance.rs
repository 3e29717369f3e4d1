//! How far two words are apart, for "did you mean".

/// Edits (insert, delete, replace, swap of neighbours) between two words, if at most `limit`.
pub fn within(left: &str, right: &str, limit: usize) -> Option<usize> {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if left.len().abs_diff(right.len()) > limit || left.len().max(right.len()) > 256 {
        return None;
    }
    let width = right.len() + 1;
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..width).collect();
    for (row, &a) in left.iter().enumerate() {
        let mut next = vec![row + 1; width];
        for (column, &b) in right.iter().enumerate() {
            let swapped = row > 0
                && column > 0
                && a == right[column - 1]
                && b == left[row - 1]
                && before.len() == width;
            let mut best = (last[column] + usize::from(a != b))
                .min(last[column + 1] + 1)
                .min(next[column] + 1);
            if swapped {
                best = best.min(before[column - 1] + 1);
            }
            next[column + 1] = best;
        }
        before = std::mem::replace(&mut last, next);
    }
    last.last().copied().filter(|&edits| edits <= limit)
}

/// The nearest of `words`, if one is at most `limit` edits away; the first of equals.
pub fn nearest<'w>(
    word: &str,
    words: impl Iterator<Item = &'w str>,
    limit: usize,
) -> Option<&'w str> {
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
        assert_eq!(nearest("pager", ["page", "slack"].into_iter(), 2), Some("page"));
    }
}
