//! An identifier that two incidents can share. Rule: rules/incd/colliding-id.yaml

use super::is_part;
use crate::check::Case;
use crate::facts::code::incidents::IncidentAction;
use crate::finding::Edit;
use crate::identify::Kind;
use crate::lang::duties::Duty;
use crate::source::Span;

pub(super) fn check(action: &IncidentAction, case: &mut Case<'_>) {
    if !is_part(action, case) || (action.weak_ids.is_empty() && !action.has(Duty::Create)) {
        return case.skip();
    }
    for (source, what) in &action.weak_ids {
        // The runtimes of JavaScript have it without an import.
        let kind = case.repo.document(action.document).kind;
        let global = matches!(kind, Kind::Javascript | Kind::Typescript);
        let alone = matches!(case.repo.text(source.span), "Date.now()" | "Math.random()")
            && !calculated(case, source.span);
        let flag = case.flag(source.span).with("what", *what);
        if global && alone {
            let edit = Edit { span: source.span, text: "crypto.randomUUID()".to_owned() };
            flag.fix(false, "take an identifier that nobody else has", vec![edit]);
        }
    }
}

/// Whether a number is made of the value.
fn calculated(case: &Case<'_>, span: Span) -> bool {
    let text = case.repo.source(span.source).text();
    let before = text.get(..span.start as usize).unwrap_or_default().trim_end();
    let after = text.get(span.end as usize..).unwrap_or_default().trim_start();
    before.ends_with(['(', '*', '+', '-', '/', '%'])
        || after.starts_with(['*', '/', '-', '%', '.', ')'])
}
