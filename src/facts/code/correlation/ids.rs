//! Ids that are made, and headers that carry them.

use super::{CorrelationId, IdForm, names_id, scalar};
use crate::facts::FileFacts;
use crate::facts::code::file::File;
use crate::facts::code::handlers::pages::is_page;
use crate::lang::sensitive::words;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, StmtKind, Unit};
use std::collections::BTreeSet;

/// What a file does with headers that carry ids.
#[derive(Default)]
pub(super) struct Headers {
    pub(super) inbound: bool,
    pub(super) outbound: bool,
    pub(super) named: bool,
}

/// Whether a text is the name of a header that carries an id.
fn is_header(text: &str) -> bool {
    let folded = text.to_ascii_lowercase();
    let cgi = match folded.strip_prefix("http_") {
        Some(rest) => rest.replace('_', "-"),
        None => folded,
    };
    matches!(
        cgi.as_str(),
        "traceparent"
            | "x-trace-id"
            | "x-b3-traceid"
            | "b3"
            | "x-amzn-trace-id"
            | "x-cloud-trace-context"
            | "x-correlation-id"
            | "x-correlationid"
            | "correlation-id"
            | "x-request-id"
            | "x-requestid"
            | "request-id"
            | "x-req-id"
            | "uber-trace-id"
    )
}

/// How headers with ids are used.
pub(super) fn headers(file: &File<'_, '_>) -> Headers {
    let unit = file.unit;
    let mut found = Headers::default();
    let header = |id: ExprId| file.names.text(id).is_some_and(is_header);
    let mut used = 0usize;
    for expr in &unit.exprs {
        match &expr.kind {
            ExprKind::Call { callee, args, .. } => {
                let Some(at) = args.iter().position(|arg| header(arg.value)) else { continue };
                used += 1;
                let written = unit.slice(&unit.place(*callee));
                let name =
                    written.rsplit(['.', ':']).next().unwrap_or(written).to_ascii_lowercase();
                let writes = ["set", "add", "append", "put", "insert", "tryaddwithoutvalidation"];
                if at == 0 && (args.len() > 1 && writes.iter().any(|it| name.starts_with(it))) {
                    found.outbound |= !answers(written);
                } else {
                    // Also handed to what may read or write it.
                    found.inbound = true;
                    found.outbound |= args.len() > 1;
                }
            }
            ExprKind::Index { of, key: Some(key) } if header(*key) => {
                used += 1;
                let written = unit.slice(&unit.place(*of));
                found.inbound |= !answers(written);
            }
            ExprKind::Map { entries, .. } => {
                let sent = entries.iter().any(|(key, _)| key.is_some_and(header));
                used += usize::from(sent);
                found.outbound |= sent;
            }
            _ => {}
        }
    }
    // `headers["X-Request-ID"] = id`
    for stmt in &unit.stmts {
        let targets: &[ExprId] = match &stmt.kind {
            StmtKind::Let { targets, .. } => targets,
            _ => continue,
        };
        for target in targets {
            if let ExprKind::Index { of, key: Some(key) } = unit.expr(*target)
                && header(*key)
            {
                found.outbound |= !answers(unit.slice(&unit.place(*of)));
            }
        }
    }
    let literals = unit.exprs.iter().filter(|expr| match &expr.kind {
        ExprKind::Text(text) => is_header(text),
        _ => false,
    });
    found.named = literals.count() > used;
    found
}

/// Whether what is written to is the answer to a request.
fn answers(written: &str) -> bool {
    let folded = written.to_ascii_lowercase();
    let first = folded.split(['.', '(', '[']).next().unwrap_or_default();
    matches!(first, "res" | "resp" | "response" | "reply" | "w" | "rw" | "writer")
        || folded.contains("response")
        || folded.contains("c.writer")
        || folded.contains("w.header")
}

/// Methods that give a metric its labels.
const LABELS: &[&str] =
    &["labelValues", "labels", "tag", "tags", "with_label_values", "WithLabelValues"];

/// Ids that are made.
pub(super) fn made(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    let fresh: Vec<ExprId> = file.of_role(Role::UniqueId).map(|(call, _)| call.id).collect();
    if fresh.is_empty() {
        return;
    }
    let makes = |id: ExprId| unit.all_in(id).into_iter().find(|it| fresh.contains(it));
    let mut found: Vec<ExprId> = Vec::new();
    for stmt in &unit.stmts {
        let StmtKind::Let { targets, value: Some(value), .. } = &stmt.kind else { continue };
        let named = targets.iter().any(|it| names_id(unit.slice(&unit.place(*it))));
        found.extend(makes(*value).filter(|_| named));
    }
    for (number, expr) in unit.exprs.iter().enumerate() {
        match &expr.kind {
            ExprKind::Assign { target, value, .. } => {
                let named = names_id(unit.slice(&unit.place(*target)));
                found.extend(makes(*value).filter(|_| named));
            }
            ExprKind::Call { callee, args, .. } => {
                let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
                if file.call(id).is_some_and(|it| it.role(Role::UniqueId).is_some()) {
                    continue;
                }
                // A label of a metric follows nobody.
                if file.called(id).is_some_and(|name| LABELS.contains(&name)) {
                    continue;
                }
                let called = names_id(unit.slice(&unit.place(*callee)));
                let told = args.iter().any(|arg| unit.literal(arg.value).is_some_and(names_id));
                for arg in args {
                    let named = arg.name.is_some_and(names_id) && binds(unit, *callee);
                    found.extend(makes(arg.value).filter(|_| called || told || named));
                }
            }
            _ => {}
        }
    }
    found.sort_by_key(|id| unit.place(*id).start);
    found.dedup();
    // A page tells its own questions apart by them.
    if is_page(file) {
        return;
    }
    let instead = instead(file);
    for id in found {
        let form = IdForm::Made {
            at_start: at_start(unit, id),
            instead: instead.contains(&id),
            timed: is_timed(file, id),
            sent: is_sent(file, id),
        };
        let name = scalar(file, id);
        facts.correlation_ids.push(CorrelationId { document: file.document, name, form });
    }
}

/// Whether an id is made in a job, by the name of its class or its file: `ReportJob`, `clean.job.ts`.
fn is_timed(file: &File<'_, '_>, id: ExprId) -> bool {
    const JOBS: &[&str] = &["cron", "job", "jobs", "scheduler"];
    let unit = file.unit;
    let is = |name: &str| words(name).last().is_some_and(|it| JOBS.contains(&it.as_str()));
    let class = unit.outward(unit.function_of(id)).find_map(|it| unit.function(it).class);
    let name = file.path.rsplit('/').next().unwrap_or(file.path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    class.is_some_and(|it| is(unit.class(it).name)) || is(stem)
}

/// Whether the name that gets an id is handed to what sends something: `decorateRequest(request, id)`.
fn is_sent(file: &File<'_, '_>, id: ExprId) -> bool {
    const SENDS: &[&str] = &[
        "call", "decorate", "dispatch", "emit", "enqueue", "forward", "invoke", "publish", "send",
    ];
    let unit = file.unit;
    unit.calls().any(|call| {
        let sends = file.called(call).is_some_and(|name| {
            words(name).first().is_some_and(|first| SENDS.contains(&first.as_str()))
        });
        sends
            && unit.args(call).iter().any(|arg| {
                matches!(unit.expr(arg.value), ExprKind::Name(_))
                    && file
                        .names
                        .value(arg.value)
                        .is_some_and(|value| value == id || unit.all_in(value).contains(&id))
            })
    })
}

/// What is only evaluated where something else is not there: `given ?? make()`.
fn instead(file: &File<'_, '_>) -> BTreeSet<ExprId> {
    let unit = file.unit;
    let others = unit.exprs.iter().flat_map(|expr| match expr.kind {
        ExprKind::Choice { yes, no, .. } => vec![yes, no],
        ExprKind::Binary { op: "??" | "||" | "or", right, .. } => vec![right],
        _ => Vec::new(),
    });
    others.flat_map(|id| unit.all_in(id)).collect()
}

/// Whether a call ties values to a logger.
fn binds(unit: &Unit<'_>, callee: ExprId) -> bool {
    let written = unit.slice(&unit.place(callee));
    let name = written.rsplit('.').next().unwrap_or(written);
    ["bind", "child", "contextualize", "with", "new"].iter().any(|word| name.starts_with(word))
}

/// Whether an expression is evaluated once, when the file is loaded.
fn at_start(unit: &Unit<'_>, id: ExprId) -> bool {
    let loads = matches!(
        unit.language,
        Language::Python
            | Language::Javascript
            | Language::Typescript
            | Language::Tsx
            | Language::Go
    );
    if !loads || unit.function_of(id) != FunctionId(0) {
        return false;
    }
    // What stands in a program's own start runs for one task.
    let at = unit.place(id);
    let main = unit.stmts.iter().any(|stmt| match &stmt.kind {
        StmtKind::If { test, .. } => {
            stmt.at.start <= at.start
                && at.end <= stmt.at.end
                && unit.slice(&unit.place(*test)).contains("__name__")
        }
        _ => false,
    });
    !main
}
