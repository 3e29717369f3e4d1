//! What the services of a repository do with the ids that join the records of one request.

use super::Repo;
use super::services::Service;
use crate::facts::DocumentId;
use crate::facts::code::correlation::{IdUse, IdWords, words_in};
use crate::lang::quick::QuickMap;
use crate::source::Span;

/// What one service does with ids.
#[derive(Clone, Debug, Default)]
pub struct Correlation {
    /// Its first record.
    pub logs: Option<Span>,
    /// Its code, or its settings of logging, name the id of a request.
    pub request: bool,
    /// They name ids of traces.
    pub trace: bool,
    /// Its records may name the message, session or run that they belong to.
    pub piece: bool,
    /// Settings of its logging may name ids.
    pub settings: bool,
    /// It has such settings, and they name none by any word that is known.
    pub plain_settings: bool,
    /// Something adds ids to records by itself.
    pub bridged: bool,
    /// It makes or carries spans.
    pub traced: bool,
    /// An id is read from requests, or may be.
    pub inbound: bool,
    /// An id is written into requests, or may be.
    pub outbound: bool,
    /// Its first request to another service.
    pub asks: Option<Span>,
}

/// Keys for a piece of work that is no request over HTTP.
const PIECES: &[&str] = &[
    "cid",
    "msg_id",
    "msgid",
    "message_id",
    "session",
    "session_id",
    "sessionid",
    "conn_id",
    "connection_id",
    "delivery_id",
    "job_id",
    "run_id",
    "task_id",
];

/// Files of logging that say which ids records have.
const SETTINGS: &[&str] =
    &["logback", "log4j2", "log4j", "nlog", "logging", "application", "appsettings", "bootstrap"];

/// Packages that add ids to records.
const PACKAGES: &[&str] = &[
    "micrometer-tracing",
    "spring-cloud-starter-sleuth",
    "spring-boot-starter-opentelemetry",
    "opentelemetry-spring-boot-starter",
    "dd-trace",
    "ddtrace",
    "elastic-apm",
    "elasticapm",
    "newrelic",
    "applicationinsights",
    "sentry",
    "asgi-correlation-id",
    "django-guid",
    "django-request-id",
    "dockerflow",
    "flask-request-id",
    "express-request-id",
    "brokerapi",
    "bunyan-middleware",
    "express-bunyan-logger",
    "koa-bunyan-logger",
    "cls-rtracer",
    "correlationid",
    "Serilog.Enrichers.Span",
    "Serilog.Enrichers.CorrelationId",
    "quarkus-opentelemetry",
    "aws-xray",
    "google-cloud-logging",
];

impl Repo {
    /// What each service does with ids, in the order of `services`.
    pub fn correlations(&self) -> &[Correlation] {
        self.correlations.get_or_init(|| gather(self))
    }

    /// What a service does with ids.
    pub fn correlation_of(&self, service: &Service) -> Option<&Correlation> {
        let all = self.services();
        let at = all.iter().position(|one| std::ptr::eq(one, service))?;
        self.correlations().get(at)
    }

    /// What the services do with ids that a document is part of.
    pub fn correlations_with(&self, document: DocumentId) -> impl Iterator<Item = &Correlation> {
        let numbers = self.services_with(document).iter();
        numbers.filter_map(|number| self.correlations().get(*number))
    }
}

fn gather(repo: &Repo) -> Vec<Correlation> {
    let facts = &repo.facts;
    let words: QuickMap<DocumentId, &IdWords> =
        facts.id_words.iter().map(|one| (one.document, one)).collect();
    let uses: QuickMap<DocumentId, &IdUse> =
        facts.id_uses.iter().map(|one| (one.document, one)).collect();
    let mut asked: QuickMap<DocumentId, Span> = QuickMap::default();
    for call in &facts.outbound_calls {
        if call.protocol.is_request() {
            asked.entry(call.document).or_insert(call.name.span);
        }
    }
    let reaches = repo.all_reaches();
    let settings = settings(repo);
    let of = |(number, service): (usize, &Service)| {
        let mut found = Correlation::default();
        if let Some(reach) = reaches.get(number) {
            found.bridged = reach.agent;
            found.traced =
                reach.traced || reach.agent || reach.serves() || !reach.clients.is_empty();
        }
        for document in &service.documents {
            if let Some(words) = words.get(document) {
                found.request |= words.request;
                found.trace |= words.trace;
            }
            if let Some(used) = uses.get(document) {
                found.logs = found.logs.or(used.logs.filter(|at| !is_by_hand(repo.path(*at))));
                found.piece |= used.keys.iter().any(|key| PIECES.contains(&key.as_str()));
                found.bridged |= used.bridged;
                found.inbound |= used.inbound || used.header;
                found.outbound |= used.outbound || used.header;
            }
            found.asks = found.asks.or(asked.get(document).copied());
        }
        found.bridged |= repo.dependencies_of(service).any(|package| is_of_ids(&package.name.text));
        for (_, names) in settings.iter().filter(|(path, _)| is_below(path, &service.root)) {
            found.settings |= names;
            found.plain_settings |= !names;
        }
        found
    };
    repo.services().iter().enumerate().map(of).collect()
}

/// Whether a file is run by who works on the program: what changes a database, commands of Django.
fn is_by_hand(path: &str) -> bool {
    let scripts = ["alembic/env.py", "migrations/env.py"];
    scripts.iter().any(|it| path == *it || path.ends_with(&format!("/{it}")))
        || path.contains("/management/commands/")
}

/// Whether a package adds ids to records, or may: it is made to set telemetry up.
fn is_of_ids(name: &str) -> bool {
    PACKAGES.iter().any(|word| name.contains(word))
        || name
            .split(['-', '_', '/', '.', ':'])
            .any(|it| matches!(it, "telemetry" | "observability"))
}

/// Files of settings of logging, and whether they may name ids: by a word for them, or as what puts in
/// all that stands beside a record.
fn settings(repo: &Repo) -> Vec<(&str, bool)> {
    const MARKS: &[&str] = &[
        "%x{",
        "activityid",
        "activitytracking",
        "applicationinsights",
        "aspnet-",
        "enrich",
        "include ",
        "include-mdc",
        "includemdc",
        "includescopes",
        "mdc",
        "mdlc",
        "opentelemetry",
        "scopeproperty",
        "sleuth",
        "%mdc",
    ];
    let named = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        matches!(ending, "xml" | "properties" | "yml" | "yaml" | "json" | "config" | "ini" | "conf")
            && SETTINGS.iter().any(|word| {
                stem.strip_prefix(word)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.', '_']))
            })
    };
    let found = repo.sources.iter().filter(|source| named(&source.path));
    found
        .map(|source| {
            let text = source.look().to_ascii_lowercase();
            let (request, trace) = words_in(&text);
            let puts = MARKS.iter().any(|mark| text.contains(mark));
            (source.path.as_str(), request || trace || puts)
        })
        .collect()
}

fn is_below(path: &str, root: &str) -> bool {
    root.is_empty() || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'))
}
