//! What stands around an expression: the expressions, statements and functions it is part of.

use crate::parse::unit::{ExprId, ExprKind, FunctionId, StmtId, StmtKind, Unit};
use std::collections::BTreeMap;

/// The way from every expression of a unit outward.
pub(super) struct Around<'u, 'a> {
    unit: &'u Unit<'a>,
    /// The expression right around an expression.
    parents: Vec<Option<ExprId>>,
    /// The statement that evaluates an expression as it is.
    stmts: BTreeMap<ExprId, StmtId>,
    /// The statement right around a statement.
    outer: Vec<Option<StmtId>>,
    /// The expression that a statement is the value of.
    flows: BTreeMap<StmtId, ExprId>,
    /// Where each name is read.
    names: BTreeMap<&'a str, Vec<ExprId>>,
}

fn number<T: TryFrom<usize> + Default>(of: usize) -> T {
    T::try_from(of).unwrap_or_default()
}

impl<'u, 'a> Around<'u, 'a> {
    pub(super) fn of(unit: &'u Unit<'a>) -> Around<'u, 'a> {
        let mut around = Around {
            unit,
            parents: vec![None; unit.exprs.len()],
            stmts: BTreeMap::new(),
            outer: vec![None; unit.stmts.len()],
            flows: BTreeMap::new(),
            names: BTreeMap::new(),
        };
        for at in 0..unit.exprs.len() {
            let id = ExprId(number(at));
            for inner in unit.inside(id) {
                around.parents[inner.0 as usize] = Some(id);
            }
            if let ExprKind::Flow(stmt) = unit.expr(id) {
                around.flows.insert(*stmt, id);
            }
        }
        let mut targets = Vec::new();
        for at in 0..unit.stmts.len() {
            let id = StmtId(number(at));
            for read in unit.reads(id) {
                around.stmts.insert(read, id);
            }
            let first = match unit.stmt(id) {
                StmtKind::If { first, .. } => *first,
                StmtKind::Let { targets: names, .. } => {
                    targets.extend(names.iter().copied());
                    None
                }
                _ => None,
            };
            for inner in first.into_iter().chain(unit.blocks(id).into_iter().flatten().copied()) {
                around.outer[inner.0 as usize] = Some(id);
            }
        }
        targets.sort_unstable();
        for at in 0..unit.exprs.len() {
            let id = ExprId(number(at));
            if let ExprKind::Name(name) = unit.expr(id)
                && targets.binary_search(&id).is_err()
            {
                around.names.entry(name).or_default().push(id);
            }
        }
        around
    }

    /// The expression right around an expression.
    pub(super) fn parent(&self, id: ExprId) -> Option<ExprId> {
        self.parents[id.0 as usize]
    }

    /// The statement that evaluates an expression as it is, not as a part of another.
    pub(super) fn whole(&self, id: ExprId) -> Option<StmtId> {
        self.stmts.get(&id).copied()
    }

    /// The expression and those around it, up to the one that a statement evaluates.
    pub(super) fn upward(&self, id: ExprId) -> impl Iterator<Item = ExprId> + '_ {
        std::iter::successors(Some(id), |id| self.parent(*id))
    }

    /// The statements around an expression in its function, innermost first.
    pub(super) fn statements(&self, id: ExprId) -> Vec<StmtId> {
        let mut found = Vec::new();
        let mut next = self.upward(id).find_map(|id| self.whole(id));
        while let Some(stmt) = next {
            found.push(stmt);
            next = self.outer[stmt.0 as usize].or_else(|| {
                let flow = self.flows.get(&stmt)?;
                self.upward(*flow).find_map(|id| self.whole(id))
            });
        }
        found
    }

    /// Where a name is read in a function and in those written in it; where it gets a value does
    /// not count.
    pub(super) fn reads(&self, name: &str, function: FunctionId) -> Vec<ExprId> {
        let all = self.names.get(name).map_or(&[][..], Vec::as_slice);
        let inside =
            |id: &&ExprId| self.unit.outward(self.unit.function_of(**id)).any(|at| at == function);
        all.iter().filter(inside).copied().collect()
    }

    /// The call of a method on the value of an expression, and the method's name.
    pub(super) fn method(&self, id: ExprId) -> Option<(ExprId, &'a str)> {
        let callee = self.parent(id)?;
        let ExprKind::Member { of, name } = self.unit.expr(callee) else { return None };
        let call = self.parent(callee)?;
        let calls =
            matches!(self.unit.expr(call), ExprKind::Call { callee: at, .. } if *at == callee);
        (*of == id && calls).then_some((call, *name))
    }

    /// The names of all methods that are called one after the other on the value of an expression.
    pub(super) fn chain(&self, id: ExprId) -> Vec<&'a str> {
        let mut names = Vec::new();
        let mut at = id;
        loop {
            at = self.past(at);
            let Some((call, name)) = self.method(at) else { return names };
            names.push(name);
            at = call;
        }
    }

    /// The outermost expression that has the same value: past `await`, `?` and references.
    pub(super) fn past(&self, id: ExprId) -> ExprId {
        let mut at = id;
        while let Some(parent) = self.parent(at) {
            match self.unit.expr(parent) {
                ExprKind::Await(_) | ExprKind::Propagate(_) => at = parent,
                ExprKind::Unary { op, .. } if matches!(*op, "&" | "*") => at = parent,
                _ => break,
            }
        }
        at
    }
}

/// The innermost function with a name around an expression; none at the top of the file.
pub(super) fn named(unit: &Unit<'_>, id: ExprId) -> Option<FunctionId> {
    unit.outward(unit.function_of(id)).find(|at| !unit.function(*at).name.is_empty())
}

/// The outermost function around an expression that is not the file itself.
pub(super) fn outermost(unit: &Unit<'_>, id: ExprId) -> Option<FunctionId> {
    unit.outward(unit.function_of(id)).filter(|at| at.0 != 0).last()
}

/// Whether a function is what a command of a command line does.
pub(super) fn is_command(unit: &Unit<'_>, id: FunctionId) -> bool {
    const COMMANDS: &[&str] = &["cobra.Command", "cli.Context", "cli.Command"];
    let function = unit.function(id);
    // `func (c *KeysCmd) Run(…)`
    let class = function.class.map_or("", |class| unit.class(class).name);
    let of_class = matches!(function.name, "Run" | "Execute" | "run" | "execute")
        && ["Cmd", "Command"].iter().any(|end| class.ends_with(end));
    of_class
        || function.params.iter().any(|param| {
            param.ty.is_some_and(|ty| COMMANDS.iter().any(|known| ty.ends_with(known)))
        })
}
