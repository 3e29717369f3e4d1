//! Records for auditors, what they say, and code that owes one.

mod events;
mod records;
mod words;

use super::super::scalar::Scalar;
use super::super::{DocumentId, FileFacts};
use super::file::File;
use super::logs::{Level, LogCall};
use super::routines::Routines;
use crate::facts::named::named_subject;
use crate::source::Span;
use aho_corasick::AhoCorasick;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A record for auditors: a function that writes such records, or a call that writes one.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct AuditRecord {
    /// The file.
    pub document: DocumentId,
    /// The function's name, or the call's.
    pub name: Scalar,
    /// What it certainly does not say, or does not ask for.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub lacks: Vec<&'static str>,
    /// Callers may add more.
    pub open: bool,
    /// The call of an ordinary logger that it goes through, where its level can be switched off.
    pub through: Option<(Level, Scalar)>,
}

/// A handler of something that auditors want to know of.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct SecurityHandler {
    /// The file.
    pub document: DocumentId,
    /// Its name.
    pub name: Scalar,
    /// What it handles, in words.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub event: &'static str,
    /// A route leads to it.
    pub routed: bool,
    /// It writes a record, tells others of it, or something around it may.
    pub told: bool,
    /// Names of what it calls, sorted.
    pub calls: Vec<String>,
}

/// A named piece of code, by whether it writes records.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Teller {
    /// The file.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// It writes records.
    pub logs: bool,
    /// It stands around handlers: a middleware, a filter.
    pub around: bool,
    /// Names of what it calls, sorted; known near security only.
    pub calls: Vec<String>,
}

/// What says that something hears of what handlers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Hears {
    /// Each request leaves a record.
    Requests,
    /// The framework tells it of logins and the like.
    Framework,
}

/// A place where something is set up that hears of what handlers do.
#[derive(Clone, Copy, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Listening {
    /// The file.
    pub document: DocumentId,
    /// What.
    pub hears: Hears,
    /// Where.
    pub at: Span,
}

named_subject!(AuditRecord, AuditRecord, "audit record by");
named_subject!(SecurityHandler, SecurityHandler, "security handler");

/// Words of which a file that handles security has one.
const SECURITY: &[&str] = &[
    "login",
    "logout",
    "log_in",
    "sign_in",
    "signin",
    "sign_out",
    "authenticate",
    "password",
    "role",
    "permission",
    "privilege",
    "token",
    "api_key",
    "apikey",
    "denied",
    "unauthorized",
    "deleteuser",
    "delete_user",
    "admin",
    "auth",
];

/// Whether a text speaks of security, or of audits.
fn speaks(text: &str) -> (bool, bool) {
    static FINDER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let finder = FINDER.get_or_init(|| {
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build([SECURITY, &["audit"]].concat())
            .ok()
    });
    let Some(finder) = finder else { return (true, true) };
    let (mut security, mut audit) = (false, false);
    for found in finder.find_iter(text) {
        match found.pattern().as_usize() == SECURITY.len() {
            true => audit = true,
            false => security = true,
        }
        if security && audit {
            break;
        }
    }
    (security, audit)
}

/// The records of a file, by where the name of their call begins.
type Logs<'f> = BTreeMap<usize, &'f LogCall>;

/// Reads the audit records of a file and its handlers; the log calls must have been read.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let (security, audit) = speaks(file.unit.text);
    let own = facts.log_calls.iter().rev().take_while(|call| call.document == file.document);
    let logs: Logs<'_> = own.map(|call| (call.method.span.start as usize, call)).collect();
    if logs.is_empty() && !security && !audit {
        return events::listeners(file, facts);
    }
    let routines = Routines::of(file);
    let records = if audit { records::read(file, &routines, &logs) } else { Vec::new() };
    let (tellers, handlers) = events::read(file, &routines, &logs, security);
    facts.audit_records.extend(records);
    facts.tellers.extend(tellers);
    facts.security_handlers.extend(handlers);
    events::listeners(file, facts);
}
