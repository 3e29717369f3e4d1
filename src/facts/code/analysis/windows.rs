//! Windows of time that queries are given, without a zone.

use super::super::around::Around;
use super::super::file::{Call, File};
use super::{Slip, Sum};
use crate::facts::FileFacts;
use crate::facts::scalar::Scalar;
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, StmtKind};
use crate::source::Span;
use std::collections::BTreeSet;

/// Words of stores of telemetry.
const STORES: &[&str] = &[
    "jaeger",
    "tempo",
    "zipkin",
    "trace",
    "span",
    "prometheus",
    "prom_",
    "prom.",
    "loki",
    "elastic",
    "opensearch",
    "influx",
    "mimir",
    "thanos",
    "victoria",
    "metric",
    "query_range",
    "clickhouse",
    "cloudwatch",
];
/// What queries call the ends of a window.
const ENDS: &[&str] = &[
    "start",
    "end",
    "from",
    "to",
    "begin",
    "since",
    "until",
    "start_time",
    "end_time",
    "starttime",
    "endtime",
    "from_time",
    "to_time",
    "gte",
    "lte",
    "gt",
    "lt",
    "time",
    "time_range",
    "timerange",
    "window",
];
/// Names of methods that ask.
const ASKS: &[&str] =
    &["query", "search", "get", "find", "fetch", "range", "list", "load", "select", "count"];
/// What gives a time its zone, or makes a point in time of it.
const ZONED: &[&str] = &[
    "timestamp",
    "astimezone",
    "atZone",
    "atOffset",
    "toInstant",
    "toEpochSecond",
    "ToUniversalTime",
    "ToUnixTimeSeconds",
    "ToUnixTimeMilliseconds",
    "and_local_timezone",
    "localize",
    "and_utc",
    "toEpochMilli",
];

/// A time without a zone: where its word stands, and what to write where to give it one.
type Naive = (ExprId, Span, Option<(Span, String)>);

/// What only writes a time in another form.
const WRITES: &[&str] = &["str", "format", "String", "toString", "quote", "urlencode", "urljoin"];

pub(super) fn read(file: &File<'_, '_>, around: &Around<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    let calls: Vec<(&Call, &'static Api)> = file.of_role(Role::LocalTime).collect();
    let mut naive: Vec<Naive> = Vec::new();
    for (call, api) in calls {
        let named = file.argument(call, api, "zone").is_some();
        if named || !unit.args(call.id).is_empty() && api.get("zone").is_none() {
            continue;
        }
        naive.push((call.id, file.callee_span(call.id), with_zone(file, call)));
    }
    // `DateTime.Now` is no call.
    if unit.language == Language::Csharp {
        for id in super::ids(file) {
            let ExprKind::Member { name, .. } = unit.expr(id) else { continue };
            let local = *name == "Now"
                && file
                    .names
                    .path(id)
                    .is_some_and(|path| file.table.role(&path, Role::LocalTime).is_some());
            if local {
                let mut at = unit.place(id);
                at.start = at.end - 3;
                naive.push((id, file.span(&at), None));
            }
        }
    }
    for (id, span, zone) in naive {
        let query = goes_to(file, around, id).map(|query| file.callee_span(query));
        let text = unit.slice(&unit.place(id)).to_owned();
        facts.sums.push(Sum {
            document: file.document,
            name: Scalar { text, span, known: true, plain: false },
            slip: Slip::Window { query, zone },
        });
    }
}

/// `datetime.now()` with its zone, where the file knows the name.
fn with_zone(file: &File<'_, '_>, call: &Call) -> Option<(Span, String)> {
    let unit = file.unit;
    if unit.language != Language::Python || call.name() != "now" {
        return None;
    }
    let known =
        unit.imports.iter().any(|it| it.local == "timezone" && it.path == "datetime.timezone");
    let module = unit.imports.iter().find(|it| it.path == "datetime" && !it.local.is_empty());
    let zone = match (known, module) {
        (true, _) => "timezone.utc".to_owned(),
        (false, Some(module)) => format!("{}.timezone.utc", module.local),
        _ => return None,
    };
    let at = unit.place(call.id);
    let end = at.end.checked_sub(1)?;
    Some((file.span(&(end..end)), zone))
}

/// The query that a time goes to, by names of its function.
fn goes_to(file: &File<'_, '_>, around: &Around<'_, '_>, id: ExprId) -> Option<ExprId> {
    let unit = file.unit;
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut open = vec![id];
    let function = unit.function_of(id);
    for _ in 0..64 {
        let at = open.pop()?;
        if around.chain(at).iter().any(|name| ZONED.contains(name)) {
            continue;
        }
        let mut last = at;
        let mut zoned = false;
        for up in around.upward(at) {
            if let ExprKind::Call { callee, .. } = unit.expr(up)
                && up != id
                && *callee != last
            {
                if asks_store(file, up, last) {
                    return Some(up);
                }
                // Whatever else takes it may do anything with it.
                zoned |= !file.called(up).is_some_and(|name| WRITES.contains(&name));
            }
            last = up;
        }
        let Some(stmt) = around.whole(last).filter(|_| !zoned) else { continue };
        if let StmtKind::Let { targets, value: Some(value), .. } = unit.stmt(stmt)
            && *value == last
            && let [target] = targets.as_slice()
            && let ExprKind::Name(name) = unit.expr(*target)
            && function != FunctionId(0)
            && seen.insert(name)
        {
            open.extend(around.reads(name, function));
        }
    }
    None
}

/// Whether a call asks a store of telemetry, and an argument is an end of its window.
fn asks_store(file: &File<'_, '_>, call: ExprId, argument: ExprId) -> bool {
    let unit = file.unit;
    let Some(name) = file.called(call) else { return false };
    let ExprKind::Call { callee, args, .. } = unit.expr(call) else { return false };
    // Clients of AWS take a time without a zone for one of here, and send its zone.
    let path = file.names.path(*callee).unwrap_or_default();
    if path.starts_with("boto3.") || path.starts_with("botocore.") {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    let asks = ASKS.iter().any(|word| lower.contains(word));
    let named = args.iter().find(|arg| arg.value == argument).and_then(|arg| arg.name);
    let end = |text: &str| ENDS.contains(&text.to_ascii_lowercase().as_str());
    let by_key = unit.all_in(argument).into_iter().any(|part| match unit.expr(part) {
        ExprKind::Map { entries, .. } => entries.iter().any(|(key, _)| {
            key.is_some_and(|key| match unit.expr(key) {
                ExprKind::Text(text) => end(text),
                ExprKind::Name(name) => end(name),
                _ => false,
            })
        }),
        _ => false,
    });
    let whole = unit.slice(&unit.place(*callee)).to_ascii_lowercase();
    let address = args.iter().any(|arg| {
        let text = unit.slice(&unit.place(arg.value)).to_ascii_lowercase();
        text.contains("/api/")
            || text.contains("jaeger")
            || text.contains("prometheus")
            || text.contains("loki")
    });
    let store = STORES.iter().any(|word| whole.contains(word)) || address;
    asks && store && (named.is_some_and(end) || by_key || (named.is_none() && lower.len() > 3))
}
