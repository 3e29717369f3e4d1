//! `obsproof/report/1`: the record of which every other report is a projection.

mod decisions;
mod evidence;
mod pointer;
mod provenance;
mod scope;
mod standing;

pub use provenance::Provenance;
pub(super) use scope::services_met;

use super::{Report, chain, headline};
use crate::catalogue;
use crate::judge::{Judged, Status};
use crate::nist;
use crate::standard::{self, Kind};
use crate::verdict::chain::Chain;
use crate::verdict::{Assessed, ClauseResult, Evidence, Exempt, Holds, Verdict};
use evidence::Places;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The record as JSON.
#[derive(Debug)]
pub struct Record {
    value: Value,
    chain: Chain,
}

impl Record {
    /// Builds the record; the only time in it is that of its `run`.
    pub fn new(report: &Report, provenance: &Provenance<'_>) -> Record {
        let places = Places::of(report, provenance.git);
        let standard = standard::in_force();
        let doubts = provenance.doubts(report);
        let requirements = report.assessment.requirements.iter();
        let requirements: Vec<Value> =
            requirements.map(|assessed| requirement(report, &places, assessed)).collect();
        let findings = report.judged.iter().map(|judged| finding(report, &places, judged));
        let chain = chain::of(report);
        let value = json!({
            "schema": SCHEMA,
            "evidence": doubts.is_empty(),
            "stamp": stamp(doubts.iter().map(String::as_str)),
            "not_evidence": doubts,
            "tool": {
                "name": "obsproof",
                "version": env!("CARGO_PKG_VERSION"),
                "ruleset": catalogue::ruleset(),
            },
            "sources": provenance.sources(),
            "standard": {
                "code": standard.code,
                "version": standard.version,
                "title": standard.title,
                "sha256": standard.sha256,
                "controls": { "catalogue": "NIST SP 800-53 r5", "version": nist::VERSION },
            },
            "scope": scope::scope(report, provenance),
            "rendered": scope::rendered(report, &places),
            "run": { "time": provenance.now },
            "tuning": scope::tuning(report, &places),
            "scopes": scope::scopes(report),
            "summary": summary(report),
            "requirements": requirements,
            "controls": controls(report, &places),
            "chain": chain::rows(report, &chain),
            "findings": findings.collect::<Vec<_>>(),
            "waivers": decisions::waivers(report),
            "attestations": decisions::attestations(report),
            "files": files(report, &places),
        });
        Record { value, chain }
    }

    /// A record that was made before.
    pub fn of(value: Value) -> Record {
        Record { value, chain: Chain::default() }
    }

    /// The record itself.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The way of the signals, of which the record has the rows.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Adds what was found by holding it against others.
    pub fn attach(&mut self, key: &str, value: Value) {
        self.value[key] = value;
    }

    /// Why it is no evidence, in a line; `None` where it is.
    pub fn stamp(&self) -> Option<String> {
        let doubts = self.value["not_evidence"].as_array()?;
        stamp(doubts.iter().filter_map(Value::as_str))
    }

    /// The record as text.
    pub fn json(&self) -> String {
        format!("{:#}\n", self.value)
    }
}

/// Name and edition of the record's form.
pub const SCHEMA: &str = "obsproof/report/1";

const VERDICTS: &[Verdict] = &[
    Verdict::Met,
    Verdict::Partly,
    Verdict::NotMet,
    Verdict::NotApplicable,
    Verdict::NeedsAttestation,
    Verdict::Attested,
    Verdict::Inherited,
    Verdict::Unknown,
];

/// What stands on a report that is no evidence.
fn stamp<'a>(doubts: impl Iterator<Item = &'a str>) -> Option<String> {
    let words: Vec<&str> = doubts.collect();
    (!words.is_empty()).then(|| format!("NOT EVIDENCE: {}", words.join("; ")))
}

fn summary(report: &Report) -> Value {
    let counts = |kind: Kind| {
        let rows: BTreeMap<&str, usize> = VERDICTS
            .iter()
            .map(|&verdict| (verdict.name(), report.assessment.count(kind, verdict)))
            .collect();
        json!(rows)
    };
    let assessment = &report.assessment;
    let declared = |kind| assessment.declared_away(kind);
    let both = |count: &dyn Fn(Kind) -> Value| json!({ "required": count(Kind::Required), "checklist": count(Kind::Checklist) });
    json!({
        "headline": both(&|kind| headline::counts(assessment, kind).into()),
        "met_by_equivalent": both(&|kind| assessment.by_equivalent(kind).into()),
        "met_with_risk_accepted": both(&|kind| assessment.risk_accepted(kind).into()),
        "controls": control_counts(report),
        "required": counts(Kind::Required),
        "checklist": counts(Kind::Checklist),
        "not_applicable_by_declaration": {
            "required": declared(Kind::Required),
            "checklist": declared(Kind::Checklist),
        },
    })
}

/// Names of waivers, by their numbers.
fn waiver_ids<'r>(report: &'r Report, numbers: &[usize]) -> Vec<&'r str> {
    let waivers = &report.repo.settings.waivers;
    numbers.iter().filter_map(|&number| Some(waivers.get(number)?.name())).collect()
}

/// Number of controls in each state.
fn control_counts(report: &Report) -> Value {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &report.assessment.controls {
        *counts.entry(row.state.name()).or_default() += 1;
    }
    json!(counts)
}

fn requirement(report: &Report, places: &Places<'_>, assessed: &Assessed) -> Value {
    let requirement = assessed.requirement;
    let mut all: Vec<Value> = Vec::new();
    let mut findings: Vec<usize> = Vec::new();
    for clause in &assessed.clauses {
        for evidence in &clause.evidence {
            let row = places.evidence(report, evidence);
            if !all.contains(&row) {
                all.push(row);
            }
        }
        findings.extend(&clause.findings);
    }
    findings.sort_unstable();
    findings.dedup();
    let own = requirement.same_as.and_then(standard::requirement).unwrap_or(requirement);
    let static_part = matches!(assessed.verdict, Verdict::Met | Verdict::Partly | Verdict::Unknown);
    let attestation = match assessed.verdict {
        Verdict::Attested => Some("given"),
        _ if !assessed.attested.is_empty() => Some("given"),
        Verdict::NeedsAttestation => Some("needed"),
        _ if requirement.operational.is_some() && static_part => Some("needed"),
        _ => None,
    };
    json!({
        "id": requirement.id,
        "title": requirement.title,
        "kind": match requirement.kind { Kind::Required => "required", Kind::Checklist => "checklist" },
        "section": requirement.section,
        "line": requirement.line,
        "interpretation": requirement.interpretation,
        "verdict": assessed.verdict.name(),
        "reason": assessed.reason,
        "from_clauses": assessed.from_clauses.name(),
        "not_applicable_by": assessed.exempt.map(Exempt::name),
        "declarations": assessed.declared,
        "risk_accepted": assessed.verdict == Verdict::Met && !assessed.waived.is_empty(),
        "waivers": waiver_ids(report, &assessed.waived),
        "without_waivers": assessed.without_waivers.name(),
        "attestations": assessed.attested,
        "attestation": attestation,
        "operational": requirement.operational,
        "same_as": requirement.same_as,
        "partly_at_least": own.partly_at_least,
        "clauses": assessed.clauses.iter().map(|result| clause(report, places, result)).collect::<Vec<_>>(),
        "evidence": all,
        "findings": findings.iter().filter_map(|&index| report.judged.get(index)).map(|judged| &judged.fingerprint).collect::<Vec<_>>(),
        "controls_standard": requirement.controls_standard,
        "controls_mapped": requirement.controls_mapped,
        "services": scope::services_met(report, assessed),
        "by_scope": scope::by_scope(report, assessed),
    })
}

fn clause(report: &Report, places: &Places<'_>, result: &ClauseResult) -> Value {
    json!({
        "id": result.clause.id,
        "text": result.clause.text,
        "result": result.result.name(),
        "at_best": result.best.name(),
        "at_worst": result.worst.name(),
        "reason": result.reason,
        "optional": result.clause.optional,
        "core": result.clause.core,
        "method": result.clause.method.name(),
        "equivalents": result.equivalents.iter().map(|it| json!({ "text": it.text, "declaration": it.declaration })).collect::<Vec<_>>(),
        "rules": result.rules.iter().map(|(code, examined)| json!({ "code": code, "examined": examined })).collect::<Vec<_>>(),
        "evidence": result.evidence.iter().map(|evidence| places.evidence(report, evidence)).collect::<Vec<_>>(),
        "accepted": result.accepted.iter().filter_map(|&(index, waiver)| {
            let waiver = report.repo.settings.waivers.get(waiver)?.name();
            Some(json!({ "finding": report.judged.get(index)?.fingerprint, "waiver": waiver }))
        }).collect::<Vec<_>>(),
        "attestation": result.attested,
        "findings": result.findings.iter().filter_map(|&index| report.judged.get(index)).map(|judged| &judged.fingerprint).collect::<Vec<_>>(),
    })
}

fn part(holds: Holds) -> &'static str {
    match holds {
        Holds::Yes => "met",
        Holds::Partly => "partly",
        Holds::No => "not-met",
        Holds::Unknown => "unknown",
    }
}

fn controls(report: &Report, places: &Places<'_>) -> Vec<Value> {
    report
        .assessment
        .controls
        .iter()
        .map(|row| {
            let claimed = row.claimed_by.iter().map(|&span| {
                let fact = "annotation".to_owned();
                places.evidence(report, &Evidence { span, fact })
            });
            json!({
                "id": row.id,
                "label": nist::label(&row.id),
                "title": nist::title(&row.id),
                "claimed_by": claimed.collect::<Vec<_>>(),
                "evidence": row.evidenced_by,
                "contradicted_by": row.contradicted_by.iter().filter_map(|&index| report.judged.get(index)).map(|judged| &judged.fingerprint).collect::<Vec<_>>(),
                "parts": row.parts.iter().map(|(text, holds)| json!({ "text": text, "result": part(*holds) })).collect::<Vec<_>>(),
                "attest": row.attest,
                "verdict": row.state.name(),
            })
        })
        .collect()
}

fn finding(report: &Report, places: &Places<'_>, judged: &Judged) -> Value {
    let finding = &judged.finding;
    let place = finding.span.map(|span| Value::Object(places.place(report, span)));
    let place = place.unwrap_or(Value::Null);
    json!({
        "fingerprint": judged.fingerprint,
        "code": finding.rule.code,
        "name": finding.rule.name,
        "class": finding.rule.class.name(),
        "severity": finding.severity.name(),
        "status": judged.status.name(),
        "reason": judged.reason,
        "waiver": judged.waiver.and_then(|number| Some(report.repo.settings.waivers.get(number)?.name())),
        "message": report.message(judged),
        "path": finding.span.map_or(".", |span| report.repo.path(span)),
        "start": place["start"],
        "end": place["end"],
        "sha256": place["sha256"],
        "blob": place["blob"],
        "pointer": place["pointer"],
        "document": place["document"],
        "snippet": place["snippet"],
        "snippet_sha256": place["snippet_sha256"],
        "service": judged.service,
        "owner": judged.owner,
        "environment": judged.environment,
        "requirements": finding.rule.requirements,
        "controls": finding.rule.controls,
    })
}

fn files(report: &Report, places: &Places<'_>) -> Vec<Value> {
    report
        .files
        .iter()
        .map(|row| {
            json!({
                "path": row.path,
                "status": row.status.name(),
                "reason": row.reason.map(crate::discover::Skip::name),
                "sha256": places.sha256(&row.path),
                "blob": places.blob(&row.path),
                "documents": row.documents.iter().map(|(kind, line)| json!({ "kind": kind.name(), "line": line })).collect::<Vec<_>>(),
            })
        })
        .collect()
}

/// Number of open findings by code, for the tables of a report.
pub(super) fn open_codes(report: &Report, assessed: &Assessed) -> Vec<(&'static str, usize)> {
    let mut codes: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut seen: Vec<usize> =
        assessed.clauses.iter().flat_map(|clause| clause.findings.clone()).collect();
    seen.sort_unstable();
    seen.dedup();
    for judged in seen.iter().filter_map(|&index| report.judged.get(index)) {
        if judged.status != Status::Waived {
            *codes.entry(judged.finding.rule.code).or_default() += 1;
        }
    }
    codes.into_iter().collect()
}
