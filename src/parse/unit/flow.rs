//! Ways through a function: whether something that is opened is closed on all of them.
//!
//! Statements are walked as they nest, with the set of states a value can be in; a loop is walked
//! twice, which is all there is to know with three states. An error can leave any statement of a
//! `try`, so its handlers begin in every state that its body passes through.

use super::{ExprId, ExprKind, FunctionId, Place, StmtId, StmtKind, Unit};

/// States a value can be in, as bits.
type States = u8;
/// Not opened yet.
const BEFORE: States = 1;
/// Open.
const OPEN: States = 2;
/// Closed.
const CLOSED: States = 4;

/// Where a function is left while a value is still open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// The statement that leaves, or the end of the function.
    pub at: Place,
    /// It leaves with an error.
    pub by_error: bool,
}

/// What is asked of the ways.
pub struct Question<'q> {
    /// The statement that opens; none where the function is given what is open.
    pub opens: Option<StmtId>,
    /// Whether an expression closes.
    pub closes: &'q dyn Fn(ExprId) -> bool,
    /// Whether a statement may fail; every one where nobody says.
    pub fails: Option<&'q dyn Fn(StmtId) -> bool>,
}

/// The ways on which a function is left while the value is open.
pub fn leaks(unit: &Unit<'_>, function: FunctionId, question: &Question<'_>) -> Vec<Leak> {
    let mut walk = Walk { unit, question, frames: Vec::new(), seen: Vec::new(), leaks: Vec::new() };
    let function = unit.function(function);
    let entry = if question.opens.is_some() { BEFORE } else { OPEN };
    let end = walk.block(&function.body, entry);
    if end & OPEN != 0 {
        let at = function.at.end.saturating_sub(1)..function.at.end;
        walk.leaks.push(Leak { at, by_error: false });
    }
    walk.leaks.sort_by_key(|leak| (leak.at.start, leak.at.end));
    walk.leaks.dedup();
    walk.leaks
}

enum Frame<'w> {
    /// A loop or a switch: states of its breaks and continues.
    Loop { breaks: States, continues: States, is_switch: bool },
    /// A `try` whose handlers take errors: states they begin in.
    Handlers { entry: States },
    /// A block that always runs last.
    Last(&'w [StmtId]),
}

struct Walk<'w, 'a> {
    unit: &'w Unit<'a>,
    question: &'w Question<'w>,
    frames: Vec<Frame<'w>>,
    /// Unions of the states inside the open `try` bodies, and whether handlers take every error.
    seen: Vec<(States, bool)>,
    leaks: Vec<Leak>,
}

/// Whether a handler takes every error that another one around it would.
fn takes_all(types: &[&str]) -> bool {
    const ALL: &[&str] = &["BaseException", "Exception", "Throwable", "System.Exception"];
    types.is_empty() || types.iter().any(|ty| ALL.contains(ty))
}

impl<'w> Walk<'w, '_> {
    fn block(&mut self, block: &'w [StmtId], mut states: States) -> States {
        for stmt in block {
            if states == 0 {
                break;
            }
            // What closes does not fail, as far as anybody counts on it.
            let evaluated = self.evaluated(*stmt, states);
            let closes = Some(*stmt) != self.question.opens && evaluated & OPEN == 0;
            // A `try` does nothing but what stands in it.
            let fails = self.question.fails.is_none_or(|fails| fails(*stmt));
            if fails && !matches!(self.unit.stmt(*stmt), StmtKind::Try { .. }) {
                self.pass(if closes { evaluated } else { states });
            }
            states = self.stmt(*stmt, states);
        }
        if self.question.fails.is_none() {
            self.pass(states);
        }
        states
    }

    /// Notes states for the handlers of the `try` bodies around: up to the first one that takes all.
    fn pass(&mut self, states: States) {
        for (seen, all) in self.seen.iter_mut().rev() {
            *seen |= states;
            if *all {
                break;
            }
        }
    }

    /// The states after what a statement reads was evaluated.
    fn evaluated(&self, stmt: StmtId, states: States) -> States {
        let unit = self.unit;
        let mut all: Vec<ExprId> =
            unit.reads(stmt).into_iter().flat_map(|id| unit.all_in(id)).collect();
        // `defer func() { … }()` runs its body in the end.
        if matches!(unit.stmt(stmt), StmtKind::Defer(_)) {
            let bodies: Vec<ExprId> = all
                .iter()
                .filter_map(|id| match unit.expr(*id) {
                    ExprKind::Lambda(inner) => Some(&unit.function(*inner).body),
                    _ => None,
                })
                .flat_map(|body| unit.all_under(body))
                .collect();
            all.extend(bodies);
        }
        let mut all = all.into_iter();
        let states = if states & OPEN != 0 && all.any(|id| (self.question.closes)(id)) {
            (states & !OPEN) | CLOSED
        } else {
            states
        };
        if Some(stmt) == self.question.opens { OPEN } else { states }
    }

    fn stmt(&mut self, id: StmtId, states: States) -> States {
        let unit = self.unit;
        let first = match unit.stmt(id) {
            StmtKind::If { first: Some(first), .. } => self.stmt(*first, states),
            _ => states,
        };
        let states = self.evaluated(id, first);
        match unit.stmt(id) {
            StmtKind::Return(_) => self.leave(id, states, false),
            StmtKind::Throw(_) => self.leave(id, states, true),
            StmtKind::Break => self.jump(states, true),
            StmtKind::Continue => self.jump(states, false),
            StmtKind::If { then, other, .. } => {
                self.block(then, states) | self.block(other, states)
            }
            StmtKind::Block(body) | StmtKind::With { body: Some(body), .. } => {
                self.block(body, states)
            }
            StmtKind::Loop { body, endless, .. } => self.repeat(body, *endless, states),
            StmtKind::Switch { arms, .. } => {
                let frame = Frame::Loop { breaks: 0, continues: 0, is_switch: true };
                self.frames.push(frame);
                let rest = arms.iter().any(|arm| arm.tests.is_empty());
                let mut out = if rest { 0 } else { states };
                for arm in arms {
                    out |= self.block(&arm.body, states);
                }
                out | self.breaks()
            }
            StmtKind::Try { body, catches, other, last } => {
                if !last.is_empty() {
                    self.frames.push(Frame::Last(last));
                }
                let all = catches.iter().any(|catch| takes_all(&catch.types));
                self.seen.push((states, all));
                self.frames.push(Frame::Handlers { entry: 0 });
                let mut out = self.block(body, states);
                let thrown = match self.frames.pop() {
                    Some(Frame::Handlers { entry }) => entry,
                    _ => 0,
                };
                let seen = self.seen.pop().unwrap_or_default().0 | thrown;
                out = self.block(other, out);
                for catch in catches {
                    out |= self.block(&catch.body, seen);
                }
                if !last.is_empty() {
                    self.frames.pop();
                    out = self.block(last, out);
                }
                out
            }
            _ => states,
        }
    }

    fn repeat(&mut self, body: &'w [StmtId], endless: bool, states: States) -> States {
        let mut entry = states;
        let mut breaks = 0;
        for _ in 0..2 {
            self.frames.push(Frame::Loop { breaks: 0, continues: 0, is_switch: false });
            let out = self.block(body, entry);
            if let Some(Frame::Loop { breaks: left, continues, .. }) = self.frames.pop() {
                breaks |= left;
                entry |= out | continues;
            }
        }
        // The last round may leave where it began.
        if endless { breaks } else { entry | breaks }
    }

    fn breaks(&mut self) -> States {
        match self.frames.pop() {
            Some(Frame::Loop { breaks, .. }) => breaks,
            _ => 0,
        }
    }

    /// Goes to the end, or to the next round, of the loop around.
    fn jump(&mut self, mut states: States, leaves: bool) -> States {
        let mut number = self.frames.len();
        while number > 0 {
            number -= 1;
            match &mut self.frames[number] {
                Frame::Loop { breaks, continues, is_switch } => {
                    if leaves {
                        *breaks |= states;
                        return 0;
                    }
                    if !*is_switch {
                        *continues |= states;
                        return 0;
                    }
                }
                Frame::Last(last) => {
                    let last = *last;
                    states = self.past(number, last, states);
                }
                Frame::Handlers { .. } => {}
            }
        }
        0
    }

    /// Leaves the function, through every block that runs last; an error stops at a handler.
    fn leave(&mut self, id: StmtId, mut states: States, by_error: bool) -> States {
        let mut number = self.frames.len();
        while number > 0 {
            number -= 1;
            match &mut self.frames[number] {
                Frame::Handlers { entry } if by_error => {
                    *entry |= states;
                    return 0;
                }
                Frame::Last(last) => {
                    let last = *last;
                    states = self.past(number, last, states);
                }
                _ => {}
            }
        }
        if states & OPEN != 0 {
            let at = self.unit.stmts[id.0 as usize].at.clone();
            self.leaks.push(Leak { at, by_error });
        }
        0
    }

    /// Runs a last block outside of the frames it belongs to.
    fn past(&mut self, number: usize, last: &'w [StmtId], states: States) -> States {
        let inner = self.frames.split_off(number);
        let states = self.block(last, states);
        self.frames.extend(inner);
        states
    }
}
