//! Code that looks into traces, and the sums it does: percentiles, windows of time, baselines,
//! lookups.

mod baselines;
mod samples;
mod windows;

use super::around::{self, Around};
use super::file::File;
use crate::facts::named::named_subject;
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, Place, StmtKind};
use crate::source::Span;

/// Code that reads traces from a store and computes something of them.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct TraceAnalysis {
    /// The file.
    pub document: DocumentId,
    /// The class or the function that does it.
    pub name: Scalar,
    /// Where it reads traces.
    pub reads: Span,
    /// It is given the client that it reads with, and nothing in this file makes one.
    pub given_client: bool,
    /// Where it computes percentiles.
    pub percentiles: Option<Span>,
    /// Where it computes a share of errors.
    pub errors: Option<Span>,
    /// Where it compares with a baseline.
    pub baseline: Option<Span>,
    /// Where it sorts out what is slowest.
    pub slowest: Option<Span>,
    /// Where this file starts it by itself, or on a request.
    pub runs: Option<Span>,
}

/// What can go wrong in a sum over measured values.
#[derive(Clone, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Slip {
    /// A percentile or a mean of fewer values than it takes.
    Sample {
        /// The values as written.
        of: String,
        /// How many it takes.
        needs: u8,
        /// Something asks first how many there are.
        guarded: bool,
        /// The code around speaks of what is measured of a running program.
        measured: bool,
    },
    /// A limit of a window of time without a zone.
    Window {
        /// The query it goes to.
        query: Option<Span>,
        /// What to write in place of the arguments, where that is known.
        zone: Option<(Span, String)>,
    },
    /// A comparison with a multiple of a baseline.
    Baseline {
        /// The baseline as written.
        of: String,
        /// A floor is asked for as well.
        guarded: bool,
    },
    /// The first of those that match, where none may.
    First {
        /// Something takes care of none.
        guarded: bool,
    },
}

/// A sum that code does.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Sum {
    /// The file.
    pub document: DocumentId,
    /// The word that does it.
    pub name: Scalar,
    /// What may go wrong.
    pub slip: Slip,
}

named_subject!(TraceAnalysis, TraceAnalysis, "trace analysis");
named_subject!(Sum, Sum, "sum");

/// Reads what a file computes.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let text = file.unit.text;
    let computes = WORDS.iter().any(|word| text.contains(word))
        || file.calls.iter().any(|call| {
            call.role(Role::Statistic).is_some() || call.role(Role::LocalTime).is_some()
        });
    if !computes {
        return;
    }
    let around = Around::of(file.unit);
    samples::read(file, &around, facts);
    windows::read(file, &around, facts);
    // Texts have a baseline too: of letters.
    if WATCHED.iter().any(|word| text.contains(word)) {
        baselines::read(file, &around, facts);
    }
    baselines::lookups(file, &around, facts);
    analysis(file, &around, facts);
}

/// Words of which code that looks into traces or baselines has one.
const WORDS: &[&str] = &[
    "get_spans",
    "get_trace",
    "getSpans",
    "getTrace",
    "GetTrace",
    "GetSpans",
    "FindTraces",
    "find_traces",
    "/api/traces",
    "/api/v3/traces",
    "/api/search",
    "parent_span_id",
    "parentSpanId",
    "parentSpanID",
    "ParentSpanId",
    "ParentSpanID",
    "findTraces",
    "baseline",
    "Baseline",
];

/// Words of code that watches how something does.
const WATCHED: &[&str] = &[
    "error",
    "Error",
    "anomal",
    "Anomal",
    "failure",
    "regression",
    "latency",
    "incident",
    "alert",
];

fn scalar(file: &File<'_, '_>, at: &Place) -> Scalar {
    let text = file.unit.slice(at).to_owned();
    Scalar { text, span: file.span(at), known: true, plain: false }
}

fn ids(file: &File<'_, '_>) -> impl Iterator<Item = ExprId> {
    (0..file.unit.exprs.len()).map(|number| ExprId(u32::try_from(number).unwrap_or(u32::MAX)))
}

/// Tests that decide whether an expression is reached, as texts: those around it, and those before
/// it in its function that leave it.
fn tests<'a>(file: &File<'_, 'a>, around: &Around<'_, '_>, id: ExprId) -> Vec<&'a str> {
    let unit = file.unit;
    let mut found = Vec::new();
    for part in around.upward(id) {
        match unit.expr(part) {
            ExprKind::Choice { test, .. } => found.push(unit.slice(&unit.place(*test))),
            ExprKind::Binary { op, left, .. } if matches!(*op, "and" | "or" | "&&" | "||") => {
                found.push(unit.slice(&unit.place(*left)));
                found.push(unit.slice(&unit.place(part)));
            }
            _ => {}
        }
    }
    for stmt in around.statements(id) {
        if let StmtKind::If { test, .. } = unit.stmt(stmt) {
            found.push(unit.slice(&unit.place(*test)));
        }
        if let StmtKind::Loop { heads, targets, .. } = unit.stmt(stmt)
            && targets.is_empty()
        {
            found.extend(heads.iter().map(|head| unit.slice(&unit.place(*head))));
        }
    }
    let here = unit.place(id).start;
    let function = unit.function_of(id);
    for outer in unit.outward(function).filter(|at| at.0 != 0) {
        for stmt in unit.statements(outer) {
            let at = &unit.stmts[stmt.0 as usize].at;
            if at.end > here {
                continue;
            }
            match unit.stmt(stmt) {
                StmtKind::If { test, then, other, .. } => {
                    let leaves =
                        unit.under(then).into_iter().chain(unit.under(other)).any(|inner| {
                            matches!(
                                unit.stmt(inner),
                                StmtKind::Return(_)
                                    | StmtKind::Throw(_)
                                    | StmtKind::Break
                                    | StmtKind::Continue
                            )
                        });
                    if leaves {
                        found.push(unit.slice(&unit.place(*test)));
                    }
                }
                StmtKind::Expr(_) | StmtKind::Other(_) if unit.slice(at).starts_with("assert") => {
                    found.push(unit.slice(at));
                }
                _ => {}
            }
        }
    }
    found
}

/// Whether errors of an expression are caught around it.
fn is_caught(file: &File<'_, '_>, around: &Around<'_, '_>, id: ExprId, types: &[&str]) -> bool {
    let unit = file.unit;
    let at = unit.place(id);
    around.statements(id).into_iter().any(|stmt| match unit.stmt(stmt) {
        StmtKind::Try { body, catches, .. } => {
            let inside = unit.under(body).into_iter().any(|inner| {
                let place = &unit.stmts[inner.0 as usize].at;
                place.start <= at.start && at.end <= place.end
            });
            inside
                && catches.iter().any(|catch| {
                    catch.types.is_empty()
                        || catch
                            .types
                            .iter()
                            .any(|ty| types.iter().any(|known| ty.ends_with(known)))
                })
        }
        _ => false,
    })
}

/// Whether a text holds a name as a word, or a path of names.
fn mentions(text: &str, name: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.match_indices(name).any(|(at, _)| {
        let before = at.checked_sub(1).map(|at| text.as_bytes()[at]);
        let after = text.as_bytes().get(at + name.len()).copied();
        !before.is_some_and(word) && !after.is_some_and(word)
    })
}

/// Paths under which stores answer.
const STORES: &[&str] = &["/api/traces", "/api/v3/traces", "/api/search"];

/// Whether a call reads traces from a store: by its name, or by the address it goes to.
fn reads_traces(file: &File<'_, '_>, id: ExprId) -> bool {
    let Some(name) = file.called(id) else { return false };
    let lower = name.to_ascii_lowercase().replace('_', "");
    let verb = ["get", "find", "fetch", "query", "search", "list", "load"]
        .iter()
        .any(|verb| lower.starts_with(verb));
    let text = file.unit.slice(&file.unit.place(id));
    let store = || {
        let lower = text.to_ascii_lowercase();
        ["jaeger", "tempo", "zipkin", "trace_client", "traceclient", "trace_store", "tracestore"]
            .iter()
            .any(|word| lower.contains(word))
    };
    let noun = ["spans", "trace", "traces"].iter().any(|noun| lower.ends_with(noun));
    let path = STORES.iter().any(|path| text.contains(path));
    // A function of the file that asks a store itself.
    let own = || {
        file.own_function(id).is_some_and(|function| {
            let calls = file.unit.calls_under(&file.unit.function(function).body);
            calls.into_iter().any(|call| {
                let asks = file.call(call).is_some_and(|it| it.role(Role::Outbound).is_some());
                let text = file.unit.slice(&file.unit.place(call));
                asks && STORES.iter().any(|path| text.contains(path))
            })
        })
    };
    (verb && noun && (store() || own()))
        || (path && file.call(id).is_some_and(|call| call.role(Role::Outbound).is_some()))
}

fn analysis(file: &File<'_, '_>, around: &Around<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    let Some(read) = unit.calls().find(|id| !file.is_faulty(*id) && reads_traces(file, *id)) else {
        return;
    };
    let Some(function) = around::named(unit, read) else { return };
    let name_at = match unit.function(function).class {
        Some(class) => unit.class(class).name_at.clone(),
        None => unit.function(function).name_at.clone(),
    };
    let percentiles = unit.calls().find(|id| {
        let by_role = file.call(*id).and_then(|call| call.role(Role::Statistic));
        by_role.is_some_and(|api| api.get("kind") == Some("percentile"))
            || file.called(*id).is_some_and(|name| {
                let lower = name.to_ascii_lowercase();
                lower.contains("percentile") || lower.contains("quantile")
            })
    });
    let errors = ids(file).find(|id| match unit.expr(*id) {
        ExprKind::Binary { op: "/", left, .. } => {
            let text = unit.slice(&unit.place(*left)).to_ascii_lowercase();
            text.contains("error") || text.contains("fail")
        }
        _ => false,
    });
    let baseline = ids(file).find(|id| match unit.expr(*id) {
        ExprKind::Binary { op, left, right }
            if matches!(*op, ">" | ">=" | "<" | "<=" | "/" | "-") =>
        {
            [*left, *right].iter().any(|side| {
                let text = unit.slice(&unit.place(*side)).to_ascii_lowercase();
                baselines::WORDS.iter().any(|word| text.contains(word))
            })
        }
        _ => false,
    });
    let slowest = unit.calls().find(|id| {
        let Some(name) = file.called(*id) else { return false };
        let sorts = matches!(
            name,
            "sorted"
                | "sort"
                | "Slice"
                | "SliceStable"
                | "sort_by"
                | "sort_by_key"
                | "nlargest"
                | "OrderByDescending"
                | "sortBy"
                | "orderBy"
        );
        let text = unit.slice(&unit.place(*id)).to_ascii_lowercase();
        sorts && ["duration", "latency", "p95", "p99"].iter().any(|word| text.contains(word))
    });
    let client = match unit.expr(read) {
        ExprKind::Call { callee, .. } => match unit.expr(*callee) {
            ExprKind::Member { of, .. } => file.names.callee(read).is_none() && !is_made(file, *of),
            _ => false,
        },
        _ => false,
    };
    let at = |id: Option<ExprId>| id.map(|id| file.expr_span(id));
    facts.trace_analyses.push(TraceAnalysis {
        document: file.document,
        name: scalar(file, &name_at),
        reads: file.callee_span(read),
        given_client: client,
        percentiles: percentiles.map(|id| file.callee_span(id)),
        errors: at(errors),
        baseline: at(baseline),
        slowest: slowest.map(|id| file.callee_span(id)),
        runs: runs(file, around),
    });
}

/// Whether this file makes what an expression is.
fn is_made(file: &File<'_, '_>, id: ExprId) -> bool {
    let value = file.names.resolved(id);
    value != id && !matches!(file.unit.expr(value), ExprKind::Name(_))
}

/// Where a file starts something by itself, on a request or on a schedule.
fn runs(file: &File<'_, '_>, around: &Around<'_, '_>) -> Option<Span> {
    let unit = file.unit;
    let by_role = file
        .calls
        .iter()
        .find(|call| call.role(Role::Schedule).is_some() || call.role(Role::Route).is_some());
    if let Some(call) = by_role {
        return Some(file.callee_span(call.id));
    }
    let main = unit.functions.iter().find(|function| {
        matches!(
            (unit.language, function.name),
            (Language::Go | Language::Rust | Language::Java, "main") | (Language::Csharp, "Main")
        )
    });
    if let Some(main) = main {
        return Some(file.span(&main.name_at));
    }
    // `if __name__ == "__main__":`, and calls of own functions at the top of a script.
    let top = unit.calls().find(|id| {
        unit.function_of(*id) == FunctionId(0) && {
            let guarded = around.statements(*id).into_iter().any(|stmt| match unit.stmt(stmt) {
                StmtKind::If { test, .. } => unit.slice(&unit.place(*test)).contains("__main__"),
                _ => false,
            });
            let own = file.called(*id).is_some_and(|name| {
                unit.functions
                    .iter()
                    .any(|function| function.name == name && !function.name.is_empty())
            });
            guarded
                || (own && !matches!(unit.language, Language::Go | Language::Java | Language::Rust))
        }
    });
    top.map(|id| file.callee_span(id))
}
