//! Where a metric is made, and what holds it.

use super::declared::last_name;
use super::{Holder, Made};
use crate::facts::code::file::File;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, Function, FunctionId, Place, StmtKind};
use crate::source::Span;
use std::collections::BTreeMap;

/// What a place is inside of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Loop,
    Condition,
}

/// The loops, conditions and handlers of a file.
pub(in crate::facts::code) struct Places {
    around: BTreeMap<FunctionId, Vec<(Place, Around)>>,
    handlers: BTreeMap<FunctionId, Span>,
}

impl Places {
    pub(in crate::facts::code) fn of(file: &File<'_, '_>) -> Places {
        let unit = file.unit;
        let mut around: BTreeMap<FunctionId, Vec<(Place, Around)>> = BTreeMap::new();
        for number in 0..unit.functions.len() {
            let id = FunctionId(u32::try_from(number).unwrap_or(u32::MAX));
            for stmt in unit.statements(id) {
                let kind = match unit.stmt(stmt) {
                    StmtKind::Loop { .. } => Around::Loop,
                    StmtKind::If { .. } | StmtKind::Try { .. } | StmtKind::Switch { .. } => {
                        Around::Condition
                    }
                    _ => continue,
                };
                let at = unit.stmts[stmt.0 as usize].at.clone();
                around.entry(id).or_default().push((at, kind));
            }
        }
        Places { around, handlers: handlers(file) }
    }

    /// Whether a function handles requests.
    pub(in crate::facts::code) fn handles(&self, function: FunctionId) -> bool {
        self.handlers.contains_key(&function)
    }

    /// Where a call that makes a metric stands.
    pub(in crate::facts::code) fn made(&self, file: &File<'_, '_>, call: ExprId) -> Made {
        let unit = file.unit;
        let at = unit.place(call);
        let function = unit.function_of(call);
        let inside = |kind: Around| {
            let places = self.around.get(&function).into_iter().flatten();
            places
                .filter(|(place, it)| *it == kind && place.start <= at.start && at.end <= place.end)
                .map(|(place, _)| place.clone())
                .next()
        };
        if inside(Around::Condition).is_some() {
            return Made::Guarded;
        }
        if let Some(place) = inside(Around::Loop) {
            // The head says enough of a loop.
            let word = unit.slice(&place).split(|c: char| !c.is_alphanumeric()).next();
            let len = u32::try_from(word.unwrap_or_default().len().max(1)).unwrap_or(1);
            return Made::Loop(file.span(&(place.start..place.start + len)));
        }
        if function == FunctionId(0) {
            return Made::Once;
        }
        let lambda = unit.function(function).name.is_empty();
        if let Some(span) = self.handlers.get(&function) {
            return Made::Handler(*span);
        }
        // A function that is passed on may run once: `Lazy::new(|| …)`, `once.Do(func() { … })`.
        if lambda {
            return Made::Guarded;
        }
        constructed(file, function, &self.around).unwrap_or_else(|| {
            match (unit.language, unit.function(function).name) {
                (Language::Go, "init" | "main") | (_, "main") => Made::Once,
                _ if is_kept(file, unit.function(function)) => Made::Guarded,
                _ => Made::Function,
            }
        })
    }
}

/// Whether what a function gives is kept: `@lru_cache`, `@cached_property`, `@Bean`.
fn is_kept(file: &File<'_, '_>, function: &Function<'_>) -> bool {
    let words = ["cache", "once", "singleton", "memoize", "bean", "produces", "fixture"];
    function.decorators.iter().any(|id| {
        let text = file.unit.slice(&file.unit.place(*id)).to_ascii_lowercase();
        words.iter().any(|word| text.contains(word))
    })
}

/// Functions that handle a request, and where they are named.
fn handlers(file: &File<'_, '_>) -> BTreeMap<FunctionId, Span> {
    let unit = file.unit;
    let mut routes = BTreeMap::new();
    let mut passed: Vec<ExprId> = Vec::new();
    for (call, api) in file.of_role(Role::Route) {
        match api.get("form") {
            Some("decorator") => {
                routes.insert(call.id, ());
            }
            Some("call") => passed.extend(unit.args(call.id).iter().map(|arg| arg.value)),
            _ => {}
        }
    }
    let names: Vec<&str> = passed
        .iter()
        .filter_map(|id| match unit.expr(*id) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(*name),
            _ => None,
        })
        .collect();
    let mut found = BTreeMap::new();
    for (number, function) in unit.functions.iter().enumerate().skip(1) {
        let id = FunctionId(u32::try_from(number).unwrap_or(u32::MAX));
        let decorated = function.decorators.iter().any(|mark| routes.contains_key(mark));
        let named = !function.name.is_empty() && names.contains(&function.name);
        let given =
            passed.iter().any(|it| matches!(unit.expr(*it), ExprKind::Lambda(f) if *f == id));
        if decorated || named || given || takes_request(unit.language, function) {
            found.insert(id, file.span(&function.name_at));
        }
    }
    found
}

/// Whether the parameters of a function are those of a handler of requests.
fn takes_request(language: Language, function: &Function<'_>) -> bool {
    let types: Vec<&str> = function.params.iter().filter_map(|param| param.ty).collect();
    let names: Vec<&str> = function.params.iter().map(|param| param.name).collect();
    match language {
        Language::Go => {
            matches!(types.as_slice(), [writer, request] if writer.ends_with("http.ResponseWriter") && request.ends_with("http.Request"))
                || matches!(types.as_slice(), [one] if ["*gin.Context", "echo.Context", "*fiber.Ctx"].contains(one))
        }
        Language::Javascript | Language::Typescript | Language::Tsx => {
            matches!(
                names.as_slice(),
                ["req" | "request" | "_req", "res" | "response" | "reply", ..]
            )
        }
        _ => false,
    }
}

/// The constructor a function is, and how often the file makes objects of its class.
fn constructed(
    file: &File<'_, '_>,
    function: FunctionId,
    around: &BTreeMap<FunctionId, Vec<(Place, Around)>>,
) -> Option<Made> {
    let unit = file.unit;
    let it = unit.function(function);
    let class = unit.class(it.class?);
    let constructs = match unit.language {
        Language::Python => it.name == "__init__",
        Language::Javascript | Language::Typescript | Language::Tsx => it.name == "constructor",
        Language::Java | Language::Csharp => it.name == class.name,
        Language::Go | Language::Rust => false,
    };
    if !constructs {
        return None;
    }
    let mut objects = Vec::new();
    for call in &file.calls {
        if call.path != class.name {
            continue;
        }
        let at = unit.place(call.id);
        let span = file.callee_span(call.id);
        objects.push(span);
        let places = around.get(&unit.function_of(call.id)).into_iter().flatten();
        let mut loops = places.filter(|(place, kind)| {
            *kind == Around::Loop && place.start <= at.start && at.end <= place.end
        });
        if loops.next().is_some() {
            objects.push(span);
        }
    }
    let takes = !it.params.is_empty();
    Some(Made::Constructor { class: file.span(&class.name_at), objects, takes })
}

/// The type of a receiver of Go that is declared in another file: `func (s *shop) buy()`.
fn receiver_type<'a>(file: &File<'_, 'a>, function: FunctionId, of: ExprId) -> Option<&'a str> {
    let ExprKind::Name(name) = file.unit.expr(of) else { return None };
    let mut functions = file.unit.outward(function).map(|id| file.unit.function(id));
    let method = functions.find(|one| one.receiver == Some(*name))?;
    let head = file.unit.slice(&method.at).strip_prefix("func")?.trim_start();
    let (receiver, _) = head.strip_prefix('(')?.split_once(')')?;
    let ty = receiver.split_whitespace().last()?.trim_start_matches('*');
    Some(ty.split('[').next().unwrap_or(ty))
}

/// What an expression names: a variable, a field, a part of a module.
pub(in crate::facts::code) fn holder_of(file: &File<'_, '_>, id: ExprId) -> Option<Holder> {
    let unit = file.unit;
    let function = unit.function_of(id);
    match unit.expr(id) {
        ExprKind::Name(name) => {
            if let Some(class) = file.names.field_home(id) {
                let scope = Some(unit.class(class).name.to_owned());
                return Some(Holder { scope, name: (*name).to_owned(), of_unknown: false });
            }
            let scope = match file.names.path(id) {
                Some(path) if path.ends_with(&format!(".{name}")) => {
                    let before = path.strip_suffix(&format!(".{name}"))?;
                    before.rsplit(['.', '/', ':']).next().map(str::to_owned)
                }
                _ => None,
            };
            Some(Holder { scope, name: (*name).to_owned(), of_unknown: false })
        }
        ExprKind::Member { of, name } => {
            let class = file.names.class_of(function, *of).map(|class| unit.class(class).name);
            let class = class.or_else(|| receiver_type(file, function, *of));
            let of_unknown = class.is_none();
            let scope = match class {
                Some(class) => class.to_owned(),
                None => {
                    let path = file.names.path(*of).or_else(|| last_name(file, *of))?;
                    if path.contains("()") {
                        return None;
                    }
                    let last = path.rsplit(['.', '/', ':']).next()?;
                    last.trim_matches(['<', '>']).to_owned()
                }
            };
            Some(Holder { scope: Some(scope), name: (*name).to_owned(), of_unknown })
        }
        ExprKind::Unary { of, .. } => holder_of(file, *of),
        _ => None,
    }
}
