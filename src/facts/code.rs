//! What source code says about metrics, objectives and alerts.
//!
//! A file is parsed only where a literal search says that it can hold a fact. Each fact is what
//! its readers can be certain of; whatever passes through calls or data that cannot be followed
//! is left out, or marked as open. One reader per language in `facts/code/`.

mod alerts;
pub mod analysis;
mod around;
pub mod audits;
pub mod cleanup;
pub mod clocks;
mod constants;
pub mod conventions;
pub mod correlation;
pub mod errors;
mod file;
pub mod handlers;
pub mod identities;
pub mod incidents;
mod known;
mod layout;
pub mod loggers;
pub mod logs;
mod metrics;
mod modes;
mod modules;
mod objectives;
pub mod outbound;
mod payload;
mod prefilter;
pub mod propagation;
pub mod records;
pub mod responses;
mod routines;
pub mod secrets;
pub mod setup;
pub mod spans;
mod tables;
pub mod undefined;
mod uses;
mod values;
pub mod workers;

use super::scalar::Scalar;
use super::subject::SubjectKind;
use super::{DocumentId, FileFacts, Subject};
use crate::facts::named::named_subject;
use crate::facts::skip::{Skip, SkipReason};
use crate::identify::Kind;
use crate::parse::code::{self, Language};
use crate::parse::unit;
use crate::source::Span;
use aho_corasick::AhoCorasick;
pub use constants::Constant;
pub use metrics::{
    Holder, INSTRUMENTED, Made, MetricDefinition, MetricServing, MetricType, NamePart, OpenName,
    Registry, ServeForm,
};
use std::sync::OnceLock;
pub use uses::{Amount, Does, LabelValue, MetricUse, Target};
pub use values::{TimeUnit, ValueOrigin};

/// A key of a mapping that code reads by a literal.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct KeyRead {
    /// The key.
    pub key: Scalar,
    /// The code does without it: a default is given, or it asks first.
    pub optional: bool,
}

/// A calculation or a comparison with an objective as it was read.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct ObjectiveUse {
    /// The key it was read by.
    pub key: String,
    /// The operation.
    pub span: Span,
}

/// A constant passed under the name of a field that entries have.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct FixedField {
    /// The field.
    pub name: String,
    /// The constant as written.
    pub value: Scalar,
    /// Its number; of a length of time, in seconds.
    pub number: f64,
    /// It is a length of time.
    pub duration: bool,
}

/// Code that evaluates objectives.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Evaluator {
    /// The file.
    pub document: DocumentId,
    /// Its first read of an entry.
    pub anchor: Span,
    /// Reads of entries.
    pub reads: Vec<KeyRead>,
    /// All keys the file reads by literals, and all other short texts in it, sorted.
    pub words: Vec<String>,
    /// Entries leave the code that was followed: anything may be read from them.
    pub escapes: bool,
    /// Calculations with objectives as read.
    pub arithmetic: Vec<ObjectiveUse>,
    /// Constants in place of fields.
    pub fixed: Vec<FixedField>,
}

/// A burn rate that code computes.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct BurnFormula {
    /// The file.
    pub document: DocumentId,
    /// The name it is computed for.
    pub name: Scalar,
    /// What is computed.
    pub formula: Span,
    /// It is the plain share of errors: no budget is in it.
    pub plain: bool,
}

/// A source file as a part of a program; tests are none.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Module {
    /// The file.
    pub document: DocumentId,
    /// The package or namespace it says it is part of.
    pub package: Option<String>,
    /// What it imports, as written, sorted.
    pub imports: Vec<String>,
    /// Where a program begins in it: its main function.
    pub entry: Option<Span>,
    /// Its facts could not be read: it nests too deep, or the language is not part of this build.
    pub unread: bool,
    /// It was parsed: its text has words without which nothing is said of it.
    pub parsed: bool,
    /// It declares, changes or serves metrics.
    pub metered: bool,
    /// It writes metrics out by hand.
    pub exposes: bool,
    /// It writes records, if only to the terminal.
    pub logs: bool,
    /// It gives up where it is started anywhere but on a developer's machine.
    pub local: bool,
}

/// What a program waits for.
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
pub enum ListenerForm {
    /// Requests of others.
    Requests,
    /// Messages of a queue or a topic.
    Messages,
    /// Connections, over which no protocol that is known here is spoken.
    Connections,
    /// Times of a schedule.
    Times,
}

/// Code that waits for others to call.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Listener {
    /// The file.
    pub document: DocumentId,
    /// For what.
    pub form: ListenerForm,
    /// The library.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub library: &'static str,
    /// The program listens from here on; else only what is done with a request is said.
    pub starts: bool,
    /// The call or the decorator.
    pub at: Span,
}

/// Names in code that alerts, or values of their labels, are looked up in.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct NameMap {
    /// Its keys.
    pub keys: Vec<Scalar>,
    /// It is looked up by what its kind says: `alertname`, `severity`.
    pub looked_up: bool,
    /// Case makes no difference.
    pub folded: bool,
    /// More keys may be added.
    pub open: bool,
}

/// Whose messages a handler reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Payload {
    /// Alertmanager's, or Grafana's in its form.
    Alertmanager,
    /// Those of a service that Alertmanager calls.
    Vendor,
    /// Nobody can say.
    Unknown,
}

/// Code that handles alerts.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct AlertHandler {
    /// The file.
    pub document: DocumentId,
    /// Its function; of code that was not parsed, the first word that tells.
    pub name: Scalar,
    /// Whose messages it reads.
    pub payload: Payload,
    /// It asks the server for alerts by itself.
    pub polls: bool,
    /// Maps whose keys may be names of alerts.
    pub alerts: Vec<NameMap>,
    /// Maps that the severity is looked up in.
    pub severities: Vec<NameMap>,
}

named_subject!(BurnFormula, BurnFormula, "burn rate");
named_subject!(AlertHandler, AlertHandler, "alert handler");

impl Subject for Module {
    fn kind(&self) -> SubjectKind {
        SubjectKind::CodeModule
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "module".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        self.entry
    }
}

impl Subject for Evaluator {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Evaluator
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "SLO evaluator".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
}

/// Words without which Python holds no fact.
const PYTHON: &[&str] = &[
    "burn_rate",
    "burnrate",
    "slos",
    "slo_",
    "_slo",
    "SLO",
    "sli_definition",
    "measurement_window",
    "error_budget",
    "alertname",
    "commonLabels",
    "groupLabels",
    "remediation",
];

/// Words of which other code that evaluates objectives has one.
const OBJECTIVES: &[&str] = &["slos", "sli_definition", "measurement_window", "alerting_threshold"];

/// Words of which code that handles alerts has one.
const ALERTS: &[&str] =
    &["\"alertname\"", "'alertname'", "commonLabels", "CommonLabels", "groupLabels"];

fn has(text: &str, words: &'static [&'static str], finder: &OnceLock<Option<AhoCorasick>>) -> bool {
    let finder = finder.get_or_init(|| AhoCorasick::new(words).ok());
    finder.as_ref().is_none_or(|finder| finder.is_match(text))
}

/// A source file's text, and where it comes from.
#[derive(Clone, Copy, Debug)]
pub struct CodeText<'a> {
    /// The file.
    pub path: &'a str,
    /// Its language.
    pub kind: Kind,
    /// Its text.
    pub text: &'a str,
    /// First byte of the text in the file.
    pub base: usize,
    /// Its document.
    pub document: DocumentId,
}

/// Whether a path is that of a test: what it does is not what the program does.
pub fn is_test(path: &str) -> bool {
    prefilter::is_test(path)
}

/// What reads facts from a program: one entry for each module.
const READERS: &[fn(&file::File<'_, '_>, &mut FileFacts)] = &[
    modules::read,
    alerts::read,
    cleanup::read,
    clocks::read,
    conventions::read,
    correlation::read,
    errors::read,
    handlers::read,
    identities::read,
    incidents::read,
    outbound::read,
    propagation::read,
    secrets::read,
    setup::read,
    spans::read,
    undefined::read,
    responses::read,
    workers::read,
    logs::read,
    audits::read,
    metrics::read,
    analysis::read,
    loggers::read,
    records::read,
    modes::read,
    objectives::read,
];

/// Reads the facts of a source file.
pub fn read(code: CodeText<'_>, facts: &mut FileFacts) {
    let was_read = programs(code, facts);
    correlation::scan(code, facts);
    if code.kind != Kind::Python || !was_read {
        foreign(code.text, code.base, code.document, was_read, facts);
    }
}

/// Longest source file that is parsed: its tree takes some fifty times its size in memory.
const MAX_CODE: usize = 2 << 20;

/// The facts of a program that is no test and that people wrote; false where its text says
/// things that nobody read.
fn programs(code: CodeText<'_>, facts: &mut FileFacts) -> bool {
    let Some(language) = language(code.kind, code.path) else { return false };
    undefined::bases(language, code.text, facts);
    let pass_over = |reason: SkipReason, facts: &mut FileFacts| {
        let span = Span::new(code.document.source, code.base, code.base);
        facts.skips.push(Skip { span, reason, kind: Some(code.kind) });
    };
    if prefilter::is_test(code.path) || prefilter::helps_tests(code.path, code.text) {
        return true;
    }
    if prefilter::is_minified(code.path, code.text) {
        pass_over(SkipReason::Generated, facts);
        return true;
    }
    let read = code::reads(language) && code.text.len() <= MAX_CODE;
    modules::scan(code, read, facts);
    constants::scan(code, facts);
    errors::scan(code, facts);
    if code.text.len() > MAX_CODE {
        pass_over(SkipReason::TooLarge, facts);
        return false;
    }
    if !read || !prefilter::may_hold(language, code.text) {
        return read;
    }
    if prefilter::is_passed_over(code.path, code.text) {
        return true;
    }
    let Some(unit) = unit::parse(language, code.text) else {
        pass_over(SkipReason::TooDeep, facts);
        if let Some(module) = facts.modules.last_mut() {
            module.unread = true;
        }
        return false;
    };
    if let Some(module) = facts.modules.last_mut() {
        module.parsed = true;
    }
    let file = file::File::new(&unit, code.path, code.base, code.document);
    for reader in READERS {
        reader(&file, facts);
    }
    if !unit.faults.is_empty()
        && let Some(document) = facts.documents.get_mut(code.document.index as usize)
    {
        document.broken = true;
    }
    true
}

/// The language of a kind of source code.
pub fn language(kind: Kind, path: &str) -> Option<Language> {
    Some(match kind {
        Kind::Python => Language::Python,
        Kind::Go => Language::Go,
        Kind::Java => Language::Java,
        Kind::Javascript => Language::Javascript,
        Kind::Typescript if path.ends_with(".tsx") => Language::Tsx,
        Kind::Typescript => Language::Typescript,
        Kind::Rust => Language::Rust,
        Kind::Csharp => Language::Csharp,
        _ => return None,
    })
}

/// Code that is not parsed: only that it may do something is known.
fn foreign(text: &str, base: usize, document: DocumentId, was_read: bool, facts: &mut FileFacts) {
    static SLOS: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    static WORDS: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    if has(text, OBJECTIVES, &SLOS) {
        facts.unread_evaluators.push(document);
    }
    if was_read {
        return;
    }
    let finder = WORDS.get_or_init(|| AhoCorasick::new(ALERTS).ok());
    let Some(found) = finder.as_ref().and_then(|finder| finder.find(text)) else { return };
    let span = Span::new(document.source, base + found.start(), base + found.end());
    let word = ALERTS[found.pattern().as_usize()].trim_matches(['"', '\'']);
    facts.alert_handlers.push(AlertHandler {
        document,
        name: Scalar { text: word.to_owned(), span, known: true, plain: true },
        payload: Payload::Unknown,
        polls: true,
        alerts: Vec::new(),
        severities: Vec::new(),
    });
}
