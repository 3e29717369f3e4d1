//! A span that an error leaves open. Rule: rules/trac/end-not-in-finally.yaml

use crate::check::{Case, mend};
use crate::facts::code::spans::{SpanEnd, SpanForm, SpanScope};
use crate::finding::Edit;
use crate::identify::Kind;
use crate::source::Span;

pub(super) fn check(scope: &SpanScope, case: &mut Case<'_>) {
    if !matches!(scope.form, SpanForm::Manual | SpanForm::Callback)
        || case.repo.is_load_test(scope.document)
    {
        return case.skip();
    }
    if let SpanEnd::Straight { end, risk } = scope.end {
        let edits = guarded(scope, end, case);
        let flag = case
            .flag(end)
            .related(scope.at, "the span starts here")
            .related(risk, "an error here passes the end by");
        if let Some(edits) = edits {
            flag.fix(false, "end it in a `finally`", edits);
        }
    }
}

/// Everything between the start and the end, in a `try`: where the end is the last statement of the
/// block, each on lines of their own.
fn guarded(scope: &SpanScope, end: Span, case: &Case<'_>) -> Option<Vec<Edit>> {
    let repo = case.repo;
    let kind = repo.document(scope.document).kind;
    let python = kind == Kind::Python;
    if !python && !matches!(kind, Kind::Javascript | Kind::Typescript | Kind::Java | Kind::Csharp) {
        return None;
    }
    let (first, last) = (mend::line(repo, scope.at)?, mend::line(repo, end)?);
    let text = repo.source(end.source).text();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let (opening, ending) = (repo.text(first), repo.text(last));
    let lead = opening.get(..indent(opening))?;
    let statement = ending.trim();
    let whole = ending.starts_with(lead)
        && indent(ending) == lead.len()
        && opening.ends_with('\n')
        && statement.trim_end_matches(';').ends_with(')')
        && statement.matches('(').count() == 1
        && (python || opening.trim_end().ends_with([';', ')']));
    let after = text.get(last.end as usize..)?.lines().find(|line| !line.trim().is_empty());
    let closed = match (python, after) {
        (true, after) => after.is_none_or(|line| indent(line) < lead.len()),
        (false, after) => after
            .is_some_and(|line| indent(line) < lead.len() && line.trim_start().starts_with('}')),
    };
    let between = text.get(first.end as usize..last.start as usize)?;
    let inside = |line: &str| line.trim().is_empty() || line.starts_with(lead);
    // Texts of several lines would change.
    let texts = between.contains('`') || between.contains("\"\"\"");
    let plain = !between.trim().is_empty() && !texts && between.lines().all(inside);
    if !(whole && closed && plain) {
        return None;
    }
    let step = match (lead.contains('\t'), python || lead.len().is_multiple_of(4)) {
        (true, _) => "\t",
        (false, true) => "    ",
        (false, false) => "  ",
    };
    let (open, close, tail) = match python {
        true => ("try:", "finally:", String::new()),
        false => ("try {", "} finally {", format!("\n{lead}}}")),
    };
    let at = |byte: usize| Span::new(end.source, byte, byte);
    let mut edits = Vec::new();
    let mut byte = first.end as usize;
    for (number, line) in between.split_inclusive('\n').enumerate() {
        let before = if number == 0 { format!("{lead}{open}\n") } else { String::new() };
        let step = if line.trim().is_empty() { "" } else { step };
        if !before.is_empty() || !step.is_empty() {
            edits.push(Edit { span: at(byte), text: format!("{before}{step}") });
        }
        byte += line.len();
    }
    let from = last.start as usize + lead.len();
    let span = Span::new(end.source, from, from + statement.len());
    let text = format!("{close}\n{lead}{step}{statement}{tail}");
    edits.push(Edit { span, text });
    Some(edits)
}
