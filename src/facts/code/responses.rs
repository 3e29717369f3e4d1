//! Answers to requests, and what they show of the inside of a program.

mod developers;
mod maps;
mod operators;
mod registered;
mod replaced;
mod said;
mod shown;
mod texts;

pub use operators::OperatorRoute;
pub use replaced::ErrorPage;
pub(super) use shown::status;

use super::super::scalar::Scalar;
use super::super::subject::{Held, SubjectKind};
use super::super::{DocumentId, FileFacts, Subject};
use super::errors::Origin;
use super::file::File;
use super::handlers::sites;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, StmtKind, Unit};
use crate::source::Span;
use std::collections::BTreeMap;

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
    /// The error is of a kind that the program expects, and that tells nothing of what is behind it.
    pub expected: bool,
    /// Other programs of the same owner ask for it, or its text may be written for who asks.
    pub internal: bool,
    /// Where the error comes from whose text is shown.
    pub origin: Origin,
    /// The program itself has made that text, as another file says.
    pub made: bool,
    /// The request is given up with this status (0 where nobody knows which): a framework's page
    /// for it may take its place.
    pub leaves: Option<u16>,
    /// The function around, by its name.
    pub function: Option<String>,
}

impl Response {
    /// What a setting or a switch shows of any error.
    pub(in crate::facts) fn of_any(
        document: DocumentId,
        name: Scalar,
        shows: Shows,
        status: Status,
    ) -> Response {
        Response {
            document,
            name,
            shows,
            status,
            broad: true,
            expected: false,
            internal: false,
            origin: Origin::Any,
            made: false,
            leaves: None,
            function: None,
        }
    }
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
    leaves: Option<u16>,
    /// It is none of a framework's own, and counts only for what it shows.
    plain: bool,
}

/// Reads the answers of a file.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let registered = registered::of(file);
    let answers = answers(file, &registered);
    if !answers.is_empty() {
        let mut handlers = sites::all(file);
        // What kept the answer from being written reaches nobody.
        handlers.retain(|site| !site.writes_answer(file.unit));
        let errors = shown::Errors::of(file.unit, handlers, registered);
        for answer in answers {
            facts.responses.extend(response(file, &errors, &answer));
        }
    }
    replaced::read(file, facts);
    operators::read(file, facts);
    pages(file, facts);
}

fn answers(file: &File<'_, '_>, registered: &BTreeMap<FunctionId, &str>) -> Vec<Answer> {
    let unit = file.unit;
    let mut found: Vec<Answer> = file
        .of_role(Role::Respond)
        .map(|(call, api)| Answer {
            whole: call.id,
            internal: api.get("protocol") == Some("grpc"),
            leaves: replaced::status(file, call, api),
            plain: false,
        })
        .collect();
    found.extend(written(file).map(|whole| Answer {
        whole,
        internal: false,
        leaves: None,
        plain: true,
    }));
    // What a handler of requests gives back is its answer.
    for (number, function) in unit.functions.iter().enumerate() {
        if function.decorators.is_empty() {
            continue;
        }
        let id = FunctionId(u32::try_from(number).unwrap_or(u32::MAX));
        let routed = registered.contains_key(&id)
            || function.decorators.iter().any(|id| {
                let path = file.call(*id).map(|call| call.path.clone());
                let path = path.or_else(|| file.names.path(*id));
                path.is_some_and(|path| file.table.role(&path, Role::Route).is_some())
            });
        if !routed {
            continue;
        }
        for stmt in unit.under(&function.body) {
            if let StmtKind::Return(Some(value)) = unit.stmt(stmt) {
                found.push(Answer { whole: *value, internal: false, leaves: None, plain: false });
            }
        }
    }
    if unit.language == Language::Rust {
        let pairs = unit.exprs.iter().enumerate().filter(|(_, expr)| match &expr.kind {
            ExprKind::List(items) => items
                .first()
                .map(|first| unit.slice(&unit.place(*first)))
                // `StatusCode` of http, `Status` of Rocket.
                .is_some_and(|it| it.contains("StatusCode::") || it.contains("Status::")),
            _ => false,
        });
        found.extend(pairs.map(|(number, _)| Answer {
            whole: ExprId(u32::try_from(number).unwrap_or(u32::MAX)),
            internal: false,
            leaves: None,
            plain: false,
        }));
    }
    found.retain(|answer| !file.is_faulty(answer.whole) && !is_never_reached(unit, answer.whole));
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

/// Whether the line before leaves the function at the same depth: `raise e`.
fn is_never_reached(unit: &Unit<'_>, whole: ExprId) -> bool {
    let before = unit.text.get(..unit.place(whole).start as usize).unwrap_or_default();
    let Some((above, head)) = before.rsplit_once('\n') else { return false };
    let Some(line) = above.lines().rev().find(|line| !line.trim().is_empty()) else { return false };
    let depth = |line: &str| line.len() - line.trim_start().len();
    let leaves = ["raise", "throw "].iter().any(|word| line.trim_start().starts_with(word));
    // Only the statement itself may stand before it on its line.
    let begins = ["", "return", "await", "return await"].contains(&head.trim());
    leaves
        && begins
        && depth(line) == depth(head)
        && !line.trim_end().ends_with(['(', '{', ',', '['])
}

/// What is written to a response as to any other place: `fmt.Fprintf(w, …)`, `ctx.body = …`.
fn written<'f>(file: &'f File<'_, '_>) -> impl Iterator<Item = ExprId> + 'f {
    let unit = file.unit;
    let writer = |id: ExprId| {
        let path = file.names.path(id);
        path.is_some_and(|path| path == "<net/http.ResponseWriter>")
    };
    let writes = move |id: &ExprId| {
        let ExprKind::Call { callee, .. } = unit.expr(*id) else { return false };
        let to = |call: ExprId| unit.args(call).first().is_some_and(|arg| writer(arg.value));
        match file.names.callee(*id).as_deref() {
            Some("fmt.Fprint" | "fmt.Fprintf" | "fmt.Fprintln" | "io.WriteString") => to(*id),
            Some("encoding/json.NewEncoder().Encode") => match unit.expr(*callee) {
                ExprKind::Member { of, .. } => to(*of),
                _ => false,
            },
            _ => false,
        }
    };
    let go = unit.language == Language::Go;
    let calls = unit.calls().filter(move |id| go && writes(id));
    let koa =
        unit.imports.iter().any(|import| import.path == "koa" || import.path == "@koa/router");
    let bodies = unit.exprs.iter().filter_map(move |expr| {
        let ExprKind::Assign { target, value, .. } = &expr.kind else { return None };
        let ExprKind::Member { of, name: "body" } = unit.expr(*target) else { return None };
        matches!(unit.expr(*of), ExprKind::Name("ctx" | "context")).then_some(*value)
    });
    calls.chain(bodies.filter(move |_| koa))
}

fn response(file: &File<'_, '_>, errors: &shown::Errors<'_>, answer: &Answer) -> Option<Response> {
    let unit = file.unit;
    let asked = operators::is_asked(file, answer.whole);
    let found = errors.shown_in(file, answer.whole).filter(|_| !asked);
    let found = found.filter(|_| !operators::is_of_tests(unit, answer.whole));
    if answer.plain && found.is_none() {
        return None;
    }
    let own = found.as_ref().is_some_and(|found| found.own);
    let expected = found.as_ref().is_some_and(|found| found.expected);
    let (at, shows, broad, origin) = match found {
        Some(found) => (unit.place(found.at), found.shows, found.broad, found.origin),
        None => (unit.place(answer.whole), Shows::Nothing, false, Origin::Any),
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
        status: match shown::status(unit.slice(&unit.place(answer.whole))) {
            Status::Unsaid if passes_on(unit, answer.whole, &origin) => Status::Server,
            Status::Unsaid if has_own_status(unit, answer.whole) => Status::Client,
            Status::Unsaid if !matches!(shows, Shows::Nothing) => {
                match said::before(file, answer.whole) {
                    Status::Unsaid if takes_all(unit, answer.whole) => Status::Server,
                    Status::Unsaid => said::by_callers(file, answer.whole),
                    status => status,
                }
            }
            status => status,
        },
        broad,
        expected,
        internal: answer.internal
            || own
            || operators::is_for_operators(file)
            || operators::is_guarded(file, answer.whole)
            || says_what_is_not_there(unit, answer.whole)
            || errors.is_of_request(unit, answer.whole),
        origin,
        made: false,
        leaves: answer.leaves,
        function: match shows {
            Shows::Nothing => None,
            _ => around(unit, answer.whole),
        },
    })
}

/// Express: whether the function around is handed every error that nobody took: `(err, req, res, next)`.
fn takes_all(unit: &Unit<'_>, whole: ExprId) -> bool {
    let script =
        matches!(unit.language, Language::Javascript | Language::Typescript | Language::Tsx);
    // What a page shows of an error that it is given, its template says.
    let fills = |call: ExprId| match unit.expr(call) {
        ExprKind::Call { callee, .. } => {
            matches!(unit.expr(*callee), ExprKind::Member { name: "render", .. })
        }
        _ => false,
    };
    if unit.exprs_around(&unit.place(whole)).any(fills) {
        return false;
    }
    if has_own_status(unit, whole) {
        return false;
    }
    let params = &unit.function(unit.function_of(whole)).params;
    let names: Vec<&str> = params.iter().map(|it| it.name.trim_start_matches('_')).collect();
    script
        && matches!(
            names.as_slice(),
            ["err" | "error" | "e", "req" | "request", "res" | "response", "next" | ""]
        )
}

/// Express: whether the status is one that the error itself says, and no other stands in for it: errors
/// that have one are made for whoever asks.
fn has_own_status(unit: &Unit<'_>, whole: ExprId) -> bool {
    const FIELDS: &[&str] = &["code", "errorCode", "httpCode", "status", "statusCode"];
    let of_error = |id: ExprId| match unit.expr(id) {
        ExprKind::Member { of, name } if FIELDS.contains(name) => {
            matches!(unit.expr(*of), ExprKind::Name("err" | "error" | "e" | "ex"))
        }
        _ => false,
    };
    unit.all_in(whole).into_iter().any(|id| match unit.expr(id) {
        ExprKind::Call { callee, args, .. } => {
            matches!(unit.expr(*callee), ExprKind::Member { name: "status" | "code", .. })
                && matches!(args.as_slice(), [status] if of_error(status.value))
        }
        _ => false,
    })
}

/// Whether an answer hands on what another service said: the status of an error of Feign, whose text
/// holds that service's address and answer.
fn passes_on(unit: &Unit<'_>, whole: ExprId, origin: &Origin) -> bool {
    let Origin::Types(types) = origin else { return false };
    let feign = |ty: &String| ty.rsplit('.').next().is_some_and(|ty| ty.starts_with("Feign"));
    let text = unit.slice(&unit.place(whole));
    unit.language == Language::Java
        && !types.is_empty()
        && types.iter().all(feign)
        && text.contains(".status()")
}

/// The function around an answer, by its name.
fn around(unit: &Unit<'_>, whole: ExprId) -> Option<String> {
    let mut named = unit.outward(unit.function_of(whole)).map(|id| unit.function(id).name);
    named.find(|name| !name.is_empty()).map(str::to_owned)
}

/// Whether an answer says that something is not implemented: why is for whoever asked for it.
fn says_what_is_not_there(unit: &Unit<'_>, whole: ExprId) -> bool {
    let text = unit.slice(&unit.place(whole));
    ["NotImplemented", "NOT_IMPLEMENTED"].iter().any(|word| text.contains(word))
}

/// Pages for developers that are switched on.
fn pages(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    let mut add = |id: ExprId, certain: bool| {
        let name = Scalar {
            text: unit.slice(&unit.place(id)).to_owned(),
            span: file.expr_span(id),
            known: true,
            plain: false,
        };
        let shows = Shows::Page { certain };
        facts.responses.push(Response::of_any(file.document, name, shows, Status::Unsaid));
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
            None if developers::is_for_developers(file, call.id) => {}
            None => add(call.id, true),
        }
    }
    if unit.language == Language::Python {
        let mut debug = None;
        let mut settings = false;
        let outer = &unit.function(FunctionId(0)).body;
        for stmt in unit.statements(FunctionId(0)) {
            let StmtKind::Let { targets, value: Some(value), .. } = unit.stmt(stmt) else {
                continue;
            };
            let Some(ExprKind::Name(name)) = targets.first().map(|it| unit.expr(*it)) else {
                continue;
            };
            settings |= matches!(*name, "INSTALLED_APPS" | "ROOT_URLCONF" | "ALLOWED_HOSTS");
            // Behind a condition somebody chooses it.
            let chosen =
                matches!(unit.expr(*value), ExprKind::Bool(true)) && !outer.contains(&stmt);
            if *name == "DEBUG" && !chosen {
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
