//! Errors that code catches or is given, and what becomes of them.
//!
//! What a handler calls and nobody here can follow may report the error: only what certainly
//! tells nobody is called lost.

pub(super) mod acts;
mod answers;
mod deeds;
mod excuse;
mod fate;
pub(super) mod pages;
mod plain;
mod plenty;
mod report;
mod schema;
pub(super) mod sites;

use super::super::scalar::Scalar;
use super::super::{DocumentId, FileFacts};
use super::file::File;
use crate::facts::named::named_subject;
use crate::source::Span;

/// What becomes of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Fate {
    /// It is reported or handed on, or what is done cannot be followed.
    Kept,
    /// It is written to the terminal and nowhere else.
    Printed,
    /// The program goes on with a value in its place.
    Replaced,
    /// A request is answered without it, as a fault of the program.
    Answered,
    /// A request is answered without it: as a fault of whoever asks, or nobody says as what.
    Refused,
    /// Nothing.
    Dropped,
}

/// Why an error may be meant to be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Excuse {
    /// A comment says so.
    Explained,
    /// What is not installed is done without.
    Optional,
    /// Something is closed or thrown away.
    Cleanup,
    /// A value is tried to be read in some form; nothing else is done.
    Attempt,
    /// It is tried again, and told in the end.
    Retried,
    /// Records themselves could not be written.
    Logging,
    /// Whether it works is what is asked.
    Asked,
    /// What it is part of is told as an error anyway.
    Told,
    /// It happens in a browser.
    Page,
    /// The answer itself could not be written: whoever asked has gone.
    Gone,
    /// What is made here is missed by the next step that needs it.
    Needed,
    /// Several ways are tried in turn, and the first that works ends it.
    Turns,
    /// It runs what others hand in, and keeps them apart.
    Isolated,
    /// It happens before the eyes of who sits at the machine.
    Desk,
    /// It only tells those who wrote the program how it is used.
    Usage,
}

impl Excuse {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Excuse::Explained => "a comment explains it",
            Excuse::Optional => "it is done without what is not installed",
            Excuse::Cleanup => "only something is closed or removed",
            Excuse::Attempt => "only a value is tried to be read",
            Excuse::Retried => "it is tried again and told in the end",
            Excuse::Logging => "only logging itself fails",
            Excuse::Asked => "whether it works is what is asked",
            Excuse::Told => "it is told anyway",
            Excuse::Page => "it happens in a browser",
            Excuse::Gone => "whoever asked may have gone",
            Excuse::Needed => "what needs it fails in turn",
            Excuse::Turns => "it is one of several tries",
            Excuse::Isolated => "it keeps apart what others hand in",
            Excuse::Desk => "it happens on somebody's screen",
            Excuse::Usage => "it only tells how the program is used",
        }
    }
}

/// How much of the error a record of it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Cause {
    /// The error itself, or its stack.
    Given,
    /// Its text.
    Text,
    /// Nothing.
    Missing,
}

/// A record at error level that a handler writes.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Report {
    /// The name of the method that writes it.
    pub call: Scalar,
    /// What it holds of the error.
    pub cause: Cause,
    /// What would add the error, and where.
    pub addition: Option<(Span, String)>,
}

/// A caught or ignored error.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Handler {
    /// The file.
    pub document: DocumentId,
    /// The error as the handler names it: its type, `err != nil`, `Err(_)`, else the keyword.
    pub name: Scalar,
    /// It takes any error.
    pub broad: bool,
    /// What becomes of it.
    pub fate: Fate,
    /// Why that may be meant.
    pub excuse: Option<Excuse>,
    /// What may fail is certainly missed: something is sent, written, carried out.
    pub missed: bool,
    /// The function around it, by its name, where a record is written of the error.
    pub teller: Option<String>,
    /// Functions by the names that what may fail calls them by, where nobody hears of the error
    /// here: they may tell of it themselves.
    pub asks: Vec<String>,
    /// Records at error level, where the error does not go on afterwards.
    pub reports: Vec<Report>,
}

impl Handler {
    /// Whether a rule may have something to say about it.
    pub fn says_something(&self) -> bool {
        self.fate != Fate::Kept || !self.reports.is_empty()
    }
}

named_subject!(Handler, Handler, "handler of");

/// Reads the handlers of a file.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let page = pages::is_page(file).then_some(Excuse::Page);
    let place = page.or_else(|| pages::is_desk(file).then_some(Excuse::Desk));
    let lambdas = acts::lambdas(file.unit);
    let tests = pages::tests(file);
    for site in sites::all(file) {
        let tested = || file.unit.outward(site.function).any(|id| tests.contains(&id));
        if file.unit.is_faulty(&site.whole) || tested() {
            continue;
        }
        let name = Scalar {
            text: file.unit.slice(&site.at).to_owned(),
            span: file.span(&site.at),
            known: true,
            plain: false,
        };
        let fate = if site.broad { fate::of(file, &site) } else { Fate::Kept };
        let excuse = match fate {
            Fate::Kept => None,
            _ => excuse::of(file, &site, fate).or(place),
        };
        let teller = acts::teller(file, &site, &lambdas);
        let asks = match fate {
            Fate::Kept => Vec::new(),
            _ => acts::asked(file, &site),
        };
        let missed = fate == Fate::Dropped && deeds::is_missed(file, &site);
        let reports = report::all(file, &site);
        // What neither can say anything about is no subject.
        if site.broad || !reports.is_empty() {
            let (document, broad) = (file.document, site.broad);
            facts.handlers.push(Handler {
                document,
                name,
                broad,
                fate,
                excuse,
                missed,
                teller,
                asks,
                reports,
            });
        }
    }
}
