//! Spans of Rust that are entered: the guard leaves them when it is dropped, on whatever thread
//! and in whatever task that is.

use crate::facts::code::file::File;
use crate::facts::code::layout::Layout;
use crate::facts::subject::SubjectKind;
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, StmtId, StmtKind};
use crate::source::Span;

/// A span that is entered for the rest of its block.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct SpanGuard {
    /// The file.
    pub document: DocumentId,
    /// The word that enters it.
    pub at: Span,
    /// Where the code waits for others while it is entered.
    pub waits: Option<Span>,
}

impl Subject for SpanGuard {
    fn kind(&self) -> SubjectKind {
        SubjectKind::SpanGuard
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "span guard".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.at)
    }
}

pub(super) fn read(file: &File<'_, '_>, layout: &Layout<'_, '_>, facts: &mut FileFacts) {
    if file.unit.language != Language::Rust {
        return;
    }
    for call in &file.calls {
        let enters = matches!(file.called(call.id), Some("enter" | "entered"));
        if !enters || !is_span(file, call.id) {
            continue;
        }
        let Some(stmt) = layout.stmt(call.id) else { continue };
        let StmtKind::Let { targets, value: Some(value), .. } = file.unit.stmt(stmt) else {
            continue;
        };
        let guard = targets.first().and_then(|target| match file.unit.expr(*target) {
            ExprKind::Name(guard) if *guard != "_" => Some(*guard),
            _ => None,
        });
        if *value != call.id || !file.unit.args(call.id).is_empty() {
            continue;
        }
        let Some((guard, home)) = guard.zip(layout.home(stmt)) else { continue };
        facts.span_guards.push(SpanGuard {
            document: file.document,
            at: file.callee_span(call.id),
            waits: waits(file, home.rest(), guard),
        });
    }
}

/// Whether `enter` is called on a span.
fn is_span(file: &File<'_, '_>, call: ExprId) -> bool {
    let unit = file.unit;
    let ExprKind::Call { callee, .. } = unit.expr(call) else { return false };
    let ExprKind::Member { of, .. } = unit.expr(*callee) else { return false };
    let of = file.names.resolved(*of);
    let made = file.call(of).is_some_and(|call| {
        call.role(Role::SpanStart).is_some() || call.role(Role::SpanCurrent).is_some()
    });
    made || file
        .names
        .path(of)
        .is_some_and(|path| matches!(path.as_str(), "<tracing.Span>" | "<Span>"))
}

/// The first wait before the guard is dropped.
fn waits(file: &File<'_, '_>, rest: &[StmtId], guard: &str) -> Option<Span> {
    let unit = file.unit;
    for stmt in rest {
        let here = std::slice::from_ref(stmt);
        let all = unit.all_under(here);
        let names = |id: &ExprId| matches!(unit.expr(*id), ExprKind::Name(name) if *name == guard);
        let dropped = all.iter().filter(|id| match unit.expr(**id) {
            ExprKind::Call { args, .. } if file.called(**id) == Some("drop") => {
                args.iter().any(|arg| names(&arg.value))
            }
            ExprKind::Call { callee, .. } => match unit.expr(*callee) {
                ExprKind::Member { of, name: "exit" } => names(of),
                _ => false,
            },
            _ => false,
        });
        let dropped = dropped.map(|id| unit.place(*id).start).min();
        let waits = all.iter().filter(|id| matches!(unit.expr(**id), ExprKind::Await(_)));
        let mut waits: Vec<_> = waits.map(|id| unit.place(*id)).collect();
        waits.sort_by_key(|at| at.end);
        let first = waits.into_iter().find(|at| dropped.is_none_or(|dropped| at.end < dropped));
        if let Some(at) = first {
            let word = "await";
            let len = u32::try_from(word.len()).unwrap_or_default();
            let start = if unit.slice(&at).ends_with(word) { at.end - len } else { at.start };
            return Some(file.span(&(start..at.end)));
        }
        if dropped.is_some() {
            return None;
        }
    }
    None
}
