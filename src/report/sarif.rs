//! SARIF 2.1.0: profile `full` keeps everything, profile `github` only what GitHub shows.

use super::lines::{self, nested};
use super::{FileStatus, Report};
use crate::catalogue;
use crate::catalogue::model::{Class, Rule, Sensitivity, Severity};
use crate::judge::{Judged, Status};
use crate::lang::quick::QuickMap;
use crate::nist;
use crate::source::Span;
use crate::standard;
use rayon::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Which results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// All results, suppressed ones with their reason.
    Full,
    /// Open findings only: GitHub ignores suppressions and kinds.
    Github,
}

/// Most results GitHub accepts in one run.
const GITHUB_RESULTS: usize = 25_000;
/// Longest short and full descriptions GitHub accepts, in characters.
const GITHUB_TEXT: usize = 1_024;
/// Most related places of one result: as many as GitHub shows.
const RELATED: usize = 100;
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const NIST_GUID: &str = "6ba7b810-9dad-51d1-80b4-00c04fd430c8";

/// Writes the report.
///
/// # Errors
/// What the writer says.
pub fn write(report: &Report, profile: Profile, out: &mut dyn Write) -> io::Result<()> {
    let rules = catalogue::rules();
    let taxa = taxa(rules);
    let wanted = report.shown().filter(|judged| match profile {
        Profile::Full => true,
        Profile::Github => judged.status == Status::Open,
    });
    let mut results = placed(report, wanted.collect());
    let mut left_out = 0;
    if profile == Profile::Github && results.len() > GITHUB_RESULTS {
        left_out = results.len() - GITHUB_RESULTS;
        results.sort_by_key(|result| Reverse(result.judged.severity));
        results.truncate(GITHUB_RESULTS);
    }
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver() },
            "automationDetails": { "id": "obsproof/" },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "SRCROOT": { "description": { "text": "The root of the repository." } } },
            "invocations": [invocation(report, left_out)],
            "taxonomies": [taxonomy(&taxa)],
            "results": [],
        }],
    });
    let mut text = Vec::new();
    nested(&log, 0, &mut text)?;
    let text = String::from_utf8_lossy(&text);
    // Inside of texts quotes are escaped: only the two lists themselves are written so.
    let (head, rest) = text.split_once(RULES).unwrap_or((&text, ""));
    let (between, end) = rest.split_once(RESULTS).unwrap_or((rest, ""));
    out.write_all(head.as_bytes())?;
    list(RULES, rules, 5, |rule| descriptor(rule, &taxa), out)?;
    out.write_all(between.as_bytes())?;
    let numbers: QuickMap<&str, usize> =
        rules.iter().enumerate().map(|(number, rule)| (rule.code, number)).collect();
    list(RESULTS, &results, 3, |placed| result(report, placed, profile, &numbers), out)?;
    out.write_all(end.as_bytes())?;
    writeln!(out)
}

/// The lists that are long, as they stand in the log without their items.
const RULES: &str = "\"rules\": []";
const RESULTS: &str = "\"results\": []";

/// Writes a list, inside of `depth` others, with its items.
fn list<T: Sync>(
    empty: &str,
    items: &[T],
    depth: usize,
    value: impl Fn(&T) -> Value + Sync,
    out: &mut dyn Write,
) -> io::Result<()> {
    if items.is_empty() {
        return out.write_all(empty.as_bytes());
    }
    let blanks = " ".repeat(2 * (depth + 1));
    writeln!(out, "{}", empty.trim_end_matches(']'))?;
    let row = |_: &mut (), item: &T, out: &mut Vec<u8>| {
        out.extend_from_slice(blanks.as_bytes());
        nested(&value(item), depth + 1, out)
    };
    lines::rows(items, row, out)?;
    write!(out, "\n{}]", &blanks[2..])
}

/// A finding that becomes a result.
struct Placed<'r> {
    judged: &'r Judged,
    /// Where it stands, or what stands in for it.
    place: Option<Span>,
    /// Hash of the line, with a counter for equal lines, as GitHub's own action makes it.
    line: String,
}

/// Findings with the hashes of their lines.
fn placed<'r>(report: &Report, wanted: Vec<&'r Judged>) -> Vec<Placed<'r>> {
    let placed = wanted.into_par_iter().map(|judged| {
        let place = judged.finding.span.or_else(|| report.stand_in());
        Placed { judged, place, line: line_hash(report, place) }
    });
    let mut placed: Vec<Placed<'r>> = placed.collect();
    let mut seen: QuickMap<String, u32> = QuickMap::default();
    for placed in &mut placed {
        let nth = seen.entry(placed.line.clone()).or_default();
        *nth += 1;
        placed.line = format!("{}:{nth}", placed.line);
    }
    placed
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// The controls that rules name, in order: only these are in the taxonomy.
fn taxa(rules: &[Rule]) -> Vec<&'static str> {
    let ids: BTreeSet<&'static str> =
        rules.iter().flat_map(|rule| rule.controls.iter().copied()).collect();
    ids.into_iter().collect()
}

fn taxonomy(taxa: &[&str]) -> Value {
    let rows: Vec<Value> = taxa
        .iter()
        .map(|id| {
            let label = nist::label(id);
            let title = nist::title(id).unwrap_or(&label).to_owned();
            json!({ "id": label, "name": title, "shortDescription": { "text": format!("{title}.") } })
        })
        .collect();
    json!({
        "name": "NIST SP 800-53 r5",
        "version": nist::VERSION,
        "guid": NIST_GUID,
        "organization": "NIST",
        "shortDescription": { "text": "Security and privacy controls for information systems." },
        "informationUri": "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
        "isComprehensive": false,
        "taxa": rows,
    })
}

fn driver() -> Value {
    json!({
        "name": "obsproof",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "informationUri": "https://github.com/obsproof/obsproof",
        "supportedTaxonomies": [{ "name": "NIST SP 800-53 r5", "index": 0, "guid": NIST_GUID }],
        "rules": [],
    })
}

fn descriptor(rule: &Rule, taxa: &[&str]) -> Value {
    let mut tags: Vec<String> =
        rule.controls.iter().take(6).map(|id| format!("nist-800-53/{id}")).collect();
    tags.extend(rule.requirements.iter().take(2).map(|id| (*id).to_owned()));
    tags.push(rule.class.name().to_owned());
    let mut properties = json!({
        "precision": "very-high",
        "problem.severity": match rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "recommendation",
        },
    });
    if rule.sensitive == Sensitivity::Security {
        tags.push("security".to_owned());
        properties["security-severity"] = match rule.severity {
            Severity::Error => "8.0",
            Severity::Warning => "5.0",
            Severity::Info => "2.0",
        }
        .into();
    }
    properties["tags"] = tags.into();
    let relationships: Vec<Value> = rule
        .controls
        .iter()
        .filter_map(|id| {
            let index = taxa.iter().position(|known| known == id)?;
            let component = json!({ "name": "NIST SP 800-53 r5", "index": 0, "guid": NIST_GUID });
            let target =
                json!({ "id": nist::label(id), "index": index, "toolComponent": component });
            Some(json!({ "target": target, "kinds": ["relevant"] }))
        })
        .collect();
    let mut descriptor = json!({
        "id": rule.code,
        "name": pascal(rule.name),
        "shortDescription": { "text": sentence(&cut(rule.title)) },
        "fullDescription": { "text": sentence(&cut(rule.why)) },
        "help": { "text": help_text(rule), "markdown": help_markdown(rule) },
        "defaultConfiguration": {
            "level": level(rule.severity),
            "enabled": !rule.default_off,
        },
        "properties": properties,
    });
    if !relationships.is_empty() {
        descriptor["relationships"] = relationships.into();
    }
    descriptor
}

fn cut(text: &str) -> String {
    text.chars().take(GITHUB_TEXT - 1).collect()
}

fn sentence(text: &str) -> String {
    if text.ends_with(['.', '?', '!']) { text.to_owned() } else { format!("{text}.") }
}

fn pascal(name: &str) -> String {
    name.split('-')
        .map(|part| {
            let mut chars = part.chars();
            chars
                .next()
                .map(|first| first.to_uppercase().chain(chars).collect::<String>())
                .unwrap_or_default()
        })
        .collect()
}

fn help_text(rule: &Rule) -> String {
    format!("{} {}", sentence(rule.why), sentence(rule.fix))
}

fn help_markdown(rule: &Rule) -> String {
    let serves: Vec<String> = rule
        .requirements
        .iter()
        .map(|id| match standard::title(id) {
            Some(title) => format!("{id} {title}"),
            None => (*id).to_owned(),
        })
        .chain(rule.controls.iter().map(|id| nist::label(id)))
        .collect();
    let serves =
        if serves.is_empty() { String::new() } else { format!("\n\n_{}_", serves.join(" · ")) };
    let kind = match rule.class {
        Class::Validity => "The real program refuses this.",
        Class::Semantic => "The program accepts this, but it is wrong or unsafe.",
        Class::Compliance => "The observability standard asks for it.",
    };
    format!(
        "**{}** ({})\n\n{} {}\n\n**Fix:** {}{serves}",
        rule.title,
        rule.code,
        sentence(rule.why),
        kind,
        sentence(rule.fix)
    )
}

fn invocation(report: &Report, left_out: usize) -> Value {
    let mut notifications: Vec<Value> = report
        .files
        .iter()
        .filter(|row| row.status != FileStatus::Checked)
        .filter_map(|row| {
            let reason = row.reason?.name();
            let location =
                json!({ "physicalLocation": { "artifactLocation": artifact(&row.path) } });
            let text = format!("Not wholly analysed: {reason}.");
            Some(json!({ "level": "note", "message": { "text": text }, "locations": [location] }))
        })
        .collect();
    if left_out > 0 {
        let text = format!(
            "{left_out} findings are left out, the least severe: GitHub takes {GITHUB_RESULTS} in one run."
        );
        notifications.push(json!({ "level": "warning", "message": { "text": text } }));
    }
    let failed = report.outcomes.iter().any(|outcome| !outcome.panics.is_empty());
    let mut invocation = json!({ "executionSuccessful": !failed });
    if !notifications.is_empty() {
        invocation["toolExecutionNotifications"] = notifications.into();
    }
    invocation
}

fn result(
    report: &Report,
    placed: &Placed<'_>,
    profile: Profile,
    numbers: &QuickMap<&str, usize>,
) -> Value {
    let Placed { judged, place, line } = placed;
    let finding = &judged.finding;
    let mut result = json!({
        "ruleId": finding.rule.code,
        "ruleIndex": numbers.get(finding.rule.code),
        "level": level(judged.severity),
        "message": { "text": sentence(&report.message(judged)) },
        "locations": [location(report, finding.span, *place)],
        "partialFingerprints": {
            "primaryLocationLineHash": line,
            "obsproof/v1": judged.fingerprint,
        },
    });
    let related: Vec<Value> = finding
        .related
        .iter()
        .take(RELATED)
        .enumerate()
        .map(|(id, related)| {
            let mut location = physical(report, related.span);
            location["id"] = (id + 1).into();
            location["message"] = json!({ "text": sentence(&report.step(&related.text)) });
            location
        })
        .collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    if profile == Profile::Full {
        suppress(&mut result, judged);
    }
    result
}

fn suppress(result: &mut Value, judged: &Judged) {
    let (kind, default) = match judged.status {
        Status::Open => return,
        Status::Allowed => ("inSource", "allowed in the file"),
        Status::Waived => ("external", "waived"),
        Status::Baselined => ("external", "there when the tool was adopted"),
        Status::Vendored => ("external", "vendored"),
        Status::Generated => ("external", "generated"),
    };
    let reason = judged.reason.clone().unwrap_or_else(|| default.to_owned());
    result["suppressions"] =
        json!([{ "kind": kind, "status": "accepted", "justification": reason }]);
}

fn location(report: &Report, span: Option<Span>, place: Option<Span>) -> Value {
    match (span, place) {
        (Some(span), _) => physical(report, span),
        (None, None) => {
            json!({ "physicalLocation": { "artifactLocation": artifact("."), "region": { "startLine": 1 } } })
        }
        (None, Some(place)) => {
            let path = report.repo.path(place);
            json!({ "physicalLocation": {
                "artifactLocation": artifact(path),
                "region": { "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1 },
            } })
        }
    }
}

fn physical(report: &Report, span: Span) -> Value {
    let (start, end) = report.positions(span);
    json!({ "physicalLocation": {
        "artifactLocation": artifact(report.repo.path(span)),
        "region": {
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
            "byteOffset": start.byte,
            "byteLength": end.byte - start.byte,
        },
    } })
}

fn artifact(path: &str) -> Value {
    json!({ "uri": uri(path), "uriBaseId": "SRCROOT" })
}

/// A path as a relative URI reference.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b'/'
            | b'%'
            | b'+'
            | b'@'
            | b',' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Hash of a line's text.
fn line_hash(report: &Report, place: Option<Span>) -> String {
    let text = place.map(|place| report.line(place, report.repo.line(place)));
    let normal: String = text.unwrap_or_default().split_whitespace().collect();
    let digest = Sha256::digest(normal.as_bytes());
    digest[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}
