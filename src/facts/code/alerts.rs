//! Code that handles alerts: whose messages it reads, and what it looks up by their labels.

use super::file::File;
use super::payload::{self, Read};
use super::tables::{self, Pairs};
use super::{AlertHandler, NameMap, Payload};
use crate::facts::FileFacts;
use crate::facts::scalar::Scalar;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, FunctionId};
use std::collections::{BTreeMap, BTreeSet};

/// Keys of Alertmanager's message that no other has.
const ALERTMANAGER: &[&str] = &["alertname", "commonLabels", "groupLabels", "commonAnnotations"];
/// Keys of the messages of services that Alertmanager calls.
const VENDOR: &[&str] = &["event_type", "messages", "incident", "integrationName", "occurred_at"];

pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    if !file.unit.text.contains("lert") {
        return;
    }
    let reads = payload::reads(file);
    let lookups = Lookups::of(file);
    let alerts = maps(file, &lookups.alerts, is_name);
    if !tells(file, &reads) && !alerts.iter().any(|map| map.looked_up) {
        return;
    }
    let telling = |read: &&Read| {
        ALERTMANAGER.contains(&read.key.as_str())
            || matches!(read.key.as_str(), "alerts" | "labels" | "annotations")
    };
    let Some(first) = reads.iter().find(telling) else { return };
    let vendor = reads.iter().any(|read| read.by_key && VENDOR.contains(&read.key.as_str()));
    let text = file.unit.text;
    let polls = ["/api/v1/alerts", "/api/v2/alerts"].iter().any(|path| text.contains(path));
    let payload = match vendor {
        true => Payload::Vendor,
        false if is_received(file, &reads) => Payload::Alertmanager,
        false => Payload::Unknown,
    };
    facts.alert_handlers.push(AlertHandler {
        document: file.document,
        name: name_of(file, first),
        payload,
        polls,
        alerts,
        severities: maps(file, &lookups.severities, |_| true)
            .into_iter()
            .filter(|map| map.looked_up)
            .collect(),
    });
}

/// Whether what a file reads is an alert's message.
pub(super) fn tells(file: &File<'_, '_>, reads: &[Read]) -> bool {
    let keys: BTreeSet<&str> = reads.iter().map(|read| read.key.as_str()).collect();
    let by_key: BTreeSet<&str> =
        reads.iter().filter(|read| read.by_key).map(|read| read.key.as_str()).collect();
    let has = |key: &str| keys.contains(key);
    let parts = has("labels") || has("annotations");
    // Dictionaries say what they hold; members of types have these names elsewhere too.
    ALERTMANAGER.iter().any(|key| has(key))
        || (by_key.contains("alerts") && parts)
        || (by_key.contains("labels") && by_key.contains("annotations") && has("severity"))
        || (has("alerts") && has("labels") && has("annotations"))
        || (imports_alertmanager(file) && has("alerts"))
        || (parts && reads.iter().any(|read| read.key == "alerts" && is_sent(file, read)))
}

fn imports_alertmanager(file: &File<'_, '_>) -> bool {
    let mut libraries =
        file.unit.imports.iter().filter_map(|import| file.table.library(&import.path));
    libraries.any(|library| library.name == "alertmanager")
}

/// Whether a read is one of what a request brings.
pub(super) fn is_sent(file: &File<'_, '_>, read: &Read) -> bool {
    payload::is_body(file, read.holder) || payload::is_filled_by_request(file, read.holder)
}

/// Whether the message is sent here, and not a text of a page or a question to a server.
fn is_received(file: &File<'_, '_>, reads: &[Read]) -> bool {
    file.unit.language == Language::Python
        || imports_alertmanager(file)
        || reads.iter().any(|read| is_sent(file, read))
}

/// The function that a read stands in; of code outside of any, the key.
fn name_of(file: &File<'_, '_>, read: &Read) -> Scalar {
    let unit = file.unit;
    let mut named = unit.outward(unit.function_of(read.expr)).filter(|id| *id != FunctionId(0));
    let function = named.find(|id| !unit.function(*id).name.is_empty());
    let (text, at) = match function.map(|id| unit.function(id)) {
        Some(function) => (function.name, function.name_at.clone()),
        None => (read.key.as_str(), read.at.clone()),
    };
    Scalar { text: text.to_owned(), span: file.span(&at), known: true, plain: false }
}

/// What is looked up in which table; the value says whether case makes no difference.
#[derive(Default)]
struct Lookups {
    alerts: BTreeMap<ExprId, bool>,
    severities: BTreeMap<ExprId, bool>,
}

impl Lookups {
    fn of(file: &File<'_, '_>) -> Lookups {
        const ASKS: &[&str] = &[
            "get",
            "has",
            "containsKey",
            "ContainsKey",
            "TryGetValue",
            "contains_key",
            "getOrDefault",
            "includes",
        ];
        let unit = file.unit;
        let mut lookups = Lookups::default();
        let named = tables::named(file);
        for number in 0..unit.exprs.len() {
            let expr = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
            let (map, key) = match unit.expr(expr) {
                ExprKind::Index { of, key: Some(key) } => (*of, *key),
                ExprKind::Binary { op, left, right } if matches!(*op, "in" | "not in") => {
                    (*right, *left)
                }
                ExprKind::Call { callee, args, .. } => match (unit.expr(*callee), args.first()) {
                    (ExprKind::Member { of, name }, Some(arg)) if ASKS.contains(name) => {
                        (*of, arg.value)
                    }
                    _ => continue,
                },
                _ => continue,
            };
            lookups.add(file, &named, map, key);
        }
        for stmt in &unit.stmts {
            if let crate::parse::unit::StmtKind::Switch { on: Some(on), arms } = &stmt.kind
                && let Some(first) = arms.iter().flat_map(|arm| &arm.tests).next()
            {
                lookups.said(file, *first, *on);
            }
        }
        lookups
    }

    fn add(
        &mut self,
        file: &File<'_, '_>,
        named: &BTreeMap<String, ExprId>,
        map: ExprId,
        key: ExprId,
    ) {
        // A literal is looked up in no map of names.
        if file.unit.literal(key).is_some() {
            return;
        }
        if let Some(table) = tables::find(file, named, map) {
            self.said(file, table, key);
        }
    }

    fn said(&mut self, file: &File<'_, '_>, table: ExprId, key: ExprId) {
        let words = words(file, key);
        let folded = words.iter().any(|word| {
            matches!(
                word.as_str(),
                "lower"
                    | "casefold"
                    | "tolower"
                    | "tolowercase"
                    | "touppercase"
                    | "toupper"
                    | "toasciilowercase"
            )
        });
        let says = |part: &str| words.iter().any(|word| word.contains(part));
        if says("alertname") {
            *self.alerts.entry(table).or_default() |= folded;
        } else if says("severity") {
            *self.severities.entry(table).or_default() |= folded;
        }
    }
}

/// The words of an expression and of what its names are set to, without case and `_`.
fn words(file: &File<'_, '_>, expr: ExprId) -> BTreeSet<String> {
    let unit = file.unit;
    let values = unit.all_in(expr).into_iter().filter_map(|id| file.names.value(id));
    let all = values.flat_map(|value| unit.all_in(value)).chain(unit.all_in(expr));
    let text = |id: ExprId| match unit.expr(id) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some((*name).to_owned()),
        ExprKind::Text(text) => Some(text.clone().into_owned()),
        _ => None,
    };
    let plain = |word: String| word.to_ascii_lowercase().replace('_', "");
    all.filter_map(text).map(plain).collect()
}

/// `DiskFull`: a capital, then letters of which some are small.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && text.chars().any(|c| c.is_ascii_lowercase())
}

/// Tables written down in the file whose keys are all literals that `fits` accepts.
fn maps(
    file: &File<'_, '_>,
    lookups: &BTreeMap<ExprId, bool>,
    fits: impl Fn(&str) -> bool,
) -> Vec<NameMap> {
    let mut found = Vec::new();
    for Pairs { id, entries, open } in tables::all(file) {
        let keys: Vec<Option<Scalar>> =
            entries.iter().map(|(key, _)| key.and_then(|key| file.scalar(key))).collect();
        let known: Vec<Scalar> = keys.iter().flatten().cloned().collect();
        if known.is_empty() || !known.iter().all(|key| fits(&key.text)) {
            continue;
        }
        let lookup = lookups.get(&id);
        found.push(NameMap {
            open: open || known.len() < keys.len(),
            keys: known,
            looked_up: lookup.is_some(),
            folded: lookup.copied().unwrap_or_default(),
        });
    }
    found
}
