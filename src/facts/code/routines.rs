//! The named pieces of a file's code: functions, methods, and lambdas that have a name by where
//! they stand (`const post = () => …`, `{ post: () => … }`, `app.post("/alerts", () => …)`).
//!
//! Lambdas without one belong to the code around them.

use super::file::File;
use crate::facts::scalar::Scalar;
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{ClassId, ExprId, ExprKind, FunctionId, Place, StmtId, StmtKind, Unit};
use std::collections::BTreeMap;

/// A named piece of code.
pub(super) struct Routine {
    /// Its function.
    pub(super) id: FunctionId,
    /// Its name.
    pub(super) name: Scalar,
    /// Its class, by name.
    pub(super) class: String,
    /// It and the lambdas inside.
    pub(super) functions: Vec<FunctionId>,
    /// All expressions in it, in the order they are evaluated.
    pub(super) exprs: Vec<ExprId>,
    /// The route that leads to it.
    pub(super) route: Option<ExprId>,
}

impl Routine {
    /// All statements in it, those of its lambdas too.
    pub(super) fn statements(&self, unit: &Unit<'_>) -> Vec<StmtId> {
        self.functions.iter().flat_map(|id| unit.statements(*id)).collect()
    }
}

/// The routines of a file.
pub(super) struct Routines {
    /// In the order of the text.
    pub(super) all: Vec<Routine>,
    /// Number of the routine by function.
    owners: Vec<Option<usize>>,
    /// Expressions of the file itself.
    pub(super) outside: Vec<ExprId>,
}

impl Routines {
    pub(super) fn of(file: &File<'_, '_>) -> Routines {
        let unit = file.unit;
        let labels = labels(file);
        let routes = routes(file);
        let mut routines = Routines {
            all: Vec::new(),
            owners: vec![None; unit.functions.len()],
            outside: Vec::new(),
        };
        for number in 1..unit.functions.len() {
            let id = FunctionId(u32::try_from(number).unwrap_or(u32::MAX));
            routines.add(file, id, &labels, &routes);
        }
        for number in 0..unit.exprs.len() {
            let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
            match routines.owner(unit.function_of(id)) {
                Some(owner) => routines.all[owner].exprs.push(id),
                None => routines.outside.push(id),
            }
        }
        routines
    }

    fn add(
        &mut self,
        file: &File<'_, '_>,
        id: FunctionId,
        labels: &BTreeMap<FunctionId, (String, Place)>,
        routes: &[(Target, ExprId)],
    ) {
        let unit = file.unit;
        let function = unit.function(id);
        let outer = function.outer.and_then(|outer| self.owner(outer));
        let named = match (function.name, labels.get(&id)) {
            ("", None) => None,
            ("", Some((name, at))) => Some((name.clone(), at.clone())),
            (name, _) => Some((name.to_owned(), function.name_at.clone())),
        };
        let (Some((text, at)), true) = (named, !function.name.is_empty() || outer.is_none()) else {
            if let Some(outer) = outer {
                self.owners[id.0 as usize] = Some(outer);
                self.all[outer].functions.push(id);
            }
            return;
        };
        if unit.is_faulty(&function.at) && unit.is_faulty(&at) {
            return;
        }
        let class = class_of(unit, id);
        let route = routes.iter().find(|(target, _)| match target {
            Target::Lambda(lambda) => *lambda == id,
            Target::Named(name) => *name == text,
        });
        self.owners[id.0 as usize] = Some(self.all.len());
        self.all.push(Routine {
            id,
            name: Scalar { text, span: file.span(&at), known: true, plain: false },
            class: class.map_or("", |class| unit.class(class).name).to_owned(),
            functions: vec![id],
            exprs: Vec::new(),
            route: route.map(|(_, call)| *call).or_else(|| decorated(file, id)),
        });
    }

    /// The routine that a function's code belongs to.
    pub(super) fn owner(&self, id: FunctionId) -> Option<usize> {
        self.owners.get(id.0 as usize).copied().flatten()
    }
}

/// The class whose method a function is.
pub(super) fn class_of(unit: &Unit<'_>, id: FunctionId) -> Option<ClassId> {
    unit.outward(id).find_map(|id| unit.function(id).class)
}

/// Names that lambdas have by where they stand.
fn labels(file: &File<'_, '_>) -> BTreeMap<FunctionId, (String, Place)> {
    let unit = file.unit;
    let mut labels = BTreeMap::new();
    let mut label = |value: ExprId, key: ExprId| {
        let ExprKind::Lambda(id) = unit.expr(value) else { return };
        let name = match unit.expr(key) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => (*name).to_owned(),
            ExprKind::Text(name) => name.clone().into_owned(),
            _ => return,
        };
        let mut at = unit.place(key);
        let len = u32::try_from(name.len()).unwrap_or_default();
        if unit.slice(&at).ends_with(&name) {
            at.start = at.end - len;
        }
        labels.insert(*id, (name, at));
    };
    for stmt in &unit.stmts {
        if let StmtKind::Let { targets, value: Some(value), .. } = &stmt.kind
            && let [target] = targets[..]
        {
            label(*value, target);
        }
    }
    for expr in &unit.exprs {
        match &expr.kind {
            ExprKind::Assign { target, value, .. } => label(*value, *target),
            ExprKind::Map { entries, .. } => {
                for (key, value) in entries {
                    if let Some(key) = key {
                        label(*value, *key);
                    }
                }
            }
            _ => {}
        }
    }
    for (call, api) in file.of_role(Role::Route) {
        let path = unit.args(call.id).first().map(|arg| arg.value);
        if let (Some(value), Some(path)) = (handler(file, call.id, api), path) {
            label(value, path);
        }
    }
    labels
}

/// What a route leads to.
enum Target {
    Lambda(FunctionId),
    Named(String),
}

/// Routes that are made by calls, with the code they lead to.
fn routes(file: &File<'_, '_>) -> Vec<(Target, ExprId)> {
    let made = file.of_role(Role::Route).filter(|(_, api)| api.get("form") == Some("call"));
    made.filter_map(|(call, api)| {
        let value = handler(file, call.id, api)?;
        let target = match file.unit.expr(value) {
            ExprKind::Lambda(id) => Target::Lambda(*id),
            ExprKind::Name(name) | ExprKind::Member { name, .. } => {
                Target::Named((*name).to_owned())
            }
            _ => return None,
        };
        Some((target, call.id))
    })
    .collect()
}

/// The code a route leads to: the argument that the row names.
fn handler(file: &File<'_, '_>, call: ExprId, api: &Api) -> Option<ExprId> {
    let args = file.unit.args(call);
    let arg = match api.get("handler")? {
        "last" => args.last(),
        _ => args.get(api.position("handler")?),
    }?;
    // `http.HandlerFunc(f)`, `post(f)` of Rust.
    Some(match file.unit.expr(arg.value) {
        ExprKind::Call { args, .. } => args.first().map_or(arg.value, |arg| arg.value),
        _ => arg.value,
    })
}

/// The route among a function's decorators.
fn decorated(file: &File<'_, '_>, id: FunctionId) -> Option<ExprId> {
    let marks = file.unit.function(id).decorators.iter().copied();
    marks.into_iter().find(|mark| {
        let path = match file.unit.expr(*mark) {
            ExprKind::Call { .. } => file.names.callee(*mark),
            _ => file.names.path(*mark),
        };
        let Some(path) = path else { return false };
        // `import org.springframework.web.bind.annotation.*`
        let all = file.unit.imports.iter().filter(|import| import.all);
        let whole = all.map(|import| format!("{}.{path}", import.path.trim_end_matches(".*")));
        let mut paths = whole.chain([path.clone()]);
        paths.any(|path| file.table.role(&path, Role::Route).is_some_and(is_handled))
    })
}

fn is_handled(api: &Api) -> bool {
    api.get("form") == Some("decorator")
}

/// Whether a function is declared and not written: an interface's, an abstract one's.
pub(super) fn is_declared_only(file: &File<'_, '_>, id: FunctionId) -> bool {
    let unit = file.unit;
    let function = unit.function(id);
    let abstract_mark = function.decorators.iter().any(|mark| {
        unit.slice(&unit.place(*mark)).contains("abstract")
            || unit.slice(&unit.place(*mark)).contains("overload")
    });
    let text = unit.slice(&function.at).trim_end();
    let braces = unit.language != Language::Python;
    let head = text.split('{').next().unwrap_or(text);
    let bodiless = braces && !text.contains("=>") && (text.ends_with(';') || !text.ends_with('}'));
    abstract_mark
        || bodiless
        || (braces && head.split_whitespace().any(|word| word == "abstract"))
        || class_of(unit, id).is_some_and(|class| is_interface(unit, class))
}

/// Whether a class only says what others have to do.
fn is_interface(unit: &Unit<'_>, class: ClassId) -> bool {
    let class = unit.class(class);
    let head = unit.slice(&(class.at.start..class.name_at.start));
    head.split_whitespace().any(|word| matches!(word, "interface" | "trait"))
        || (unit.language == Language::Python
            && class.bases.iter().any(|base| {
                let base = base.rsplit('.').next().unwrap_or(base);
                base.starts_with("ABC")
                    || base.starts_with("Protocol")
                    || base.starts_with("metaclass=ABC")
            }))
}
