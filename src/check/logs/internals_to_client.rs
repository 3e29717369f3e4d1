//! Answers that show the inside. Rule: rules/logs/internals-to-client.yaml

use super::debug_in_prod::is_rehearsal;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::DocumentId;
use crate::facts::code::errors::Origin;
use crate::facts::code::responses::{Response, Shows, Status};
use crate::facts::manifest::Ecosystem;
use crate::lang::path::join;
use crate::repo::Repo;
use crate::repo::services::Service;
use crate::source::Span;

pub(super) fn check(response: &Response, case: &mut Case<'_>) {
    // Settings of those who work on the code: `application-dev.yml`.
    let settings = !case.repo.document(response.document).kind.is_code();
    if settings && is_rehearsal(case.repo, response.document) {
        return case.skip();
    }
    // A driver of volumes answers the cluster's own programs on its machine, which show it to operators.
    if imports(case.repo, response.document, "github.com/container-storage-interface/spec") {
        return case.skip();
    }
    let (what, severity) = match (response.shows, response.status) {
        (Shows::Nothing, _) => return,
        // What a database says of a statement is for nobody outside, whatever the status.
        (Shows::Text, Status::Client) if is_of_database(&response.origin) => {
            ("the text of an error of the database", Severity::Error)
        }
        (Shows::Text, Status::Client) => return,
        (Shows::Stack, _) => ("where in the program it failed", Severity::Error),
        (Shows::Text, Status::Server) => ("the text of an internal error", Severity::Error),
        // An error of an expected type may be written for the client.
        (Shows::Text, Status::Unsaid) if !response.broad => return,
        (Shows::Text, Status::Unsaid) => ("the text of an internal error", Severity::Warning),
        (Shows::Page { certain: true }, _) => ("pages made for developers", Severity::Error),
        (Shows::Page { certain: false }, _) => ("pages made for developers", Severity::Warning),
    };
    // A program that nothing deploys may answer only whoever started it.
    let mut programs = case.repo.running_with(response.document).peekable();
    let by_hand = programs.peek().is_some()
        && programs.all(|it| !it.is_certain() && it.containers.is_empty() && it.images.is_empty());
    // What a library of the repository answers, others decide to serve.
    let library = is_of_library(case.repo, response.document);
    let severity = match severity {
        Severity::Error if response.internal || response.made || by_hand || library => {
            Severity::Warning
        }
        Severity::Error if is_exporter(case.repo, response.document) => Severity::Warning,
        // Its text may have been written for whoever asks.
        Severity::Error if response.expected && response.shows == Shows::Text => Severity::Warning,
        // What is shown there is for whoever works on the code.
        Severity::Error if case.repo.is_aside(response.document) => Severity::Warning,
        severity => severity,
    };
    case.flag(response.name.span)
        .with("shown", &response.name.text)
        .with("what", what)
        .severity(severity);
}

fn imports(repo: &Repo, document: DocumentId, package: &str) -> bool {
    let mut own = repo.facts.modules.iter().filter(|it| it.document == document);
    own.any(|it| it.imports.iter().any(|import| import.starts_with(package)))
}

/// Whether an error is one of a database by its types, and none of a constraint that what was sent broke.
/// What `DbUpdateException` says of itself is a fixed text.
fn is_of_database(origin: &Origin) -> bool {
    const TYPES: &[&str] = &[
        "DBAPIError",
        "DataAccessException",
        "DatabaseError",
        "JDBCException",
        "NpgsqlException",
        "OperationalError",
        "PSQLException",
        "ProgrammingError",
        "SQLAlchemyError",
        "SQLException",
        "SqlException",
    ];
    let Origin::Types(types) = origin else { return false };
    let known = |ty: &String| ty.rsplit('.').next().is_some_and(|last| TYPES.contains(&last));
    !types.is_empty() && types.iter().all(known)
}

/// Whether a document is code of a program that shows figures of another, by its name: those who
/// collect them ask it.
fn is_exporter(repo: &Repo, document: DocumentId) -> bool {
    let mut units = repo.services_with(document).iter().map(|it| &repo.services()[*it]).peekable();
    let exports = |unit: &Service| {
        let mut names = unit
            .manifests
            .iter()
            .filter_map(|&it| repo.facts.manifests[it].name.as_ref()?.known_text());
        names.any(|name| name.ends_with("_exporter") || name.ends_with("-exporter"))
    };
    units.peek().is_some() && units.all(exports)
}

/// Whether a document is code of libraries alone, by their packages of Rust.
fn is_of_library(repo: &Repo, document: DocumentId) -> bool {
    let units = repo.services_with(document).iter().map(|it| &repo.services()[*it]);
    let mut units = units.filter(|unit| !unit.rehearsal).peekable();
    units.peek().is_some() && units.all(|unit| is_library(repo, unit))
}

fn is_library(repo: &Repo, unit: &Service) -> bool {
    let mut manifests = unit.manifests.iter().map(|&it| &repo.facts.manifests[it]);
    // A program whose start is not known by its framework has that file still.
    let main = ["src/main.rs", "main.rs"]
        .iter()
        .any(|name| join(&unit.root, name).is_some_and(|path| repo.has_path(&path)));
    // Benchmarks and tests of a library begin, too.
    let aside = |entry: &Span| {
        let path = repo.path(*entry);
        ["/benches/", "/examples/", "/tests/"].iter().any(|folder| path.contains(folder))
    };
    !main
        && unit.images.is_empty()
        && unit.containers.is_empty()
        && unit.entries.iter().all(aside)
        && manifests.any(|it| it.ecosystem == Ecosystem::Cargo && it.programs.is_empty())
}
