//! What stands in what: expressions of statements, statements of blocks.

use super::{ExprId, ExprKind, FunctionId, Part, StmtId, StmtKind, Unit};

impl Unit<'_> {
    /// The expressions right inside an expression; not those of a lambda's body.
    pub fn inside(&self, id: ExprId) -> Vec<ExprId> {
        match self.expr(id) {
            ExprKind::Text(_)
            | ExprKind::Number(_)
            | ExprKind::Bool(_)
            | ExprKind::Null
            | ExprKind::Name(_)
            | ExprKind::Module(_)
            | ExprKind::Lambda(_) => Vec::new(),
            ExprKind::Flow(stmt) => self.reads(*stmt),
            ExprKind::Template(parts) => parts
                .iter()
                .filter_map(|part| match part {
                    Part::Value(value, _) => Some(*value),
                    Part::Text(_) => None,
                })
                .collect(),
            ExprKind::Member { of, .. }
            | ExprKind::Unary { of, .. }
            | ExprKind::Await(of)
            | ExprKind::Propagate(of) => vec![*of],
            ExprKind::Index { of, key } => [*of].into_iter().chain(*key).collect(),
            ExprKind::Call { callee, args, .. } => {
                [*callee].into_iter().chain(args.iter().map(|arg| arg.value)).collect()
            }
            ExprKind::Binary { left, right, .. } => vec![*left, *right],
            ExprKind::Map { of, entries } => {
                let entries = entries.iter().flat_map(|(key, value)| key.iter().chain([value]));
                of.iter().chain(entries).copied().collect()
            }
            ExprKind::List(items) | ExprKind::Other(items) => items.clone(),
            ExprKind::Assign { target, value, .. } => vec![*target, *value],
            ExprKind::Choice { test, yes, no } => vec![*test, *yes, *no],
        }
    }

    /// An expression and all inside it, outer ones first.
    pub fn all_in(&self, id: ExprId) -> Vec<ExprId> {
        let mut found = Vec::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            found.push(id);
            open.extend(self.inside(id).into_iter().rev());
        }
        found
    }

    /// The expressions that a statement itself evaluates, its blocks left out.
    pub fn reads(&self, id: StmtId) -> Vec<ExprId> {
        match self.stmt(id) {
            StmtKind::Expr(of) | StmtKind::Defer(of) | StmtKind::Spawn(of) => vec![*of],
            StmtKind::Let { targets, value, .. } => value.iter().chain(targets).copied().collect(),
            StmtKind::Return(of) | StmtKind::Throw(of) => of.iter().copied().collect(),
            StmtKind::If { test, .. } => vec![*test],
            StmtKind::Loop { targets, heads, .. } => heads.iter().chain(targets).copied().collect(),
            StmtKind::With { items, .. } => {
                items.iter().flat_map(|(of, target)| [*of].into_iter().chain(*target)).collect()
            }
            StmtKind::Switch { on, arms } => {
                on.iter().chain(arms.iter().flat_map(|arm| &arm.tests)).copied().collect()
            }
            StmtKind::Other(of) => of.clone(),
            StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Try { .. }
            | StmtKind::Define(_)
            | StmtKind::Class(_)
            | StmtKind::Block(_)
            | StmtKind::Nothing => Vec::new(),
        }
    }

    /// The blocks right inside a statement.
    pub fn blocks(&self, id: StmtId) -> Vec<&[StmtId]> {
        match self.stmt(id) {
            StmtKind::If { then, other, .. } => vec![then, other],
            StmtKind::Loop { body, .. } | StmtKind::Block(body) => vec![body],
            StmtKind::With { body, .. } => body.iter().map(Vec::as_slice).collect(),
            StmtKind::Switch { arms, .. } => arms.iter().map(|arm| arm.body.as_slice()).collect(),
            StmtKind::Try { body, catches, other, last } => {
                let caught = catches.iter().map(|catch| catch.body.as_slice());
                [body.as_slice()]
                    .into_iter()
                    .chain(caught)
                    .chain([other.as_slice(), last])
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// All statements of a block and of the blocks in it, in the order of the text; those of
    /// functions that are defined there are left out.
    pub fn under(&self, block: &[StmtId]) -> Vec<StmtId> {
        let mut found = Vec::new();
        let mut open: Vec<StmtId> = block.iter().rev().copied().collect();
        while let Some(id) = open.pop() {
            found.push(id);
            let mut next: Vec<StmtId> = Vec::new();
            if let StmtKind::If { first: Some(first), .. } = self.stmt(id) {
                next.push(*first);
            }
            // Statements that are values stand inside the expressions read here.
            for read in self.reads(id) {
                next.extend(self.all_in(read).into_iter().filter_map(|id| match self.expr(id) {
                    ExprKind::Flow(stmt) => Some(*stmt),
                    _ => None,
                }));
            }
            next.extend(self.blocks(id).into_iter().flatten());
            open.extend(next.into_iter().rev());
        }
        found
    }

    /// All expressions that the statements of a block evaluate, those of blocks in it too.
    pub fn all_under(&self, block: &[StmtId]) -> Vec<ExprId> {
        let stmts = self.under(block).into_iter();
        stmts.flat_map(|stmt| self.reads(stmt)).flat_map(|id| self.all_in(id)).collect()
    }

    /// Calls that the statements of a block make.
    pub fn calls_under(&self, block: &[StmtId]) -> Vec<ExprId> {
        let mut calls = self.all_under(block);
        calls.retain(|id| matches!(self.expr(*id), ExprKind::Call { .. }));
        calls.sort_unstable();
        calls.dedup();
        calls
    }

    /// The functions a function is written in, itself first.
    pub fn outward(&self, id: FunctionId) -> impl Iterator<Item = FunctionId> + '_ {
        std::iter::successors(Some(id), |id| self.function(*id).outer)
    }

    /// The statements of a function's own body.
    pub fn statements(&self, id: FunctionId) -> Vec<StmtId> {
        self.under(&self.function(id).body)
    }
}
