//! Fields under names that the logger, or a function between, uses itself.

use crate::facts::code::file::{Call, File};
use crate::facts::scalar::Scalar;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::lang::sensitive::words;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, Function, FunctionId};
use crate::source::Span;
use std::collections::BTreeMap;

/// How fields are passed.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Passing {
    /// As `extra`, which the logger sets on its record.
    Extra,
    /// All that callers gave, on to a function that has parameters of its own.
    Through {
        /// The function that passes them on.
        wrapper: String,
        /// A parameter that callers may give a field the name of, and where it is declared.
        taken: Option<(String, Span)>,
    },
}

/// Fields that are passed by name.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct FieldPass {
    /// The file.
    pub document: DocumentId,
    /// The field, or the function that takes them all.
    pub name: Scalar,
    /// How.
    pub passing: Passing,
}

impl Subject for FieldPass {
    fn kind(&self) -> SubjectKind {
        SubjectKind::FieldPass
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        match &self.passing {
            Passing::Extra => format!("field {}", self.name.text),
            Passing::Through { wrapper, .. } => format!("fields of {wrapper}"),
        }
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        if path == "name" { self.name.held() } else { Held::Nothing }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "name").then_some(self.name.span)
    }
}

/// Parameters of functions that write records.
const OWN: &[&str] = &["level", "message", "msg", "event", "severity"];

pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    if file.unit.language != Language::Python {
        return;
    }
    for (call, api) in file.of_role(Role::Log) {
        if api.get("fields") == Some("extra") {
            extra(file, call, facts);
        }
    }
    let mut functions: BTreeMap<&str, Vec<FunctionId>> = BTreeMap::new();
    for (number, function) in file.unit.functions.iter().enumerate() {
        if !function.name.is_empty() {
            let id = FunctionId(u32::try_from(number).unwrap_or(u32::MAX));
            functions.entry(function.name).or_default().push(id);
        }
    }
    for call in file.unit.calls().filter(|call| !file.is_faulty(*call)) {
        through(file, call, &functions, facts);
    }
}

fn extra(file: &File<'_, '_>, call: &Call, facts: &mut FileFacts) {
    let Some(extra) = file.unit.arg(call.id, usize::MAX, "extra") else { return };
    let ExprKind::Map { entries, .. } = file.unit.expr(file.names.resolved(extra)) else { return };
    for key in entries.iter().filter_map(|(key, _)| *key) {
        if let Some(name) = file.scalar(key) {
            facts.field_passes.push(FieldPass {
                document: file.document,
                name,
                passing: Passing::Extra,
            });
        }
    }
}

/// `self._write("info", message, **fields)` in a function that takes `**fields`.
fn through(
    file: &File<'_, '_>,
    call: ExprId,
    functions: &BTreeMap<&str, Vec<FunctionId>>,
    facts: &mut FileFacts,
) {
    let unit = file.unit;
    let from = unit.function(unit.function_of(call));
    let ExprKind::Call { callee, args, .. } = unit.expr(call) else { return };
    let stars = |at: u32| unit.slice(&(at.saturating_sub(2)..at)) == "**";
    let passes = args.iter().any(|arg| {
        arg.spread
            && stars(unit.place(arg.value).start)
            && matches!(unit.expr(arg.value), ExprKind::Name(name)
                if from.params.iter().any(|param| param.name == *name && stars(param.at.start)))
    });
    if !passes {
        return;
    }
    let (name, own) = match unit.expr(*callee) {
        ExprKind::Name(name) => (*name, false),
        ExprKind::Member { of, name } => match unit.expr(*of) {
            ExprKind::Name(object) if from.receiver == Some(*object) => (*name, true),
            _ => return,
        },
        _ => return,
    };
    let same = |to: &&FunctionId| {
        let class = unit.function(**to).class;
        if own { class.is_some() && class == from.class } else { class.is_none() }
    };
    let mut found = functions.get(name).into_iter().flatten().filter(same);
    let (Some(to), None) = (found.next(), found.next()) else { return };
    let to = unit.function(*to);
    if ![from, to].into_iter().any(|function| writes_records(file, function)) {
        return;
    }
    // What the callee takes as fields may have any name.
    if !to.params.iter().any(|param| stars(param.at.start)) {
        return;
    }
    let taken = taken(file, from, to, call);
    facts.field_passes.push(FieldPass {
        document: file.document,
        name: Scalar {
            text: name.to_owned(),
            span: file.callee_span(call),
            known: true,
            plain: true,
        },
        passing: Passing::Through { wrapper: from.name.to_owned(), taken },
    });
}

/// Whether a function writes records, by its name, its class or what it calls: `severity` of a query
/// is no field of a record.
fn writes_records(file: &File<'_, '_>, function: &Function<'_>) -> bool {
    const WRITES: &[&str] = &[
        "audit",
        "critical",
        "debug",
        "emit",
        "error",
        "exception",
        "fatal",
        "info",
        "log",
        "logger",
        "logging",
        "logs",
        "trace",
        "warn",
        "warning",
        "write",
    ];
    let says = |name: &str| words(name).iter().any(|word| WRITES.contains(&word.as_str()));
    let unit = file.unit;
    says(function.name)
        || function.class.is_some_and(|class| says(unit.class(class).name))
        || file.of_role(Role::Log).any(|(call, _)| {
            let at = unit.place(call.id);
            function.at.start <= at.start && at.end <= function.at.end
        })
}

/// The parameter that is given here and that a caller's field may be called like.
fn taken(
    file: &File<'_, '_>,
    from: &Function<'_>,
    to: &Function<'_>,
    call: ExprId,
) -> Option<(String, Span)> {
    let unit = file.unit;
    let args = unit.args(call);
    let list = to.name_at.end..to.params.last().map_or(to.name_at.end, |param| param.at.end);
    // `def f(level, message, /, **fields)`: before the slash nothing is given by name.
    let by_name =
        unit.slice(&list).rfind('/').map(|at| list.start + u32::try_from(at).unwrap_or(0));
    let placed = args.iter().take_while(|arg| arg.name.is_none() && !arg.spread).count();
    let given = |number: usize, name: &str| {
        number < placed || args.iter().any(|arg| arg.name == Some(name))
    };
    let mut params = to.params.iter().enumerate();
    let (_, param) = params.find(|(number, param)| {
        OWN.contains(&param.name)
            && given(*number, param.name)
            && by_name.is_none_or(|slash| param.at.start > slash)
            && from.params.iter().all(|own| own.name != param.name)
    })?;
    Some((param.name.to_owned(), file.span(&param.at)))
}
