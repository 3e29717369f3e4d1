//! Maps that answers are made of.

use super::developers::is_asked;
use super::operators::parts_for_all;
use crate::facts::code::file::File;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind};

/// Java: what a map is given, one by one, before it is answered with: `body.put("error", e.getMessage())`.
pub(super) fn put_in(file: &File<'_, '_>, map: ExprId, whole: ExprId) -> Vec<ExprId> {
    let unit = file.unit;
    let ExprKind::Name(name) = unit.expr(map) else { return Vec::new() };
    let made = file.names.value(map).is_some_and(|made| {
        let text = unit.slice(&unit.place(made));
        text.starts_with("new ") && text.contains("Map<")
    });
    if unit.language != Language::Java || !made {
        return Vec::new();
    }
    let at = unit.place(whole);
    let puts = |call: &ExprId| {
        let ExprKind::Call { callee, .. } = unit.expr(*call) else { return false };
        let ExprKind::Member { of, name: "put" } = unit.expr(*callee) else { return false };
        unit.place(*call).end <= at.start
            && matches!(unit.expr(*of), ExprKind::Name(it) if it == name)
            && !is_asked(file, *call)
    };
    let calls = unit.calls_under(&unit.function(unit.function_of(whole)).body);
    let given = calls.into_iter().filter(puts).flat_map(|call| unit.args(call));
    given.flat_map(|arg| parts_for_all(unit, arg.value)).collect()
}
