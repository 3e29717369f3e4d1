//! The report that an auditor reads first: verdicts with evidence, in Markdown.

mod decisions;
mod origin;

use super::record::{Record, open_codes, services_met};
use super::steps::{FIRST, steps};
use super::{Report, headline, visible};
use crate::config::{Refusal, Word};
use crate::nist;
use crate::standard::{self, Kind};
use crate::verdict::{Assessed, ControlState, Verdict};
use std::fmt::Write;

/// The report as Markdown.
pub fn text(report: &Report, record: &Record) -> String {
    let mut out = String::new();
    head(report, record, &mut out);
    decisions::gate(record, &mut out);
    decisions::changes(record, &mut out);
    first_steps(report, &mut out);
    table(report, Kind::Required, "REQUIRED items", &mut out);
    table(report, Kind::Checklist, "Checklist", &mut out);
    declarations(report, &mut out);
    decisions::write(record, &mut out);
    details(report, &mut out);
    controls(report, &mut out);
    origin::write(record.value(), &mut out);
    not_looked_at(report, &mut out);
    out
}

/// Text that is safe inside a table cell.
fn cell(text: &str) -> String {
    visible(text).replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;")
}

fn head(report: &Report, record: &Record, out: &mut String) {
    let standard = standard::in_force();
    let _ = writeln!(out, "# Observability compliance\n");
    if let Some(stamp) = record.stamp() {
        let _ = writeln!(out, "> **{}**\n", cell(&stamp));
    }
    let _ = writeln!(out, "**{} {}, {}**\n", standard.code, standard.version, standard.title);
    let counts = |kind| headline::counts(&report.assessment, kind);
    for (kind, items) in [(Kind::Required, "REQUIRED"), (Kind::Checklist, "checklist")] {
        let all = report.assessment.requirements.iter();
        let number = all.filter(|assessed| assessed.requirement.kind == kind).count();
        let _ = writeln!(out, "- {number} {items} items: {}", counts(kind));
    }
    let state = |state| report.assessment.controls.iter().filter(|row| row.state == state).count();
    let claimed =
        report.assessment.controls.iter().filter(|row| !row.claimed_by.is_empty()).count();
    let _ = writeln!(
        out,
        "- NIST SP 800-53 r5 ({}): {claimed} controls claimed · {} evidenced · {} in part · {} contradicted · {} claimed without evidence",
        nist::VERSION,
        state(ControlState::Evidenced),
        state(ControlState::Partly),
        state(ControlState::Contradicted),
        state(ControlState::Claimed),
    );
    if let Some(role) = report.assessment.role {
        let _ = writeln!(out, "- Role: {}: {}", role.name(), cell(&report.assessment.role_reason));
    }
    if !report.assessment.environments.is_empty() {
        let _ = writeln!(
            out,
            "- Environments, judged one at a time: {}",
            report.assessment.environments.join(", ")
        );
    }
    let _ = writeln!(
        out,
        "\nThis is a static examination: it shows what the repository's files say, not what runs. \
         A control is never called satisfied by it; the table names evidence for it.\n"
    );
}

/// The faults and gaps that hold most requirements back, largest effect first.
fn first_steps(report: &Report, out: &mut String) {
    let steps = steps(report);
    if steps.is_empty() {
        return;
    }
    let _ = writeln!(out, "## What stands between this repository and compliance\n");
    for (number, step) in steps.iter().take(FIRST).enumerate() {
        let _ = writeln!(
            out,
            "{}. **{}** {} _({})_",
            number + 1,
            step.code,
            cell(&step.line()),
            step.requirements.join(", ")
        );
    }
    if let more @ 1.. = steps.len().saturating_sub(FIRST) {
        let _ = writeln!(out, "\nand {more} more kinds of fault: `obsproof check --all`");
    }
    out.push('\n');
}

fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met | Verdict::Attested | Verdict::Inherited => "✓",
        Verdict::Partly => "◐",
        Verdict::NotMet => "✗",
        Verdict::NotApplicable => "–",
        Verdict::NeedsAttestation | Verdict::Unknown => "?",
    }
}

fn table(report: &Report, kind: Kind, title: &str, out: &mut String) {
    let _ = writeln!(
        out,
        "## {title}\n\n| | item | verdict | why | evidence | open |\n|---|---|---|---|---|---|"
    );
    for assessed in report.assessment.requirements.iter().filter(|a| a.requirement.kind == kind) {
        let requirement = assessed.requirement;
        let note = if requirement.interpretation { " ¹" } else { "" };
        let _ = writeln!(
            out,
            "| {} | {} {}{note} | {} | {} | {} | {} |",
            mark(assessed.verdict),
            requirement.id,
            cell(requirement.title),
            assessed.verdict.name(),
            cell(&assessed.reason),
            cell(&evidence(report, assessed)),
            open(report, assessed),
        );
    }
    if kind == Kind::Checklist {
        let _ = writeln!(
            out,
            "\n¹ The standard has no text for this item; what is tested is this project's reading."
        );
    }
    out.push('\n');
}

/// The first piece of evidence and how many more there are.
fn evidence(report: &Report, assessed: &Assessed) -> String {
    let mut all = assessed.clauses.iter().flat_map(|clause| &clause.evidence);
    let Some(first) = all.next() else { return String::new() };
    let more = all.count();
    let place = format!("{}:{}", report.repo.path(first.span), report.repo.line(first.span));
    if more > 0 { format!("{place} +{more}") } else { place }
}

fn open(report: &Report, assessed: &Assessed) -> String {
    let codes: Vec<String> = open_codes(report, assessed)
        .into_iter()
        .map(|(code, count)| if count > 1 { format!("{code} ×{count}") } else { code.to_owned() })
        .collect();
    match codes.len() {
        0..=6 => codes.join(", "),
        count => format!("{} and {} more", codes[..6].join(", "), count - 6),
    }
}

/// What was declared, by whom, and whether it counts.
fn declarations(report: &Report, out: &mut String) {
    let all = &report.repo.settings.declarations;
    if all.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "## Declarations\n\n| what | why | owner | approved by | until | counts |\n|---|---|---|---|---|---|"
    );
    for declaration in all {
        let text =
            |word: &Option<Word>| word.as_ref().map_or(String::new(), |word| cell(&word.text));
        let counts = match &declaration.refusal {
            None => "yes".to_owned(),
            Some(Refusal::Incomplete(lacks)) => format!("no: without {}", lacks.join(", ")),
            Some(Refusal::SelfApproved) => "no: approved by its owner".to_owned(),
            Some(Refusal::Expired) => "no: its last day is over".to_owned(),
            Some(Refusal::Contradicted) => "no: another states another role".to_owned(),
            Some(Refusal::Repeated) => "no: one before it says the same".to_owned(),
            Some(Refusal::Overruled) => "no: the file on top states the role".to_owned(),
        };
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {counts} |",
            cell(&declaration.stated.text()),
            text(&declaration.reason),
            text(&declaration.owner),
            text(&declaration.approver),
            text(&declaration.expires),
        );
    }
    out.push('\n');
}

fn details(report: &Report, out: &mut String) {
    let _ = writeln!(out, "## Clauses and evidence\n");
    for assessed in &report.assessment.requirements {
        let requirement = assessed.requirement;
        if requirement.same_as.is_some() || assessed.verdict == Verdict::NotApplicable {
            continue;
        }
        let _ = writeln!(
            out,
            "### {} {}: {}\n",
            requirement.id,
            requirement.title,
            assessed.verdict.name()
        );
        if let Some(services) = services_met(report, assessed) {
            let _ = writeln!(out, "{services}\n");
        }
        if let Some(operational) = requirement.operational {
            let _ = writeln!(out, "_A person must state:_ {operational}\n");
        }
        for clause in &assessed.clauses {
            let optional = if clause.clause.optional { " _(helps)_" } else { "" };
            let _ = writeln!(
                out,
                "- **{}** {}{optional}: {}",
                clause.result.name(),
                clause.clause.text,
                cell(&clause.reason)
            );
            for piece in clause.evidence.iter().take(3) {
                let path = visible(report.repo.path(piece.span));
                let _ = writeln!(
                    out,
                    "  - `{path}:{}` {}",
                    report.repo.line(piece.span),
                    cell(&report.step(&piece.fact))
                );
            }
            if clause.evidence.len() > 3 {
                let _ = writeln!(out, "  - and {} more", clause.evidence.len() - 3);
            }
        }
        out.push('\n');
    }
}

fn controls(report: &Report, out: &mut String) {
    let _ = writeln!(out, "## NIST SP 800-53 r5 controls\n");
    let _ = writeln!(
        out,
        "Which requirement serves which control: the standard annotates only its sections 1 and 4; \
         the rest is this project's mapping and no statement of the standard.\n"
    );
    let _ = writeln!(
        out,
        "| control | state | claimed at | evidence for it | findings against it |\n|---|---|---|---|---|"
    );
    for row in &report.assessment.controls {
        let claimed = row.claimed_by.first().map_or(String::new(), |span| {
            let more = row.claimed_by.len() - 1;
            let place = format!("{}:{}", report.repo.path(*span), report.repo.line(*span));
            if more > 0 { format!("{place} +{more}") } else { place }
        });
        let title = nist::title(&row.id).unwrap_or_default();
        let _ = writeln!(
            out,
            "| {} {} | {} | {} | {} | {} |",
            nist::label(&row.id),
            cell(title),
            row.state.name(),
            cell(&claimed),
            row.evidenced_by.join(", "),
            row.contradicted_by.len(),
        );
    }
    out.push('\n');
}

fn not_looked_at(report: &Report, out: &mut String) {
    let _ = writeln!(out, "## What was not looked at, and why\n");
    let pending: usize = report
        .assessment
        .requirements
        .iter()
        .filter(|assessed| assessed.verdict == Verdict::Unknown)
        .count();
    if pending > 0 {
        let _ = writeln!(
            out,
            "- {pending} requirements are unknown: their rows say what is not yet analysed."
        );
    }
    let _ = writeln!(
        out,
        "- Nothing that runs was examined; whether it is deployed and works needs a person's word."
    );
    for (reason, count) in report.skips() {
        let paths: Vec<&str> = report
            .files
            .iter()
            .filter(|row| row.reason == Some(reason))
            .take(5)
            .map(|row| row.path.as_str())
            .collect();
        let _ = writeln!(out, "- {count} {}: {}", reason.name(), cell(&paths.join(", ")));
    }
    for outcome in report.outcomes.iter().filter(|outcome| !outcome.panics.is_empty()) {
        let _ = writeln!(
            out,
            "- {} failed inside the tool: its clauses are unknown.",
            outcome.rule.code
        );
    }
}
