//! Code that logs JSON: by the names of what makes it, which mean nothing else.

use crate::facts::{DocumentId, FileFacts};
use crate::identify::Kind;
use crate::source::Span;

/// Code that logs JSON.
#[derive(Clone, Debug)]
pub struct JsonLogging {
    /// Where it came from.
    pub document: DocumentId,
    /// The name of what makes it.
    pub span: Span,
}

/// What makes JSON of log records, by language.
const MAKERS: &[(Kind, &[&str])] = &[
    (Kind::Python, &["pythonjsonlogger", "processors.JSONRenderer", "JsonFormatter("]),
    (Kind::Go, &["slog.NewJSONHandler(", "zap.NewProduction(", "logrus.JSONFormatter{"]),
    (Kind::Java, &["LogstashEncoder", "EcsLayout"]),
    (
        Kind::Javascript,
        &["require('pino')", "require(\"pino\")", "winston.format.json()", "bunyan.createLogger("],
    ),
    (Kind::Typescript, &["from 'pino'", "from \"pino\"", "winston.format.json()", "format.json()"]),
    (Kind::Rust, &["tracing_subscriber::fmt().json()"]),
    (Kind::Csharp, &["CompactJsonFormatter", "AddJsonConsole("]),
];

/// Reads the first sign of it in a source text that begins at `start` of its file.
pub(in crate::facts) fn read(
    kind: Kind,
    text: &str,
    start: usize,
    document: DocumentId,
    facts: &mut FileFacts,
) {
    let makers = MAKERS.iter().find(|(of, _)| *of == kind).map_or(&[][..], |(_, makers)| makers);
    let found = makers.iter().filter_map(|maker| Some((text.find(maker)?, maker))).min();
    if let Some((at, maker)) = found {
        let len = maker.trim_end_matches(['(', '{']).len();
        let span = Span::new(document.source, start + at, start + at + len);
        facts.json_logging.push(JsonLogging { document, span });
    }
}
