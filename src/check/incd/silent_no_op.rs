//! A change that is dropped in silence. Rule: rules/incd/silent-no-op.yaml

use super::{is_part, name_of};
use crate::check::{Case, mend};
use crate::facts::code::incidents::IncidentAction;
use crate::finding::Edit;
use crate::identify::Kind;
use crate::lang::duties::Duty;
use crate::repo::Repo;
use crate::source::Span;

pub(super) fn check(action: &IncidentAction, case: &mut Case<'_>) {
    const CHANGES: &[Duty] = &[Duty::Assign, Duty::Update, Duty::Note, Duty::Resolve];
    let changes = action.duties.iter().any(|duty| CHANGES.contains(duty));
    if !changes || !is_part(action, case) {
        return case.skip();
    }
    let Some(test) = action.silent.as_ref() else { return };
    let kind = case.repo.document(action.document).kind;
    let edits = otherwise(case.repo, kind, test.span);
    let flag = case.flag(test.span).with("action", name_of(action));
    if let Some(edits) = edits {
        let how = match kind {
            Kind::Go | Kind::Rust => "say what is not known",
            _ => "raise an error for what is not known",
        };
        flag.fix(false, how, edits);
    }
}

/// An error where the condition does not hold; in Go and Rust, where a function that gives nothing
/// back has no way to raise one, a record.
fn otherwise(repo: &Repo, kind: Kind, test: Span) -> Option<Vec<Edit>> {
    let text = repo.source(test.source).text();
    // What leaves where nothing is found has no other branch.
    let behind =
        text[test.end as usize..].trim_start_matches([')', '{', ':', ' ', '\t', '\r', '\n']);
    if behind.starts_with("return") {
        return None;
    }
    let begin = text[..test.start as usize].rfind('\n').map_or(0, |at| at + 1);
    let first = &text[begin..test.start as usize];
    let indent = &first[..first.len() - first.trim_start().len()];
    let error = match kind {
        Kind::Python => return unknown_key(repo, test, begin, indent),
        Kind::Java => "throw new IllegalArgumentException",
        Kind::Javascript | Kind::Typescript => "throw new Error",
        Kind::Csharp => "throw new System.ArgumentException",
        Kind::Go | Kind::Rust => told(text, kind)?,
        _ => return None,
    };
    let open = text[test.end as usize..].find('{')?;
    if !matches!(text[test.end as usize..][..open].trim(), "" | ")") {
        return None;
    }
    let inside = test.end as usize + open + 1;
    let end = inside + mend::closing(text.get(inside..)?, b'}')? + 1;
    let line_end = if text[..inside].ends_with("\r\n") { "\r\n" } else { "\n" };
    let step = text[inside..end].lines().nth(1).map_or("  ", |line| {
        let lead = &line[..line.len() - line.trim_start().len()];
        lead.strip_prefix(indent).filter(|step| !step.is_empty()).unwrap_or("  ")
    });
    let closes = match kind {
        Kind::Go => "",
        Kind::Javascript if !text.contains(';') => "",
        _ => ";",
    };
    let text = format!(
        " else {{{line_end}{indent}{step}{error}(\"unknown incident\"){closes}{line_end}{indent}}}"
    );
    Some(vec![Edit { span: Span::new(test.source, end, end), text }])
}

/// How a file of Go or Rust tells of what it cannot do: with the logger that it has.
fn told(text: &str, kind: Kind) -> Option<&'static str> {
    let known: &[(&str, &str)] = match kind {
        Kind::Go => &[("\"log/slog\"", "slog.Warn"), ("\"log\"", "log.Print")],
        _ => &[("tracing::", "tracing::warn!"), ("log::", "log::warn!")],
    };
    known.iter().find(|(sign, _)| text.contains(sign)).map(|(_, call)| *call)
}

/// The same in Python: before what is done.
fn unknown_key(repo: &Repo, test: Span, begin: usize, indent: &str) -> Option<Vec<Edit>> {
    let source = repo.source(test.source).text();
    let text = repo.text(test);
    let alone = source[begin..test.start as usize].trim() == "if";
    let whole = source[test.end as usize..].split('\n').next()?.trim_end() == ":";
    if !alone
        || !whole
        || text.contains(['\n', '(', ':'])
        || text.contains(" and ")
        || text.contains(" or ")
    {
        return None;
    }
    let (condition, key) = match text.split_once(" in ") {
        Some((key, store)) => (format!("{key} not in {store}"), key),
        None if text.contains(' ') => return None,
        None => (format!("not {text}"), "\"unknown incident\""),
    };
    let line_end = if source.contains("\r\n") { "\r\n" } else { "\n" };
    let text =
        format!("{indent}if {condition}:{line_end}{indent}    raise KeyError({key}){line_end}");
    Some(vec![Edit { span: Span::new(test.source, begin, begin), text }])
}
