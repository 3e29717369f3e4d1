//! How a pipeline names the fields of an event: `[a][b]`, and `%{a}` inside texts.

use std::ops::Range;

/// The fields that a text takes in by `%{…}`, each with the place of the whole and of the name;
/// dates (`%{+…}`, `%{{…}}`) are none.
pub fn interpolations(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("%{").map(|at| from + at) {
        let Some(end) = text[at + 2..].find('}').map(|end| at + 2 + end) else { break };
        let name = &text[at + 2..end];
        if !name.is_empty() && !name.starts_with(['+', '{']) {
            found.push((at..end + 1, name));
        }
        from = end + 1;
    }
    found
}

/// A field by its parts, whichever way it is written: `a` and `[a]` are one.
pub fn path(text: &str) -> Vec<&str> {
    let text = text.trim();
    if !text.starts_with('[') {
        return vec![text];
    }
    text.split(['[', ']']).filter(|part| !part.is_empty()).collect()
}

/// Whether two texts name one field.
pub fn is_same(one: &str, other: &str) -> bool {
    path(one) == path(other)
}

#[cfg(test)]
mod tests {
    use super::{interpolations, is_same, path};

    #[test]
    fn fields_are_told_from_dates() {
        let text = "%{[@metadata][x]}-%{service}-%{+YYYY.MM.dd}-%{{yyyy}}-%{";
        let names: Vec<&str> = interpolations(text).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["[@metadata][x]", "service"]);
        assert_eq!(path("[a][b c]"), ["a", "b c"]);
        assert!(is_same("[a]", "a") && !is_same("[a][b]", "a"));
    }
}
