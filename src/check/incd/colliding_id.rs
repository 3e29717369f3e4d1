//! An identifier that two incidents can share. Rule: rules/incd/colliding-id.yaml

use super::is_part;
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

/// A random identifier in the place of a value and what is calculated from it; of Go and Rust only
/// packages have one.
fn unique(repo: &Repo, span: Span, kind: Kind) -> Option<Vec<Edit>> {
    let new = match kind {
        // The runtimes have it without an import.
        Kind::Javascript | Kind::Typescript => "crypto.randomUUID()",
        Kind::Java => "java.util.UUID.randomUUID()",
        Kind::Csharp => "System.Guid.NewGuid()",
        Kind::Python => "uuid.uuid4()",
        _ => return None,
    };
    let text = repo.source(span.source).text();
    let span = calculation(text, span)?;
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
    const FUNCTIONS: &[&str] =
        &["Math.floor(", "Math.round(", "Math.trunc(", "parseInt(", "int(", "str(", "String("];
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
