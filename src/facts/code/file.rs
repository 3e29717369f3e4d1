//! A source file that was parsed, and what its calls do: what all readers of code work with.

use crate::facts::DocumentId;
use crate::facts::scalar::Scalar;
use crate::libraries::{Api, Role, Table};
use crate::parse::unit::resolve::Names;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, Place, StmtKind, Unit};
use crate::source::Span;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// A call whose callee could be followed to what it stands for.
pub(super) struct Call {
    /// The call.
    pub(super) id: ExprId,
    /// What is called, as `Names::callee` gives it; where nobody knows what it is called on, that
    /// is `?`.
    pub(super) path: String,
    /// What it does, where a library is known for it: one row for each role.
    pub(super) roles: Vec<&'static Api>,
}

impl Call {
    /// The row for a role.
    pub(super) fn role(&self, role: Role) -> Option<&'static Api> {
        self.roles.iter().copied().find(|api| api.role == role)
    }

    /// The last part of what is called: the name of a function or method.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit(['.', '/']).next().unwrap_or(&self.path)
    }
}

/// Keys and values.
type Entries = Vec<(ExprId, ExprId)>;

/// What has one name.
#[derive(Default)]
struct Named {
    functions: Vec<FunctionId>,
    calls: Vec<ExprId>,
}

/// A source file.
pub(super) struct File<'u, 'a> {
    /// Its program.
    pub(super) unit: &'u Unit<'a>,
    /// What its names stand for.
    pub(super) names: Names<'u, 'a>,
    /// Its document.
    pub(super) document: DocumentId,
    /// Its path.
    pub(super) path: &'u str,
    /// What the calls of its language's libraries do.
    pub(super) table: &'static Table,
    /// Its calls in the order of the text, but for those beside text that was not understood.
    pub(super) calls: Vec<Call>,
    /// Numbers of calls by expression, ascending.
    by_expr: Vec<(ExprId, usize)>,
    /// Numbers of calls by what is called.
    by_callee: OnceCell<BTreeMap<String, Vec<usize>>>,
    /// Functions by name, and what calls one of that name.
    named: OnceCell<BTreeMap<String, Named>>,
    /// Keys and values that variables are given one by one, by function.
    entries: OnceCell<BTreeMap<FunctionId, BTreeMap<String, Entries>>>,
    base: usize,
}

impl<'u, 'a> File<'u, 'a> {
    /// Reads the calls of a unit whose text begins at `base` of its file.
    pub(super) fn new(
        unit: &'u Unit<'a>,
        path: &'u str,
        base: usize,
        document: DocumentId,
    ) -> File<'u, 'a> {
        let names = Names::of(unit);
        let table = Table::of(unit.language);
        let mut ids: Vec<ExprId> =
            unit.calls().filter(|id| !unit.is_faulty(&unit.place(*id))).collect();
        ids.sort_by_key(|id| {
            let at = unit.place(*id);
            (at.start, at.end)
        });
        let calls: Vec<Call> = ids
            .into_iter()
            .filter_map(|id| {
                let path = names.callee(id).or_else(|| names.open(id))?;
                let roles = table.look_up(&path);
                let (path, roles) = match roles.is_empty() {
                    true => brought_in(unit, table, &path).unwrap_or((path, roles)),
                    false => (path, roles),
                };
                let known = |api: &&Api| is_named(unit, table, api) && is_on(unit, id, &path, api);
                let roles = roles.into_iter().filter(known).collect();
                Some(Call { id, path, roles })
            })
            .collect();
        let mut by_expr: Vec<_> =
            calls.iter().enumerate().map(|(number, call)| (call.id, number)).collect();
        by_expr.sort_unstable();
        let (by_callee, named, entries) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        File { unit, names, document, path, table, calls, by_expr, by_callee, named, entries, base }
    }

    /// A place of the unit in the repository.
    pub(super) fn span(&self, at: &Place) -> Span {
        let (start, end) = (at.start as usize, at.end as usize);
        Span::new(self.document.source, self.base + start, self.base + end)
    }

    /// Where an expression stands.
    pub(super) fn expr_span(&self, id: ExprId) -> Span {
        self.span(&self.unit.place(id))
    }

    /// Where the name stands that a call is made by: `start_span` of `tracer.start_span("a")`.
    pub(super) fn callee_span(&self, call: ExprId) -> Span {
        let ExprKind::Call { callee, .. } = self.unit.expr(call) else {
            return self.expr_span(call);
        };
        let mut at = self.unit.place(*callee);
        if let ExprKind::Member { name, .. } = self.unit.expr(*callee) {
            let len = u32::try_from(name.len()).unwrap_or_default();
            if self.unit.slice(&at).ends_with(name) {
                at.start = at.end - len;
            }
        }
        self.span(&at)
    }

    /// The name that a call is made by.
    pub(super) fn called(&self, call: ExprId) -> Option<&'a str> {
        let ExprKind::Call { callee, .. } = self.unit.expr(call) else { return None };
        match self.unit.expr(*callee) {
            ExprKind::Member { name, .. } | ExprKind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// Calls in the file of a function that no other function of it shares the name of.
    pub(super) fn callers(&self, function: FunctionId) -> &[ExprId] {
        match self.by_name().get(self.unit.function(function).name) {
            Some(named) if named.functions == [function] => &named.calls,
            _ => &[],
        }
    }

    /// The function of the file that a call certainly calls: by its own name, or on the object
    /// that the calling code belongs to.
    pub(super) fn own_function(&self, call: ExprId) -> Option<FunctionId> {
        let ExprKind::Call { callee, .. } = self.unit.expr(call) else { return None };
        let name = match self.unit.expr(*callee) {
            ExprKind::Name(name) => *name,
            ExprKind::Member { of, name } => {
                let ExprKind::Name(object) = self.unit.expr(*of) else { return None };
                let mut around = self.unit.outward(self.unit.function_of(call));
                let own = around.any(|id| self.unit.function(id).receiver == Some(*object));
                own.then_some(*name)?
            }
            _ => return None,
        };
        match self.by_name().get(name)?.functions.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// What a function adds to a variable of its own, key by key: `data["a"] = b`.
    pub(super) fn entries_of(&self, function: FunctionId, name: &str) -> &[(ExprId, ExprId)] {
        let unit = self.unit;
        let entries = self.entries.get_or_init(|| {
            let mut found: BTreeMap<FunctionId, BTreeMap<String, Entries>> = BTreeMap::new();
            let mut add = |target: ExprId, value: ExprId| {
                if let ExprKind::Index { of, key: Some(key) } = unit.expr(target)
                    && let ExprKind::Name(name) = unit.expr(*of)
                {
                    let of_function = found.entry(unit.function_of(target)).or_default();
                    of_function.entry((*name).to_owned()).or_default().push((*key, value));
                }
            };
            for stmt in &unit.stmts {
                if let StmtKind::Let { targets, value: Some(value), .. } = &stmt.kind {
                    targets.iter().for_each(|target| add(*target, *value));
                }
            }
            for expr in &unit.exprs {
                if let ExprKind::Assign { target, value, .. } = &expr.kind {
                    add(*target, *value);
                }
            }
            found
        });
        entries.get(&function).and_then(|it| it.get(name)).map_or(&[], Vec::as_slice)
    }

    fn by_name(&self) -> &BTreeMap<String, Named> {
        self.named.get_or_init(|| {
            let mut named: BTreeMap<String, Named> = BTreeMap::new();
            for (number, function) in self.unit.functions.iter().enumerate() {
                if !function.name.is_empty() {
                    let id = FunctionId(u32::try_from(number).unwrap_or(u32::MAX));
                    named.entry(function.name.to_owned()).or_default().functions.push(id);
                }
            }
            for call in self.unit.calls() {
                if let Some(named) = self.called(call).and_then(|name| named.get_mut(name)) {
                    named.calls.push(call);
                }
            }
            named
        })
    }

    /// The text an expression certainly is, where it is written.
    pub(super) fn scalar(&self, id: ExprId) -> Option<Scalar> {
        let id = self.names.resolved(id);
        let text = self.unit.literal(id)?.to_owned();
        Some(Scalar { text, span: self.expr_span(id), known: true, plain: false })
    }

    /// Calls of a function or method of this name, in the order of the text.
    pub(super) fn calls_named(&self, name: &str) -> impl Iterator<Item = &Call> {
        let by_callee = self.by_callee.get_or_init(|| {
            let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for (number, call) in self.calls.iter().enumerate() {
                found.entry(call.name().to_owned()).or_default().push(number);
            }
            found
        });
        by_callee.get(name).into_iter().flatten().map(|number| &self.calls[*number])
    }

    /// Calls that play a role.
    pub(super) fn of_role(&self, role: Role) -> impl Iterator<Item = (&Call, &'static Api)> {
        self.calls.iter().filter_map(move |call| Some((call, call.role(role)?)))
    }

    /// A call by its expression.
    pub(super) fn call(&self, id: ExprId) -> Option<&Call> {
        let found = self.by_expr.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        self.calls.get(self.by_expr[found].1)
    }

    /// What the written name of a type stands for, by what the file imports.
    pub(super) fn type_path(&self, written: &str) -> String {
        let first = written.split('.').next().unwrap_or(written);
        let import = self.unit.imports.iter().find(|import| import.local == first);
        match import {
            Some(import) if !import.path.is_empty() => {
                format!("{}{}", import.path, &written[first.len()..])
            }
            _ => written.to_owned(),
        }
    }

    /// The argument that a row names under `key`: by its position, by its name, or both
    /// (`"0 name"`: position first). A row's word that is no position is the argument's name; a
    /// position is looked up under `key` as well.
    pub(super) fn argument(&self, call: &Call, api: &Api, key: &str) -> Option<ExprId> {
        let said = api.get(key)?;
        let (position, name) = match said.split_once(' ') {
            Some((position, name)) => (position.parse().ok(), name),
            None => match said.parse() {
                Ok(position) => (Some(position), key),
                Err(_) => (None, said),
            },
        };
        self.unit.arg(call.id, position.unwrap_or(usize::MAX), name)
    }

    /// What a function that a call is given sets on its options: `o => o.Endpoint = …`.
    pub(super) fn assigned(&self, call: ExprId, field: &str) -> Option<ExprId> {
        let unit = self.unit;
        let is_field =
            |id: ExprId| matches!(unit.expr(id), ExprKind::Member { name, .. } if *name == field);
        for arg in unit.args(call) {
            let ExprKind::Lambda(function) = unit.expr(arg.value) else { continue };
            for stmt in unit.under(&unit.function(*function).body) {
                if let StmtKind::Let { targets, value: Some(value), .. } = unit.stmt(stmt)
                    && targets.iter().any(|target| is_field(*target))
                {
                    return Some(*value);
                }
                for id in unit.reads(stmt).into_iter().flat_map(|id| unit.all_in(id)) {
                    if let ExprKind::Assign { target, value, .. } = unit.expr(id)
                        && is_field(*target)
                    {
                        return Some(*value);
                    }
                }
            }
        }
        None
    }

    /// Whether an expression stands in, or right beside, text that was not understood.
    pub(super) fn is_faulty(&self, id: ExprId) -> bool {
        self.unit.is_faulty(&self.unit.place(id))
    }
}

/// A call of what an import of everything brings in: `import io.grpc.*`.
fn brought_in(unit: &Unit<'_>, table: &Table, path: &str) -> Option<(String, Vec<&'static Api>)> {
    let (open, bare) = match path.strip_prefix('<') {
        Some(bare) => ("<", bare),
        None => ("", path),
    };
    let own = bare.split(['.', '(', '>', '#', '[']).next().unwrap_or(bare);
    let defined = unit.classes.iter().any(|class| class.name == own)
        || unit.functions.iter().any(|function| function.name == own);
    if defined || own.is_empty() {
        return None;
    }
    unit.imports.iter().filter(|import| import.all && !import.path.is_empty()).find_map(|import| {
        let whole = format!("{open}{}.{bare}", import.path);
        let roles = table.look_up(&whole);
        (!roles.is_empty()).then_some((whole, roles))
    })
}

/// Whether a row that asks for it (`named: file`) finds its library named in the file: `x.route(…)`
/// is a method of many things.
fn is_named(unit: &Unit<'_>, table: &Table, api: &Api) -> bool {
    api.get("named").is_none() || names(unit, table, api)
}

/// Whether what a call is made on has the word in its name, or its type, that a row asks for
/// (`on: log`): `x.LogError(…)` is a method of many things.
fn is_on(unit: &Unit<'_>, call: ExprId, path: &str, api: &Api) -> bool {
    let Some(word) = api.get("on") else { return true };
    let ExprKind::Call { callee, .. } = unit.expr(call) else { return true };
    let ExprKind::Member { of, .. } = unit.expr(*callee) else { return true };
    let says = |text: &str| text.to_ascii_lowercase().contains(word);
    let owner = path.rsplit_once('.').map_or("", |(owner, _)| owner);
    says(unit.slice(&unit.place(*of))) || says(owner)
}

/// Whether a file names the library of a row.
pub(super) fn names(unit: &Unit<'_>, table: &Table, api: &Api) -> bool {
    let library = table.libraries.iter().find(|library| library.name == api.library);
    let mut known = library.into_iter().flat_map(|library| library.imports);
    known.any(|known| {
        unit.imports.iter().any(|import| import.path.starts_with(known))
            || memchr::memmem::find(unit.text.as_bytes(), format!("{known}::").as_bytes()).is_some()
    })
}
