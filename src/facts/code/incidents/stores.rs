//! Where incidents are kept, and code that changes them.

use super::{IncidentStore, Says, is_itself, words};
use crate::facts::FileFacts;
use crate::facts::code::file::File;
use crate::facts::code::routines::{Routine, Routines};
use crate::facts::scalar::Scalar;
use crate::lang::duties;
use crate::parse::unit::{ExprId, ExprKind, Place, StmtKind, Unit};
use std::collections::BTreeMap;

/// Methods that add to what is kept, or take from it.
const CHANGES: &[&str] = &[
    "append",
    "push",
    "set",
    "put",
    "insert",
    "add",
    "Add",
    "TryAdd",
    "pop",
    "delete",
    "remove",
    "Remove",
    "save",
    "Save",
    "update",
    "Update",
    "commit",
    "putIfAbsent",
    "push_back",
];

/// Methods that look up what is kept.
const LOOK_UPS: &[&str] = &[
    "get",
    "has",
    "containsKey",
    "ContainsKey",
    "TryGetValue",
    "contains_key",
    "get_mut",
    "find",
    "Find",
    "includes",
    "contains",
    "Contains",
    "Get",
    "Load",
    "FirstOrDefault",
    "getOrDefault",
    "exists",
];

pub(super) fn read(file: &File<'_, '_>, routines: &Routines, facts: &mut FileFacts) {
    let backed =
        routines.all.iter().any(|routine| words::says(file, routine).contains(&Says::Persists));
    let changed = changed(file);
    for (name, at) in kept(file) {
        if !changed.contains_key(name) {
            continue;
        }
        let name =
            Scalar { text: name.to_owned(), span: file.span(&at), known: true, plain: false };
        facts.incident_stores.push(IncidentStore { document: file.document, name, backed });
    }
    if words::checks(file, &routines.outside) {
        facts.guarded_files.push(file.document);
    }
}

/// Whether a name is that of incidents.
fn is_of_incidents(name: &str) -> bool {
    duties::words(name).iter().any(|word| matches!(word.as_str(), "incidents" | "tickets"))
        || (duties::words(name).iter().any(|word| word == "incident")
            && duties::words(name)
                .iter()
                .any(|word| matches!(word.as_str(), "store" | "map" | "list" | "cache" | "by")))
}

/// Names of incidents that begin as an empty table or list of the process.
fn kept<'a>(file: &File<'_, 'a>) -> BTreeMap<&'a str, Place> {
    let unit = file.unit;
    let mut found = BTreeMap::new();
    for stmt in &unit.stmts {
        let StmtKind::Let { targets, value: Some(value), .. } = &stmt.kind else { continue };
        for target in targets {
            let shared = match unit.expr(*target) {
                ExprKind::Member { of, name } if is_itself(file, *of) => Some(*name),
                ExprKind::Name(name) if unit.function_of(*target).0 == 0 => Some(*name),
                _ => None,
            };
            let Some(name) = shared.filter(|name| is_of_incidents(name) && is_empty(unit, *value))
            else {
                continue;
            };
            let mut at = unit.place(*target);
            at.start = at.end - u32::try_from(name.len()).unwrap_or_default();
            found.entry(name).or_insert(at);
        }
    }
    for expr in &unit.exprs {
        if let ExprKind::Assign { target, value, .. } = expr.kind
            && let ExprKind::Member { of, name } = unit.expr(target)
            && is_itself(file, *of)
            && is_of_incidents(name)
            && is_empty(unit, value)
        {
            let end = unit.place(target).end;
            let start = end - u32::try_from(name.len()).unwrap_or_default();
            found.entry(*name).or_insert(start..end);
        }
    }
    for field in unit.classes.iter().flat_map(|class| &class.fields) {
        let made = field.value.is_some_and(|value| is_empty(unit, value));
        // Go and Rust fill a struct's fields where it is made.
        let held = field.value.is_none() && field.ty.is_some_and(is_table);
        if is_of_incidents(field.name) && (made || held) {
            found.entry(field.name).or_insert_with(|| field.at.clone());
        }
    }
    found
}

/// The type of a table that lives in the process.
fn is_table(ty: &str) -> bool {
    let ty = ty.trim();
    [
        "map[",
        "HashMap<",
        "BTreeMap<",
        "Vec<",
        "Mutex<HashMap<",
        "RwLock<HashMap<",
        "Arc<Mutex<HashMap<",
        "Arc<RwLock<HashMap<",
        "sync.Map",
        "DashMap<",
    ]
    .iter()
    .any(|known| ty.starts_with(known))
}

/// An empty table or list.
fn is_empty(unit: &Unit<'_>, value: ExprId) -> bool {
    const MADE: &[&str] = &[
        "dict",
        "list",
        "defaultdict",
        "OrderedDict",
        "Map",
        "HashMap",
        "ConcurrentHashMap",
        "ArrayList",
        "LinkedHashMap",
        "Dictionary",
        "ConcurrentDictionary",
        "List",
        "make",
        "new",
        "TreeMap",
    ];
    match unit.expr(value) {
        ExprKind::Map { entries, .. } => entries.is_empty(),
        ExprKind::List(items) => items.is_empty(),
        ExprKind::Call { callee, args, .. } => {
            let text = unit.slice(&unit.place(*callee));
            let text = text.split(['<', '(']).next().unwrap_or(text);
            let name = text.rsplit(['.', ' ', ':']).next().unwrap_or(text);
            let filled = args.iter().any(
                |arg| matches!(unit.expr(arg.value), ExprKind::List(items) if !items.is_empty()),
            );
            MADE.contains(&name) && !filled
        }
        _ => false,
    }
}

/// Names that something is put under.
fn changed<'a>(file: &File<'_, 'a>) -> BTreeMap<&'a str, ExprId> {
    let unit = file.unit;
    let name = |id: ExprId| match unit.expr(id) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(*name),
        // `self.incidents.lock().unwrap().insert(…)`
        ExprKind::Call { .. } => unit.all_in(id).into_iter().find_map(|id| match unit.expr(id) {
            ExprKind::Member { name, .. } if is_of_incidents(name) => Some(*name),
            _ => None,
        }),
        _ => None,
    };
    let index = |id: ExprId| match unit.expr(id) {
        ExprKind::Index { of, .. } => name(*of),
        _ => None,
    };
    let mut found = BTreeMap::new();
    for stmt in &unit.stmts {
        if let StmtKind::Let { targets, .. } = &stmt.kind {
            found.extend(targets.iter().filter_map(|target| Some((index(*target)?, *target))));
        }
    }
    for (number, expr) in unit.exprs.iter().enumerate() {
        let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
        let changed = match &expr.kind {
            ExprKind::Assign { target, .. } => index(*target),
            ExprKind::Call { callee, .. } => match unit.expr(*callee) {
                ExprKind::Member { of, name: method } if CHANGES.contains(method) => name(*of),
                // `m.incidents = append(m.incidents, i)`
                ExprKind::Name("append" | "delete") => {
                    unit.args(id).first().and_then(|arg| name(arg.value))
                }
                _ => None,
            },
            _ => None,
        };
        found.extend(changed.map(|name| (name, id)));
    }
    found
}

/// Whether a routine changes what is kept of an incident, or a field of one.
pub(super) fn changes(file: &File<'_, '_>, routine: &Routine) -> bool {
    let unit = file.unit;
    let is_target = |target: ExprId| match unit.expr(target) {
        ExprKind::Index { of, .. } => mentions(unit, *of),
        ExprKind::Member { of, .. } => mentions(unit, *of) && !is_itself(file, *of),
        _ => false,
    };
    let set = routine.statements(unit).into_iter().any(|stmt| match unit.stmt(stmt) {
        StmtKind::Let { targets, .. } => targets.iter().any(|target| is_target(*target)),
        _ => false,
    });
    set || routine.exprs.iter().any(|id| match unit.expr(*id) {
        ExprKind::Assign { target, .. } => is_target(*target),
        ExprKind::Call { callee, .. } => matches!(unit.expr(*callee), ExprKind::Member { of, name }
            if (CHANGES.contains(name) || (name.starts_with("set") && name.len() > 3)) && mentions(unit, *of)),
        _ => false,
    })
}

/// Whether an expression names incidents.
fn mentions(unit: &Unit<'_>, expr: ExprId) -> bool {
    unit.all_in(expr).into_iter().any(|id| match unit.expr(id) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => {
            duties::words(name).iter().any(|word| {
                matches!(word.as_str(), "incident" | "incidents" | "inc" | "ticket" | "tickets")
            })
        }
        _ => false,
    })
}

/// Whether an expression looks for one of the incidents that are kept.
pub(super) fn is_look_up(file: &File<'_, '_>, expr: ExprId) -> bool {
    let unit = file.unit;
    match unit.expr(expr) {
        ExprKind::Binary { op, right, .. } => matches!(*op, "in") && mentions(unit, *right),
        ExprKind::Index { of, key: Some(_) } => mentions(unit, *of),
        ExprKind::Call { callee, args, .. } => {
            matches!(unit.expr(*callee), ExprKind::Member { of, name }
            if !args.is_empty() && LOOK_UPS.contains(name) && mentions(unit, *of))
        }
        _ => false,
    }
}
