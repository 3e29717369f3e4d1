//! TRAC008: a span of a request to others says that it is work of the service itself.

use super::client_kind;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::spans::{SpanRole, SpanScope};

/// Attributes of spans that call others.
const CLIENT: &[&str] = &[
    "url.full",
    "http.url",
    "db.system",
    "db.system.name",
    "db.statement",
    "db.query.text",
    "db.operation",
    "db.operation.name",
    "db.name",
    "db.namespace",
    "db.sql.table",
    "db.collection.name",
    "rpc.system",
    "rpc.method",
    "rpc.service",
];
/// Attributes of spans that answer.
const SERVER: &[&str] =
    &["http.route", "http.target", "url.path", "http.server_name", "client.address"];
/// Attributes of messages.
const MESSAGES: &[&str] = &[
    "messaging.system",
    "messaging.operation",
    "messaging.operation.type",
    "messaging.operation.name",
    "messaging.destination",
    "messaging.destination.name",
];
/// Attributes that say the kind in other words.
const KINDS: &[&str] = &["otel.kind", "span.kind"];

pub(super) fn check<'a>(scope: &'a SpanScope, case: &mut Case<'a>) {
    let repo = case.repo;
    let of = |keys: &[&str]| repo.attributes_of(scope).find(|it| keys.iter().any(|key| it.is(key)));
    let plain = matches!(scope.role, SpanRole::Default | SpanRole::Internal);
    let (found, wanted) = match (of(MESSAGES), of(CLIENT)) {
        (Some(found), _) => (found, "PRODUCER or CONSUMER"),
        (None, Some(found)) => (found, "CLIENT"),
        (None, None) => return case.skip(),
    };
    if !plain || of(SERVER).is_some() || of(KINDS).is_some() {
        return;
    }
    // The library below makes a span of the right kind.
    let below = found.key.text.to_ascii_lowercase().starts_with("db")
        && repo
            .reaches(scope.document)
            .any(|reach| reach.agent || reach.clients.iter().any(|it| DATABASES.contains(it)));
    let edits = client_kind::client(repo, scope).filter(|_| wanted == "CLIENT");
    let mut flag = case
        .flag(scope.at)
        .with("key", found.key.text.clone())
        .with("wanted", wanted)
        .related(found.key.span, "what it says of the other side");
    if below {
        flag = flag.severity(Severity::Info);
    }
    if let Some(edits) = edits {
        flag.fix(false, "say that it asks somebody else", edits);
    }
}

/// Libraries of databases, by the names of what instruments them.
const DATABASES: &[&str] = &[
    "all",
    "sqlalchemy",
    "psycopg",
    "asyncpg",
    "mysql",
    "redis",
    "pymongo",
    "sql",
    "gorm",
    "pgx",
    "mongo",
    "jdbc",
    "mongodb",
    "pg",
    "prisma",
    "npgsql",
    "sqlclient",
    "ef",
];
