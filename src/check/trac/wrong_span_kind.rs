//! TRAC008: a span of a request to others says that it is work of the service itself.

use crate::catalogue::model::Severity;
use crate::check::{Case, mend};
use crate::facts::code::spans::{SpanRole, SpanScope};
use crate::finding::Edit;
use crate::identify::Kind;
use crate::repo::Repo;
use crate::source::Span;

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
    let edit = client(scope, case).filter(|_| wanted == "CLIENT");
    let mut flag = case
        .flag(scope.at)
        .with("key", found.key.text.clone())
        .with("wanted", wanted)
        .related(found.key.span, "what it says of the other side");
    if below {
        flag = flag.severity(Severity::Info);
    }
    if let Some(edit) = edit {
        flag.fix(false, "say that it asks somebody else", vec![edit]);
    }
}

/// The call that starts the span, with the kind of a client, in words that the file knows.
fn client(scope: &SpanScope, case: &Case<'_>) -> Option<Edit> {
    let repo = case.repo;
    let text = repo.source(scope.at.source).text();
    let name = repo.text(scope.at);
    if repo.document(scope.document).kind == Kind::Rust {
        return client_of_rust(scope, repo);
    }
    let arguments = mend::arguments(repo, scope.at)?;
    let given = repo.text(arguments);
    let imported = text.contains("SpanKind");
    match repo.document(scope.document).kind {
        Kind::Python if !given.contains("kind") => {
            let kind = match imported && text.contains("import SpanKind") {
                true => "kind=SpanKind.CLIENT",
                false if text.contains("from opentelemetry import trace") => {
                    "kind=trace.SpanKind.CLIENT"
                }
                false => return None,
            };
            mend::argument(repo, scope.at, kind)
        }
        Kind::Go if text.contains("\"go.opentelemetry.io/otel/trace\"") => {
            mend::argument(repo, scope.at, "trace.WithSpanKind(trace.SpanKindClient)")
        }
        Kind::Java if name == "startSpan" && imported => {
            let dot = text[..scope.at.start as usize].rfind('.')?;
            let span = Span::new(scope.at.source, dot, dot);
            Some(Edit { span, text: ".setSpanKind(SpanKind.CLIENT)".to_owned() })
        }
        Kind::Javascript | Kind::Typescript
            if imported && mend::count(repo, scope.at) == Some(1) =>
        {
            mend::argument(repo, scope.at, "{ kind: SpanKind.CLIENT }")
        }
        Kind::Csharp if mend::count(repo, scope.at) == Some(1) => {
            mend::argument(repo, scope.at, "ActivityKind.Client")
        }
        _ => None,
    }
}

/// The same in Rust: a field of the macro, or a step of the builder.
fn client_of_rust(scope: &SpanScope, repo: &Repo) -> Option<Edit> {
    let text = repo.source(scope.at.source).text();
    let (start, end) = (scope.at.start as usize, scope.at.end as usize);
    if text[end..].starts_with("!(") {
        let name = Span::new(scope.at.source, start, end + 1);
        return mend::argument(repo, name, "otel.kind = \"client\"");
    }
    let dot = text[..start].rfind('.')?;
    let chain = text[..dot].rsplit([';', '{', '}']).next()?;
    let built = repo.text(scope.at) == "start"
        && chain.contains(".span_builder(")
        && text.contains("SpanKind");
    let at = Span::new(scope.at.source, dot, dot);
    built.then(|| Edit { span: at, text: ".with_kind(SpanKind::Client)".to_owned() })
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
