//! Ids that join the records of one request: where they are made, read from requests, kept,
//! handed on, and which words of a file speak of them.

mod ids;
mod stores;

use super::super::scalar::Scalar;
use super::super::subject::{Held, SubjectKind};
use super::super::{DocumentId, FileFacts, Subject};
use super::CodeText;
use super::file::File;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{Expr, ExprId, ExprKind};
use crate::source::Span;
use aho_corasick::AhoCorasick;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// What a file says of ids, by its words alone.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct IdWords {
    /// The file.
    pub document: DocumentId,
    /// It names the id of a request.
    pub request: bool,
    /// It names the id of a trace or a span.
    pub trace: bool,
}

/// What the program of a file does with ids and records.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct IdUse {
    /// The file.
    pub document: DocumentId,
    /// Its first record.
    pub logs: Option<Span>,
    /// Something adds ids to its records by itself.
    pub bridged: bool,
    /// An id is read from a request.
    pub inbound: bool,
    /// An id is written into a request.
    pub outbound: bool,
    /// A name of a header that may be read or written by it.
    pub header: bool,
    /// Keys that its records may have.
    pub keys: BTreeSet<String>,
}

/// What is done with an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum IdForm {
    /// A new one is made; once, when the program starts.
    Made {
        /// When the program starts, and never again.
        at_start: bool,
        /// It stands in for one that was asked for first, and was not there.
        instead: bool,
        /// It is made in what runs by the clock, which no request reaches.
        timed: bool,
        /// It is handed to what sends something.
        sent: bool,
    },
    /// It is kept where every thread has its own.
    PerThread,
    /// It is kept in one place for all.
    Shared,
    /// It is put beside all records that follow.
    Put {
        /// It is taken away whatever happens.
        cleared: bool,
        /// Taking it away anywhere in the program is enough.
        anywhere: bool,
    },
    /// All that was put is taken away.
    Cleared,
}

/// A place where an id is made or kept.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct CorrelationId {
    /// The file.
    pub document: DocumentId,
    /// What makes or keeps it.
    pub name: Scalar,
    /// How.
    pub form: IdForm,
}

impl Subject for CorrelationId {
    fn kind(&self) -> SubjectKind {
        SubjectKind::CorrelationId
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "id of a request".to_owned()
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

/// Words for the id of a request, then those for traces.
const WORDS: &[&str] = &[
    "correlation",
    "request_id",
    "requestid",
    "request-id",
    "reqid",
    "req_id",
    "operation_id",
    "operationid",
    "contextid",
    "trace_id",
    "traceid",
    "trace.id",
    "trace-id",
    "span_id",
    "spanid",
    "traceparent",
    "spancontext",
    "span_context",
];
const REQUEST_WORDS: usize = 9;

/// What the words of a text say of ids.
pub fn words_in(text: &str) -> (bool, bool) {
    static FINDER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let finder = FINDER
        .get_or_init(|| AhoCorasick::builder().ascii_case_insensitive(true).build(WORDS).ok());
    let Some(finder) = finder else { return (true, true) };
    let (mut request, mut trace) = (false, false);
    for found in finder.find_iter(text) {
        let of_request = found.pattern().as_usize() < REQUEST_WORDS;
        request |= of_request;
        trace |= !of_request;
        if request && trace {
            break;
        }
    }
    (request, trace)
}

/// Reads the words of a file, parsed or not.
pub(super) fn scan(code: CodeText<'_>, facts: &mut FileFacts) {
    let (request, trace) = words_in(code.text);
    if request || trace {
        facts.id_words.push(IdWords { document: code.document, request, trace });
    }
}

/// Whether a name is one of the id of a request: `correlation_id`, `X-Request-ID`.
pub(super) fn names_id(text: &str) -> bool {
    let plain: String =
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    ["correlationid", "requestid", "reqid", "traceid", "correlation"]
        .iter()
        .any(|word| plain.contains(word))
        || plain == "traceparent"
}

/// Reads what a program does with ids.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let logs = file.of_role(Role::Log).next().map(|(call, _)| file.callee_span(call.id));
    let logs = logs.or_else(|| imported(file).map(|call| file.callee_span(call)));
    let bridged = file.of_role(Role::Correlate).next().is_some()
        || file.of_role(Role::Instrument).any(|(_, api)| {
            api.get("side") == Some("logs") || matches!(api.get("of"), Some("all" | "logs"))
        })
        || file.of_role(Role::LogFormat).any(|(_, api)| api.get("format") == Some("otlp"));
    let headers = ids::headers(file);
    facts.id_uses.push(IdUse {
        document: file.document,
        logs,
        bridged,
        inbound: headers.inbound,
        outbound: headers.outbound,
        header: headers.named,
        keys: if logs.is_some() { keys(file) } else { BTreeSet::new() },
    });
    ids::made(file, facts);
    stores::read(file, facts);
}

/// The first call on a logger that another file makes: `import { log } from "./log"`.
fn imported(file: &File<'_, '_>) -> Option<ExprId> {
    const LEVELS: &[&str] = &["debug", "error", "fatal", "info", "trace", "warn", "warning"];
    let unit = file.unit;
    let is_logger = |name: &str| {
        matches!(name, "log" | "logger")
            && unit.imports.iter().any(|it| {
                it.local == name
                    && match unit.language {
                        Language::Python => true,
                        _ => it.path.starts_with(['.', '@', '~']),
                    }
            })
    };
    file.calls.iter().map(|call| call.id).find(|call| {
        let ExprKind::Call { callee, .. } = unit.expr(*call) else { return false };
        let ExprKind::Member { of, name } = unit.expr(*callee) else { return false };
        LEVELS.contains(name) && matches!(unit.expr(*of), ExprKind::Name(of) if is_logger(of))
    })
}

/// Keys that records may have: names of arguments, keys of maps, fields, short texts.
fn keys(file: &File<'_, '_>) -> BTreeSet<String> {
    let unit = file.unit;
    let mut keys = BTreeSet::new();
    let mut add = |text: &str| {
        if (2..=40).contains(&text.len()) && !text.contains(char::is_whitespace) {
            keys.insert(text.to_owned());
        }
    };
    for expr in &unit.exprs {
        match &expr.kind {
            ExprKind::Text(text) => add(text),
            ExprKind::Call { args, .. } => {
                args.iter().filter_map(|arg| arg.name).for_each(&mut add);
            }
            // `tracing::info!(duration, "…")` and `{Duration}` name their fields themselves.
            ExprKind::Name(name) if unit.language == Language::Rust => add(name),
            _ => {}
        }
    }
    for class in &unit.classes {
        class.fields.iter().for_each(|field| add(field.name));
    }
    // Places of messages are fields there: `{OrderId}`.
    if unit.language == Language::Csharp {
        let texts = unit.exprs.iter().filter_map(|expr| match &expr.kind {
            ExprKind::Text(text) => Some(text),
            _ => None,
        });
        let places = texts.flat_map(|text| text.split('{').skip(1));
        for place in places {
            if let Some((name, _)) = place.split_once(['}', ':']) {
                keys.insert(name.trim_start_matches('@').to_owned());
            }
        }
    }
    // Where connections are held open, `id` is that of one.
    let holds = unit.imports.iter().any(|import| import.path.contains("websocket"));
    let id = |expr: &Expr<'_>| matches!(&expr.kind, ExprKind::Text(text) if text == "id");
    if holds && unit.exprs.iter().any(id) {
        keys.insert("conn_id".to_owned());
    }
    keys
}

/// The text that a name is written with, for a fact.
fn scalar(file: &File<'_, '_>, id: ExprId) -> Scalar {
    let text = file.unit.slice(&file.unit.place(id)).to_owned();
    Scalar { text, span: file.expr_span(id), known: true, plain: false }
}
