//! Variables of a file of Python: what they hold, what reads them by a literal, and what calls pass
//! them on to.

use crate::facts::code::file::File;
use crate::facts::code::layout::Layout;
use crate::facts::scalar::Scalar;
use crate::parse::unit::{Arg, ExprId, ExprKind, FunctionId, Place, StmtId, StmtKind};
use std::collections::{BTreeMap, BTreeSet};

/// A variable: the function it lives in (0 is the file), and its name. Attributes of `self` live
/// in the file, as what the class sets.
pub(super) type Variable<'a> = (FunctionId, &'a str);

/// The file itself.
const FILE: FunctionId = FunctionId(0);

/// A call by a name.
pub(super) struct Call<'a> {
    pub(super) id: ExprId,
    /// The name called, without what stands before the last dot.
    pub(super) name: &'a str,
    /// What the name is looked up on.
    pub(super) object: Option<ExprId>,
    /// Arguments in order.
    pub(super) args: Vec<ExprId>,
    /// Arguments by name.
    pub(super) named: Vec<(&'a str, ExprId)>,
    /// `*args` or `**kwargs` are passed.
    pub(super) spread: bool,
}

/// A key that is read by a literal.
pub(super) struct Read {
    /// The whole expression.
    pub(super) id: ExprId,
    /// What it is read from.
    pub(super) holder: ExprId,
    /// The literal.
    pub(super) literal: ExprId,
    /// Its text.
    pub(super) key: String,
    /// A default stands for a missing key.
    pub(super) default: bool,
}

/// A file's variables.
pub(super) struct Variables<'f, 'u, 'a> {
    pub(super) file: &'f File<'u, 'a>,
    pub(super) layout: Layout<'u, 'a>,
    pub(super) calls: Vec<Call<'a>>,
    pub(super) reads: Vec<Read>,
    /// Expressions that something is assigned to.
    pub(super) targets: BTreeSet<ExprId>,
    /// Functions by their names.
    by_name: BTreeMap<&'a str, Vec<FunctionId>>,
    /// Right sides of all assignments to a variable.
    assigned: BTreeMap<Variable<'a>, Vec<Option<ExprId>>>,
}

impl<'f, 'u, 'a> Variables<'f, 'u, 'a> {
    pub(super) fn of(file: &'f File<'u, 'a>) -> Self {
        let mut found = Variables {
            file,
            layout: Layout::of(file.unit),
            calls: Vec::new(),
            reads: Vec::new(),
            targets: BTreeSet::new(),
            by_name: BTreeMap::new(),
            assigned: BTreeMap::new(),
        };
        for (number, function) in file.unit.functions.iter().enumerate() {
            if !function.name.is_empty() {
                let id = FunctionId(u32::try_from(number).unwrap_or(u32::MAX));
                found.by_name.entry(function.name).or_default().push(id);
            }
        }
        found.assign();
        found.calls = file.unit.calls().filter_map(|id| found.call(id)).collect();
        found.reads = found.read();
        found
    }

    /// All expressions, in the order of the text, outer ones first.
    pub(super) fn exprs(&self) -> Vec<ExprId> {
        let count = u32::try_from(self.file.unit.exprs.len()).unwrap_or(u32::MAX);
        let mut all: Vec<ExprId> = (0..count).map(ExprId).collect();
        all.sort_by_key(|id| self.order(*id));
        all
    }

    fn order(&self, id: ExprId) -> (u32, std::cmp::Reverse<u32>) {
        let at = self.file.unit.place(id);
        (at.start, std::cmp::Reverse(at.end))
    }

    fn assign(&mut self) {
        let unit = self.file.unit;
        for (number, stmt) in unit.stmts.iter().enumerate() {
            let id = StmtId(u32::try_from(number).unwrap_or(u32::MAX));
            match &stmt.kind {
                StmtKind::Let { targets, value, .. } => {
                    // `a = b = c` gives both the whole, `a, b = c` each a part.
                    let parts = targets.windows(2).any(|two| {
                        let between = unit.place(two[0]).end..unit.place(two[1]).start;
                        unit.slice(&between).contains(',')
                    });
                    for target in targets {
                        self.set(*target, value.filter(|_| !parts));
                    }
                }
                StmtKind::Loop { targets, .. } => {
                    targets.iter().for_each(|target| self.set(*target, None));
                }
                StmtKind::With { items, .. } => {
                    let targets = items.iter().filter_map(|(_, target)| *target);
                    targets.for_each(|target| self.set(target, None));
                }
                StmtKind::Try { catches, .. } => {
                    let home = self.layout.home(id).map_or(FILE, |home| home.function);
                    let owner = self.named(home);
                    for name in catches.iter().filter_map(|catch| catch.name) {
                        self.assigned.entry((owner, name)).or_default().push(None);
                    }
                }
                StmtKind::Other(of) if unit.slice(&stmt.at).starts_with("del ") => {
                    self.targets.extend(of);
                }
                _ => {}
            }
        }
        for expr in &unit.exprs {
            match &expr.kind {
                ExprKind::Assign { target, .. } => self.set(*target, None),
                ExprKind::Other(parts) if is_for_clause(unit.slice(&expr.at)) => {
                    parts.iter().take(1).for_each(|target| self.set(*target, None));
                }
                _ => {}
            }
        }
    }

    fn set(&mut self, target: ExprId, value: Option<ExprId>) {
        self.targets.insert(target);
        if let Some(variable) = self.variable(target) {
            self.assigned.entry(variable).or_default().push(value);
            return;
        }
        if let ExprKind::List(items) = self.file.unit.expr(target) {
            for variable in items.iter().filter_map(|item| self.variable(*item)).collect::<Vec<_>>()
            {
                self.assigned.entry(variable).or_default().push(None);
            }
        }
    }

    fn call(&self, id: ExprId) -> Option<Call<'a>> {
        let unit = self.file.unit;
        let ExprKind::Call { callee, args, .. } = unit.expr(id) else { return None };
        let (name, object) = match unit.expr(*callee) {
            ExprKind::Name(name) => (*name, None),
            ExprKind::Member { of, name } => (*name, Some(*of)),
            _ => return None,
        };
        let plain = |arg: &&Arg<'a>| !arg.spread;
        Some(Call {
            id,
            name,
            object,
            args: args
                .iter()
                .filter(plain)
                .filter(|arg| arg.name.is_none())
                .map(|arg| arg.value)
                .collect(),
            named: args.iter().filter_map(|arg| Some((arg.name?, arg.value))).collect(),
            spread: args.iter().any(|arg| arg.spread),
        })
    }

    fn read(&self) -> Vec<Read> {
        let unit = self.file.unit;
        let mut reads = Vec::new();
        for (number, expr) in unit.exprs.iter().enumerate() {
            let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
            if let ExprKind::Index { of, key: Some(literal) } = expr.kind
                && let (Some(key), false) = (self.literal(literal), self.targets.contains(&id))
            {
                reads.push(Read { id, holder: of, literal, key: key.to_owned(), default: false });
            }
        }
        for call in self.calls.iter().filter(|call| matches!(call.name, "get" | "pop")) {
            let (Some(holder), Some(&literal)) = (call.object, call.args.first()) else { continue };
            if let Some(key) = self.literal(literal) {
                let default = call.args.len() > 1 || !call.named.is_empty();
                reads.push(Read { id: call.id, holder, literal, key: key.to_owned(), default });
            }
        }
        reads.sort_by_key(|read| self.order(read.id));
        reads
    }

    /// A text that the file says as it is.
    pub(super) fn literal(&self, id: ExprId) -> Option<&'u str> {
        self.file.unit.literal(id).filter(|_| !self.file.is_faulty(id))
    }

    /// The function with a name that an expression stands in.
    pub(super) fn owner(&self, id: ExprId) -> FunctionId {
        self.named(self.file.unit.function_of(id))
    }

    fn named(&self, id: FunctionId) -> FunctionId {
        let unit = self.file.unit;
        unit.outward(id).find(|id| !unit.function(*id).name.is_empty()).unwrap_or(FILE)
    }

    /// The variable that an expression is.
    pub(super) fn variable(&self, id: ExprId) -> Option<Variable<'a>> {
        match self.file.unit.expr(id) {
            ExprKind::Name(name) => Some((self.owner(id), name)),
            ExprKind::Member { of, name } => {
                let own = matches!(self.file.unit.expr(*of), ExprKind::Name("self" | "cls"));
                own.then_some((FILE, *name))
            }
            _ => None,
        }
    }

    /// Names of the parameters of a function, its object and lists of the rest left out.
    fn params(&self, id: FunctionId) -> Vec<&'a str> {
        let unit = self.file.unit;
        let of_rest = |at: &Place| unit.text[..at.start as usize].ends_with('*');
        let params = unit.function(id).params.iter().filter(|param| !of_rest(&param.at));
        params.map(|param| param.name).filter(|name| !matches!(*name, "self" | "cls")).collect()
    }

    /// Whether a variable is a parameter of its function.
    pub(super) fn is_param(&self, variable: Variable<'a>) -> bool {
        variable.0 != FILE && self.params(variable.0).contains(&variable.1)
    }

    /// What a variable holds, where one assignment says so; a name that a function does not set is
    /// the file's.
    pub(super) fn value(&self, variable: Variable<'a>) -> Option<ExprId> {
        if self.is_param(variable) {
            return None;
        }
        let own = self.assigned.get(&variable);
        match own.or_else(|| self.assigned.get(&(FILE, variable.1)))?.as_slice() {
            [Some(value)] => Some(*value),
            _ => None,
        }
    }

    /// How often a variable is set.
    pub(super) fn assignments(&self, variable: Variable<'a>) -> usize {
        self.assigned.get(&variable).map_or(0, Vec::len)
    }

    /// All variables that are set, with what they are set to.
    pub(super) fn all(&self) -> impl Iterator<Item = (Variable<'a>, &[Option<ExprId>])> {
        self.assigned.iter().map(|(variable, values)| (*variable, values.as_slice()))
    }

    /// The function of this file that a call leads to: a bare name, or one on `self`, that stands
    /// here once.
    fn callee(&self, call: &Call<'a>) -> Option<FunctionId> {
        let own = |object| matches!(self.file.unit.expr(object), ExprKind::Name("self" | "cls"));
        match self.by_name.get(call.name)?.as_slice() {
            [only] if call.object.is_none_or(own) && !call.spread => Some(*only),
            _ => None,
        }
    }

    /// What a call's arguments become in the function it leads to.
    pub(super) fn passed(&self, call: &Call<'a>) -> Vec<(ExprId, Variable<'a>)> {
        let Some(owner) = self.callee(call) else { return Vec::new() };
        let params = self.params(owner);
        let named = call.named.iter().filter(|(name, _)| params.contains(name));
        let named = named.map(|(name, value)| (*value, *name));
        let placed = call.args.iter().copied().zip(params.iter().copied());
        placed.chain(named).map(|(value, name)| (value, (owner, name))).collect()
    }

    /// A number, perhaps with a sign.
    pub(super) fn number(&self, id: ExprId) -> Option<f64> {
        match self.file.unit.expr(id) {
            ExprKind::Number(text) => text.replace('_', "").parse().ok(),
            ExprKind::Unary { op: "-", of } => match self.file.unit.expr(*of) {
                ExprKind::Number(text) => text.replace('_', "").parse().ok().map(|it: f64| -it),
                _ => None,
            },
            _ => None,
        }
    }

    /// An expression as a scalar with this text.
    pub(super) fn scalar(&self, id: ExprId, text: &str) -> Scalar {
        let span = self.file.expr_span(id);
        Scalar { text: text.to_owned(), span, known: true, plain: false }
    }

    /// Names and texts in an expression, all of them.
    pub(super) fn words(&self, id: ExprId) -> BTreeSet<&'u str> {
        let unit = self.file.unit;
        let mut words = BTreeSet::new();
        for id in unit.all_in(id) {
            match unit.expr(id) {
                ExprKind::Name(name) | ExprKind::Member { name, .. } => {
                    words.insert(*name);
                }
                ExprKind::Text(text) => {
                    words.insert(text.as_ref());
                }
                ExprKind::Call { args, .. } => words.extend(args.iter().filter_map(|arg| arg.name)),
                _ => {}
            }
        }
        words
    }
}

/// Whether a text is a part of a comprehension that names what it goes through.
pub(super) fn is_for_clause(text: &str) -> bool {
    text.starts_with("for ") || text.starts_with("async for ")
}
