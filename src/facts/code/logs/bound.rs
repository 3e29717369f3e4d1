//! Secrets that are put beside records: bound to a logger, kept for all records that follow, or
//! taken into them from what a function is called with.

use super::own::is_of_logger;
use super::values::Values;
use super::{LogCall, Logged, Way};
use crate::facts::FileFacts;
use crate::facts::code::file::{Call, File};
use crate::facts::scalar::Scalar;
use crate::lang::sensitive::{self, Kind};
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, Function};
use crate::source::Span;
use std::collections::BTreeSet;

pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    // What is bound in the chain of a record is told with that.
    let told = facts.log_calls.iter().filter(|it| it.document == file.document);
    let told: BTreeSet<Span> = told.flat_map(|it| &it.values).map(|value| value.span).collect();
    for call in &file.calls {
        let mut values = Values::new(file);
        if binds(file, call, &mut values) {
            let method = file.callee_span(call.id);
            values.found.retain(|value| !told.contains(&value.span));
            add(file, facts, call.name(), method, call.id, values.found);
        }
    }
    match file.unit.language {
        Language::Rust => instrumented(file, facts),
        Language::Csharp => generated(file, facts),
        _ => {}
    }
}

/// Adds a record for what is secret of some values; of all else nothing is said.
fn add(
    file: &File<'_, '_>,
    facts: &mut FileFacts,
    name: &str,
    method: Span,
    at: ExprId,
    mut values: Vec<Logged>,
) {
    values.retain(|value| {
        let key = value.key.as_ref().map(|key| key.text.as_str());
        [value.name.as_deref(), key].into_iter().flatten().any(is_secret)
    });
    if values.is_empty() {
        return;
    }
    let function = file.unit.function(file.unit.function_of(at));
    facts.log_calls.push(LogCall {
        document: file.document,
        library: "bound",
        method: Scalar { text: name.to_owned(), span: method, known: true, plain: true },
        printed: false,
        aside: false,
        developing: false,
        coloured: false,
        ledger: false,
        level: None,
        message: None,
        template: None,
        values,
        written: false,
        open: true,
        alone: false,
        encoded: false,
        error: false,
        caught: false,
        function: Scalar {
            text: function.name.to_owned(),
            span: file.span(&function.name_at),
            known: true,
            plain: true,
        },
        mismatch: None,
    });
}

fn is_secret(name: &str) -> bool {
    sensitive::of_name(name).is_some_and(|found| found.kind == Kind::Secret)
}

/// Collects what a call puts beside records; whether it does.
fn binds(file: &File<'_, '_>, call: &Call, values: &mut Values<'_, '_, '_>) -> bool {
    let unit = file.unit;
    let ExprKind::Call { callee, args, .. } = unit.expr(call.id) else { return false };
    let put = call.role(Role::MdcPut).is_some();
    let on_logger = || match unit.expr(*callee) {
        ExprKind::Member { of, name } => {
            let binds = match unit.language {
                Language::Python => matches!(*name, "bind" | "contextualize" | "new"),
                Language::Go => matches!(*name, "With" | "WithField" | "WithFields" | "WithValues"),
                Language::Csharp => matches!(*name, "BeginScope" | "ForContext"),
                Language::Java | Language::Rust => false,
                _ => matches!(*name, "child" | "setBindings"),
            };
            binds && is_of_logger(file, *of)
        }
        _ => false,
    };
    if !put && !on_logger() {
        return false;
    }
    let named = args.iter().filter_map(|arg| Some((arg.name?, arg.value)));
    for (name, value) in named {
        let span = file.expr_span(value);
        let key = Scalar { text: name.to_owned(), span, known: true, plain: true };
        values.value(value, Way::Field, Some(key));
    }
    match args.as_slice() {
        [key, value, ..] if file.names.text(key.value).is_some() => {
            values.field(key.value, value.value);
        }
        [only] if only.name.is_none() => values.fields(only.value),
        _ => {}
    }
    true
}

/// Rust: `#[instrument]` takes all arguments of its function into the span around its records.
fn instrumented(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    for function in &unit.functions {
        let Some(mark) = function.decorators.iter().copied().find(|mark| {
            let text = unit.slice(&unit.place(*mark));
            let name = text.trim_start_matches(['#', '[']).split(['(', ']']).next();
            matches!(name.map(str::trim), Some("instrument" | "tracing::instrument"))
        }) else {
            continue;
        };
        let text = unit.slice(&unit.place(mark));
        let skipped = skipped(text);
        let Some(skipped) = skipped else { continue };
        let mut values = Values::new(file);
        for param in function.params.iter().filter(|it| !skipped.contains(&it.name)) {
            // What hides its value when it is printed has a type of its own.
            let hides = param.ty.is_some_and(|ty| ty.contains("Secret"));
            if !hides {
                values.named(param.name, file.span(&param.at));
            }
        }
        let at = file.expr_span(mark);
        add(file, facts, "instrument", at, mark, values.found);
    }
}

/// Arguments that an attribute leaves out; none where it leaves all out.
fn skipped(text: &str) -> Option<Vec<&str>> {
    if text.contains("skip_all") {
        return None;
    }
    let inside = text.split("skip(").nth(1).and_then(|rest| rest.split(')').next());
    Some(inside.unwrap_or_default().split(',').map(str::trim).collect())
}

/// C#: `[LoggerMessage(Message = "said {Password}")]` on a method that is written by the compiler.
fn generated(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    let marked = |function: &&Function<'_>| {
        function.decorators.iter().any(|mark| {
            unit.slice(&unit.place(*mark)).trim_start_matches('[').starts_with("LoggerMessage")
        })
    };
    for function in unit.functions.iter().filter(marked) {
        let Some(mark) = function.decorators.first().copied() else { continue };
        let mut values = Values::new(file);
        for id in function.decorators.iter().flat_map(|mark| unit.all_in(*mark)) {
            let Some(text) = unit.literal(id) else { continue };
            for hole in super::fit::holes_of(text) {
                values.named(hole, file.expr_span(id));
            }
        }
        let at = file.expr_span(mark);
        add(file, facts, "LoggerMessage", at, mark, values.found);
    }
}
