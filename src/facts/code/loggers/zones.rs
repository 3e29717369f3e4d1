//! Times whose form leaves their zone out, by settings of loggers.

use super::Setup;
use super::read::add;
use crate::facts::FileFacts;
use crate::facts::code::file::File;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, StmtKind};

/// Reads the forms of times that loggers of a file are told to write.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let forms = match file.unit.language {
        Language::Javascript | Language::Typescript | Language::Tsx => winston(file),
        Language::Go => go(file),
        Language::Csharp => consoles(file),
        _ => return,
    };
    for (id, local) in forms {
        let Some(text) = file.unit.literal(id) else { continue };
        let fault = local(text).then_some("the time of the machine, without its offset");
        let setup = Setup::Clock { fault, right: false };
        add(file, text, file.expr_span(id), setup, facts);
    }
}

/// A form of a time, and what tells that it leaves the zone out.
type Form = (ExprId, fn(&str) -> bool);

/// `winston.format.timestamp({ format: "YYYY-MM-DD HH:mm:ss" })`; without a form it is that of ISO.
fn winston(file: &File<'_, '_>) -> Vec<Form> {
    fn local(form: &str) -> bool {
        (form.contains("HH") || form.contains("hh")) && !form.contains('Z')
    }
    let unit = file.unit;
    let calls = file.calls.iter().filter(|call| {
        call.name() == "timestamp"
            && (call.path.starts_with("winston") || call.path.starts_with("logform"))
    });
    let form = |id: ExprId| {
        let given = file.names.resolved(unit.args(id).first()?.value);
        let ExprKind::Map { entries, .. } = unit.expr(given) else { return None };
        let named = |key: Option<ExprId>| {
            key.is_some_and(|key| match unit.expr(key) {
                ExprKind::Name(name) => *name == "format",
                _ => unit.literal(key) == Some("format"),
            })
        };
        let (_, value) = entries.iter().find(|(key, _)| named(*key))?;
        Some((*value, local as fn(&str) -> bool))
    };
    calls.filter_map(|call| form(call.id)).collect()
}

/// Layouts that zap, zerolog and logrus are given.
fn go(file: &File<'_, '_>) -> Vec<Form> {
    fn local(form: &str) -> bool {
        form.contains("15") && !["Z07", "-07", "MST"].iter().any(|zone| form.contains(zone))
    }
    const FORMATTERS: &[&str] = &["JSONFormatter", "TextFormatter"];
    let unit = file.unit;
    let local = local as fn(&str) -> bool;
    let mut found: Vec<Form> = Vec::new();
    let layouts = file.calls.iter().filter(|call| {
        call.path.starts_with("go.uber.org/zap") && call.name() == "TimeEncoderOfLayout"
    });
    found.extend(layouts.filter_map(|call| Some((unit.args(call.id).first()?.value, local))));
    // What says which time is taken says whose it is.
    let told = unit.text.contains("zerolog.TimestampFunc");
    let zerolog = |id: ExprId| !told && unit.slice(&unit.place(id)) == "zerolog.TimeFieldFormat";
    for stmt in &unit.stmts {
        if let StmtKind::Let { targets, value: Some(value), .. } = &stmt.kind
            && targets.iter().any(|target| zerolog(*target))
        {
            found.push((*value, local));
        }
    }
    for expr in &unit.exprs {
        match &expr.kind {
            ExprKind::Assign { target, value, .. } if zerolog(*target) => {
                found.push((*value, local));
            }
            ExprKind::Map { of: Some(of), entries } => {
                let ty = unit.slice(&unit.place(*of));
                let formatter =
                    ty.strip_prefix("logrus.").is_some_and(|ty| FORMATTERS.contains(&ty));
                let named = |key: ExprId| unit.slice(&unit.place(key)) == "TimestampFormat";
                let forms = entries.iter().filter(|(key, _)| formatter && key.is_some_and(named));
                found.extend(forms.map(|(_, value)| (*value, local)));
            }
            _ => {}
        }
    }
    found
}

/// `AddJsonConsole(it => it.TimestampFormat = "HH:mm:ss ")` of .NET, without `UseUtcTimestamp`.
fn consoles(file: &File<'_, '_>) -> Vec<Form> {
    fn local(form: &str) -> bool {
        form.contains('H') && !form.contains(['z', 'K', 'Z'])
    }
    let unit = file.unit;
    let mut found: Vec<Form> = Vec::new();
    let calls = file
        .calls
        .iter()
        .filter(|call| matches!(call.name(), "AddJsonConsole" | "AddSimpleConsole" | "AddConsole"));
    let places: Vec<_> = calls
        .map(|call| unit.place(call.id))
        .filter(|at| !unit.slice(at).contains("UseUtcTimestamp"))
        .collect();
    if places.is_empty() {
        return found;
    }
    let of = |target: ExprId| {
        matches!(unit.expr(target), ExprKind::Member { name: "TimestampFormat", .. })
    };
    let mut add = |target: ExprId, value: ExprId| {
        let at = unit.place(value);
        let start = unit.place(target).start;
        // The call ends with what is in its parentheses.
        let inside = places.iter().any(|it| it.start <= start && at.end <= it.end);
        if of(target) && inside {
            found.push((value, local as fn(&str) -> bool));
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
    found.sort_unstable_by_key(|(id, _)| *id);
    found.dedup_by_key(|(id, _)| *id);
    found
}
