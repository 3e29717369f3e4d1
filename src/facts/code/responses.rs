//! Answers to requests, and what they show of the inside of a program.

mod shown;

pub(super) use shown::status;

use super::super::scalar::Scalar;
use super::super::subject::{Held, SubjectKind};
use super::super::{DocumentId, FileFacts, Subject};
use super::file::File;
use super::handlers::sites;
use crate::lang::sensitive::words;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, StmtKind};
use crate::source::Span;

/// What an answer shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Shows {
    /// Nothing that was found.
    Nothing,
    /// The text of an error.
    Text,
    /// Where in the program an error came from.
    Stack,
    /// Everything: pages for developers are switched on, here or (`certain`) in production.
    Page {
        /// The file says that it is for production.
        certain: bool,
    },
}

/// What a status says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Status {
    /// The client asked for something wrong.
    Client,
    /// The program failed.
    Server,
    /// Nobody says.
    Unsaid,
}

/// An answer to a request.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Response {
    /// The file.
    pub document: DocumentId,
    /// What shows too much; else the call that answers.
    pub name: Scalar,
    /// What is shown.
    pub shows: Shows,
    /// The status it is given.
    pub status: Status,
    /// Any error ends here, not one that was expected.
    pub broad: bool,
    /// Other programs of the same owner ask for it, or its text may be written for who asks.
    pub internal: bool,
}

impl Subject for Response {
    fn kind(&self) -> SubjectKind {
        SubjectKind::HttpResponse
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "answer to a request".to_owned()
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

/// An expression that answers a request.
struct Answer {
    /// All of it.
    whole: ExprId,
    internal: bool,
}

/// Reads the answers of a file.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let answers = answers(file);
    if !answers.is_empty() {
        let mut handlers = sites::all(file);
        // What kept the answer from being written reaches nobody.
        handlers.retain(|site| !site.writes_answer(file.unit));
        let errors = shown::Errors::of(handlers);
        for answer in answers {
            facts.responses.extend(response(file, &errors, &answer));
        }
    }
    pages(file, facts);
}

fn answers(file: &File<'_, '_>) -> Vec<Answer> {
    let unit = file.unit;
    let mut found: Vec<Answer> = file
        .of_role(Role::Respond)
        .map(|(call, api)| Answer { whole: call.id, internal: api.get("protocol") == Some("grpc") })
        .collect();
    // What a handler of requests gives back is its answer.
    for function in unit.functions.iter().filter(|it| !it.decorators.is_empty()) {
        let routed = function.decorators.iter().any(|id| {
            let path = file.call(*id).map(|call| call.path.clone());
            let path = path.or_else(|| file.names.path(*id));
            path.is_some_and(|path| file.table.role(&path, Role::Route).is_some())
        });
        if !routed {
            continue;
        }
        for stmt in unit.under(&function.body) {
            if let StmtKind::Return(Some(value)) = unit.stmt(stmt) {
                found.push(Answer { whole: *value, internal: false });
            }
        }
    }
    if unit.language == Language::Rust {
        let pairs = unit.exprs.iter().enumerate().filter(|(_, expr)| match &expr.kind {
            ExprKind::List(items) => items
                .first()
                .is_some_and(|first| unit.slice(&unit.place(*first)).contains("StatusCode::")),
            _ => false,
        });
        found.extend(pairs.map(|(number, _)| Answer {
            whole: ExprId(u32::try_from(number).unwrap_or(u32::MAX)),
            internal: false,
        }));
    }
    found.retain(|answer| !file.is_faulty(answer.whole));
    found.sort_by_key(|answer| {
        let at = unit.place(answer.whole);
        (at.start, std::cmp::Reverse(at.end))
    });
    // Of answers inside others the outer one has the status.
    let mut end = 0;
    found.retain(|answer| {
        let at = unit.place(answer.whole);
        let outer = at.end > end;
        end = end.max(at.end);
        outer
    });
    found
}

fn response(file: &File<'_, '_>, errors: &shown::Errors<'_>, answer: &Answer) -> Option<Response> {
    let unit = file.unit;
    let asked = is_asked(file, answer.whole);
    let found = errors.shown_in(file, answer.whole).filter(|_| !asked);
    let own = found.as_ref().is_some_and(|found| found.own);
    let (at, shows, broad) = match found {
        Some(found) => (unit.place(found.at), found.shows, found.broad),
        None => (unit.place(answer.whole), Shows::Nothing, false),
    };
    let text = unit.slice(&at).lines().next().unwrap_or_default().to_owned();
    let span = match shows {
        Shows::Nothing => file.callee_span(answer.whole),
        _ => file.span(&at),
    };
    Some(Response {
        document: file.document,
        name: Scalar { text, span, known: true, plain: false },
        shows,
        status: shown::status(unit.slice(&unit.place(answer.whole))),
        broad,
        internal: answer.internal
            || own
            || is_for_operators(file)
            || is_guarded(file, answer.whole)
            || errors.is_of_request(unit, answer.whole),
    })
}

/// Whether a file answers those who run the program: profiles and the like, the pages of its
/// administrators, what a command of a command line serves for as long as it runs, and what the
/// cluster's own server asks.
fn is_for_operators(file: &File<'_, '_>) -> bool {
    const DOORS: &[&str] = &["admin", "pprof", "profiling", "debug", "profiler"];
    const COMMANDS: &[&str] = &[
        "github.com/spf13/cobra",
        "github.com/urfave/cli",
        "github.com/alecthomas/kong",
        "k8s.io/api/admission",
    ];
    let commands = |path: &str| COMMANDS.iter().any(|known| path.starts_with(known));
    if file.unit.imports.iter().any(|import| commands(&import.path)) {
        return true;
    }
    file.path.split('/').any(|part| DOORS.contains(&part.split('.').next().unwrap_or(part)))
}

/// Words of marks and paths of what only those who run the program may ask for.
const OPERATORS: &[&str] =
    &["admin", "admins", "heap", "goroutines", "memory", "operator", "pprof", "staff", "superuser"];

/// Whether a mark on the function, or the path that leads to it, says that only those who run the
/// program may ask: `@app.get("/logs", dependencies=[Depends(check_admin)])`.
fn is_guarded(file: &File<'_, '_>, whole: ExprId) -> bool {
    let unit = file.unit;
    let says = |text: &str| words(text).iter().any(|it| OPERATORS.contains(&it.as_str()));
    let mut around = unit.outward(unit.function_of(whole));
    let marked = around.any(|id| {
        let mut marks = unit.function(id).decorators.iter();
        marks.any(|mark| says(unit.slice(&unit.place(*mark))))
    });
    marked || is_routed(file, whole, &says)
}

/// Whether the path that leads to the function around says something: `router.Post("/-/reload",
/// func(…) { … })`.
fn is_routed(file: &File<'_, '_>, whole: ExprId, says: &dyn Fn(&str) -> bool) -> bool {
    let unit = file.unit;
    let at = unit.place(whole);
    let holds = |id: ExprId| {
        let place = unit.place(id);
        place.start <= at.start && at.end <= place.end
    };
    let mut calls = file.calls.iter().filter(|call| holds(call.id));
    calls.any(|call| {
        let beside = unit.args(call.id).iter().filter(|arg| !holds(arg.value));
        let mut parts = beside.flat_map(|arg| unit.all_in(arg.value));
        parts.any(|id| unit.literal(id).is_some_and(|it| it.starts_with('/') && says(it)))
    })
}

/// Whether what went wrong is what the answer is for: the function tries a connection or settings
/// for whoever asks.
fn is_asked(file: &File<'_, '_>, whole: ExprId) -> bool {
    const TRIES: &[&str] = &[
        "diagnose",
        "health",
        "healthz",
        "liveness",
        "livez",
        "ping",
        "probe",
        "readiness",
        "ready",
        "readyz",
        "reload",
        "test",
    ];
    let unit = file.unit;
    let says = |text: &str| words(text).iter().any(|it| TRIES.contains(&it.as_str()));
    let mut around = unit.outward(unit.function_of(whole));
    around.any(|id| says(unit.function(id).name)) || is_routed(file, whole, &says)
}

/// Pages for developers that are switched on.
fn pages(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    let mut add = |id: ExprId, certain: bool| {
        facts.responses.push(Response {
            document: file.document,
            name: Scalar {
                text: unit.slice(&unit.place(id)).to_owned(),
                span: file.expr_span(id),
                known: true,
                plain: false,
            },
            shows: Shows::Page { certain },
            status: Status::Unsaid,
            broad: true,
            internal: false,
        });
    };
    let stem = file.path.rsplit('/').next().unwrap_or(file.path).to_ascii_lowercase();
    let produces = stem.contains("prod");
    if ["dev", "local", "test", "debug"].iter().any(|word| stem.contains(word)) {
        return;
    }
    for (call, api) in file.of_role(Role::DebugPage) {
        match api.get("flag") {
            Some(_) => {
                let flag = file.argument(call, api, "flag");
                if let Some(flag) = flag.filter(|id| matches!(unit.expr(*id), ExprKind::Bool(true)))
                {
                    add(flag, produces);
                }
            }
            None if shown::is_for_developers(file, call.id) => {}
            None => add(call.id, true),
        }
    }
    if unit.language == Language::Python {
        let mut debug = None;
        let mut settings = false;
        for stmt in unit.statements(crate::parse::unit::FunctionId(0)) {
            let StmtKind::Let { targets, value: Some(value), .. } = unit.stmt(stmt) else {
                continue;
            };
            let Some(ExprKind::Name(name)) = targets.first().map(|it| unit.expr(*it)) else {
                continue;
            };
            settings |= matches!(*name, "INSTALLED_APPS" | "ROOT_URLCONF" | "ALLOWED_HOSTS");
            if *name == "DEBUG" {
                debug = Some(*value);
            }
        }
        if let Some(debug) = debug
            && settings
            && matches!(unit.expr(debug), ExprKind::Bool(true))
        {
            add(debug, produces);
        }
    }
}
