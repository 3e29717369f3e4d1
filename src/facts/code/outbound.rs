//! Calls of other services, of brokers and of databases.

use super::around::{self, Around};
use super::file::{Call, File};
use super::handlers::pages::draws;
use crate::facts::scalar::Scalar;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::libraries::{Api, Role};
use crate::parse::unit::{ExprId, ExprKind, FunctionId, StmtKind};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Most parts of an address that are followed.
const DEEP: usize = 16;

/// How a service is spoken to.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum Protocol {
    /// Requests over HTTP.
    Http,
    /// Calls over gRPC.
    Grpc,
    /// Messages through a broker.
    Messaging,
    /// A database or a cache.
    Database,
}

impl Protocol {
    /// Whether another service answers.
    pub fn is_request(self) -> bool {
        matches!(self, Protocol::Http | Protocol::Grpc)
    }

    fn named(word: &str) -> Protocol {
        match word {
            "grpc" => Protocol::Grpc,
            "messaging" => Protocol::Messaging,
            "database" => Protocol::Database,
            _ => Protocol::Http,
        }
    }
}

/// How long a call waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Timeout {
    /// A limit is given, by the call or by its client.
    Given,
    /// The library has one of its own.
    Default,
    /// None: it may wait for ever.
    Missing,
    /// Nobody can tell from this file.
    Unknown,
}

/// A call of another service.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct OutboundCall {
    /// The file.
    pub document: DocumentId,
    /// The name it is called by: `post` of `requests.post(…)`.
    pub name: Scalar,
    /// What is called, in full.
    pub path: String,
    /// The client library.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub library: &'static str,
    /// How the other side is spoken to.
    pub protocol: Protocol,
    /// What instruments the library, by the names of `instrument`; `always` where nothing need.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub patched: &'static str,
    /// Where it goes, if that is a text.
    pub url: Option<Scalar>,
    /// How long it waits.
    pub timeout: Timeout,
    /// The function with a name that it stands in: where that name is.
    pub function: Option<Span>,
    /// It is made once, when the program starts or as what a command does.
    pub once: bool,
    /// Trace context is written on the way, or may be: by hand, by a helper, or by what is passed.
    pub injects: bool,
}

impl Subject for OutboundCall {
    fn kind(&self) -> SubjectKind {
        SubjectKind::OutboundCall
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("call {}", self.path)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => self.name.held(),
            "library" => Held::Text(self.library),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "name").then_some(self.name.span)
    }
}

/// Reads the calls of a file.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let calls: Vec<(&Call, &'static Api)> = file.of_role(Role::Outbound).collect();
    // What a page asks is no request of the service that gave it.
    if calls.is_empty() || draws(file) {
        return;
    }
    let around = Around::of(file.unit);
    let carriers = carriers(file);
    // Whether anything in the file tells clients of a library how long to wait.
    let mut told: BTreeMap<&str, bool> = BTreeMap::new();
    for (call, api) in calls {
        let client = api.get("client").unwrap_or_default();
        let told = *told.entry(client).or_insert_with(|| tells_client(file, &words(client)));
        let span = file.callee_span(call.id);
        let name = Scalar { text: call.name().to_owned(), span, known: true, plain: false };
        let function = around::named(file.unit, call.id)
            .map(|function| file.span(&file.unit.function(function).name_at));
        facts.outbound_calls.push(OutboundCall {
            document: file.document,
            name,
            path: call.path.clone(),
            library: api.library,
            protocol: Protocol::named(api.get("protocol").unwrap_or_default()),
            patched: api.get("patched").unwrap_or_default(),
            url: file.argument(call, api, "url").and_then(|url| file.scalar(url)),
            timeout: Waiting { file, around: &around, call, api, told }.timeout(),
            function,
            once: is_once(file, call.id),
            injects: injects(file, &around, &carriers, call),
        });
    }
}

/// Whether a call is no part of the work that repeats: it stands in the main function outside of
/// loops, or in the function of a command.
fn is_once(file: &File<'_, '_>, call: ExprId) -> bool {
    let unit = file.unit;
    let id = unit.function_of(call);
    let function = unit.function(id);
    let at = unit.place(call).start;
    let looped = || {
        let mut all = unit.under(&function.body).into_iter();
        all.any(|stmt| {
            matches!(unit.stmt(stmt), StmtKind::Loop { .. })
                && unit.stmts[stmt.0 as usize].at.contains(&at)
        })
    };
    (around::is_command(unit, id) || function.name == "main") && !looped()
}

/// Words in the names of what writes trace context, or hands on headers that may hold it.
const CONTEXT_WORDS: &[&str] = &[
    "inject",
    "propagat",
    "traceparent",
    "trace_header",
    "traceheader",
    "tracecontext",
    "trace_context",
];

fn speaks_of_context(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    CONTEXT_WORDS.iter().any(|word| lower.contains(word))
}

/// Outermost functions that write trace context into something, or may: themselves, or by a
/// function of this file that they call.
fn carriers(file: &File<'_, '_>) -> BTreeSet<FunctionId> {
    let unit = file.unit;
    let home = |id: ExprId| around::outermost(unit, id).unwrap_or(FunctionId(0));
    let mut found = BTreeSet::new();
    let mut helpers: BTreeSet<&str> = BTreeSet::new();
    for (number, expr) in unit.exprs.iter().enumerate() {
        let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
        let speaks = match &expr.kind {
            ExprKind::Text(text) => speaks_of_context(text),
            ExprKind::Name(name) | ExprKind::Member { name, .. } => speaks_of_context(name),
            ExprKind::Call { .. } => {
                file.call(id).is_some_and(|call| call.role(Role::Inject).is_some())
            }
            _ => false,
        };
        if speaks {
            found.insert(home(id));
            helpers.extend(unit.outward(expr.function).map(|id| unit.function(id).name));
        }
    }
    helpers.remove("");
    let calls =
        unit.calls().filter(|id| file.called(*id).is_some_and(|name| helpers.contains(name)));
    let by_help: Vec<FunctionId> = calls.map(home).collect();
    found.extend(by_help);
    found
}

/// Whether trace context is written on the way to a call.
fn injects(
    file: &File<'_, '_>,
    around: &Around<'_, '_>,
    carriers: &BTreeSet<FunctionId>,
    call: &Call,
) -> bool {
    let home = around::outermost(file.unit, call.id).unwrap_or(FunctionId(0));
    carriers.contains(&home)
        || around.upward(call.id).any(|id| file.called(id).is_some_and(speaks_of_context))
}

/// The question how long a call waits.
struct Waiting<'w, 'u, 'a> {
    file: &'w File<'u, 'a>,
    around: &'w Around<'u, 'a>,
    call: &'w Call,
    api: &'static Api,
    /// Something in the file tells such clients how long to wait.
    told: bool,
}

/// Whether anything in the file sets one of these names, or calls it, on something.
fn tells_client(file: &File<'_, '_>, client: &[&str]) -> bool {
    let unit = file.unit;
    !client.is_empty()
        && unit.stmts.iter().any(|stmt| match &stmt.kind {
            StmtKind::Let { targets, .. } => {
                targets.iter().any(|target| names_one(file, *target, client))
            }
            StmtKind::Expr(id) => match unit.expr(*id) {
                ExprKind::Assign { target, .. } => names_one(file, *target, client),
                ExprKind::Call { callee, .. } => names_one(file, *callee, client),
                _ => false,
            },
            _ => false,
        })
}

/// Whether an expression is a member of one of these names, or of a member of one.
fn names_one(file: &File<'_, '_>, id: ExprId, words: &[&str]) -> bool {
    match file.unit.expr(id) {
        ExprKind::Member { of, name } => words.contains(name) || names_one(file, *of, words),
        _ => false,
    }
}

impl<'a> Waiting<'_, '_, 'a> {
    fn timeout(&self) -> Timeout {
        let said = match self.api.get("timeout") {
            None => return Timeout::Unknown,
            Some("default") => return Timeout::Default,
            Some("none") => "",
            Some(said) => said,
        };
        let (own, client) = (words(said), words(self.api.get("client").unwrap_or_default()));
        let answers = [
            self.by_arguments(&own),
            self.by_chain(&own),
            self.by_request(&own),
            self.by_client(&client),
        ];
        if answers.contains(&Timeout::Given) {
            Timeout::Given
        } else if answers.contains(&Timeout::Unknown) {
            Timeout::Unknown
        } else {
            Timeout::Missing
        }
    }

    /// By a named or placed argument, or in an argument of options.
    fn by_arguments(&self, own: &[&str]) -> Timeout {
        let unit = self.file.unit;
        let args = unit.args(self.call.id);
        let named = |arg: &str| own.contains(&arg);
        let placed = own.iter().filter_map(|word| word.parse::<usize>().ok());
        let placed =
            placed.into_iter().any(|at| args.get(at).is_some_and(|arg| arg.name.is_none()));
        if placed || args.iter().any(|arg| arg.name.is_some_and(named)) {
            return Timeout::Given;
        }
        if args.iter().any(|arg| arg.spread) {
            return Timeout::Unknown;
        }
        let options = words(self.api.get("options").unwrap_or_default());
        let mut answer = Timeout::Missing;
        for at in options.iter().filter_map(|word| word.parse::<usize>().ok()) {
            let Some(arg) = args.get(at) else { continue };
            match self.in_map(arg.value, own) {
                Timeout::Missing => {}
                Timeout::Given => return Timeout::Given,
                // An address may stand where options may.
                other if at > 0 || !self.is_text(arg.value) => answer = other,
                _ => {}
            }
        }
        answer
    }

    fn is_text(&self, id: ExprId) -> bool {
        let mut id = self.file.names.resolved(id);
        // An address may be made of itself: `this.url = this.url + path`.
        for _ in 0..DEEP {
            let ExprKind::Binary { op: "+", left, .. } = self.file.unit.expr(id) else { break };
            id = self.file.names.resolved(*left);
        }
        match self.file.unit.expr(id) {
            ExprKind::Text(_) | ExprKind::Template(_) => true,
            ExprKind::Name(name) | ExprKind::Member { name, .. } => {
                let name = name.to_ascii_lowercase();
                ["url", "uri", "endpoint", "webhook", "address", "href", "link"]
                    .iter()
                    .any(|word| name.contains(word))
            }
            _ => false,
        }
    }

    fn in_map(&self, id: ExprId, own: &[&str]) -> Timeout {
        let unit = self.file.unit;
        match unit.expr(self.file.names.resolved(id)) {
            ExprKind::Map { entries, .. } => {
                let key = |id: ExprId| match unit.expr(id) {
                    ExprKind::Name(name) => own.contains(name),
                    ExprKind::Text(text) => own.contains(&text.as_ref()),
                    _ => false,
                };
                if entries.iter().any(|(name, value)| key(name.unwrap_or(*value))) {
                    return Timeout::Given;
                }
                match entries.iter().any(|(name, _)| name.is_none()) {
                    true => Timeout::Unknown,
                    false => Timeout::Missing,
                }
            }
            ExprKind::Lambda(_) | ExprKind::Null => Timeout::Missing,
            _ => Timeout::Unknown,
        }
    }

    /// By a method that is called on what the call gives; its last one must be seen.
    fn by_chain(&self, own: &[&str]) -> Timeout {
        let Some(sends) = self.api.get("sends") else { return Timeout::Missing };
        let chain = self.around.chain(self.call.id);
        if chain.iter().any(|name| own.contains(name)) {
            return Timeout::Given;
        }
        let parent = self.around.whole(self.around.past(self.call.id));
        let dropped =
            parent.is_some_and(|stmt| matches!(self.file.unit.stmt(stmt), StmtKind::Expr(_)));
        match chain.contains(&sends) || (dropped && chain.is_empty()) {
            true => Timeout::Missing,
            false => Timeout::Unknown,
        }
    }

    /// By the request that is sent: how it was made must be seen.
    fn by_request(&self, own: &[&str]) -> Timeout {
        let Some((at, maker)) = self.api.get("request").and_then(|said| said.split_once(' '))
        else {
            return Timeout::Missing;
        };
        let position = at.parse().unwrap_or(usize::MAX);
        let Some(request) = self.file.unit.arg(self.call.id, position, "request") else {
            return Timeout::Missing;
        };
        let made = self.made_of(request);
        if made.iter().any(|name| own.contains(name)) {
            return Timeout::Given;
        }
        // `fetch(url)`: an address is no request.
        if made.is_empty() && maker == "Request" && self.is_text(request) {
            return Timeout::Missing;
        }
        match made.contains(&maker) {
            true => Timeout::Missing,
            false => Timeout::Unknown,
        }
    }

    /// By what the client was made with, or is told later.
    fn by_client(&self, client: &[&str]) -> Timeout {
        let unit = self.file.unit;
        let ExprKind::Call { callee, .. } = unit.expr(self.call.id) else {
            return Timeout::Missing;
        };
        if client.is_empty() {
            return Timeout::Missing;
        }
        if self.told {
            return Timeout::Given;
        }
        let ExprKind::Member { of, .. } = unit.expr(*callee) else { return Timeout::Missing };
        match self.made_of(*of).iter().any(|name| client.contains(name)) {
            true => Timeout::Given,
            false => Timeout::Missing,
        }
    }

    /// Names of the functions, arguments and keys that a value is made of, one after the other.
    fn made_of(&self, id: ExprId) -> Vec<&'a str> {
        let unit = self.file.unit;
        let mut names = Vec::new();
        let mut next = Some(id);
        // A chain is not longer than the file's expressions.
        for _ in 0..64 {
            let Some(id) = next else { break };
            next = match unit.expr(self.file.names.resolved(id)) {
                ExprKind::Call { callee, args, .. } => {
                    names.extend(args.iter().filter_map(|arg| arg.name));
                    for arg in args {
                        self.keys(arg.value, &mut names);
                    }
                    match unit.expr(*callee) {
                        ExprKind::Member { of, name } => {
                            names.push(*name);
                            Some(*of)
                        }
                        ExprKind::Name(name) => {
                            names.push(*name);
                            None
                        }
                        _ => None,
                    }
                }
                ExprKind::Map { .. } => {
                    self.keys(id, &mut names);
                    None
                }
                ExprKind::Await(of) | ExprKind::Propagate(of) | ExprKind::Unary { of, .. } => {
                    Some(*of)
                }
                _ => None,
            };
        }
        names
    }

    fn keys(&self, id: ExprId, names: &mut Vec<&'a str>) {
        let unit = self.file.unit;
        let ExprKind::Map { entries, .. } = unit.expr(self.file.names.resolved(id)) else { return };
        for (key, value) in entries {
            match unit.expr(key.unwrap_or(*value)) {
                ExprKind::Name(name) => names.push(*name),
                ExprKind::Text(std::borrow::Cow::Borrowed(text)) => names.push(*text),
                _ => {}
            }
        }
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split(' ').filter(|word| !word.is_empty()).collect()
}
