//! Where a rendered line stands in the file it came from.

/// The place of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The line itself begins here, blanks apart.
    Same(usize),
    /// Its key stands here; what follows is filled in.
    Key(usize),
    /// A line around it stands here.
    Around(usize),
}

/// Finds a line of rendered text in its template: the only one that reads the same; else below the
/// innermost line around it that is certain, the only one that reads the same or has its key.
pub(super) fn of(from: &str, at: usize, into: &str) -> Option<Place> {
    let start = from[..at].rfind('\n').map_or(0, |at| at + 1);
    let here = line(from, start);
    if let Some(at) = only_line(into, here) {
        return Some(Place::Same(at));
    }
    let mut around = vec![here];
    let (mut upper, mut depth) = (start, lead(here));
    let mut item = here.trim_start().starts_with("- ");
    while upper > 0 {
        let end = upper - 1;
        upper = from[..end].rfind('\n').map_or(0, |at| at + 1);
        let above = &from[upper..end];
        if above.starts_with("---") {
            break;
        }
        let dash = above.trim_start().starts_with("- ");
        let holds = lead(above) < depth || item && !dash && lead(above) == depth;
        if is_blank(above) || !holds {
            continue;
        }
        (depth, item) = (lead(above), dash);
        if let Some(found) = only_line(into, above).filter(|_| above.trim().len() > 3) {
            return Some(descend(into, found, &around));
        }
        around.push(above);
    }
    None
}

/// Goes down from a line of the template to the innermost of these that is certain below it.
fn descend(into: &str, anchor: usize, around: &[&str]) -> Place {
    let mut place = anchor;
    let mut found = Place::Around(anchor);
    for (nth, wanted) in around.iter().enumerate().rev() {
        let Some((at, same)) = below(into, place, wanted) else { continue };
        place = at;
        found = match (nth, same) {
            (0, true) => Place::Same(at),
            (0, false) => Place::Key(at),
            _ => Place::Around(at),
        };
    }
    found
}

/// The only line under another that reads the same, or the only one that has the same key before
/// something that is filled in.
fn below(into: &str, anchor: usize, wanted: &str) -> Option<(usize, bool)> {
    let start = into[..anchor].rfind('\n').map_or(0, |at| at + 1);
    let first = line(into, start);
    let (depth, item) = (lead(first), first.trim_start().starts_with("- "));
    let (mut same, mut keyed) = (Only::None, Only::None);
    let mut at = start + first.len() + 1;
    while at < into.len() {
        let next = line(into, at);
        let text = next.trim();
        let list = !item && lead(next) == depth && text.starts_with("- ");
        if !is_blank(next) && !text.starts_with("{{") {
            if lead(next) <= depth && !list {
                break;
            }
            let begin = at + lead(next);
            if text == wanted.trim() {
                same = same.and(begin);
            } else if key(text).is_some_and(|it| Some(it) == key(wanted)) && text.contains("{{") {
                keyed = keyed.and(begin);
            }
        }
        at += next.len() + 1;
    }
    match (same, keyed) {
        (Only::One(at), _) => Some((at, true)),
        (Only::None, Only::One(at)) => Some((at, false)),
        _ => None,
    }
}

#[derive(Clone, Copy)]
enum Only {
    None,
    One(usize),
    Many,
}

impl Only {
    fn and(self, at: usize) -> Only {
        match self {
            Only::None => Only::One(at),
            Only::One(_) | Only::Many => Only::Many,
        }
    }
}

/// The key of a line, with the dash before it.
fn key(line: &str) -> Option<&str> {
    let text = line.trim();
    let end = text.find(": ").or_else(|| text.ends_with(':').then(|| text.len() - 1))?;
    (!text[..end].contains("{{")).then(|| &text[..end])
}

fn line(text: &str, start: usize) -> &str {
    text[start..].split('\n').next().unwrap_or_default()
}

fn lead(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn is_blank(line: &str) -> bool {
    let text = line.trim();
    text.is_empty() || text.starts_with('#')
}

/// Where the only line begins that reads like this one, blanks around it apart.
pub(super) fn only_line(text: &str, line: &str) -> Option<usize> {
    let wanted = line.trim();
    if wanted.is_empty() {
        return None;
    }
    let mut found = None;
    for (at, _) in text.match_indices(wanted) {
        let before = text[..at].rsplit('\n').next().unwrap_or_default();
        let after = text[at + wanted.len()..].split('\n').next().unwrap_or_default();
        if before.trim().is_empty() && after.trim().is_empty() {
            if found.is_some() {
                return None;
            }
            found = Some(at);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_certain_where_it_stands_once() {
        assert_eq!(only_line("a:\n  b: 1\n", "      b: 1"), Some(5));
        assert_eq!(only_line("b: 1\nb: 1\n", "b: 1"), None);
        assert_eq!(only_line("b: 12\n", "b: 1"), None);
        assert_eq!(only_line("b: 1\n", "  "), None);
    }

    #[test]
    fn a_line_that_stands_twice_is_told_by_what_is_around_it() {
        let into = "rules:\n{{- if .Values.on }}\n  - alert: A\n    expr: {{ .Values.a }}\n    labels:\n      severity: page\n{{- end }}\n  - alert: B\r\n    expr: up\r\n    labels:\r\n      severity: page\r\n";
        let from = "rules:\n  - alert: A\n    expr: vector(1)\n    labels:\n      severity: page\n  - alert: B\n    expr: up\n    labels:\n      severity: page\n";
        let find = |text: &str, nth: usize| {
            let at = from.match_indices(text).nth(nth).expect("is there").0;
            of(from, at, into)
        };
        let stands = |text: &str, nth: usize| into.match_indices(text).nth(nth).expect("it").0;
        assert_eq!(find("severity", 0), Some(Place::Same(stands("severity", 0))));
        assert_eq!(find("severity", 1), Some(Place::Same(stands("severity", 1))));
        assert_eq!(find("expr", 0), Some(Place::Key(stands("expr", 0))));
        assert_eq!(find("up", 0), Some(Place::Same(stands("expr", 1))));
        assert_eq!(of("rules:\n  - other: 1\n", 9, into), Some(Place::Around(0)));
        assert_eq!(of("none: 1\n", 0, into), None);
    }
}
