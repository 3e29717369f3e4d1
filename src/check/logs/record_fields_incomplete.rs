//! Records without what a record needs. Rule: rules/logs/record-fields-incomplete.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::lang::path::last;
use crate::lang::records::Part;
use crate::lang::sensitive::words;
use crate::repo::Repo;
use crate::repo::services::{Certainty, Service, Signal};
use crate::source::Span;

pub(super) fn check(service: &Service, case: &mut Case<'_>) {
    if !service.runs() || !service.is_readable() || service.rehearsal {
        return case.skip();
    }
    let style = case.repo.log_style(service);
    // Of text another rule speaks.
    let (Some(record), Some(form)) = (style.record, style.structured) else { return case.skip() };
    let records = case.repo.records_of(service);
    let needed = records.missing(true);
    let repo = case.repo;
    let (missing, severity) = match needed.as_slice() {
        [] => (records.missing(false), Severity::Warning),
        // What wrote a record and what it says nobody else can add.
        parts if parts.iter().any(|it| matches!(it, Part::Level | Part::Message)) => {
            (needed, Severity::Error)
        }
        // A platform that takes what a program prints adds when and where it was printed; a cloud's
        // store of records has one part for each deployment.
        _ if repo.platform_takes_records(service) || repo.ships_to_cloud() => {
            (needed, Severity::Warning)
        }
        // Whose records they are, what ships them may say: if it is not here, nobody knows.
        parts if !parts.contains(&Part::Time) => {
            let here = repo.ships_records_of(service);
            (needed, if here { Severity::Error } else { Severity::Warning })
        }
        // Of a form that nobody chose, nobody looked at what it lacks; where it is printed may tell.
        _ if is_default(repo, form) => (needed, Severity::Warning),
        _ => (needed, Severity::Error),
    };
    if missing.is_empty() {
        return;
    }
    // Where several forms are there, or somebody starts it on a machine of their own, what runs may
    // have another.
    let sure = style.open.is_none_or(|open| open == form)
        && !is_of_developers(&repo.source(form.source).path);
    let severity = match service.certainty_of(Signal::Logs) {
        Certainty::Certain if sure => severity,
        Certainty::Certain => severity.min(Severity::Warning),
        Certainty::Likely => severity.min(Severity::Warning),
        Certainty::Doubtful => severity.min(Severity::Info),
    };
    case.flag(form)
        .with("name", service.name.clone())
        .with("missing", listed(&missing))
        .severity(severity)
        .related(record, "a record is written here");
}

/// Whether records have the form that a library has by default: `winston.createLogger({})`.
fn is_default(repo: &Repo, form: Span) -> bool {
    repo.source(form.source).look().get(form.range()) == Some("createLogger")
}

/// Whether a file is what starts a program for who works on it, by its name: `local.ts`.
fn is_of_developers(path: &str) -> bool {
    let stem = last(path).split('.').next().unwrap_or_default();
    words(stem)
        .iter()
        .any(|word| matches!(word.as_str(), "dev" | "development" | "local" | "offline"))
}

/// `time, level and service`.
fn listed(parts: &[Part]) -> String {
    let names: Vec<&str> = parts.iter().map(|part| part.name()).collect();
    match names.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        names => names.concat(),
    }
}
