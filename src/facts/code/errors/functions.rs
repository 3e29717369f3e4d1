//! Go: functions that give only errors whose texts the program has fixed.

use super::{ExprId, ExprKind, File, FileFacts, Part, PlainFunction, StmtKind, Unit};
use crate::parse::unit::FunctionId;
use std::collections::BTreeMap;

/// What is known of the errors of a function.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gives {
    /// It is being looked at.
    Open,
    /// Only texts that are fixed, or none.
    Fixed,
    /// Others too, or nobody knows.
    Any,
}

/// Most calls of functions of the file that are followed into each other.
const MAX_HOPS: usize = 4;

pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    if is_of_one_system(file) {
        return;
    }
    let mut known = BTreeMap::new();
    for (number, function) in unit.functions.iter().enumerate().skip(1) {
        let id = FunctionId(u32::try_from(number).unwrap_or(u32::MAX));
        if function.name.is_empty()
            || unit.is_faulty(&function.at)
            || gives(file, id, &mut known, MAX_HOPS) != Gives::Fixed
        {
            continue;
        }
        facts.plain_functions.push(PlainFunction {
            document: file.document,
            name: function.name.to_owned(),
            class: receiver(unit, id).map(str::to_owned),
            package: unit.package.map(str::to_owned),
        });
    }
}

/// Whether another file takes the place of this one on other systems: "not supported" is all that
/// one of them says.
fn is_of_one_system(file: &File<'_, '_>) -> bool {
    const SYSTEMS: &[&str] = &["darwin", "freebsd", "js", "linux", "unix", "wasm", "windows"];
    let stem = file.path.trim_end_matches(".go");
    let head = file.unit.text.lines().take_while(|line| !line.starts_with("package "));
    stem.rsplit('_').next().is_some_and(|last| SYSTEMS.contains(&last))
        || head.into_iter().any(|line| line.starts_with("//go:build"))
}

/// The type that a function is a method of, wherever that is declared: `func (s *Shop) Buy()`.
pub(super) fn receiver<'a>(unit: &Unit<'a>, id: FunctionId) -> Option<&'a str> {
    let text = unit.slice(&unit.function(id).at).strip_prefix("func")?.trim_start();
    let (written, _) = text.strip_prefix('(')?.split_once(')')?;
    let ty = written.split_whitespace().next_back()?.trim_start_matches('*');
    let ty = ty.split('[').next().unwrap_or(ty);
    (!ty.is_empty()).then_some(ty)
}

/// What errors a function gives back.
fn gives(
    file: &File<'_, '_>,
    id: FunctionId,
    known: &mut BTreeMap<FunctionId, Gives>,
    hops: usize,
) -> Gives {
    if let Some(gives) = known.get(&id) {
        return *gives;
    }
    let unit = file.unit;
    let function = unit.function(id);
    let result = function.returns.unwrap_or_default().trim();
    let result = result.trim_end_matches(')').trim_end_matches([',', ' ', '\n', '\t']);
    // A result with a name may be set anywhere.
    if result.rsplit([' ', ',', '(']).next() != Some("error") || has_names(result) || hops == 0 {
        return Gives::Any;
    }
    known.insert(id, Gives::Open);
    let mut any = false;
    let mut fixed = true;
    let mut none = false;
    for stmt in unit.under(&function.body) {
        let StmtKind::Return(value) = unit.stmt(stmt) else { continue };
        let last = value.map(|value| match unit.expr(value) {
            ExprKind::List(items) => *items.last().unwrap_or(&value),
            _ => value,
        });
        match last.map(|last| (last, unit.expr(last))) {
            Some((_, ExprKind::Null)) => none = true,
            Some((last, _)) if is_fixed(file, last, known, hops) => any = true,
            _ => {
                fixed = false;
                break;
            }
        }
    }
    // What gives no error on any way; where that is all that it does, it is not written yet.
    any |= none && function.body.len() > 1;
    let found = if any && fixed { Gives::Fixed } else { Gives::Any };
    known.insert(id, found);
    found
}

/// `(n int, err error`: whether results have names.
fn has_names(result: &str) -> bool {
    let last = result.rsplit([',', '(']).next().unwrap_or(result);
    last.split_whitespace().count() > 1
}

/// Whether an expression is an error whose text the program has fixed.
fn is_fixed(
    file: &File<'_, '_>,
    id: ExprId,
    known: &mut BTreeMap<FunctionId, Gives>,
    hops: usize,
) -> bool {
    let unit = file.unit;
    let id = file.names.value(id).unwrap_or(id);
    match unit.expr(id) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => is_sentinel(file, id, name),
        ExprKind::Call { args, .. } => {
            let path = file.call(id).map_or("", |call| call.path.as_str());
            if matches!(path, "errors.New" | "fmt.Errorf" | "github.com/pkg/errors.Errorf") {
                let format = args.first().and_then(|arg| unit.literal(arg.value));
                let wraps = format.is_some_and(|format| format.contains("%w"));
                return !wraps && args.iter().all(|arg| !shows_error(unit, arg.value));
            }
            // "context canceled", "context deadline exceeded"
            if file.called(id) == Some("Err") && args.is_empty() && is_of_context(unit, id) {
                return true;
            }
            match file.own_function(id) {
                Some(own) => gives(file, own, known, hops - 1) == Gives::Fixed,
                None => false,
            }
        }
        _ => false,
    }
}

/// `ctx.Err()` of a parameter.
fn is_of_context(unit: &Unit<'_>, call: ExprId) -> bool {
    let ExprKind::Call { callee, .. } = unit.expr(call) else { return false };
    let ExprKind::Member { of, .. } = unit.expr(*callee) else { return false };
    let ExprKind::Name(name) = unit.expr(*of) else { return false };
    let mut params = unit.outward(unit.function_of(call)).flat_map(|id| &unit.function(id).params);
    params.any(|param| param.name == *name && param.ty == Some("context.Context"))
}

/// `ErrNotFound`, `http.ErrNotSupported`: an error that a package declares once.
fn is_sentinel(file: &File<'_, '_>, id: ExprId, name: &str) -> bool {
    let rest = name.strip_prefix("Err").or_else(|| name.strip_prefix("err"));
    let declared = rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_uppercase()));
    let local = file.names.owner(file.unit.function_of(id), name);
    declared && local.is_none_or(|at| at == FunctionId(0))
}

/// Whether the text of another error goes into a value.
fn shows_error(unit: &Unit<'_>, id: ExprId) -> bool {
    unit.all_in(id).into_iter().any(|id| match unit.expr(id) {
        ExprKind::Name(name) => {
            matches!(*name, "e" | "err" | "error") || name.ends_with("Err") || name.ends_with("err")
        }
        ExprKind::Member { name, .. } => {
            matches!(*name, "Error" | "Err" | "err") || name.ends_with("Error")
        }
        ExprKind::Template(parts) => parts.iter().any(|part| matches!(part, Part::Value(..))),
        _ => false,
    })
}
