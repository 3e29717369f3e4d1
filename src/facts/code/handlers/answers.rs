//! Go, and Node's streams: whether what may fail writes the answer, or reads what was asked.

use super::acts::called;
use super::sites::Site;
use crate::lang::sensitive::words;
use crate::parse::code::Language;
use crate::parse::unit::{Arg, ExprId, ExprKind, StmtKind, Unit};
use std::collections::BTreeSet;

/// Types of what an answer, or the other end of a connection, is written to.
const WRITERS: &[&str] = &["ResponseWriter", "net.Conn", "io.Writer"];
/// Names of what writes there.
const WRITES: &[&str] = &[
    "Write",
    "WriteString",
    "Fprint",
    "Fprintf",
    "Fprintln",
    "Copy",
    "CopyN",
    "CopyBuffer",
    "Encode",
    "WriteTo",
];

/// Beginnings of names of functions that do so with an answer.
const BEGINS: &[&str] = &["Encode", "WriteResponse"];

/// `c.Writer`, `c.Response()`.
fn is_answer(unit: &Unit<'_>, id: ExprId) -> bool {
    match unit.expr(id) {
        ExprKind::Member { name, .. } => matches!(*name, "Writer" | "ResponseWriter"),
        ExprKind::Call { .. } => matches!(called(unit, id), "Response" | "ResponseWriter"),
        _ => false,
    }
}

impl Site<'_> {
    /// Go: whether what failed is writing to whoever asked.
    pub(in crate::facts::code) fn writes_answer(&self, unit: &Unit<'_>) -> bool {
        if matches!(unit.language, Language::Javascript | Language::Typescript) {
            let answer = |arg: &Arg<'_>| {
                matches!(unit.expr(arg.value), ExprKind::Name("res" | "response" | "reply"))
            };
            let pumps = |id: &ExprId| matches!(called(unit, *id), "pipe" | "pipeline" | "pump");
            let mut pumping = self.tried.iter().filter(|id| pumps(id));
            return pumping.any(|id| unit.args(*id).iter().any(answer));
        }
        if unit.language != Language::Go {
            return false;
        }
        // `EncodeReadResponse(&resp, w)`
        let writes = |name: &str| {
            WRITES.contains(&name) || BEGINS.iter().any(|begins| name.starts_with(begins))
        };
        if !self.tried.iter().any(|id| writes(called(unit, *id))) {
            return self.goes_on_writing(unit);
        }
        // Whoever sits at the terminal.
        let terminal = |id: &ExprId| {
            let ExprKind::Member { of, name: "Stdin" | "Stdout" | "Stderr" } = unit.expr(*id)
            else {
                return false;
            };
            matches!(unit.expr(*of), ExprKind::Name("os"))
        };
        if self.tried.iter().any(terminal) {
            return true;
        }
        let writer = |name: &str| {
            unit.outward(self.function).flat_map(|id| &unit.function(id).params).any(|param| {
                let ty = param.ty.unwrap_or_default();
                param.name == name && WRITERS.iter().any(|known| ty.ends_with(known))
            })
        };
        // `encoder := json.NewEncoder(w)`
        let made = |name: &str| {
            let around = unit.outward(self.function).flat_map(|id| unit.statements(id));
            around.into_iter().any(|stmt| {
                let StmtKind::Let { targets, value: Some(value), .. } = unit.stmt(stmt) else {
                    return false;
                };
                let named = |it: &ExprId| matches!(unit.expr(*it), ExprKind::Name(it) if *it == name);
                let on = |arg: &Arg<'_>| matches!(unit.expr(arg.value), ExprKind::Name(it) if writer(it));
                targets.iter().any(named) && unit.args(*value).iter().any(on)
            })
        };
        self.tried.iter().any(|id| match unit.expr(*id) {
            ExprKind::Name(name) => writer(name) || made(name) || self.takes_answer(unit, name),
            _ => is_answer(unit, *id),
        })
    }

    /// Go: whether what failed is filling a page that goes to whoever asked: what it says of is the
    /// page.
    pub(in crate::facts::code) fn fills_page(&self, unit: &Unit<'_>) -> bool {
        let writer = |id: ExprId| {
            let ExprKind::Name(name) = unit.expr(id) else { return is_answer(unit, id) };
            let mut params = unit.outward(self.function).flat_map(|id| &unit.function(id).params);
            params.any(|param| {
                param.name == *name && param.ty.is_some_and(|ty| ty.ends_with("ResponseWriter"))
            })
        };
        unit.language == Language::Go
            && self.tried.iter().any(|id| {
                matches!(called(unit, *id), "Execute" | "ExecuteTemplate")
                    && unit.args(*id).first().is_some_and(|arg| writer(arg.value))
            })
    }

    /// Whether the answer has begun, and what failed is given it to write the rest:
    /// `w.WriteHeader(code)` stands before.
    fn goes_on_writing(&self, unit: &Unit<'_>) -> bool {
        let begun: BTreeSet<&str> = unit
            .calls_under(&unit.function(self.function).body)
            .into_iter()
            .filter(|id| unit.place(*id).end <= self.start)
            .filter_map(|id| match unit.expr(id) {
                ExprKind::Call { callee, .. } => match unit.expr(*callee) {
                    ExprKind::Member { of, name: "WriteHeader" } => Some(*of),
                    _ => None,
                },
                _ => None,
            })
            .filter_map(|of| match unit.expr(of) {
                ExprKind::Name(name) => Some(*name),
                _ => None,
            })
            .collect();
        let given = |arg: &Arg<'_>| matches!(unit.expr(arg.value), ExprKind::Name(name) if begun.contains(name));
        self.tried.iter().any(|id| unit.args(*id).iter().any(given))
    }

    /// Whether a variable holds the answer: `resp := c.Response()`.
    fn takes_answer(&self, unit: &Unit<'_>, name: &str) -> bool {
        let around = unit.outward(self.function).flat_map(|id| unit.statements(id));
        around.into_iter().any(|stmt| {
            let StmtKind::Let { targets, value: Some(value), .. } = unit.stmt(stmt) else {
                return false;
            };
            let named = |it: &ExprId| matches!(unit.expr(*it), ExprKind::Name(it) if *it == name);
            targets.iter().any(named) && is_answer(unit, *value)
        })
    }

    /// Go: whether what failed is to ask if whoever asks may, or if what was sent is right: its text
    /// is written for them.
    pub(in crate::facts::code) fn refuses(&self, unit: &Unit<'_>) -> bool {
        const REFUSES: &[&str] =
            &["allowed", "authorize", "permission", "permitted", "quota", "validate", "validation"];
        unit.language == Language::Go
            && self
                .tried
                .iter()
                .any(|id| words(called(unit, *id)).iter().any(|it| REFUSES.contains(&it.as_str())))
    }

    /// Whether what may fail reads the request itself: its body, its parameters.
    pub(in crate::facts::code) fn reads_request(&self, unit: &Unit<'_>) -> bool {
        const READS: &[&str] = &[
            "bind",
            "decode",
            "decoder",
            "form",
            "multipart",
            "options",
            "param",
            "parameter",
            "parameters",
            "params",
            "parse",
            "query",
            "read",
            "timeout",
        ];
        if unit.language != Language::Go {
            return false;
        }
        let request = |id: ExprId| {
            let ExprKind::Name(name) = unit.expr(id) else { return false };
            let mut params = unit.outward(self.function).flat_map(|id| &unit.function(id).params);
            params
                .any(|it| it.name == *name && it.ty.is_some_and(|ty| ty.ends_with("http.Request")))
        };
        self.tried.iter().any(|id| {
            let given = |arg: &Arg<'_>| match unit.expr(arg.value) {
                ExprKind::Member { of, name: "Body" } => request(*of),
                // `io.LimitReader(r.Body, 1<<20)`
                ExprKind::Call { args, .. } => args.iter().any(|arg| {
                    let inner = unit.expr(arg.value);
                    matches!(inner, ExprKind::Member { of, name: "Body" } if request(*of))
                }),
                _ => request(arg.value),
            };
            unit.args(*id).iter().any(given)
                && words(called(unit, *id)).iter().any(|it| READS.contains(&it.as_str()))
        })
    }
}
