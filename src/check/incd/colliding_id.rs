//! An identifier that two incidents can share. Rule: rules/incd/colliding-id.yaml

use super::{fresh_id, is_part};
use crate::check::Case;
use crate::facts::code::incidents::IncidentAction;
use crate::finding::Edit;
use crate::identify::Kind;
use crate::lang::duties::Duty;
use crate::repo::Repo;
use crate::source::Span;

pub(super) fn check(action: &IncidentAction, case: &mut Case<'_>) {
    if !is_part(action, case) || (action.weak_ids.is_empty() && !action.has(Duty::Create)) {
        return case.skip();
    }
    for (source, what) in &action.weak_ids {
        let kind = case.repo.document(action.document).kind;
        let edits = unique(case.repo, source.span, kind);
        let flag = case.flag(source.span).with("what", *what);
        if let Some(edits) = edits {
            flag.fix(false, "take an identifier that nobody else has", edits);
        }
    }
}

/// A random identifier in the place of a value and what is calculated from it. Of Go and Rust
/// packages have one: those that the file takes it from already.
fn unique(repo: &Repo, span: Span, kind: Kind) -> Option<Vec<Edit>> {
    let new = match kind {
        // The runtimes have it without an import.
        Kind::Javascript | Kind::Typescript => "crypto.randomUUID()",
        Kind::Java => "java.util.UUID.randomUUID()",
        Kind::Csharp => "System.Guid.NewGuid()",
        Kind::Python => "uuid.uuid4()",
        Kind::Go | Kind::Rust => return fresh_id::compiled(repo, span, kind),
        _ => return None,
    };
    let text = repo.source(span.source).text();
    let span = calculation(text, span)?;
    // A format of its own fits no other value: `{time.time():06.0f}`, `{DateTime.UtcNow:HHmmss}`.
    let formatted = text[span.end as usize..].starts_with(':');
    if formatted || kind == Kind::Python && is_number(text, span) {
        return None;
    }
    let mut edits = vec![Edit { span, text: new.to_owned() }];
    let is_import = |line: &str| line.starts_with("import ") || line.starts_with("from ");
    if kind == Kind::Python && !text.lines().any(|line| line.trim_end() == "import uuid") {
        let mut at = 0;
        let mut lines = text.split_inclusive('\n');
        let first = lines.find(|line| {
            at += line.len();
            is_import(line) && !line.starts_with("from __future__")
        })?;
        at -= first.len();
        let line_end = if first.ends_with("\r\n") { "\r\n" } else { "\n" };
        let text = format!("import uuid{line_end}");
        edits.insert(0, Edit { span: Span::new(span.source, at, at), text });
    }
    Some(edits)
}

/// The value with the functions and numbers around it; none where something else is made of it.
fn calculation(text: &str, value: Span) -> Option<Span> {
    // Python joins texts to texts alone: its `str(…)` stays around the new value.
    const FUNCTIONS: &[&str] =
        &["Math.floor(", "Math.round(", "Math.trunc(", "parseInt(", "int(", "String("];
    let (mut start, mut end) = (value.start as usize, value.end as usize);
    loop {
        let number = number(&text[end..]);
        let function = FUNCTIONS.iter().find(|name| text[..start].ends_with(*name));
        let closes = text[end + number..].starts_with(')');
        match function {
            Some(name) if closes => (start, end) = (start - name.len(), end + number + 1),
            _ if number > 0 => end += number,
            _ => break,
        }
    }
    let before = text[..start].trim_end();
    let after = text[end..].trim_start();
    let used = before.ends_with(['*', '-', '/', '%'])
        || after.starts_with(['*', '/', '-', '%', '.'])
        || after.starts_with("+ 1");
    (!used).then(|| Span::new(value.source, start, end))
}

/// Python: whether what is written there has to be a number: `"INC-%d" % …`.
fn is_number(text: &str, value: Span) -> bool {
    let begin = text[..value.start as usize].rfind('\n').map_or(0, |at| at + 1);
    let before = &text[begin..value.start as usize];
    ["%d", "%i", "%0", "{:"].iter().any(|form| before.contains(form))
}

/// How long ` / 1000` is; nothing of it.
fn number(text: &str) -> usize {
    let rest = text.trim_start_matches(' ');
    let Some(digits) =
        rest.strip_prefix(['/', '*']).map(|rest| rest.trim_start_matches(['/', ' ']))
    else {
        return 0;
    };
    let width = digits.bytes().take_while(u8::is_ascii_digit).count();
    if width == 0 { 0 } else { text.len() - digits.len() + width }
}
