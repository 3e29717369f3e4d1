//! Whether a message has a place for each value, and each place a value.

use super::Mismatch;
use super::arguments::is_field;
use super::shape::{is_map, leaf_name};
use crate::facts::code::file::{self as files, Call, File};
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{Arg, ExprId, ExprKind, StmtKind};

/// How places and values do not fit, where that is certain.
pub(super) fn mismatch(
    file: &File<'_, '_>,
    call: &Call,
    api: &Api,
    message: Option<usize>,
) -> Option<Mismatch> {
    let unit = file.unit;
    let args = unit.args(call.id);
    let number = message?;
    let rest = args.get(number + 1..)?;
    if args.iter().any(|arg| arg.spread) || api.role != Role::Log {
        return None;
    }
    if api.get("fields") == Some("pairs") {
        return odd(file, rest);
    }
    // `log.Println(os.Stderr, "bad: %v", err)`
    let places = api.get("style") == Some("plain") && unit.language == Language::Go;
    let later = (number + 1..args.len().saturating_sub(1)).filter(|_| places);
    let begins = unit.literal(args[number].value).is_some();
    let number = later.filter(|_| !begins).find(|at| unit.literal(args[*at].value).is_some());
    let number = number.or(message)?;
    let rest = args.get(number + 1..)?;
    // Written there: what a name stands for may be shared.
    let text = unit.literal(args[number].value)?;
    let scalar = file.scalar(args[number].value)?;
    let given: Vec<&Arg<'_>> = rest.iter().filter(|arg| arg.name.is_none()).collect();
    let lost = match api.get("rest") {
        Some("lost") => true,
        Some("named") => files::names(unit, file.table, api),
        _ => false,
    };
    // NLog takes an error that is last for the record's own.
    if let [error] = given.as_slice()
        && api.library == "nlog"
        && !text.contains('{')
        && is_caught(file, error.value)
    {
        return None;
    }
    let named: Vec<&str> = rest.iter().filter_map(|arg| arg.name).collect();
    // structlog's formatter fills the places from there.
    if unit.language == Language::Python && named.contains(&"positional_args") {
        return None;
    }
    let found = match (api.get("style")?, unit.language) {
        ("percent", Language::Python) => python(file, text, &given),
        ("percent", Language::Go) => go(text, given.len()),
        ("percent", Language::Java) => java_percent(text, given.len()),
        ("percent", _) => script(text, given.len(), lost),
        ("plain", Language::Go) => unformatted(text, given.len()),
        ("brace", Language::Java) => java(file, text, &given),
        ("brace", Language::Python) => loguru(text, given.len(), &named),
        ("template", Language::Csharp) => template(file, text, &given),
        _ => None,
    }?;
    Some(match found {
        Misfit::Missing { at, len, places } => Mismatch {
            span: scalar.place(at, at + len),
            text: format!(
                "the message has {} for {}",
                count(places, "place"),
                count(given.len(), "value")
            ),
            dropped: false,
        },
        Misfit::Surplus { places } => Mismatch {
            span: given.get(places).map_or(scalar.span, |arg| file.expr_span(arg.value)),
            text: format!(
                "the message has {} for {}",
                count(places, "place"),
                count(given.len(), "value")
            ),
            dropped: drops(unit.language, api) || lost,
        },
        Misfit::Unknown { at, len } => Mismatch {
            span: scalar.place(at, at + len),
            text: format!("`{}` is no place the library knows", &text[at..at + len]),
            dropped: false,
        },
    })
}

/// Whether a library passes over values that have no place.
fn drops(language: Language, api: &Api) -> bool {
    let braces = api.get("style") == Some("brace");
    matches!(language, Language::Java | Language::Csharp) || language == Language::Python && braces
}

/// `1 place`, `2 places`, `no place`.
fn count(number: usize, word: &str) -> String {
    match number {
        0 => format!("no {word}"),
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    }
}

/// How a message and its values do not fit.
enum Misfit {
    /// No value for the place that stands here.
    Missing { at: usize, len: usize, places: usize },
    /// More values than places.
    Surplus { places: usize },
    /// A place that is none.
    Unknown { at: usize, len: usize },
}

fn compare(places: &[(usize, usize)], given: usize) -> Option<Misfit> {
    match places.get(given) {
        Some(&(at, end)) => Some(Misfit::Missing { at, len: end - at, places: places.len() }),
        None if given > places.len() => Some(Misfit::Surplus { places: places.len() }),
        None => None,
    }
}

/// A place of a message in the manner of C.
struct Verb {
    start: usize,
    end: usize,
    letter: char,
    /// Values taken for width and precision.
    stars: usize,
    named: bool,
    flagged: bool,
    indexed: bool,
}

/// All `%…`; `%%` left out.
fn verbs(text: &str) -> Vec<Verb> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find('%')) {
        let start = at + next;
        let mut end = start + 1;
        let mut verb = Verb {
            start,
            end,
            letter: '\0',
            stars: 0,
            named: false,
            flagged: false,
            indexed: false,
        };
        if bytes.get(end) == Some(&b'(') {
            let Some(close) = text[end..].find(')') else { break };
            verb.named = true;
            end += close + 1;
        }
        while let Some(byte) = bytes.get(end) {
            match byte {
                b'*' => verb.stars += 1,
                b'[' => verb.indexed = true,
                b'#' | b'0'..=b'9' | b'-' | b' ' | b'+' | b'.' | b'l' | b'h' | b'L' | b']' => {}
                _ => break,
            }
            verb.flagged = true;
            end += 1;
        }
        let letter = text.get(end..).and_then(|rest| rest.chars().next());
        verb.letter = letter.unwrap_or('\0');
        verb.end = end + letter.map_or(0, char::len_utf8);
        at = verb.end.max(start + 1);
        if verb.letter != '%' {
            found.push(verb);
        }
    }
    found
}

fn places(verbs: &[Verb]) -> Vec<(usize, usize)> {
    verbs.iter().flat_map(|verb| vec![(verb.start, verb.end); verb.stars + 1]).collect()
}

fn python(file: &File<'_, '_>, text: &str, given: &[&Arg<'_>]) -> Option<Misfit> {
    let verbs = verbs(text);
    if given.is_empty() {
        // Nothing is put in then: only what can be nothing but a place is told.
        let plain = |verb: &&Verb| verb.named || !verb.flagged;
        let first = verbs.iter().filter(plain).find(|verb| "srdifx".contains(verb.letter))?;
        let (at, len) = (first.start, first.end - first.start);
        return Some(Misfit::Missing { at, len, places: verbs.len() });
    }
    if let [only] = given
        && (verbs.iter().any(|verb| verb.named) || (verbs.is_empty() && is_map(file, only.value)))
    {
        return None;
    }
    let odd = verbs.iter().find(|verb| !"diouxXeEfFgGcrsa".contains(verb.letter));
    if let Some(odd) = odd {
        return Some(Misfit::Unknown { at: odd.start, len: odd.end - odd.start });
    }
    compare(&places(&verbs), given.len())
}

fn go(text: &str, given: usize) -> Option<Misfit> {
    let verbs = verbs(text);
    if verbs.iter().any(|verb| verb.indexed) {
        return None;
    }
    compare(&places(&verbs), given)
}

/// `log.Println("%s", a)` writes the sign itself.
fn unformatted(text: &str, given: usize) -> Option<Misfit> {
    let verbs = verbs(text);
    let first = verbs.iter().find(|verb| !verb.flagged && "svdqtfxT".contains(verb.letter))?;
    let ends = text.get(first.end..).and_then(|rest| rest.chars().next());
    if given == 0 || ends.is_some_and(char::is_alphanumeric) {
        return None;
    }
    Some(Misfit::Unknown { at: first.start, len: first.end - first.start })
}

fn java_percent(text: &str, given: usize) -> Option<Misfit> {
    let verbs = verbs(text);
    // `%n` takes no value, `%1$s` one by number.
    if text.contains('$') {
        return None;
    }
    let taking: Vec<Verb> = verbs.into_iter().filter(|verb| verb.letter != 'n').collect();
    let places = places(&taking);
    // An error may come last.
    (given < places.len()).then(|| compare(&places, given)).flatten()
}

/// `util.format` and what is like it: what is too much is appended, or lost.
fn script(text: &str, given: usize, lost: bool) -> Option<Misfit> {
    let verbs: Vec<Verb> = verbs(text)
        .into_iter()
        .filter(|verb| !verb.flagged && "sdifjoO".contains(verb.letter))
        .collect();
    let found = compare(&places(&verbs), given)?;
    match found {
        Misfit::Surplus { .. } if !lost => None,
        Misfit::Missing { .. } if given == 0 => {
            let first = verbs.iter().find(|verb| "sd".contains(verb.letter))?;
            let (at, len) = (first.start, first.end - first.start);
            Some(Misfit::Missing { at, len, places: verbs.len() })
        }
        found => Some(found),
    }
}

/// `{}` of SLF4J and Log4j; the last value may be an error.
fn java(file: &File<'_, '_>, text: &str, given: &[&Arg<'_>]) -> Option<Misfit> {
    let places: Vec<(usize, usize)> = text
        .match_indices("{}")
        .filter(|(at, _)| !text[..*at].ends_with('\\'))
        .map(|(at, _)| (at, at + 2))
        .collect();
    let last = given.last().map(|arg| arg.value);
    if let [only] = given
        && places.len() > 1
        && !is_single(file, only.value)
    {
        return None;
    }
    // What is a field by itself needs no place.
    let rest = given.get(places.len()..).unwrap_or_default();
    if !rest.is_empty() && rest.iter().rev().skip(1).all(|arg| is_field(file, arg.value)) {
        let ends = last.is_none_or(|last| is_field(file, last) || !is_single(file, last));
        if rest.iter().any(|arg| is_field(file, arg.value)) && ends {
            return None;
        }
    }
    // `log.error("lost", e.getMessage(), e)`: what has no place stands in the stack.
    if let [copies @ .., error] = rest
        && let error = file.unit.slice(&file.unit.place(error.value))
        && !copies.is_empty()
        && copies.iter().all(|arg| is_text_of(file.unit.slice(&file.unit.place(arg.value)), error))
    {
        return None;
    }
    match compare(&places, given.len())? {
        Misfit::Surplus { .. }
            if given.len() == places.len() + 1
                && last.is_some_and(|last| !is_single(file, last)) =>
        {
            None
        }
        found => Some(found),
    }
}

/// Whether an expression is the error that a handler around it has caught.
fn is_caught(file: &File<'_, '_>, id: ExprId) -> bool {
    let unit = file.unit;
    let ExprKind::Name(name) = unit.expr(id) else { return false };
    let at = unit.place(id);
    unit.stmts_around(&at).any(|stmt| match unit.stmt(stmt) {
        StmtKind::Try { catches, .. } => {
            catches.iter().any(|catch| catch.at.start <= at.start && catch.name == Some(*name))
        }
        _ => false,
    })
}

/// Whether an expression is the text of an error: `e.getMessage()` of `e`.
fn is_text_of(written: &str, error: &str) -> bool {
    const TEXTS: &[&str] = &["getLocalizedMessage()", "getMessage()", "toString()"];
    let text = written.strip_prefix(error).and_then(|rest| rest.strip_prefix('.'));
    text.is_some_and(|text| TEXTS.contains(&text))
}

/// Types of values that are neither errors nor arrays.
const PLAIN_TYPES: &[&str] = &[
    "String",
    "int",
    "long",
    "double",
    "float",
    "boolean",
    "short",
    "byte",
    "char",
    "Integer",
    "Long",
    "Double",
    "Float",
    "Boolean",
    "UUID",
    "BigDecimal",
    "Instant",
    "Duration",
    "string",
    "decimal",
    "bool",
    "Guid",
    "DateTime",
    "TimeSpan",
    "LocalDate",
    "LocalDateTime",
];

/// Whether a value is certainly one plain value: no error, no array of values.
fn is_single(file: &File<'_, '_>, id: ExprId) -> bool {
    match file.unit.expr(file.names.resolved(id)) {
        ExprKind::Text(_) | ExprKind::Template(_) | ExprKind::Number(_) | ExprKind::Bool(_) => true,
        ExprKind::Binary { .. } => true,
        ExprKind::Name(_) | ExprKind::Member { .. } => file
            .names
            .declared(id)
            .is_some_and(|ty| PLAIN_TYPES.contains(&ty.trim_end_matches('?'))),
        ExprKind::Call { .. } => leaf_name(file, id).is_some_and(|name| {
            let name = name.to_ascii_lowercase();
            ["id", "name", "size", "count", "length"].iter().any(|end| name.ends_with(end))
        }),
        _ => false,
    }
}

/// Names between braces: `{Name}`, `{@Name:fmt}`; doubled braces are text.
fn braces(text: &str) -> Option<Vec<(usize, usize)>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text.get(at..)?.find(['{', '}']) {
        let start = at + next;
        let twice = text[start + 1..].starts_with(&text[start..=start]);
        if twice {
            at = start + 2;
            continue;
        }
        if text[start..].starts_with('}') {
            return None;
        }
        let end = start + text[start..].find('}')? + 1;
        found.push((start, end));
        at = end;
    }
    Some(found)
}

/// Names of the places of a template.
pub(super) fn holes_of(text: &str) -> Vec<&str> {
    let places = braces(text).unwrap_or_default();
    places
        .into_iter()
        .map(|(start, end)| {
            let inside = &text[start + 1..end - 1];
            inside.split([':', ',']).next().unwrap_or(inside).trim_start_matches(['@', '$'])
        })
        .collect()
}

/// Python's `format`: it fails for the caller where a value is missing.
fn loguru(text: &str, given: usize, named: &[&str]) -> Option<Misfit> {
    if given == 0 && named.is_empty() {
        return None;
    }
    let places = braces(text)?;
    let mut automatic = Vec::new();
    let mut numbered = 0;
    for (at, end) in places {
        let inside = text[at + 1..end - 1].split([':', '!', '.', '[']).next().unwrap_or_default();
        match inside.parse::<usize>() {
            _ if inside.is_empty() => automatic.push((at, end)),
            Ok(number) if number >= given => {
                return Some(Misfit::Missing { at, len: end - at, places: number + 1 });
            }
            Ok(number) => numbered = numbered.max(number + 1),
            Err(_) if !named.contains(&inside) => {
                return Some(Misfit::Missing { at, len: end - at, places: 1 });
            }
            Err(_) => {}
        }
    }
    if numbered > 0 { None } else { compare(&automatic, given) }
}

fn template(file: &File<'_, '_>, text: &str, given: &[&Arg<'_>]) -> Option<Misfit> {
    let places = braces(text)?;
    let numbered = |(start, end): &(usize, usize)| {
        text[start + 1..end - 1].starts_with(|c: char| c.is_ascii_digit())
    };
    if places.iter().any(numbered) {
        return None;
    }
    if let [only] = given
        && places.len() > 1
        && !is_single(file, only.value)
    {
        return None;
    }
    compare(&places, given.len())
}

/// A list of keys and values that does not go up, or whose key is made while the program runs.
fn odd(file: &File<'_, '_>, args: &[Arg<'_>]) -> Option<Mismatch> {
    let unit = file.unit;
    let mut number = 0;
    while let Some(arg) = args.get(number) {
        if is_field(file, arg.value) {
            number += 1;
            continue;
        }
        let span = file.expr_span(arg.value);
        if file.names.text(arg.value).is_some() {
            if args.get(number + 1).is_none() {
                let text = "the last key has no value".to_owned();
                return Some(Mismatch { span, text, dropped: false });
            }
            number += 2;
            continue;
        }
        match unit.expr(arg.value) {
            ExprKind::Number(_) | ExprKind::Bool(_) => {
                let text = format!(
                    "`{}` stands where a key is wanted",
                    unit.slice(&unit.place(arg.value))
                );
                return Some(Mismatch { span, text, dropped: false });
            }
            ExprKind::Binary { op: "+", .. } | ExprKind::Template(_) => {
                let text = "a key is made while the program runs".to_owned();
                return Some(Mismatch { span, text, dropped: false });
            }
            ExprKind::Name(_) if file.names.declared(arg.value) == Some("string") => {
                let text = "a key is whatever a variable holds".to_owned();
                return Some(Mismatch { span, text, dropped: false });
            }
            // It may be a key, or a key and its value in one.
            _ => return None,
        }
    }
    None
}
