//! `obsproof/report/1`: the record of which every other report is a projection.

use super::{FileStatus, Report};
use crate::catalogue;
use crate::config::{Declaration, Refusal, Word};
use crate::judge::{Judged, Status};
use crate::nist;
use crate::standard::{self, Kind};
use crate::verdict::{Assessed, ClauseResult, Evidence, Exempt, Holds, Verdict};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// The record as JSON.
#[derive(Debug)]
pub struct Record {
    value: Value,
}

impl Record {
    /// Builds the record; `now` is the only time in it.
    pub fn new(report: &Report, root: &Path, now: &str) -> Record {
        let hashes = Hashes::of(report);
        let standard = standard::bundled();
        let requirements: Vec<Value> = report
            .assessment
            .requirements
            .iter()
            .map(|assessed| requirement(report, &hashes, assessed))
            .collect();
        let value = json!({
            "schema": "obsproof/report/1",
            "tool": {
                "name": "obsproof",
                "version": env!("CARGO_PKG_VERSION"),
                "ruleset": catalogue::ruleset(),
            },
            "sources": [{
                "root": root.file_name().map(|name| name.to_string_lossy().into_owned()),
                "commit": Value::Null,
                "dirty": Value::Null,
                "url": Value::Null,
            }],
            "standard": {
                "code": standard.code,
                "version": standard.version,
                "title": standard.title,
                "sha256": standard.sha256,
                "controls": { "catalogue": "NIST SP 800-53 r5", "version": nist::VERSION },
            },
            "scope": scope(report),
            "run": { "time": now },
            "tuning": tuning(report),
            "scopes": scopes(report),
            "summary": summary(report),
            "requirements": requirements,
            "controls": controls(report, &hashes),
            "findings": report.judged.iter().map(|judged| finding(report, judged)).collect::<Vec<_>>(),
            "waivers": [],
            "attestations": [],
            "files": files(report, &hashes),
        });
        Record { value }
    }

    /// The record as text.
    pub fn json(&self) -> String {
        format!("{:#}\n", self.value)
    }
}

fn scope(report: &Report) -> Value {
    let assessment = &report.assessment;
    let skipped = report.files.iter().filter(|row| row.status == FileStatus::Skipped).count();
    json!({
        "role": assessment.role.map(crate::verdict::Role::name),
        "role_reason": assessment.role_reason,
        "environments": assessment.environments,
        "files_seen": report.seen,
        "files_analysed": report.files.len() - skipped,
        "files_skipped": skipped,
        "excluded": report.repo.settings.exclude,
        "unreadable": report.unreadable.iter().map(|(path, _)| path).collect::<Vec<_>>(),
    })
}

fn tuning(report: &Report) -> Value {
    let settings = &report.repo.settings;
    let allows: Vec<Value> = report
        .repo
        .facts
        .allows
        .iter()
        .map(|allow| {
            json!({
                "path": report.repo.path(allow.span),
                "line": report.repo.line(allow.span),
                "rules": allow.codes.iter().map(|code| &code.text).collect::<Vec<_>>(),
                "reason": allow.reason,
                "until": allow.until.as_ref().map(|until| &until.text),
            })
        })
        .collect();
    json!({
        "ignored": settings.ignore,
        "selected": settings.select,
        "excluded": settings.exclude,
        "profiles": settings.profiles.iter().map(|(path, profile)| json!({ "path": path, "profile": profile.name() })).collect::<Vec<_>>(),
        "allows": allows,
        "declarations": settings.declarations.iter().map(declaration).collect::<Vec<_>>(),
    })
}

fn declaration(declaration: &Declaration) -> Value {
    let text = |word: &Option<Word>| word.as_ref().map(|word| word.text.clone());
    let (state, lacks) = match &declaration.refusal {
        None => ("counts", &[][..]),
        Some(Refusal::Incomplete(lacks)) => ("incomplete", &lacks[..]),
        Some(Refusal::SelfApproved) => ("self-approved", &[][..]),
        Some(Refusal::Expired) => ("expired", &[][..]),
    };
    json!({
        "states": declaration.stated.text(),
        "key": declaration.key.text,
        "owner": text(&declaration.owner),
        "reason": text(&declaration.reason),
        "approver": text(&declaration.approver),
        "expires": text(&declaration.expires),
        "provider": text(&declaration.provider),
        "retention": text(&declaration.retention),
        "line": declaration.line,
        "state": state,
        "lacks": lacks,
    })
}

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

fn summary(report: &Report) -> Value {
    let counts = |kind: Kind| {
        let rows: BTreeMap<&str, usize> = VERDICTS
            .iter()
            .map(|&verdict| (verdict.name(), report.assessment.count(kind, verdict)))
            .collect();
        json!(rows)
    };
    let declared = |kind| report.assessment.declared_away(kind);
    json!({
        "required": counts(Kind::Required),
        "checklist": counts(Kind::Checklist),
        "not_applicable_by_declaration": {
            "required": declared(Kind::Required),
            "checklist": declared(Kind::Checklist),
        },
    })
}

fn requirement(report: &Report, hashes: &Hashes, assessed: &Assessed) -> Value {
    let requirement = assessed.requirement;
    let mut all: Vec<Value> = Vec::new();
    let mut findings: Vec<usize> = Vec::new();
    for clause in &assessed.clauses {
        for evidence in &clause.evidence {
            let row = hashes.evidence(report, evidence);
            if !all.contains(&row) {
                all.push(row);
            }
        }
        findings.extend(&clause.findings);
    }
    findings.sort_unstable();
    findings.dedup();
    let static_part = matches!(assessed.verdict, Verdict::Met | Verdict::Partly | Verdict::Unknown);
    let attestation = if requirement.operational.is_some() && static_part {
        json!("needed")
    } else {
        Value::Null
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
        "not_applicable_by": assessed.exempt.map(Exempt::name),
        "declarations": assessed.declared,
        "risk_accepted": false,
        "attestation": attestation,
        "operational": requirement.operational,
        "same_as": requirement.same_as,
        "partly_at_least": requirement.partly_at_least,
        "clauses": assessed.clauses.iter().map(|result| clause(report, hashes, result)).collect::<Vec<_>>(),
        "evidence": all,
        "findings": findings.iter().filter_map(|&index| report.judged.get(index)).map(|judged| &judged.fingerprint).collect::<Vec<_>>(),
        "controls_standard": requirement.controls_standard,
        "controls_mapped": requirement.controls_mapped,
        "by_scope": by_scope(report, assessed),
    })
}

/// Services and environments that verdicts are given for.
fn scopes(report: &Report) -> Vec<Value> {
    let environments = report.assessment.environments.iter().map(|name| {
        json!({ "service": Value::Null, "owner": Value::Null, "environment": name, "kind": Value::Null })
    });
    let repo = &report.repo;
    let services = repo.standing_services().map(|(_, service)| {
        json!({
            "service": service.name,
            "owner": repo.owner_of(service.document),
            "environment": Value::Null,
            "kind": service.kind.name(),
            "path": service.root,
            "not_analysed": service.unread,
        })
    });
    environments.chain(services).collect()
}

/// The verdict in each environment, and of each service that was asked.
fn by_scope(report: &Report, assessed: &Assessed) -> Vec<Value> {
    let environments = assessed.by_environment.iter().map(|(name, verdict)| {
        json!({ "service": Value::Null, "environment": name, "verdict": verdict.name() })
    });
    let services = assessed.by_service.iter().filter_map(|(number, verdict)| {
        let service = report.repo.services().get(*number)?;
        let reason = (*verdict == Verdict::Unknown).then(|| service.unread_reason());
        Some(json!({
            "service": service.name,
            "environment": Value::Null,
            "verdict": verdict.name(),
            "reason": reason,
        }))
    });
    environments.chain(services).collect()
}

fn clause(report: &Report, hashes: &Hashes, result: &ClauseResult) -> Value {
    json!({
        "id": result.clause.id,
        "text": result.clause.text,
        "result": result.result.name(),
        "reason": result.reason,
        "optional": result.clause.optional,
        "method": result.clause.method.name(),
        "equivalents": result.equivalents.iter().map(|it| json!({ "text": it.text, "declaration": it.declaration })).collect::<Vec<_>>(),
        "rules": result.rules.iter().map(|(code, examined)| json!({ "code": code, "examined": examined })).collect::<Vec<_>>(),
        "evidence": result.evidence.iter().map(|evidence| hashes.evidence(report, evidence)).collect::<Vec<_>>(),
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

fn controls(report: &Report, hashes: &Hashes) -> Vec<Value> {
    report
        .assessment
        .controls
        .iter()
        .map(|row| {
            let claimed = row.claimed_by.iter().map(|&span| {
                let fact = "annotation".to_owned();
                hashes.evidence(report, &Evidence { span, fact })
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

fn finding(report: &Report, judged: &Judged) -> Value {
    let finding = &judged.finding;
    let place = finding.span.map(|span| report.positions(span));
    json!({
        "fingerprint": judged.fingerprint,
        "code": finding.rule.code,
        "name": finding.rule.name,
        "class": finding.rule.class.name(),
        "severity": finding.severity.name(),
        "status": judged.status.name(),
        "reason": judged.reason,
        "message": report.message(judged),
        "path": finding.span.map_or(".", |span| report.repo.path(span)),
        "start": place.map(|(start, _)| start.line),
        "end": place.map(|(_, end)| end.line),
        "service": judged.service,
        "owner": judged.owner,
        "environment": judged.environment,
        "requirements": finding.rule.requirements,
        "controls": finding.rule.controls,
    })
}

fn files(report: &Report, hashes: &Hashes) -> Vec<Value> {
    report
        .files
        .iter()
        .map(|row| {
            json!({
                "path": row.path,
                "status": row.status.name(),
                "reason": row.reason.map(crate::discover::Skip::name),
                "sha256": hashes.files.get(row.path.as_str()),
                "documents": row.documents.iter().map(|(kind, line)| json!({ "kind": kind.name(), "line": line })).collect::<Vec<_>>(),
            })
        })
        .collect()
}

/// SHA-256 of every file that was kept, as it stands on disk.
struct Hashes {
    files: BTreeMap<String, String>,
}

impl Hashes {
    fn of(report: &Report) -> Hashes {
        let files = report
            .repo
            .sources
            .iter()
            .filter(|source| !source.is_empty())
            .map(|source| {
                (
                    source.path.clone(),
                    source.sha256.clone().unwrap_or_else(|| hex(source.look().as_bytes())),
                )
            })
            .collect();
        Hashes { files }
    }

    fn evidence(&self, report: &Report, evidence: &Evidence) -> Value {
        let (start, end) = report.positions(evidence.span);
        let path = report.repo.path(evidence.span);
        json!({
            "path": path,
            "start": start.line,
            "end": end.line,
            "sha256": self.files.get(path),
            "fact": report.step(&evidence.fact),
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
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
