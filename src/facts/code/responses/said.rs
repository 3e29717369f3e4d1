//! The status that is set before an answer is written: `w.WriteHeader(500)`, `ctx.status = 500`.

use super::{Status, shown};
use crate::facts::code::file::File;
use crate::parse::code::Language;
use crate::parse::unit::ExprId;

/// Words with which a status is set.
const SETS: &[&str] = &[
    ".WriteHeader(",
    ".setStatus(",
    ".set_status(",
    ".status =",
    ".status(",
    ".statusCode =",
    ".status_code =",
    ".StatusCode =",
];
/// Most lines between the two.
const MAX_LINES: usize = 8;

/// What the lines before an answer say, in the same block.
pub(super) fn before(file: &File<'_, '_>, whole: ExprId) -> Status {
    let unit = file.unit;
    let function = unit.function(unit.function_of(whole));
    let text = unit.slice(&(function.at.start..unit.place(whole).start));
    let mut lines = text.rsplit('\n');
    let own = lines.next().unwrap_or_default();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let level = indent(own);
    let lines = lines.filter(|line| !line.trim().is_empty()).take(MAX_LINES);
    for line in std::iter::once(own).chain(lines) {
        if let Some(word) = SETS.iter().find(|word| line.contains(*word)) {
            let said = line.split_once(word).map_or("", |(_, said)| said);
            return shown::status(said.split(';').next().unwrap_or(said));
        }
        // Another block, or another answer.
        let leaves = line.trim_start().starts_with("return");
        if leaves || indent(line) != level || is_edge(unit.language, line) {
            return Status::Unsaid;
        }
    }
    Status::Unsaid
}

/// C#: the status that callers in the file give the function around, where that sets what it is given:
/// one of them says that the program failed.
pub(super) fn by_callers(file: &File<'_, '_>, whole: ExprId) -> Status {
    let unit = file.unit;
    let function = unit.function(unit.function_of(whole));
    let text = unit.slice(&function.at);
    let sets = |name: &str| {
        let mut lines = text.lines().filter(|line| line.contains(".StatusCode ="));
        lines.any(|line| {
            let given = line.rsplit('=').next().unwrap_or_default();
            given.trim().trim_start_matches("(int)").trim().trim_end_matches(';') == name
        })
    };
    let given = function.params.iter().position(|param| sets(param.name));
    let Some(position) = given.filter(|_| unit.language == Language::Csharp) else {
        return Status::Unsaid;
    };
    let fails = |call: ExprId| {
        file.called(call) == Some(function.name)
            && unit.args(call).get(position).is_some_and(|arg| {
                shown::status(unit.slice(&unit.place(arg.value))) == Status::Server
            })
    };
    if unit.calls().any(fails) { Status::Server } else { Status::Unsaid }
}

/// Whether a block begins or ends with a line.
fn is_edge(language: Language, line: &str) -> bool {
    let line = line.trim();
    match language {
        Language::Python => line.ends_with(':'),
        _ => line.starts_with('}') || line.ends_with('{'),
    }
}
