//! Where everything stands in a program: the statement of an expression, the block of a statement.

use crate::parse::unit::{ExprId, ExprKind, FunctionId, StmtId, StmtKind, Unit};

/// Where a statement stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Home<'u> {
    /// The statements it stands among.
    pub(super) block: &'u [StmtId],
    /// Its number there.
    pub(super) index: usize,
    /// The statement that block belongs to.
    pub(super) parent: Option<StmtId>,
    /// The function it is part of.
    pub(super) function: FunctionId,
}

impl<'u> Home<'u> {
    /// What stands after it in its block.
    pub(super) fn rest(&self) -> &'u [StmtId] {
        self.block.get(self.index + 1..).unwrap_or_default()
    }
}

/// The places of a unit.
pub(super) struct Layout<'u, 'a> {
    unit: &'u Unit<'a>,
    homes: Vec<Option<Home<'u>>>,
    stmts: Vec<Option<StmtId>>,
    parents: Vec<Option<ExprId>>,
}

impl<'u, 'a> Layout<'u, 'a> {
    /// Reads the places of a unit.
    pub(super) fn of(unit: &'u Unit<'a>) -> Self {
        let mut layout = Layout {
            unit,
            homes: vec![None; unit.stmts.len()],
            stmts: vec![None; unit.exprs.len()],
            parents: vec![None; unit.exprs.len()],
        };
        for number in 0..unit.exprs.len() {
            let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
            for inner in unit.inside(id) {
                layout.parents[inner.0 as usize] = Some(id);
            }
        }
        for (number, function) in unit.functions.iter().enumerate() {
            layout.read(FunctionId(u32::try_from(number).unwrap_or(u32::MAX)), &function.body);
        }
        layout
    }

    fn read(&mut self, function: FunctionId, body: &'u [StmtId]) {
        let unit = self.unit;
        let mut open: Vec<(&'u [StmtId], Option<StmtId>)> = vec![(body, None)];
        while let Some((block, parent)) = open.pop() {
            for (index, stmt) in block.iter().enumerate() {
                self.homes[stmt.0 as usize] = Some(Home { block, index, parent, function });
                if let StmtKind::If { first: Some(first), .. } = unit.stmt(*stmt) {
                    open.push((std::slice::from_ref(first), Some(*stmt)));
                }
                for id in unit.reads(*stmt).into_iter().flat_map(|read| unit.all_in(read)) {
                    self.stmts[id.0 as usize] = Some(*stmt);
                    if let ExprKind::Flow(inner) = unit.expr(id) {
                        open.push((std::slice::from_ref(inner), Some(*stmt)));
                    }
                }
                open.extend(unit.blocks(*stmt).into_iter().map(|block| (block, Some(*stmt))));
            }
        }
    }

    /// Where a statement stands.
    pub(super) fn home(&self, id: StmtId) -> Option<Home<'u>> {
        self.homes[id.0 as usize]
    }

    /// The statement that evaluates an expression.
    pub(super) fn stmt(&self, id: ExprId) -> Option<StmtId> {
        self.stmts[id.0 as usize]
    }

    /// The expression right around an expression.
    pub(super) fn parent(&self, id: ExprId) -> Option<ExprId> {
        self.parents[id.0 as usize]
    }

    /// The expressions around an expression, inner ones first.
    pub(super) fn around(&self, id: ExprId) -> impl Iterator<Item = ExprId> + '_ {
        std::iter::successors(self.parent(id), |id| self.parent(*id))
    }

    /// A statement and those around it in its function, inner ones first.
    pub(super) fn outward(&self, id: StmtId) -> impl Iterator<Item = StmtId> + '_ {
        std::iter::successors(Some(id), |id| self.home(*id)?.parent)
    }

    /// Whether a statement stands in a block, or in a block inside.
    pub(super) fn is_under(&self, id: StmtId, block: &[StmtId]) -> bool {
        self.outward(id).any(|one| block.contains(&one))
    }
}
