//! Records that show another time than UTC. Rule: rules/logs/timestamp-not-utc.yaml

use crate::catalogue::model::Severity;
use crate::check::{Case, mend};
use crate::facts::code::loggers::{LoggerSetup, Setup};
use crate::finding::Edit;
use crate::identify::Kind;
use crate::source::Span;

pub(super) fn check(setup: &LoggerSetup, case: &mut Case<'_>) {
    let Setup::Clock { fault, right } = setup.setup else { return case.skip() };
    let Some(fault) = fault.filter(|_| !case.repo.is_errand(setup.document)) else { return };
    // The machine's time is UTC where its container says so.
    let service = case.repo.service_of(setup.document);
    let utc = service.and_then(|service| {
        let containers = service.containers.iter().map(|it| &case.repo.facts.containers[*it]);
        let mut zones = containers.flat_map(|container| &container.env.entries);
        zones.find(|(key, value)| {
            key.text == "TZ" && matches!(value.text.as_str(), "UTC" | "Etc/UTC" | "GMT")
        })
    });
    let severity = if right || utc.is_some() { Severity::Info } else { Severity::Warning };
    let edit = in_utc(setup, case);
    let flag = case.flag(setup.name.span).with("fault", fault).severity(severity);
    let flag = match utc {
        Some((key, _)) => flag.related(key.span, "the container's time is UTC"),
        None => flag,
    };
    if let Some(edit) = edit {
        flag.fix(false, "take the time of UTC", vec![edit]);
    }
}

/// The same time in UTC, where one word makes it so.
fn in_utc(setup: &LoggerSetup, case: &Case<'_>) -> Option<Edit> {
    let (repo, span) = (case.repo, setup.name.span);
    let text = repo.source(span.source).text();
    let written = repo.text(span);
    let rest = text.get(span.end as usize..)?;
    let edit = |text: &str| Some(Edit { span, text: text.to_owned() });
    match (repo.document(setup.document).kind, written) {
        (Kind::Javascript | Kind::Typescript, "toLocaleString") if rest.starts_with("()") => {
            edit("toISOString")
        }
        (Kind::Csharp, "DateTime.Now") => edit("DateTime.UtcNow"),
        (Kind::Go, "SetFlags") => {
            let arguments = mend::arguments(repo, span)?;
            let flags = repo.text(arguments);
            let log = flags.contains("log.").then_some("log.LUTC")?;
            Some(Edit { span: arguments.at_end(), text: format!(" | {log}") })
        }
        // `now()` in a zone is another time than `now() + "Z"` only where the machine's is not UTC.
        (Kind::Python, "now" | "utcnow") if rest.starts_with("()") => {
            let import = "from datetime import datetime\n";
            let at = text.find("from datetime import datetime, timezone\n").is_some();
            if !at
                || !text.contains(import.trim_end())
                || rest.starts_with("().isoformat() + \"Z\"")
            {
                return None;
            }
            let span = Span::new(span.source, span.start as usize, span.end as usize + 2);
            Some(Edit { span, text: "now(timezone.utc)".to_owned() })
        }
        _ => None,
    }
}
