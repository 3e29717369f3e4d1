//! Fields of an application's JSON that nobody takes apart. Rule:
//! rules/lsth/json-never-parsed.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::logstash::{Pipeline, Plugin, Role};
use crate::lang::logstash::event::path;
use crate::repo::logstash::events::Joined;

/// Inputs that hand on a line as it is, unless a codec takes it apart.
const RAW: &[&str] = &[
    "beats",
    "elastic_agent",
    "exec",
    "file",
    "kafka",
    "lumberjack",
    "pipe",
    "s3",
    "stdin",
    "tcp",
    "udp",
    "unix",
];
/// Codecs that take nothing apart.
const PLAIN: &[&str] = &["plain", "line", "multiline", "dots"];
/// Filters that make fields out of a text, or take them from elsewhere.
const PARSERS: &[&str] = &[
    "aggregate",
    "csv",
    "dissect",
    "elasticsearch",
    "grok",
    "http",
    "jdbc_static",
    "jdbc_streaming",
    "json",
    "kv",
    "memcached",
    "ruby",
    "split",
    "translate",
    "xml",
    "elastic_integration",
];
/// Fields that applications write into their records.
const FIELDS: &[&str] = &[
    "app",
    "correlation_id",
    "duration",
    "duration_ms",
    "exception",
    "level",
    "log_level",
    "logger",
    "logger_name",
    "loglevel",
    "msg",
    "request_id",
    "requestId",
    "service",
    "service_name",
    "severity",
    "spanId",
    "span_id",
    "stack_trace",
    "status_code",
    "thread",
    "thread_name",
    "timestamp",
    "traceId",
    "trace_id",
    "ts",
    "userId",
    "user_id",
];

pub(super) fn check(pipeline: &Pipeline, case: &mut Case<'_>) {
    let joined = case.repo.joined(pipeline.document);
    if joined.is_open() || joined.plugins().any(|plugin| plugin.open) {
        return;
    }
    let parsed = joined.of_role(Role::Filter).any(|filter| {
        let name = filter.name.text.as_str();
        PARSERS.contains(&name) || crate::plugins::plugin("filter", name).is_none()
    });
    let raw = joined.of_role(Role::Input).find(|input| is_raw(input));
    let Some(input) = raw.filter(|_| !parsed) else { return };
    let from_beats = matches!(input.name.text.as_str(), "beats" | "elastic_agent" | "lumberjack");
    let decoded = case.repo.shippers_decode();
    if from_beats && decoded == Some(true) {
        return;
    }
    let mut reads = pipeline.reads(case.repo.plugins(pipeline.document)).into_iter();
    let read =
        reads.find(|(field, _)| FIELDS.contains(&field.as_str()) && !is_made(field, &joined));
    // The first part of the pipeline that reads one speaks for all.
    let before = joined.parts.iter().take_while(|part| **part != pipeline.document).any(|part| {
        case.repo.pipeline(*part).is_some_and(|other| {
            let reads = other.reads(case.repo.plugins(*part));
            reads
                .iter()
                .any(|(field, _)| FIELDS.contains(&field.as_str()) && !is_made(field, &joined))
        })
    });
    let Some((field, span)) = read.filter(|_| !before) else { return };
    let name = &input.name.text;
    let flag = case.flag(span).with("field", field).with("input", name);
    let flag = flag.related(input.name.span, "what comes in here stays one line of text");
    // Without the shipper's configuration nobody can tell whether it takes the record apart.
    if from_beats && decoded.is_none() {
        flag.severity(Severity::Warning);
    }
}

fn is_raw(input: &Plugin) -> bool {
    let codec = input.codec().map(|codec| codec.text.as_str());
    RAW.contains(&input.name.text.as_str()) && codec.is_none_or(|codec| PLAIN.contains(&codec))
}

/// Whether the pipeline itself makes the field.
fn is_made(field: &str, joined: &Joined<'_>) -> bool {
    joined.plugins().filter(|plugin| plugin.role != Role::Output).any(|plugin| {
        plugin.options.iter().any(|option| match option.name.text.as_str() {
            "add_field" | "replace" | "update" | "coerce" => {
                option.value.pairs().iter().any(|(key, value)| {
                    let own = value
                        .scalar()
                        .is_some_and(|value| value.text.contains(&format!("%{{{field}}}")));
                    path(&key.text).first() == Some(&field) && !own
                })
            }
            "rename" | "copy" => option.value.pairs().iter().any(|(_, value)| {
                value.scalar().is_some_and(|value| path(&value.text).first() == Some(&field))
            }),
            "target" | "field" => {
                option.value.scalar().is_some_and(|value| path(&value.text).first() == Some(&field))
            }
            _ => false,
        })
    })
}
