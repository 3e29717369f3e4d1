//! Identifiers that nobody else has, in Go and Rust: from the package that the file takes them from
//! already.

use crate::finding::Edit;
use crate::identify::Kind;
use crate::repo::Repo;
use crate::source::Span;
use std::ops::Range;

/// Packages of Go by their path, and what gives a text.
const OF_GO: &[(&str, &str)] = &[
    ("github.com/google/uuid", "uuid.NewString()"),
    ("github.com/oklog/ulid/v2", "ulid.Make().String()"),
    ("github.com/rs/xid", "xid.New().String()"),
    ("github.com/segmentio/ksuid", "ksuid.New().String()"),
    ("crypto/rand", "rand.Text()"),
];

/// Crates by what is taken from them. One may be built without random identifiers: the file makes
/// them already.
const OF_RUST: &[(&str, &str)] = &[
    ("uuid::Uuid", "uuid::Uuid::new_v4()"),
    ("ulid::Ulid", "ulid::Ulid::new()"),
    ("nanoid::nanoid", "nanoid::nanoid!()"),
];

/// Packages of Go that the old value may be the last to use.
const LEFT: &[(&str, &[&str])] = &[
    ("fmt", &["fmt"]),
    ("rand", &["math/rand", "math/rand/v2"]),
    ("strconv", &["strconv"]),
    ("time", &["time"]),
];

/// The value with what makes a text of it, replaced.
pub(super) fn compiled(repo: &Repo, span: Span, kind: Kind) -> Option<Vec<Edit>> {
    let text = repo.source(span.source).text();
    let is_go = kind == Kind::Go;
    let new = if is_go { source_of_go(text) } else { source_of_rust(text) }?;
    let at = |range: Range<usize>| Span::new(span.source, range.start, range.end);
    let value = span.start as usize..span.end as usize + calculated(&text[span.end as usize..]);
    let (old, hole) = match hole(text, &value, is_go) {
        Some(hole) => (value, Some(hole)),
        None => (textual(text, value, is_go)?, None),
    };
    let mut edits = Vec::new();
    if is_go {
        let imports = left_over(repo, text, span, &old)?;
        edits.extend(imports.into_iter().map(|it| Edit { span: at(it), text: String::new() }));
    }
    let sign = if is_go { "%s" } else { "{}" };
    if let Some(hole) = hole.filter(|hole| text[hole.clone()] != *sign) {
        edits.push(Edit { span: at(hole), text: sign.to_owned() });
    }
    edits.push(Edit { span: at(old), text: new.to_owned() });
    Some(edits)
}

/// The line of an import under the package's own name.
fn imported(text: &str, path: &str) -> Option<Range<usize>> {
    let mut end = 0;
    let mut lines = text.split_inclusive('\n').take_while(|line| !line.starts_with("func "));
    let line = lines.find(|line| {
        end += line.len();
        let line = line.trim();
        let named = line.strip_prefix("import ").unwrap_or(line).trim();
        named.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) == Some(path)
    })?;
    Some(end - line.len()..end)
}

fn source_of_go(text: &str) -> Option<&'static str> {
    let known = |(path, value): &&(&str, &str)| {
        // `crypto/rand` has texts since Go 1.24.
        let given =
            *path != "crypto/rand" || text.contains(value) && imported(text, "math/rand").is_none();
        given && imported(text, path).is_some()
    };
    OF_GO.iter().find(known).map(|(_, value)| *value)
}

fn source_of_rust(text: &str) -> Option<&'static str> {
    let known = |(sign, value): &&(&str, &str)| {
        let call = value.split_once("::").map_or(*value, |(_, call)| call);
        text.contains(sign) && text.contains(call)
    };
    OF_RUST.iter().find(known).map(|(_, value)| *value)
}

/// How long what is calculated of a value is: `+1`, ` % 10000`.
fn calculated(after: &str) -> usize {
    let sign = after.trim_start_matches(' ');
    let Some(number) = sign.strip_prefix(['+', '%', '/', '*']) else { return 0 };
    let digits = number.trim_start_matches(' ');
    let width = digits.bytes().take_while(u8::is_ascii_digit).count();
    if width == 0 { 0 } else { after.len() - digits.len() + width }
}

/// The gap of a text that this is the only value of: `fmt.Sprintf("INC-%d", value)`.
fn hole(text: &str, value: &Range<usize>, is_go: bool) -> Option<Range<usize>> {
    let opens = if is_go { "fmt.Sprintf(\"" } else { "format!(\"" };
    let head = text[..value.start].strip_suffix("\", ")?;
    let start = head.rfind(opens)? + opens.len();
    let format = &head[start..];
    if format.matches(['%', '{', '"']).count() != 1 || !text[value.end..].starts_with(')') {
        return None;
    }
    let (at, end) = if is_go {
        let at = format.find('%')?;
        let end = at + 1 + format[at + 1..].find(|c: char| !c.is_ascii_digit())?;
        format[end..].starts_with(['d', 's', 'v']).then_some((at, end + 1))?
    } else {
        let at = format.find('{')?;
        let end = at + format[at..].find('}')?;
        let width = format[at + 1..end].strip_prefix(':').unwrap_or(&format[at + 1..end]);
        width.bytes().all(|it| it.is_ascii_digit()).then_some((at, end + 1))?
    };
    Some(start + at..start + end)
}

/// A value that is a text, with what makes it one: `strconv.Itoa(value)`, `value.to_string()`.
fn textual(text: &str, value: Range<usize>, is_go: bool) -> Option<Range<usize>> {
    const AROUND: &[(&str, &str)] = &[
        ("strconv.FormatInt(", ", 10)"),
        ("strconv.Itoa(int(", "))"),
        ("strconv.Itoa(", ")"),
        ("fmt.Sprint(", ")"),
    ];
    let (before, after) = (&text[..value.start], &text[value.end..]);
    if !is_go {
        let whole = after.starts_with(".to_string()");
        return whole.then_some(value);
    }
    let formatted = text[value.clone()].starts_with("time.Now()")
        && text[value.clone()].contains(".Format(\"")
        && text[value.clone()].ends_with(')');
    let wrapped =
        AROUND.iter().find(|(open, close)| before.ends_with(open) && after.starts_with(close));
    let whole = match wrapped {
        Some((open, close)) => value.start - open.len()..value.end + close.len(),
        None if formatted => value,
        None => return None,
    };
    (!text[whole.end..].starts_with(['[', '.'])).then_some(whole)
}

/// Lines of imports that nothing uses without the old value; `None` where that is not certain.
fn left_over(repo: &Repo, text: &str, span: Span, old: &Range<usize>) -> Option<Vec<Range<usize>>> {
    // What other fixes of the file take away is no use that stays.
    let others: Vec<Range<usize>> = repo
        .facts
        .incident_actions
        .iter()
        .flat_map(|action| &action.weak_ids)
        .filter(|(weak, _)| weak.span.source == span.source && weak.span != span)
        .map(|(weak, _)| weak.span.range())
        .collect();
    let uses = |package: &str| -> Vec<usize> {
        let call = format!("{package}.");
        let places = text.match_indices(&call).map(|(at, _)| at);
        let word = |at: &usize| {
            !text[..*at]
                .ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '/' | '"'))
        };
        places.filter(word).collect()
    };
    let mut lines = Vec::new();
    for (package, paths) in LEFT {
        let (own, rest): (Vec<usize>, Vec<usize>) =
            uses(package).into_iter().partition(|at| old.contains(at));
        let stays = |at: &usize| !others.iter().any(|other| other.contains(at));
        if own.is_empty() || rest.iter().any(stays) {
            continue;
        }
        if !rest.is_empty() {
            return None;
        }
        lines.push(paths.iter().find_map(|path| imported(text, path))?);
    }
    lines.sort_by_key(|line| line.start);
    Some(lines)
}
