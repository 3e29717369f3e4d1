//! Code that asks whether there is a current span, and writes its ids.

use super::ends::names_in;
use crate::facts::code::file::{Call, File};
use crate::facts::code::layout::Layout;
use crate::facts::subject::SubjectKind;
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::lang::sensitive::words;
use crate::libraries::Role;
use crate::parse::unit::{ExprId, ExprKind, Place, StmtId, StmtKind};
use crate::source::Span;

/// A test of the current span that always says yes, before its ids are written.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct EmptyTest {
    /// The span as it is tested; in Python all of the condition, elsewhere the comparison.
    pub test: Span,
    /// Where an id is read.
    pub read: Span,
    /// A test that says the truth.
    pub instead: Option<String>,
}

/// Code that takes the current span of a library that always has one.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct CurrentSpan {
    /// The file.
    pub document: DocumentId,
    /// The word that takes it.
    pub at: Span,
    /// What it is asked before its ids are written.
    pub test: Option<EmptyTest>,
    /// It is ended there.
    pub ends: bool,
}

impl Subject for CurrentSpan {
    fn kind(&self) -> SubjectKind {
        SubjectKind::CurrentSpan
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "current span".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.at)
    }
}

pub(super) fn read(file: &File<'_, '_>, layout: &Layout<'_, '_>, facts: &mut FileFacts) {
    for (call, api) in file.of_role(Role::SpanCurrent) {
        let Some(valid) = api.get("valid") else { continue };
        facts.current_spans.push(CurrentSpan {
            document: file.document,
            at: file.callee_span(call.id),
            test: test(file, layout, call, valid),
            ends: is_ended(file, layout, call),
        });
    }
}

/// Whether the span that a call gives is ended: `trace.SpanFromContext(ctx).End()`.
fn is_ended(file: &File<'_, '_>, layout: &Layout<'_, '_>, call: &Call) -> bool {
    let held = held(file, layout, call);
    held.into_iter().filter_map(|id| layout.parent(id)).any(|parent| {
        matches!(file.unit.expr(parent), ExprKind::Member { name: "End" | "end" | "Stop", .. })
    })
}

/// What a call gives: the call, and where the variable that takes it is named.
fn held(file: &File<'_, '_>, layout: &Layout<'_, '_>, call: &Call) -> Vec<ExprId> {
    let unit = file.unit;
    let body = &unit.function(unit.function_of(call.id)).body;
    let mut held = vec![call.id];
    let name = layout.stmt(call.id).and_then(|stmt| match unit.stmt(stmt) {
        StmtKind::Let { targets, value, .. } if *value == Some(call.id) => targets.first().copied(),
        _ => layout.parent(call.id).and_then(|parent| match unit.expr(parent) {
            ExprKind::Assign { target, .. } => Some(*target),
            _ => None,
        }),
    });
    if let Some(name) = name
        && let ExprKind::Name(name) = unit.expr(name)
    {
        held.extend(names_in(file, body, name));
    }
    held
}

fn test(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    call: &Call,
    valid: &str,
) -> Option<EmptyTest> {
    let unit = file.unit;
    let function = unit.function_of(call.id);
    let body = &unit.function(function).body;
    // Somebody asks the right question.
    let asks = unit.all_under(body).into_iter().any(|id| match unit.expr(id) {
        ExprKind::Member { name, .. } | ExprKind::Name(name) => words(name)
            .iter()
            .any(|word| matches!(word.as_str(), "valid" | "recording" | "sampled")),
        _ => false,
    });
    if asks {
        return None;
    }
    held(file, layout, call).into_iter().find_map(|id| {
        let asked = asked(file, layout, id)?;
        let read = asked.region.iter().copied().find(|one| is_id(file, *one, call));
        let read = read.or_else(|| read_later(file, layout, &asked, call))?;
        let whole = file.unit.slice(&unit.place(id)).to_owned();
        Some(EmptyTest {
            test: file.span(&bare(file, asked.at)),
            read: file.expr_span(read),
            instead: asked.yes.then(|| format!("{whole}.{valid}")),
        })
    })
}

/// Where an id is read of what the question leaves in a variable:
/// `ctx = span.get_span_context() if span else None`.
fn read_later(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    asked: &Asked,
    call: &Call,
) -> Option<ExprId> {
    let unit = file.unit;
    let arm = asked.arm?;
    let span = format!("{}()", call.path);
    let of_span = file.names.path(arm).is_some_and(|path| path.starts_with(&span));
    let StmtKind::Let { targets, .. } = unit.stmt(layout.stmt(arm)?) else { return None };
    let [target] = targets.as_slice() else { return None };
    let ExprKind::Name(name) = unit.expr(*target) else { return None };
    let body = &unit.function(unit.function_of(call.id)).body;
    let mut named = names_in(file, body, name).into_iter().filter_map(|id| layout.parent(id));
    named.find(|id| of_span && names_id(file, *id))
}

/// The place of an expression without brackets around it.
fn bare(file: &File<'_, '_>, id: ExprId) -> Place {
    let mut at = file.unit.place(id);
    while file.unit.slice(&at).starts_with('(') && file.unit.slice(&at).ends_with(')') {
        at = at.start + 1..at.end - 1;
    }
    at
}

struct Asked {
    /// The smallest expression that is the question.
    at: ExprId,
    /// The question is "is there one?".
    yes: bool,
    /// What is evaluated if there is one.
    region: Vec<ExprId>,
    /// The value of a choice if there is one.
    arm: Option<ExprId>,
}

/// Whether an expression is asked for being there, and what runs then.
fn asked(file: &File<'_, '_>, layout: &Layout<'_, '_>, id: ExprId) -> Option<Asked> {
    let unit = file.unit;
    let (mut at, mut question, mut yes) = (id, id, true);
    while let Some(outer) = layout.parent(at) {
        match unit.expr(outer) {
            ExprKind::Unary { op: "not" | "!", .. } => yes = !yes,
            ExprKind::Binary { op, left, right } => {
                let other = if *left == at { right } else { left };
                match (*op, unit.expr(*other)) {
                    ("is not" | "!=" | "!==", ExprKind::Null) => question = outer,
                    ("is" | "==" | "===", ExprKind::Null) => {
                        question = outer;
                        yes = !yes;
                    }
                    ("and" | "&&", _) if yes => {}
                    ("or" | "||", _) if !yes => {}
                    _ => return None,
                }
            }
            ExprKind::Assign { value, .. } if *value == at => {}
            ExprKind::Choice { test, yes: then, no } if *test == at => {
                let arm = if yes { *then } else { *no };
                return Some(Asked { at: question, yes, region: unit.all_in(arm), arm: Some(arm) });
            }
            _ => return None,
        }
        at = outer;
    }
    let stmt = layout.stmt(at)?;
    let StmtKind::If { test, then, other, .. } = unit.stmt(stmt) else { return None };
    if *test != at {
        return None;
    }
    let region = match (yes, leaves(file, then)) {
        (true, _) => unit.all_under(then),
        (false, true) => unit.all_under(layout.home(stmt)?.rest()),
        (false, false) => unit.all_under(other),
    };
    Some(Asked { at: question, yes, region, arm: None })
}

fn leaves(file: &File<'_, '_>, block: &[StmtId]) -> bool {
    block.last().is_some_and(|last| {
        matches!(
            file.unit.stmt(*last),
            StmtKind::Return(_) | StmtKind::Throw(_) | StmtKind::Continue | StmtKind::Break
        )
    })
}

/// Whether an expression is an id of the span that a call gives, which nobody tests.
fn is_id(file: &File<'_, '_>, id: ExprId, call: &Call) -> bool {
    let ExprKind::Member { of, .. } = file.unit.expr(id) else { return false };
    let span = format!("{}()", call.path);
    names_id(file, id) && file.names.path(*of).is_some_and(|path| path.starts_with(&span))
}

/// Whether an expression is an id by its name.
fn names_id(file: &File<'_, '_>, id: ExprId) -> bool {
    let ExprKind::Member { name, .. } = file.unit.expr(id) else { return false };
    let plain: String = name.to_ascii_lowercase().chars().filter(|c| *c != '_').collect();
    matches!(plain.as_str(), "traceid" | "spanid" | "gettraceid" | "getspanid")
}
