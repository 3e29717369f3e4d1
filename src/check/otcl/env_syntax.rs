//! Variables in a form the collector does not expand. Rule: rules/otcl/env-syntax.yaml

use super::model;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::collector::Collector;
use crate::facts::flat::{Setting, Settings};
use crate::facts::scalar::Scalar;
use crate::finding::Edit;
use crate::identify::Kind;
use crate::lang::version::Version;
use crate::source::Span;

/// The release from which on `$NAME` is left as it is.
const BRACES_ONLY: Version = Version::new(0, 104, 0);

pub(super) fn check(collector: &Collector, case: &mut Case<'_>) {
    let repo = case.repo;
    let document = collector.document;
    let host = repo.document(document).host.map(|host| repo.document(host).kind);
    // Compose fills in variables of its own before the collector sees them.
    if repo.document(document).masked || host == Some(Kind::Compose) {
        return case.skip();
    }
    let old = model::reaches(repo, document, BRACES_ONLY) == Some(false);
    let telemetry = std::iter::once(&collector.telemetry);
    let components = repo.components_of(document).map(|component| &component.settings);
    let all: Vec<&Settings> = telemetry.chain(components).collect();
    for setting in all.iter().flat_map(|settings| &settings.entries) {
        // A scrape configuration is a document of its own, with captures.
        if setting.path.starts_with("config.") {
            continue;
        }
        if let Some(scalar) = setting.scalar().filter(|scalar| !scalar.text.contains("{{")) {
            if !old {
                bare(setting, scalar, case);
            }
            without_provider(scalar, case);
            if scalar.text.contains('$') {
                without_name(scalar, case);
            }
        }
    }
}

/// `$NAME`: what is written is what the component gets.
fn bare(setting: &Setting, scalar: &Scalar, case: &mut Case<'_>) {
    for (at, name) in names(&scalar.text) {
        let whole = scalar.text.len() == name.len() + 1;
        let loud = name.len() >= 3
            && name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit());
        // In patterns and statements `$` has other uses.
        if !loud
            && (!whole
                || is_pattern(setting)
                || !name.starts_with(|c: char| c.is_ascii_alphabetic()))
        {
            continue;
        }
        let span = case.repo.place(scalar, at..at + name.len() + 1);
        let exact = case.repo.text(span) == &scalar.text[at..at + name.len() + 1];
        let text = with_provider(case, span, name, whole);
        let what = "is not expanded: the component gets these letters";
        let flag = case.flag(span).with("text", format!("${name}")).with("what", what);
        if let Some(text) = text.filter(|_| exact) {
            let edit = Edit { span, text };
            flag.fix(true, "Write it with braces and provider", vec![edit]);
        }
    }
}

/// The variable as the collector expands it. In a mapping or list on one line braces end a plain
/// value, so it is quoted there; `None` where only a part of such a value is the variable.
fn with_provider(case: &Case<'_>, span: Span, name: &str, whole: bool) -> Option<String> {
    let before = case.repo.source(span.source).text().get(..span.start as usize)?;
    let line = before.rsplit('\n').next().unwrap_or_default();
    let quoted = line.matches('"').count() % 2 == 1 || line.matches('\'').count() % 2 == 1;
    match (line.contains(['{', '[']) && !quoted, whole) {
        (false, _) => Some(format!("${{env:{name}}}")),
        (true, true) => Some(format!("\"${{env:{name}}}\"")),
        (true, false) => None,
    }
}

/// `${NAME}` works, by a default that a `default_scheme` may take away.
fn without_provider(scalar: &Scalar, case: &mut Case<'_>) {
    let text = &scalar.text;
    for (at, _) in text.match_indices("${") {
        if text[..at].ends_with('$') {
            continue;
        }
        let body = &text[at + 2..];
        let end = body.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(body.len());
        let named = end > 0 && !body.starts_with(|c: char| c.is_ascii_digit());
        if !named || !body[end..].starts_with('}') {
            continue;
        }
        let name = &body[..end];
        let span = case.repo.place(scalar, at..at + end + 3);
        let exact = case.repo.text(span) == &text[at..at + end + 3];
        let what = "names no provider";
        let flag = case
            .flag(span)
            .with("text", format!("${{{name}}}"))
            .with("what", what)
            .severity(Severity::Info);
        if exact {
            let edit = Edit { span, text: format!("${{env:{name}}}") };
            flag.fix(true, "Name the provider", vec![edit]);
        }
    }
}

/// `${env:1A}`: no variable can be called so, and the collector stops at it.
fn without_name(scalar: &Scalar, case: &mut Case<'_>) {
    let text = &scalar.text;
    for (at, opening) in text.match_indices("${env:") {
        let body = &text[at + opening.len()..];
        let Some(end) = body.find('}').filter(|_| !text[..at].ends_with('$')) else { continue };
        let body = &body[..end];
        let name = body.split_once(":-").map_or(body, |(name, _)| name);
        let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let is_name = starts && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        // One variable inside of another is whatever that holds.
        if is_name || body.contains('$') {
            continue;
        }
        let whole = at..at + opening.len() + end + 1;
        let what = "names what no variable can be called, so the collector does not start";
        let span = case.repo.place(scalar, whole.clone());
        case.flag(span).with("text", &text[whole]).with("what", what);
    }
}

/// Places and names of `$NAME`, but for `$$`.
fn names(text: &str) -> Vec<(usize, &str)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(step) = text[at..].find('$') {
        let start = at + step;
        at = start + 1;
        if bytes.get(at) == Some(&b'$') {
            at += 1;
            continue;
        }
        let body = &text[at..];
        let end = body.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(body.len());
        let escaped = start > 0 && bytes[start - 1] == b'\\';
        if end > 0 && !escaped && !body.starts_with(|c: char| c.is_ascii_digit()) {
            found.push((start, &body[..end]));
        }
    }
    found
}

fn is_pattern(setting: &Setting) -> bool {
    const WORDS: &[&str] = &[
        "regex",
        "pattern",
        "expr",
        "statement",
        "condition",
        "if",
        "match",
        "format",
        "include",
        "exclude",
    ];
    let name = setting.path.to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}
