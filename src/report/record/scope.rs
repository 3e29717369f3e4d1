//! What was looked at, what was not and why, and what was tuned.

use super::evidence::Places;
use super::provenance::Provenance;
use crate::catalogue::model::Severity;
use crate::config::{Declaration, Refusal, Word, is_named};
use crate::discover::sha256;
use crate::report::{FileStatus, Report};
use crate::verdict::{Assessed, Role, Verdict};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Most paths that are listed for one reason; `files` lists all.
const MOST: usize = 20;

/// What was looked at, and what was passed over.
pub(super) fn scope(report: &Report, provenance: &Provenance<'_>) -> Value {
    let assessment = &report.assessment;
    let count = |status| report.files.iter().filter(|row| row.status == status).count();
    let skipped = count(FileStatus::Skipped);
    let unreadable = report.unreadable.iter();
    json!({
        "role": assessment.role.map(Role::name),
        "role_reason": assessment.role_reason,
        "environments": assessment.environments,
        "only": provenance.only,
        "files_seen": report.seen,
        "files_analysed": report.files.len() - skipped,
        "files_partly": count(FileStatus::Partly),
        "files_skipped": skipped,
        "documents": report.documents(),
        "excluded": excluded(report),
        "skips": skips(report),
        "unreadable": unreadable.map(|(path, why)| json!({ "path": path, "reason": why })).collect::<Vec<_>>(),
        "failed_rules": failed_rules(report),
    })
}

/// Paths that were left out, and why.
fn excluded(report: &Report) -> Vec<Value> {
    let settings = &report.repo.settings;
    let paths = settings.exclude.iter();
    paths.map(|it| json!({ "path": it, "reason": settings.exclude_reasons.get(it) })).collect()
}

/// Files that were passed over, wholly or in part, by reason.
fn skips(report: &Report) -> Vec<Value> {
    report
        .skips()
        .iter()
        .map(|(reason, count)| {
            let of = report.files.iter().filter(|row| row.reason == Some(*reason));
            let paths: Vec<&str> = of.map(|row| row.path.as_str()).take(MOST).collect();
            json!({ "reason": reason.name(), "files": count, "paths": paths })
        })
        .collect()
}

/// Rules that failed inside the tool: their clauses are unknown.
fn failed_rules(report: &Report) -> Vec<Value> {
    let failed = report.outcomes.iter().filter(|outcome| !outcome.panics.is_empty());
    failed.map(|it| json!({ "rule": it.rule.code, "subjects": it.panics })).collect()
}

/// What changes what is shown, and what was stated of the repository.
pub(super) fn tuning(report: &Report, places: &Places<'_>) -> Value {
    let settings = &report.repo.settings;
    let profiles = settings.profiles.iter();
    json!({
        "files": own_files(report, places),
        "ignored": settings.ignore,
        "selected": settings.select,
        "classes": settings.classes.iter().map(|class| class.name()).collect::<Vec<_>>(),
        "fail_on": settings.fail_on.map(Severity::name),
        "excluded": excluded(report),
        "profiles": profiles.map(|(path, profile)| json!({ "path": path, "profile": profile.name() })).collect::<Vec<_>>(),
        "changed_severities": changed_severities(report),
        "allows": allows(report),
        "declarations": settings.declarations.iter().map(declaration).collect::<Vec<_>>(),
    })
}

/// Files of settings and decisions.
fn own_files(report: &Report, places: &Places<'_>) -> Vec<Value> {
    let settings = &report.repo.settings;
    let files = [&settings.file, &settings.waivers_file, &settings.attestations_file];
    let files = files.into_iter().flatten();
    files.map(|path| json!({ "path": path, "sha256": places.sha256(path) })).collect()
}

/// Findings that are shown with a lower severity than the catalogue's; verdicts see the latter.
fn changed_severities(report: &Report) -> Vec<Value> {
    let mut changed: BTreeMap<(&str, &str, &str, &str), usize> = BTreeMap::new();
    for judged in &report.judged {
        if let Some(why) = judged.lowered {
            let (from, to) = (judged.finding.severity.name(), judged.severity.name());
            *changed.entry((judged.finding.rule.code, from, to, why)).or_default() += 1;
        }
    }
    let rows = changed.into_iter();
    rows.map(|((code, from, to, why), findings)| {
        json!({ "code": code, "from": from, "to": to, "why": why, "findings": findings })
    })
    .collect()
}

fn allows(report: &Report) -> Vec<Value> {
    let allows = report.repo.facts.allows.iter();
    allows
        .map(|allow| {
            json!({
                "path": report.repo.path(allow.span),
                "line": report.repo.line(allow.span),
                "rules": allow.codes.iter().map(|code| &code.text).collect::<Vec<_>>(),
                "reason": allow.reason,
                "until": allow.until.as_ref().map(|until| &until.text),
            })
        })
        .collect()
}

fn declaration(declaration: &Declaration) -> Value {
    let text = |word: &Option<Word>| word.as_ref().map(|word| word.text.clone());
    let state = declaration.refusal.as_ref().map_or("counts", Refusal::name);
    let lacks = match &declaration.refusal {
        Some(Refusal::Incomplete(lacks)) => &lacks[..],
        _ => &[],
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

/// Services and environments that verdicts are given for.
pub(super) fn scopes(report: &Report) -> Vec<Value> {
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
            "critical": is_named(&repo.settings.critical_services, &service.name),
            "not_analysed": service.unread,
        })
    });
    environments.chain(services).collect()
}

/// The verdict in each environment, and of each service that was asked.
pub(super) fn by_scope(report: &Report, assessed: &Assessed) -> Vec<Value> {
    let environments = assessed.by_environment.iter().map(|(name, verdict)| {
        json!({ "service": Value::Null, "environment": name, "verdict": verdict.name() })
    });
    let services = assessed.by_service.iter().filter_map(|(number, verdict)| {
        let service = report.repo.services().get(*number)?;
        let reason = (*verdict == Verdict::Unknown).then(|| service.open_reason());
        Some(json!({
            "service": service.name,
            "environment": Value::Null,
            "critical": is_named(&report.repo.settings.critical_services, &service.name),
            "verdict": verdict.name(),
            "reason": reason,
        }))
    });
    environments.chain(services).collect()
}

/// How the services stand, in words: `37 of 40 services met, 3 of 3 critical`.
pub(in crate::report) fn services_met(report: &Report, assessed: &Assessed) -> Option<String> {
    let critical = &report.repo.settings.critical_services;
    let (mut met, mut all, mut critical_met, mut critical_all) = (0, 0, 0, 0);
    for (number, verdict) in &assessed.by_service {
        let Some(service) = report.repo.services().get(*number) else { continue };
        let (is_met, is_critical) = (*verdict == Verdict::Met, is_named(critical, &service.name));
        all += 1;
        met += usize::from(is_met);
        critical_all += usize::from(is_critical);
        critical_met += usize::from(is_critical && is_met);
    }
    let noun = if all == 1 { "service" } else { "services" };
    match (all, critical_all) {
        (0, _) => None,
        (_, 0) => Some(format!("{met} of {all} {noun} met")),
        _ => Some(format!("{met} of {all} {noun} met, {critical_met} of {critical_all} critical")),
    }
}

/// What templates came to: the command as its user tells it, and each output with its hash; null
/// where nothing was rendered.
pub(super) fn rendered(report: &Report, places: &Places<'_>) -> Value {
    if report.rendered.texts.is_empty() {
        return Value::Null;
    }
    let output = |(path, text): (&String, &String)| json!({ "path": path, "sha256": sha256(text.as_bytes()) });
    let outputs: Vec<Value> = report.rendered.texts.iter().map(output).collect();
    let command = report.rendered.command.as_deref().map(|command| report.step(command));
    let hash = command.as_deref().map(|command| sha256(command.as_bytes()));
    let values = report.behind.values.iter();
    let values = values.map(|path| json!({ "path": path, "sha256": places.sha256(path) }));
    json!({ "command": command, "command_sha256": hash, "outputs": outputs, "values": values.collect::<Vec<_>>() })
}
