//! Places of text that fixes change: certain, or none.

use super::Case;
use crate::finding::Edit;
use crate::lang::promql::ast::NodeId;
use crate::repo::Repo;
use crate::repo::model::Place;
use crate::source::{Source, Span};
use std::ops::Range;

/// Longest list of arguments that is looked through.
const REACH: usize = 2_000;

/// Puts text before and behind a span.
pub(super) fn around(span: Span, before: &str, after: &str) -> Vec<Edit> {
    vec![
        Edit { span: span.at_start(), text: before.to_owned() },
        Edit { span: span.at_end(), text: after.to_owned() },
    ]
}

/// Where a node of an expression stands, if it stands in the file letter by letter.
pub(super) fn exact(case: &Case<'_>, place: Place<'_, '_>) -> Option<Span> {
    let span = case.at(place);
    (case.repo.text(span) == place.query.node_text(place.node)).then_some(span)
}

/// Where a node of the same expression stands, if it stands in the file letter by letter.
pub(super) fn exact_node(case: &Case<'_>, place: Place<'_, '_>, node: NodeId) -> Option<Span> {
    exact(case, place.at(node))
}

/// The arguments of the call whose function ends here: what stands between its brackets.
pub(super) fn arguments(repo: &Repo, function: Span) -> Option<Span> {
    let text = repo.source(function.source).text();
    let from = function.end as usize;
    let rest = text.get(from..)?;
    let open = rest.find('(').filter(|at| rest[..*at].trim().is_empty())?;
    let length = closing(rest.get(open + 1..)?, b')')?;
    let start = from + open + 1;
    Some(Span::new(function.source, start, start + length))
}

/// Where the bracket that is open before `text` is closed. Comments and texts of several lines are
/// not looked through.
pub(super) fn closing(text: &str, end: u8) -> Option<usize> {
    let mut depth = 0usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().take(REACH) {
        match (quote, byte) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(_), b'\n') => return None,
            (Some(mark), _) if mark == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'' | b'`') => quote = Some(byte),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') if depth > 0 => depth -= 1,
            (None, _) if byte == end => return Some(at),
            (None, b')' | b']' | b'}' | b'#') => return None,
            (None, b'/') if text[at..].starts_with("//") || text[at..].starts_with("/*") => {
                return None;
            }
            _ => {}
        }
    }
    None
}

/// An argument more, behind those that are there.
pub(super) fn argument(repo: &Repo, function: Span, text: &str) -> Option<Edit> {
    let span = arguments(repo, function)?;
    let there = repo.text(span).trim_end();
    let end = Span::new(span.source, span.start as usize, span.start as usize + there.len());
    let text = match there.as_bytes().last() {
        None => text.to_owned(),
        Some(b',') => format!(" {text}"),
        Some(_) => format!(", {text}"),
    };
    Some(Edit { span: end.at_end(), text })
}

/// How many arguments a call has, if none of them holds a comma of its own.
pub(super) fn count(repo: &Repo, function: Span) -> Option<usize> {
    let text = repo.text(arguments(repo, function)?);
    let plain = !text.contains(['(', '[', '{', '"', '\'', '`']);
    let single = !text.contains(',');
    match (text.trim().is_empty(), single, plain) {
        (true, ..) => Some(0),
        (_, true, _) => Some(1),
        (_, _, true) => Some(text.trim().trim_end_matches(',').split(',').count()),
        _ => None,
    }
}

/// The whole lines of what begins with this word in a block of YAML: an item of a list, or a key
/// with its value.
pub(super) fn block(repo: &Repo, first: Span) -> Option<Span> {
    let text = repo.source(first.source).text();
    if repo.documents_in(first.source).iter().any(|document| document.masked) {
        return None;
    }
    let start = text.get(..first.start as usize)?.rfind('\n').map_or(0, |at| at + 1);
    let lead = text.get(start..first.start as usize)?;
    let depth = lead.bytes().take_while(|byte| *byte == b' ').count();
    if !matches!(lead.trim(), "" | "-") {
        return None;
    }
    let mut end = start;
    let mut kept = start;
    for (number, line) in text.get(start..)?.split_inclusive('\n').enumerate() {
        let inner = line.trim_start_matches(' ');
        let blank = inner.trim().is_empty();
        if number > 0 && !blank && line.len() - inner.len() <= depth {
            break;
        }
        end += line.len();
        if !blank {
            kept = end;
        }
    }
    Some(Span::new(first.source, start, kept))
}

/// What a pair of a YAML mapping takes, if it can be left out with nothing else moved: its line, of
/// which a comment stays, or its part between the braces.
pub(super) fn entry(repo: &Repo, key: Span, value: Span) -> Option<Span> {
    let text = repo.source(key.source).text();
    let range = pair(text, key.range(), value.range())?;
    Some(Span::new(key.source, range.start, range.end))
}

fn pair(text: &str, key: Range<usize>, value: Range<usize>) -> Option<Range<usize>> {
    // An anchor between them may be meant elsewhere.
    let between = text.get(key.end..value.start)?;
    if between.trim_matches(' ') != ":" {
        return None;
    }
    let from = text[..key.start].rfind('\n').map_or(0, |at| at + 1);
    let to = text[value.end..].find('\n').map_or(text.len(), |at| value.end + at + 1);
    let (lead, tail) = (&text[from..key.start], &text[value.end..to]);
    let alone = lead.trim().is_empty();
    let rest = tail.trim_start_matches(' ');
    let next = to - rest.len();
    match rest.bytes().next() {
        None | Some(b'\r' | b'\n') if alone => Some(from..to),
        // The first of an item makes room for the next.
        None | Some(b'\r' | b'\n') if lead.trim() == "-" => {
            let line = text[to..].split('\n').next()?;
            let inner = line.trim_start_matches(' ');
            let beside = line.len() - inner.len() == lead.len();
            (beside && !inner.starts_with(['#', '\r'])).then(|| key.start..to + lead.len())
        }
        Some(b'#') if alone && next > value.end => Some(key.start..next),
        Some(b',') if alone && rest[1..].trim().is_empty() => Some(from..to),
        Some(b',') if alone || in_braces(lead) => {
            let behind = &rest[1..];
            Some(key.start..to - behind.trim_start_matches(' ').len())
        }
        Some(b'}') if in_braces(lead) => match lead.trim_end_matches(' ').strip_suffix(',') {
            Some(before) => Some(from + before.len()..value.end),
            None => Some(key.start..value.end),
        },
        _ => None,
    }
}

/// Whether what follows on the line is a pair of a mapping that was opened on it.
fn in_braces(lead: &str) -> bool {
    let mut open = Vec::new();
    let mut quote = None;
    for byte in lead.bytes() {
        match (quote, byte) {
            (Some(mark), _) if mark == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'{' | b'[') => open.push(byte),
            (None, b'}' | b']') => {
                open.pop();
            }
            _ => {}
        }
    }
    quote.is_none()
        && !lead.contains(['\\', '#'])
        && open.last() == Some(&b'{')
        && lead.trim_end_matches(' ').ends_with(['{', ','])
}

/// Whether a key of this name stands beside a key: in the lines of its mapping, or in its line.
pub(super) fn has_beside(source: &Source, key: Span, name: &str) -> bool {
    let text = source.text();
    let start = text.get(..key.start as usize).and_then(|it| it.rfind('\n')).map_or(0, |at| at + 1);
    let depth = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let named = |line: &str| {
        let bare = line.trim_start_matches([' ', '-']).trim_start_matches(['"', '\'']);
        bare.strip_prefix(name)
            .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).starts_with(':'))
    };
    let own = text[start..].lines().next().unwrap_or_default();
    let depth_of_own = depth(own);
    if start + depth_of_own != key.start as usize {
        // In a mapping in braces.
        return own.split(['{', ',', '}']).any(named);
    }
    let inside = |line: &&str| line.trim().is_empty() || depth(line) >= depth_of_own;
    let same = |line: &str| depth(line) == depth_of_own && named(line);
    let after = text[start..]
        .lines()
        .skip(1)
        .take_while(|line| inside(line) && !is_item(line, depth_of_own));
    let mut before = Vec::new();
    if !is_item(own, depth_of_own) {
        for line in text[..start].lines().rev().take_while(inside) {
            before.push(line);
            if is_item(line, depth_of_own) {
                break;
            }
        }
    }
    after.chain(before).any(same)
}

/// Whether a line begins an item of a list whose keys stand this deep.
fn is_item(line: &str, depth: usize) -> bool {
    line.get(..depth).is_some_and(|lead| lead.contains('-'))
}

/// The key of this name before a value.
pub(super) fn key_before(repo: &Repo, value: Span, name: &str) -> Option<Span> {
    let before = repo.source(value.source).text().get(..value.start as usize)?;
    let before = before.trim_end_matches(' ').strip_suffix(':')?;
    let quote = before.chars().last().filter(|last| matches!(last, '"' | '\''));
    let inner = quote.map_or(Some(before), |quote| before.strip_suffix(quote))?;
    let start = inner.strip_suffix(name)?.len();
    let start = match quote {
        Some(quote) => before[..start].strip_suffix(quote)?.len(),
        None => start,
    };
    let apart = before[..start].ends_with(['\n', ' ', '{', ',']) || start == 0;
    apart.then(|| Span::new(value.source, start, before.len()))
}

/// A pair more behind this one, if its mapping has none of that name.
pub(super) fn pair_after(
    repo: &Repo,
    key: Span,
    value: Span,
    name: &str,
    to: &str,
) -> Option<Edit> {
    let source = repo.source(key.source);
    let text = source.text();
    let from = text[..key.start as usize].rfind('\n').map_or(0, |at| at + 1);
    let lead = text.get(from..key.start as usize)?;
    let tail = text.get(value.end as usize..)?.split_inclusive('\n').next()?;
    if has_beside(source, key, name) || repo.documents_in(key.source).iter().any(|it| it.masked) {
        return None;
    }
    if in_braces(lead) {
        closing(tail, b'}')?;
        return Some(Edit { span: value.at_end(), text: format!(", {name}: {to}") });
    }
    let plain = lead.chars().all(|c| matches!(c, ' ' | '-'));
    let ended =
        tail.trim().is_empty() || (tail.starts_with(' ') && tail.trim_start().starts_with('#'));
    let end = value.end as usize + tail.trim_end_matches(['\r', '\n']).len();
    let line_end = if tail.ends_with("\r\n") { "\r\n" } else { "\n" };
    let indent = " ".repeat(lead.len());
    (plain && ended).then(|| Edit {
        span: Span::new(key.source, end, end),
        text: format!("{line_end}{indent}{name}: {to}"),
    })
}

/// The whole line of an entry that stands alone on it.
pub(super) fn line(repo: &Repo, inside: Span) -> Option<Span> {
    let text = repo.source(inside.source).text();
    let start = text.get(..inside.start as usize)?.rfind('\n').map_or(0, |at| at + 1);
    let rest = text.get(start..)?;
    let end = start + rest.find('\n').map_or(rest.len(), |at| at + 1);
    Some(Span::new(inside.source, start, end))
}

/// Adds a line behind the one that holds `after`, with the same indent.
pub(super) fn line_after(repo: &Repo, source: Span, after: &str, new: &str) -> Option<Edit> {
    let text = repo.source(source.source).text();
    let at = text.find(after)?;
    let span = line(repo, Span::new(source.source, at, at + after.len()))?;
    let old = repo.text(span);
    if !old.ends_with('\n') {
        return None;
    }
    let indent = &old[..old.len() - old.trim_start().len()];
    Some(Edit { span: span.at_end(), text: format!("{indent}{new}\n") })
}

#[cfg(test)]
mod tests {
    use super::{closing, pair};

    /// What stays of a text without the pair of the key `c`.
    fn without(text: &str) -> Option<String> {
        let start = text.find("c:")?;
        let value = start + text[start..].find("true")?;
        let range = pair(text, start..start + 1, value..value + 4)?;
        Some(format!("{}{}", &text[..range.start], &text[range.end..]))
    }

    #[test]
    fn a_pair_is_left_out_and_nothing_else() {
        for (text, left) in [
            ("a: 1\nc: true\nb: 2\n", "a: 1\nb: 2\n"),
            ("a: 1\n  c: true", "a: 1\n"),
            ("  c: true  # why\n", "  # why\n"),
            ("- c: true\n  b: 2\n", "- b: 2\n"),
            ("{a: 1, c: true}", "{a: 1}"),
            ("{ c: true, b: 2 }", "{ b: 2 }"),
            ("{ c: true }", "{  }"),
            ("{a: [x, y], c: true , b: 2}", "{a: [x, y], b: 2}"),
            ("{a: 1,\n  c: true,\n  b: 2}", "{a: 1,\n  b: 2}"),
            ("{a: 1,\n  c: true, # why\n  b: 2}", "{a: 1,\n  # why\n  b: 2}"),
        ] {
            assert_eq!(without(text).as_deref(), Some(left), "{text}");
        }
        for text in [
            "c: &x true\n",
            "c:\n  true\n",
            "- c: true\n",
            "- c: true\n  # why\n  b: 2\n",
            "- c: true # why\n  b: 2\n",
            "[c: true, b]",
            "{a: 1,\n c: true}",
            "c: true# x\n",
        ] {
            assert_eq!(without(text), None, "{text}");
        }
    }

    #[test]
    fn brackets_are_followed_and_comments_are_not() {
        assert_eq!(closing("a, b(c), ')')", b')'), Some(12));
        assert_eq!(closing("a\n, [b, {c}])", b')'), Some(12));
        assert_eq!(closing("a, # why\n b)", b')'), None);
        assert_eq!(closing("\"a\\\")\")", b')'), Some(6));
        assert_eq!(closing("a // b\n)", b')'), None);
        assert_eq!(closing("a", b')'), None);
    }
}
