//! Calls that reach people on several ways, one after the other, so that the first that fails
//! stops the rest.

use super::Chain;
use crate::facts::code::file::File;
use crate::facts::code::routines::Routine;
use crate::facts::scalar::Scalar;
use crate::lang::duties::{CHANNELS, Duty, of, words};
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, StmtId, StmtKind, Unit};
use std::collections::BTreeSet;

/// Finds the first pair of such calls.
pub(super) fn find(file: &File<'_, '_>, routine: &Routine) -> Option<Chain> {
    let unit = file.unit;
    for id in &routine.functions {
        let mut walk = Walk { file, found: None };
        walk.block(&unit.function(*id).body, Vec::new());
        if walk.found.is_some() {
            return walk.found;
        }
    }
    None
}

/// A call that reaches people, and over what.
#[derive(Clone)]
struct Sent {
    call: ExprId,
    channels: BTreeSet<String>,
}

struct Walk<'w, 'u, 'a> {
    file: &'w File<'u, 'a>,
    found: Option<Chain>,
}

impl Walk<'_, '_, '_> {
    /// Goes through a block after these calls; gives back the calls made when it is left.
    fn block(&mut self, block: &[StmtId], mut sent: Vec<Sent>) -> Vec<Sent> {
        for stmt in block {
            if self.found.is_some() {
                break;
            }
            sent = self.stmt(*stmt, sent);
        }
        sent
    }

    fn stmt(&mut self, stmt: StmtId, mut sent: Vec<Sent>) -> Vec<Sent> {
        let unit = self.file.unit;
        match unit.stmt(stmt) {
            // What fails in here is caught in here.
            StmtKind::Try { catches, .. } if !catches.is_empty() => sent,
            StmtKind::Spawn(_) | StmtKind::Defer(_) | StmtKind::Define(_) | StmtKind::Class(_) => {
                sent
            }
            StmtKind::If { first, then, other, .. } => {
                if let Some(first) = first {
                    let fails = leaves(unit, then);
                    sent = self.calls(*first, sent, fails);
                }
                let mut after = sent.clone();
                for branch in [then, other] {
                    let inside = self.block(branch, sent.clone());
                    if !leaves(unit, branch) {
                        after.extend(inside.into_iter().skip(sent.len()));
                    }
                }
                after
            }
            StmtKind::Switch { arms, .. } => {
                let mut after = sent.clone();
                for arm in arms {
                    let inside = self.block(&arm.body, sent.clone());
                    after.extend(inside.into_iter().skip(sent.len()));
                }
                after
            }
            StmtKind::Loop { body, .. } | StmtKind::Block(body) => self.block(body, sent),
            StmtKind::With { body: Some(body), .. } => self.block(body, sent),
            StmtKind::Try { body, last, .. } => {
                let sent = self.block(body, sent);
                self.block(last, sent)
            }
            _ => self.calls(stmt, sent, false),
        }
    }

    /// The calls that a statement makes itself.
    fn calls(&mut self, stmt: StmtId, mut sent: Vec<Sent>, tested: bool) -> Vec<Sent> {
        let unit = self.file.unit;
        let reads: Vec<ExprId> =
            unit.reads(stmt).into_iter().flat_map(|id| unit.all_in(id)).collect();
        for call in reads.iter().copied() {
            let Some(channels) = channels(self.file, call) else { continue };
            let other = sent.iter().find(|before| before.channels.is_disjoint(&channels));
            if let Some(before) = other {
                let scalar = |id: ExprId| {
                    let span = self.file.callee_span(id);
                    let ExprKind::Call { callee, .. } = unit.expr(id) else {
                        return Scalar { text: String::new(), span, known: true, plain: false };
                    };
                    let text = unit.slice(&unit.place(*callee)).to_owned();
                    Scalar { text, span, known: true, plain: false }
                };
                self.found = Some(Chain { first: scalar(before.call), next: scalar(call) });
                return sent;
            }
            if self.can_stop(call, stmt, &reads, tested) {
                sent.push(Sent { call, channels });
            }
        }
        sent
    }

    /// Whether an error of a call leaves the function.
    fn can_stop(&self, call: ExprId, stmt: StmtId, reads: &[ExprId], tested: bool) -> bool {
        let unit = self.file.unit;
        let within = |wanted: fn(&ExprKind<'_>) -> Option<ExprId>| {
            reads.iter().any(|id| wanted(unit.expr(*id)) == Some(call))
        };
        let awaited =
            || within(|kind| if let ExprKind::Await(of) = kind { Some(*of) } else { None });
        match unit.language {
            Language::Python | Language::Java => true,
            Language::Go => tested || self.is_checked_next(stmt),
            Language::Rust => reads.iter().any(|id| {
                let of = match unit.expr(*id) {
                    ExprKind::Propagate(of) => *of,
                    // A panic leaves as well.
                    ExprKind::Call { callee, .. } => match unit.expr(*callee) {
                        ExprKind::Member { of, name: "unwrap" | "expect" } => *of,
                        _ => return false,
                    },
                    _ => return false,
                };
                of == call || matches!(unit.expr(of), ExprKind::Await(inner) if *inner == call)
            }),
            Language::Csharp | Language::Javascript | Language::Typescript | Language::Tsx => {
                // A promise that nobody waits for fails alone.
                awaited()
                    || (unit.language == Language::Csharp
                        && !unit.slice(&unit.place(call)).contains("Async("))
            }
        }
    }

    /// `err = send()` with `if err != nil { return err }` after it.
    fn is_checked_next(&self, stmt: StmtId) -> bool {
        let unit = self.file.unit;
        let StmtKind::Let { targets, .. } = unit.stmt(stmt) else { return false };
        let Some(ExprKind::Name(name)) = targets.last().map(|target| unit.expr(*target)) else {
            return false;
        };
        let end = unit.stmts[stmt.0 as usize].at.end;
        unit.stmts.iter().any(|next| {
            next.at.start >= end
                && unit
                    .text
                    .get(end as usize..next.at.start as usize)
                    .is_some_and(|gap| gap.trim().is_empty())
                && match &next.kind {
                    StmtKind::If { test, then, first: None, .. } => {
                        unit.slice(&unit.place(*test)).starts_with(name) && leaves(unit, then)
                    }
                    _ => false,
                }
        })
    }
}

/// Whether a block ends by leaving.
fn leaves(unit: &Unit<'_>, block: &[StmtId]) -> bool {
    block.last().is_some_and(|last| {
        matches!(
            unit.stmt(*last),
            StmtKind::Return(_) | StmtKind::Throw(_) | StmtKind::Continue | StmtKind::Break
        )
    })
}

/// Over what a call reaches people; none where it does not.
pub(super) fn channels(file: &File<'_, '_>, call: ExprId) -> Option<BTreeSet<String>> {
    let unit = file.unit;
    let ExprKind::Call { callee, .. } = unit.expr(call) else { return None };
    let name = match unit.expr(*callee) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => *name,
        _ => return None,
    };
    let text = unit.slice(&unit.place(*callee));
    let mut all = words(text);
    // `pagerDuty`
    all.extend(all.windows(2).map(|pair| pair.concat()).collect::<Vec<_>>());
    // Who is on call is reached by a pager.
    if all.iter().any(|word| word == "oncall") {
        all.push("pager".to_owned());
    }
    let named: BTreeSet<String> =
        all.into_iter().filter(|word| CHANNELS.contains(&word.as_str())).collect();
    let acts = of(name, "Notifier").contains(&Duty::Notify);
    (acts && !named.is_empty()).then_some(named)
}
