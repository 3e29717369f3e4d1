//! Records of every step in production. Rule: rules/logs/debug-in-prod.yaml

use crate::check::Case;
use crate::facts::DocumentId;
use crate::facts::code::loggers::{LoggerSetup, Setup};
use crate::facts::code::logs::Level;
use crate::facts::deploy::Container;
use crate::facts::scalar::Scalar;
use crate::finding::Edit;
use crate::identify::Kind;
use crate::lang::path::last;
use crate::lang::profiles::{is_path_of_rehearsal, is_rehearsed};
use crate::repo::Repo;

/// Loggers that write the values that statements are given.
const BINDINGS: &[&str] = &[
    "org.hibernate.type",
    "org.hibernate.type.descriptor.sql",
    "org.hibernate.type.descriptor.sql.BasicBinder",
    "org.hibernate.orm.jdbc.bind",
    "org.springframework.jdbc.core.StatementCreatorUtils",
    "sql",
];

/// Variables that set the level of all records of a program.
const VARIABLES: &[&str] = &[
    "LOG_LEVEL",
    "LOGLEVEL",
    "LOGGING_LEVEL",
    "RUST_LOG",
    "LOGGING_LEVEL_ROOT",
    "LOGGING__LOGLEVEL__DEFAULT",
    "SERILOG__MINIMUMLEVEL",
    "SERILOG__MINIMUMLEVEL__DEFAULT",
    "QUARKUS_LOG_LEVEL",
];

pub(super) fn check(setup: &LoggerSetup, case: &mut Case<'_>) {
    let Setup::Level { logger, only } = &setup.setup else { return case.skip() };
    let repo = case.repo;
    let rehearsed = only.as_ref().is_some_and(|profiles| is_rehearsed(profiles));
    if rehearsed || is_rehearsal(repo, setup.document) || !runs(repo, setup.document) {
        return case.skip();
    }
    let Some(level) = setup.name.known_text() else { return };
    if let Some(what) = fault(repo, logger, level) {
        flag(setup.document, &setup.name, what, case);
    }
}

pub(super) fn check_container(container: &Container, case: &mut Case<'_>) {
    let repo = case.repo;
    let mut levels = container.env.entries.iter().filter(|(name, _)| {
        let upper = name.text.to_ascii_uppercase();
        VARIABLES.contains(&upper.as_str()) || upper.ends_with("_LOG_LEVEL")
    });
    if is_rehearsal(repo, container.document) || emulates(repo, container.document) {
        return case.skip();
    }
    let Some(first) = levels.next() else { return case.skip() };
    for (_, value) in std::iter::once(first).chain(levels) {
        // `debug,hyper=info` of Rust: what names no module holds for all.
        let Some(text) = value.known_text() else { continue };
        let whole = text.split(',').find(|it| !it.contains('=')).unwrap_or_default();
        if fault(repo, "root", whole).is_some() {
            flag(container.document, value, "of all code", case);
        }
    }
}

/// Whether a Compose file starts a stand-in for the stores of a cloud: it is for a developer's machine.
fn emulates(repo: &Repo, document: DocumentId) -> bool {
    const EMULATORS: &[&str] =
        &["/azurite", "azure-cosmos-emulator", "dynamodb-local", "fake-gcs-server", "localstack/"];
    repo.facts.containers.iter().any(|container| {
        container.document == document
            && container.workload == "compose"
            && container
                .image
                .as_ref()
                .is_some_and(|image| EMULATORS.iter().any(|name| image.text.contains(name)))
    })
}

/// What is written where it should not be.
fn fault(repo: &Repo, logger: &str, level: &str) -> Option<&'static str> {
    let loud = level_of(level).is_some_and(|level| level <= Level::Debug);
    if !loud {
        return None;
    }
    if BINDINGS.contains(&logger) {
        return Some("of statements, with the values they are given");
    }
    let root = logger.is_empty() || logger.eq_ignore_ascii_case("root");
    if root {
        return Some("of all code");
    }
    // A package of the repository, or one that holds it.
    let own = repo.facts.modules.iter().filter_map(|module| module.package.as_deref());
    let within = |package: &str, outer: &str| {
        package.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let mut own = own.filter(|package| package.contains('.') || *package == logger);
    own.any(|package| within(package, logger) || within(logger, package))
        .then_some("of its own code")
}

/// A level by any library's word for it: `DEBUG`, `DebugLevel`, `LevelDebug`.
fn level_of(word: &str) -> Option<Level> {
    let lower = word.trim().to_ascii_lowercase();
    let plain = lower.strip_suffix("level").or(lower.strip_prefix("level")).unwrap_or(&lower);
    Level::named(plain)
}

/// Whether a path says that it is not for production.
pub(super) fn is_rehearsal(repo: &Repo, document: DocumentId) -> bool {
    let path = &repo.source(document.source).path;
    repo.is_rehearsal(document)
        || repo.environment(document).is_some_and(|it| it != "production")
        || is_path_of_rehearsal(&path.to_ascii_lowercase())
}

/// Whether code is part of what runs and waits for others; settings are read by what runs.
fn runs(repo: &Repo, document: DocumentId) -> bool {
    if !repo.document(document).kind.is_code() {
        return true;
    }
    let services = repo.services_with(document);
    !repo.is_errand(document)
        && services.iter().any(|number| {
            let service = &repo.services()[*number];
            service.runs() && !service.rehearsal
        })
}

fn flag(document: DocumentId, value: &Scalar, what: &'static str, case: &mut Case<'_>) {
    let kind = case.repo.document(document).kind;
    let path = &case.repo.source(document.source).path;
    let net = kind == Kind::Csharp || last(path).starts_with("appsettings");
    let text = value.text.as_str();
    let quiet = quieter(text, net);
    let flag = case.flag(value.span).with("level", text).with("what", what);
    // What a call's name says is no word to change.
    if let Some(quiet) = quiet.filter(|_| value.span.range().len() >= text.len()) {
        let written = value.place(0, text.len());
        if written.range().len() == text.len() {
            let title = format!("Write from `{quiet}` on");
            flag.fix(false, title, vec![Edit { span: written, text: quiet }]);
        }
    }
}

/// The word for information in the manner of a word for debugging.
fn quieter(word: &str, net: bool) -> Option<String> {
    let loud = ["debug", "trace", "verbose", "silly", "finest", "finer", "fine", "all"];
    let lower = word.to_ascii_lowercase();
    let (at, len) = loud.iter().find_map(|loud| Some((lower.find(loud)?, loud.len())))?;
    let old = &word[at..at + len];
    let new = match old.chars().next() {
        _ if old.chars().all(|c| c.is_ascii_uppercase()) => "INFO",
        Some(c) if c.is_ascii_uppercase() => {
            if net {
                "Information"
            } else {
                "Info"
            }
        }
        _ => "info",
    };
    Some(format!("{}{new}{}", &word[..at], &word[at + len..]))
}
