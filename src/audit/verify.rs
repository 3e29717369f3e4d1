//! Whether a record still holds: evidence hashed again, verdicts computed again.

use super::field::{list, row, text, words};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Something that is not as recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What differs: `file`, `evidence`, `verdict`, `clause`, `control`, `record`.
    pub what: &'static str,
    /// In a sentence.
    pub message: String,
}

fn difference(what: &'static str, message: String) -> Difference {
    Difference { what, message }
}

/// Most places of a record that are named beside files and verdicts.
const MOST: usize = 20;

/// What a record says of itself that does not follow: verdicts that are not those of its clauses.
pub fn recompute(record: &Value) -> Vec<Difference> {
    let mut found = Vec::from_iter(stamped(record));
    for requirement in list(record, "requirements") {
        let (id, said) = (text(requirement, "id"), text(requirement, "from_clauses"));
        let computed = from_clauses(requirement);
        if computed != said {
            found.push(difference(
                "verdict",
                format!("{id}: {said} is recorded, and its clauses give {computed}"),
            ));
        }
        let changed = ["declarations", "waivers", "attestations"]
            .iter()
            .any(|key| !list(requirement, key).is_empty());
        let exempt = !requirement["not_applicable_by"].is_null();
        let verdict = text(requirement, "verdict");
        let asked = verdict == "needs-attestation" && said == "not-met";
        if verdict != said && !changed && !exempt && !asked {
            found.push(difference(
                "verdict",
                format!("{id}: {verdict} is recorded, and nothing turns {said} into it"),
            ));
        }
    }
    found
}

/// Whether a record is stamped as what it says of itself asks.
fn stamped(record: &Value) -> Option<Difference> {
    let doubts = words(record, "not_evidence");
    let stamp = (!doubts.is_empty()).then(|| format!("NOT EVIDENCE: {}", doubts.join("; ")));
    let scope = &record["scope"];
    let doubtful = list(record, "sources").iter().any(|source| source["dirty"] == true)
        || !list(scope, "only").is_empty()
        || !list(scope, "failed_rules").is_empty();
    let follows = record["stamp"].as_str() == stamp.as_deref()
        && record["evidence"] == stamp.is_none()
        && (stamp.is_some() || !doubtful);
    let message = "the stamp does not follow from what the record says of itself";
    (!follows).then(|| difference("record", message.to_owned()))
}

/// What git says of a commit, where both were made at one.
fn source(old: &Value, new: &Value, found: &mut Vec<Difference>) {
    for (at, (then, now)) in list(old, "sources").iter().zip(list(new, "sources")).enumerate() {
        if then["commit"] != now["commit"] || then["commit"].is_null() {
            continue;
        }
        for key in
            ["git", "tree", "object_format", "path"].iter().filter(|key| then[**key] != now[**key])
        {
            found.push(difference("record", format!("/sources/{at}/{key} differs")));
        }
    }
}

/// The verdict that follows from the recorded results of a requirement's clauses.
fn from_clauses(requirement: &Value) -> &'static str {
    let best = combined(requirement, "at_best");
    if best != combined(requirement, "at_worst") {
        return "unknown";
    }
    let by_word =
        |clause: &&Value| clause["optional"] != true && text(clause, "result") == "attested";
    let attested = list(requirement, "clauses").iter().any(|clause| by_word(&clause));
    if best == "met" && attested { "attested" } else { best }
}

fn combined(requirement: &Value, key: &str) -> &'static str {
    let clauses = list(requirement, "clauses");
    let holding = clauses.iter().filter(|clause| text(clause, key) != "not-met").count();
    let mut needed = clauses.iter().filter(|clause| clause["optional"] != true);
    let all = needed.all(|clause| text(clause, key) == "met");
    let baseless =
        clauses.iter().any(|clause| clause["core"] == true && text(clause, key) == "not-met");
    let least = requirement["partly_at_least"].as_u64().unwrap_or(1).max(1);
    match (all, holding) {
        _ if baseless => "not-met",
        (true, 1..) => "met",
        (_, holding) if (holding as u64) < least => "not-met",
        _ => "partly",
    }
}

/// What differs between a record and one made now of the same repository; `verdicts` compares what
/// was concluded too, and not only what it rests on.
pub fn verify(old: &Value, new: &Value, verdicts: bool) -> Vec<Difference> {
    let mut found = files(old, new);
    evidence(old, new, &mut found);
    source(old, new, &mut found);
    if verdicts {
        for key in ["requirements", "controls"] {
            rows(old, new, key, &mut found);
        }
        rest(old, new, &mut found);
    }
    found
}

fn files(old: &Value, new: &Value) -> Vec<Difference> {
    let hashes = |record: &Value| -> BTreeMap<String, Option<String>> {
        let own = list(&record["tuning"], "files").iter();
        let rows = list(record, "files").iter().chain(own);
        let hash = |row: &Value| row["sha256"].as_str().map(str::to_owned);
        rows.map(|row| (text(row, "path").to_owned(), hash(row))).collect()
    };
    let (then, now) = (hashes(old), hashes(new));
    let paths: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    let told = |path: &String| match (then.get(path), now.get(path)) {
        (Some(_), None) => Some(format!("{path} is gone, or is no longer read")),
        (None, Some(_)) => Some(format!("{path} is new")),
        (Some(then), Some(now)) if then != now => Some(format!("{path} is not what it was")),
        _ => None,
    };
    let messages = paths.into_iter().filter_map(told);
    messages.map(|message| difference("file", message)).collect()
}

/// Pieces of evidence whose file is the same and whose lines are not those recorded.
fn evidence(old: &Value, new: &Value, found: &mut Vec<Difference>) {
    let files: BTreeMap<&str, &Value> =
        list(new, "files").iter().map(|row| (text(row, "path"), &row["sha256"])).collect();
    for requirement in list(old, "requirements") {
        for piece in list(requirement, "evidence") {
            let path = text(piece, "path");
            let other = files.get(path).is_some_and(|now| **now != piece["sha256"]);
            let listed = row_of(old, path).is_some_and(|hash| *hash != piece["sha256"]);
            if listed && !other {
                found.push(difference(
                    "evidence",
                    format!(
                        "{}: the hash of {path} is not that of the list of files",
                        text(requirement, "id")
                    ),
                ));
            }
        }
    }
}

fn row_of<'v>(record: &'v Value, path: &str) -> Option<&'v Value> {
    let mut rows = list(record, "files").iter();
    rows.find(|row| text(row, "path") == path).map(|row| &row["sha256"])
}

fn rows(old: &Value, new: &Value, key: &str, found: &mut Vec<Difference>) {
    let what = if key == "controls" { "control" } else { "verdict" };
    for then in list(old, key) {
        let id = text(then, "id");
        let Some(now) = row(new, key, id) else {
            found.push(difference(what, format!("{id} is no longer there")));
            continue;
        };
        let (was, is) = (text(then, "verdict"), text(now, "verdict"));
        if was != is {
            let why = text(now, "reason");
            let why = if why.is_empty() { String::new() } else { format!(": {why}") };
            found.push(difference(what, format!("{id}: {was} is recorded, {is} computed{why}")));
        }
        for clause in list(then, "clauses") {
            let name = text(clause, "id");
            let (was, is) = (
                text(clause, "result"),
                row(now, "clauses", name).map_or("", |it| text(it, "result")),
            );
            if was != is {
                let message = format!("{id}/{name}: {was} is recorded, {is} computed");
                found.push(difference("clause", message));
            }
        }
    }
    for now in list(new, key) {
        let id = text(now, "id");
        if row(old, key, id).is_none() {
            found.push(difference(what, format!("{id} is not in the record")));
        }
    }
}

/// Parts of a record that are allowed to differ: when, where and with which others it was made.
const FREE: &[&str] =
    &["run", "sources", "evidence", "stamp", "not_evidence", "comparison", "gate", "tool"];

/// Any other place at which the two differ.
fn rest(old: &Value, new: &Value, found: &mut Vec<Difference>) {
    let told = found.len();
    let mut places: Vec<String> = Vec::new();
    let mut open: Vec<(String, &Value, &Value)> = vec![(String::new(), old, new)];
    while let Some((place, then, now)) = open.pop() {
        match (then, now) {
            (Value::Object(then), Value::Object(now)) => {
                let keys: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
                for key in keys.into_iter().rev() {
                    if place.is_empty() && FREE.contains(&key.as_str()) {
                        continue;
                    }
                    let of = |map: &'_ serde_json::Map<String, Value>| map.get(key).is_some();
                    match (then.get(key), now.get(key)) {
                        (Some(then), Some(now)) => open.push((format!("{place}/{key}"), then, now)),
                        _ if of(then) != of(now) => places.push(format!("{place}/{key}")),
                        _ => {}
                    }
                }
            }
            (Value::Array(then), Value::Array(now)) if then.len() == now.len() => {
                let pairs = then.iter().zip(now).enumerate().rev();
                open.extend(pairs.map(|(at, (then, now))| (format!("{place}/{at}"), then, now)));
            }
            _ if then != now => places.push(place),
            _ => {}
        }
    }
    // Files and verdicts were told in words; what follows from them is not told again.
    if told > 0 {
        return;
    }
    let more = places.len().saturating_sub(MOST);
    let named = places.into_iter().take(MOST);
    found.extend(named.map(|place| difference("record", format!("{place} differs"))));
    if more > 0 {
        found.push(difference("record", format!("and {more} more places differ")));
    }
}
