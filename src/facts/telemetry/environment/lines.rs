//! Variables in files of other programs' own forms: values of charts, task definitions, files of
//! platforms, units of systemd, generators of Kustomize. All of them put a name and its value on
//! one line, or the value on the next.

use super::{OtelVariable, PREFIX};
use crate::facts::scalar::Scalar;
use crate::facts::{Document, DocumentId, FileFacts};
use crate::identify::Kind;
use crate::lang::placeholder;
use crate::parse::offsets::OffsetMap;
use crate::source::Span;
use std::collections::HashSet;

/// Endings of files that set an environment, whatever program they are written for.
const ENDINGS: &[&str] = &["yaml", "yml", "json", "toml", "service", "tf"];

/// Keys before a name that has its value under a key of its own.
const NAMES: &[&str] = &["name", "key"];

/// Whether a file that no reader knows may set variables.
pub(in crate::facts) fn may_hold(path: &str, text: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    ENDINGS.contains(&ending) && holds(text)
}

fn holds(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), PREFIX.as_bytes()).is_some()
}

/// Whether the variables of such a document are read from its lines.
fn is_read(document: &Document) -> bool {
    let object = document.object.as_ref().map(|object| object.kind.as_str());
    match document.kind {
        Kind::Kubernetes => object == Some("Kustomization"),
        Kind::EnvFile | Kind::Terraform | Kind::CiPipeline | Kind::CloudFormation => true,
        _ => false,
    }
}

/// Reads what no other reader of the file has found.
pub(in crate::facts) fn read(text: &str, map: &OffsetMap, facts: &mut FileFacts) {
    if !holds(text) {
        return;
    }
    let known: HashSet<u32> = facts.otel_variables.iter().map(|it| it.name.span.start).collect();
    let read = facts.documents.iter().filter(|document| is_read(document));
    let mut documents: Vec<(Span, DocumentId)> = read.map(|it| (it.span, it.id)).collect();
    documents.sort_by_key(|(span, _)| span.start);
    for (name, value) in pairs(text, map) {
        let before = documents.partition_point(|(span, _)| span.start <= name.span.start);
        let Some((span, id)) = before.checked_sub(1).map(|at| documents[at]) else { continue };
        if name.span.end <= span.end && !known.contains(&name.span.start) {
            facts.otel_variables.extend(OtelVariable::of(id, &name, &value, None));
        }
    }
}

/// Names with their values.
fn pairs(text: &str, map: &OffsetMap) -> Vec<(Scalar, Scalar)> {
    let mut found = Vec::new();
    for at in memchr::memmem::find_iter(text.as_bytes(), PREFIX.as_bytes()) {
        let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
        let length = text[at..]
            .bytes()
            .take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_');
        let end = at + length.count();
        let before = &text[start..at];
        let value = match place(before) {
            Some(Place::Name) => below(text, end),
            Some(Place::Key) => beside(text, end),
            None => None,
        };
        let Some((from, to, known)) = value else { continue };
        let scalar = |from: usize, to: usize, known: bool| Scalar {
            text: text[from..to].to_owned(),
            span: map.span(from, to),
            known: known && !placeholder::is_in(&text[from..to]),
            plain: true,
        };
        found.push((scalar(at, end, true), scalar(from, to, known)));
    }
    found
}

/// What a name is where it stands.
enum Place {
    /// The key, or the left of `=`.
    Key,
    /// The value of `name:`.
    Name,
}

/// What stands before a name on its line says what it is; in prose it is nothing.
fn place(before: &str) -> Option<Place> {
    let bare = before.trim_end_matches(['"', '\'']);
    let bare = bare.trim();
    if bare.starts_with(['#', ';']) || bare.starts_with("//") {
        return None;
    }
    // Several on one line: `{ a: b, OTEL_X: c }`, `Environment="A=b" "OTEL_X=c"`.
    let asked = bare.ends_with("${");
    let opens = bare.is_empty() || (bare.ends_with(['{', ',', '-', '[']) && !asked);
    let unit = bare.starts_with("Environment=");
    if opens || (unit && before.ends_with(['=', '"', ' '])) {
        return Some(Place::Key);
    }
    let key = bare.strip_suffix([':', '='])?.trim_end().trim_end_matches(['"', '\'']);
    let word = key.rsplit(|c: char| !c.is_ascii_alphanumeric()).next()?;
    NAMES.iter().any(|name| word.eq_ignore_ascii_case(name)).then_some(Place::Name)
}

/// The value behind a key: `: v`, `= "v"`, `=v`.
fn beside(text: &str, end: usize) -> Option<(usize, usize, bool)> {
    let line = text[end..].lines().next()?;
    let rest = line.trim_start_matches(['"', '\'']).trim_start();
    let rest = rest.strip_prefix([':', '='])?;
    value(text, rest.trim_start())
}

/// The value that stands under its own key behind a name: `, value = "v"`, or on the next line.
fn below(text: &str, end: usize) -> Option<(usize, usize, bool)> {
    const KEY: usize = 5;
    let rest = text[end..].trim_start_matches(['"', '\'']).trim_start().trim_start_matches(',');
    let rest = rest.trim_start().trim_start_matches(['"', '\'']);
    if !rest.get(..KEY)?.eq_ignore_ascii_case("value") {
        return None;
    }
    let rest = rest[KEY..].lines().next()?.trim_start_matches(['"', '\'']).trim_start();
    value(text, rest.strip_prefix([':', '='])?.trim_start())
}

/// The place of a value that a rest of a line begins with, and whether it says what it says.
fn value(text: &str, rest: &str) -> Option<(usize, usize, bool)> {
    let offset = |part: &str| part.as_ptr() as usize - text.as_ptr() as usize;
    for quote in ['"', '\''] {
        if let Some(inner) = rest.strip_prefix(quote) {
            let length = inner.find(quote)?;
            let from = offset(inner);
            return Some((from, from + length, true));
        }
    }
    let bare = rest.find(" #").map_or(rest, |at| &rest[..at]);
    let bare = bare.split(['"', '\'', ',', '}', ']']).next().unwrap_or(bare).trim_end();
    let from = offset(bare);
    // An expression, or a sentence.
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:%=".contains(c);
    let known = bare.chars().all(plain) && !bare.starts_with("var.") && !bare.starts_with("local.");
    (!bare.is_empty()).then_some((from, from + bare.len(), known))
}

#[cfg(test)]
mod tests {
    use super::pairs;
    use crate::parse::offsets::OffsetMap;
    use crate::source::SourceId;

    #[test]
    fn every_form_has_its_value() {
        for (text, expected) in [
            ("env:\n  OTEL_A: b\n", Some(("b", true))),
            ("env: {A: b, OTEL_A: b}\n", Some(("b", true))),
            ("  { name = \"OTEL_A\", value = \"b\" },\n", Some(("b", true))),
            ("  { name = \"OTEL_A\", value = var.b },\n", Some(("var.b", false))),
            ("- name: OTEL_A\n  value: b\n", Some(("b", true))),
            ("{\"name\": \"OTEL_A\",\n  \"value\": \"b\"}\n", Some(("b", true))),
            ("OTEL_A = \"b\"\n", Some(("b", true))),
            ("Environment=\"A=c\" \"OTEL_A=b\"\n", Some(("b", true))),
            ("Environment=OTEL_A=b\n", Some(("b", true))),
            ("- OTEL_A=b\n", Some(("b", true))),
            ("OTEL_A: what it is\n", Some(("what it is", false))),
            ("OTEL_A: ${b}\n", Some(("${b", false))),
            ("# OTEL_A: b\n", None),
            ("preference: ${OTEL_A:-b}\n", None),
            ("run: OTEL_A=b node app.js\n", None),
            ("text: set OTEL_A: b\n", None),
            ("- name: OTEL_A\n  valueFrom: {}\n", None),
        ] {
            let map = OffsetMap::slice(SourceId(0), 0);
            let found = pairs(text, &map);
            let found = found.first().map(|(_, value)| (value.text.as_str(), value.known));
            assert_eq!(found, expected, "{text}");
        }
    }
}
