//! Functions that a framework hands every error: `@app.errorhandler(Exception)`, `app.onError(…)`.

use crate::facts::code::file::File;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprKind, FunctionId, Unit};
use std::collections::BTreeMap;

/// Calls that take a function for errors, and which of its parameters the error is.
const TAKERS: &[&str] = &["exception", "onError", "onErrorResume", "setErrorHandler"];

/// The functions of a file that are handed every error, each with the name that it gives it.
pub(super) fn of<'a>(file: &File<'_, 'a>) -> BTreeMap<FunctionId, &'a str> {
    let unit = file.unit;
    let mut found = BTreeMap::new();
    for (number, function) in unit.functions.iter().enumerate() {
        let pages = function.decorators.iter().any(|mark| {
            let call = file.call(*mark);
            let row = call.and_then(|call| Some((call, call.role(Role::ErrorPage)?)));
            let of = row.and_then(|(call, row)| file.argument(call, row, "of"));
            of.is_some_and(|of| takes_all(unit.slice(&unit.place(of))))
        });
        let error = function.params.iter().rfind(|param| !is_request(param.name));
        if let Some(error) = error.filter(|_| pages) {
            found.insert(FunctionId(u32::try_from(number).unwrap_or(u32::MAX)), error.name);
        }
    }
    for expr in &unit.exprs {
        let ExprKind::Call { callee, args, .. } = &expr.kind else { continue };
        let ExprKind::Member { name, .. } = unit.expr(*callee) else { continue };
        let Some(handler) = args.last().filter(|_| TAKERS.contains(name)) else { continue };
        let ExprKind::Lambda(id) = unit.expr(handler.value) else { continue };
        let all = match args.as_slice() {
            [_] => true,
            // Javalin: `exception(Exception.class, (e, ctx) -> …)`
            [of, _] => takes_all(unit.slice(&unit.place(of.value)).trim_end_matches(".class")),
            _ => false,
        };
        if let Some(error) = unit.function(*id).params.first().filter(|_| all) {
            found.insert(*id, error.name);
        }
    }
    found
}

fn takes_all(ty: &str) -> bool {
    matches!(ty, "Exception" | "BaseException" | "Throwable" | "Error")
}

fn is_request(name: &str) -> bool {
    matches!(name, "self" | "request" | "req" | "_" | "_request")
}

/// Rust: whether a function is given to what never fails: files that tower-http serves answer for
/// themselves.
pub(super) fn is_never(unit: &Unit<'_>, at: FunctionId) -> bool {
    const NEAR: usize = 200;
    let start = unit.function(at).at.start as usize;
    let before = unit.text.get(..start).map(str::trim_end).unwrap_or_default();
    let from = (before.len().saturating_sub(NEAR)..=before.len())
        .find(|from| before.is_char_boundary(*from))
        .unwrap_or_default();
    let near = &before[from..];
    unit.language == Language::Rust
        && near.ends_with("handle_error(")
        && near
            .rsplit(';')
            .next()
            .is_some_and(|it| it.contains("ServeDir::new(") || it.contains("ServeFile::new("))
}
