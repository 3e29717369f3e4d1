//! Errors that nobody hears of. Rule: rules/logs/swallowed-exception.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::DocumentId;
use crate::facts::code::handlers::{Excuse, Fate, Handler};
use crate::lang::sensitive::words;
use crate::repo::Repo;

pub(super) fn check(handler: &Handler, case: &mut Case<'_>) {
    if !handler.broad {
        return case.skip();
    }
    let (what, severity) = match handler.fate {
        Fate::Kept => return,
        // What is sent, written or carried out is certainly missed; of all else nobody knows.
        Fate::Dropped if handler.missed => ("thrown away", Severity::Error),
        Fate::Dropped => ("thrown away", Severity::Warning),
        Fate::Answered => ("answered without a record of it", Severity::Error),
        Fate::Refused => ("answered without a record of it", Severity::Warning),
        // Whoever gets the value may take it for what it is.
        Fate::Replaced => ("replaced by a value, without a record of it", Severity::Warning),
        Fate::Printed => ("printed and not logged", Severity::Info),
    };
    let told = || handler.asks.iter().any(|name| case.repo.telling_functions().contains(name));
    let excuse = handler.excuse.or_else(|| told().then_some(Excuse::Told));
    let excuse = excuse.map(|excuse| format!(" ({})", excuse.words()));
    let severity = match severity {
        _ if excuse.is_some() => Severity::Info,
        // Nobody counts on an example.
        _ if case.repo.is_aside(handler.document) => Severity::Info,
        // What a handler of gRPC gives back is recorded by what stands around it.
        Severity::Error if handler.fate == Fate::Answered && is_intercepted(case, handler) => {
            Severity::Warning
        }
        // Whoever runs it by hand sees what it did.
        Severity::Error if case.repo.is_errand(handler.document) => Severity::Warning,
        severity => severity,
    };
    case.flag(handler.name.span)
        .with("what", what)
        .with("excuse", excuse.unwrap_or_default())
        .severity(severity);
}

/// Go: whether a handler gives a status back, and its server records each call with its status.
fn is_intercepted(case: &Case<'_>, handler: &Handler) -> bool {
    const LOGGERS: &[&str] = &[
        "github.com/grpc-ecosystem/go-grpc-middleware/logging/",
        "github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/logging",
    ];
    const STATUS: &[&str] = &["connectrpc.com/connect", "google.golang.org/grpc/status"];
    let repo = case.repo;
    let services = repo.services_with(handler.document);
    imports(repo, handler.document, STATUS)
        && !services.is_empty()
        && services.iter().all(|number| {
            let mut documents = repo.services()[*number].documents.iter();
            documents.any(|it| imports(repo, *it, LOGGERS) || records_calls(repo, *it))
        })
}

fn imports(repo: &Repo, document: DocumentId, names: &[&str]) -> bool {
    let mut own = repo.facts.modules.iter().filter(|it| it.document == document);
    own.any(|it| it.imports.iter().any(|import| names.iter().any(|name| import.starts_with(name))))
}

/// Whether a file is one of an interceptor that writes records of calls: `LoggingInterceptor`.
fn records_calls(repo: &Repo, document: DocumentId) -> bool {
    const LOGS: &[&str] = &["log", "logger", "logging", "logs"];
    let says = |text: &str| words(text).iter().any(|word| LOGS.contains(&word.as_str()));
    let tellers = || repo.facts.tellers.iter().filter(|it| it.document == document && it.logs);
    tellers().any(|it| it.around)
        && (says(&repo.source(document.source).path) || tellers().any(|it| says(&it.name)))
        && imports(repo, document, &["connectrpc.com/connect", "google.golang.org/grpc"])
}
