//! Records without what a record needs. Rule: rules/logs/record-fields-incomplete.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::lang::records::Part;
use crate::repo::services::{Certainty, Service, Signal};

pub(super) fn check(service: &Service, case: &mut Case<'_>) {
    if !service.runs() || !service.is_readable() || service.rehearsal {
        return case.skip();
    }
    let style = case.repo.log_style(service);
    // Of text another rule speaks.
    let (Some(record), Some(form)) = (style.record, style.structured) else { return case.skip() };
    let records = case.repo.records_of(service);
    let needed = records.missing(true);
    let (missing, severity) = match needed.as_slice() {
        [] => (records.missing(false), Severity::Warning),
        // A platform that takes what a program prints adds when and where it was printed.
        parts
            if case.repo.platform_takes_records(service)
                && parts.iter().all(|it| !matches!(it, Part::Level | Part::Message)) =>
        {
            (needed, Severity::Warning)
        }
        // A cloud's store of records has one part for each deployment.
        [Part::Environment] if case.repo.ships_to_cloud() => (needed, Severity::Warning),
        // What ships the records, if it is not here, may say whose they are.
        parts if parts.iter().all(|it| matches!(it, Part::Service | Part::Environment)) => {
            let here = case.repo.ships_logs();
            (needed, if here { Severity::Error } else { Severity::Warning })
        }
        _ => (needed, Severity::Error),
    };
    if missing.is_empty() {
        return;
    }
    let severity = match service.certainty_of(Signal::Logs) {
        Certainty::Certain => severity,
        Certainty::Likely => severity.min(Severity::Warning),
        Certainty::Doubtful => severity.min(Severity::Info),
    };
    case.flag(form)
        .with("name", service.name.clone())
        .with("missing", listed(&missing))
        .severity(severity)
        .related(record, "a record is written here");
}

/// `time, level and service`.
fn listed(parts: &[Part]) -> String {
    let names: Vec<&str> = parts.iter().map(|part| part.name()).collect();
    match names.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        names => names.concat(),
    }
}
