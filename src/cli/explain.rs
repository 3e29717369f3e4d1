//! `obsproof explain`.

use super::args::{Colour, Explain, Scan};
use super::{Failure, load, print, ruleset};
use crate::catalogue::load as rule_file;
use crate::catalogue::model::{Rule, Sensitivity};
use crate::config;
use crate::lang::distance;
use crate::repo::model::Model;
use crate::repo::story;
use crate::report::style::Style;
use crate::report::{self, Report};
use crate::standard::{self, Requirement};
use crate::verdict::Assessed;
use crate::{catalogue, nist};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Prints what is known of a rule, a requirement, a control or an alert.
pub(super) fn run(arguments: &Explain) -> Result<u8, Failure> {
    ruleset::of_folder(&arguments.root)?;
    let style = load::style(Colour::Auto);
    let what = arguments.what.trim();
    let text = if let Some(name) = what.strip_prefix("alert:") {
        explain_alert(name.trim(), &scan_of(arguments)?, style)?
    } else if let Some(requirement) = standard::requirement(what) {
        explain_requirement(requirement, &scan_of(arguments)?, style)
    } else if let Some(control) =
        nist::parse(what).map(|id| id.canonical()).filter(|id| nist::control(id).is_some())
    {
        explain_control(&control, &scan_of(arguments)?, style)
    } else {
        match catalogue::named(what)[..] {
            [rule] => explain_rule(rule, style),
            _ => {
                let message = config::resolve_rule(what).err().unwrap_or_default();
                return Err(Failure::new(message.replace("unknown rule", "nothing is called")).help(
                    "explain takes a rule (ALRT005), a requirement (OBS-R15), a control (au-9) or \
                     an alert (alert:HighErrorRate); `obsproof rules` lists the rules",
                ));
            }
        }
    };
    print(text.as_bytes())?;
    Ok(0)
}

fn scan_of(arguments: &Explain) -> Result<Report, Failure> {
    let scan = Scan::of(arguments.root.clone());
    super::report::whole(&scan, &load::place(&scan.paths)?)
}

/// Where an alert comes from and whom it reaches.
fn explain_alert(name: &str, report: &Report, style: Style) -> Result<String, Failure> {
    let model = Model::new(&report.repo);
    let stories = story::stories(&model, name);
    if !stories.is_empty() {
        return Ok(report::story::render(&report.repo, &stories, style));
    }
    let names: BTreeSet<&str> =
        model.alerts().iter().map(|alert| alert.rule.name.text.as_str()).collect();
    let (lower, limit) = (name.to_lowercase(), name.len() / 3);
    let near: Vec<&str> = names
        .iter()
        .filter(|known| {
            let other = known.to_lowercase();
            (!lower.is_empty() && other.contains(&lower))
                || distance::within(&lower, &other, limit).is_some()
        })
        .take(5)
        .copied()
        .collect();
    let help = match (near.is_empty(), names.len()) {
        (false, _) => format!("did you mean {}?", near.join(", ")),
        (true, 0) => "the repository raises no alerts".to_owned(),
        (true, count) => format!("the repository raises {count} other alerts"),
    };
    Err(Failure::new(format!("no alert is called `{name}`")).help(&help))
}

fn explain_rule(rule: &Rule, style: Style) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}  {}", style.strong(rule.code), rule.name);
    let _ = writeln!(out, "{}\n", rule.title);
    let _ = writeln!(out, "  {:<10} {} · {}", "kind", rule.class.name(), rule.severity.name());
    let _ = writeln!(out, "  {:<10} {}", "why", rule.why);
    let _ = writeln!(out, "  {:<10} {}", "fix", rule.fix);
    for id in rule.requirements {
        let _ =
            writeln!(out, "  {:<10} {id} {}", "serves", standard::title(id).unwrap_or_default());
    }
    let controls: Vec<String> = rule.controls.iter().map(|id| nist::label(id)).collect();
    if !controls.is_empty() {
        let _ = writeln!(out, "  {:<10} {}", "controls", controls.join(", "));
    }
    let mut traits = Vec::new();
    if rule.default_off {
        traits.push("off unless selected");
    }
    if rule.absence {
        traits.push("about something missing: shown by --all, --select and the report");
    }
    match rule.sensitive {
        Sensitivity::None => {}
        Sensitivity::Security => traits.push("one level lower where nothing says production"),
        Sensitivity::Retention => traits.push("one level lower on test and example paths"),
    }
    if !traits.is_empty() {
        let _ = writeln!(out, "  {:<10} {}", "shown", traits.join("; "));
    }
    let _ = writeln!(
        out,
        "  {:<10} # obsproof: allow({}) reason=\"…\" until=YYYY-MM-DD",
        "allow", rule.code
    );
    if let Some(condition) = condition(rule) {
        let _ = writeln!(out, "\n{}\n{condition}", style.strong("Condition"));
    }
    examples(rule, style, &mut out);
    out
}

/// The `require:` part of the rule file as written.
fn condition(rule: &Rule) -> Option<String> {
    let mut lines = rule.text.lines().skip_while(|line| !line.starts_with("require:"));
    let first = lines.next()?;
    let rest = lines.take_while(|line| line.starts_with(' '));
    Some(std::iter::once(first).chain(rest).map(|line| format!("  {line}\n")).collect())
}

fn examples(rule: &Rule, style: Style, out: &mut String) {
    let Ok(file) = rule_file::load(rule.name, rule.text) else { return };
    for example in &file.examples {
        let (head, flags) = match &example.flags {
            Some(flags) => ("Flagged", flags.join(", ")),
            None => ("Fine", String::new()),
        };
        let note = example.note.as_deref().map(|note| format!("  ({note})")).unwrap_or_default();
        let flags = if flags.is_empty() { flags } else { format!(" at {flags}") };
        let _ = writeln!(out, "\n{}{flags}{note}", style.strong(head));
        for (path, text) in &example.files {
            let _ = writeln!(out, "  {}", style.faint(path));
            for line in text.lines() {
                let _ = writeln!(out, "    {line}");
            }
        }
    }
}

fn explain_requirement(requirement: &Requirement, report: &Report, style: Style) -> String {
    let mut out = String::new();
    let place =
        format!("section {}, line {} of the standard", requirement.section, requirement.line);
    let _ = writeln!(
        out,
        "{}  {}  {}",
        style.strong(requirement.id),
        requirement.title,
        style.faint(&place)
    );
    if requirement.interpretation {
        let _ = writeln!(
            out,
            "The standard has no text for this item; what is tested is this project's reading."
        );
    }
    let assessed =
        report.assessment.requirements.iter().find(|a| a.requirement.id == requirement.id);
    if let Some(assessed) = assessed {
        let _ = writeln!(out, "\n  {}  {}", style.strong(assessed.verdict.name()), assessed.reason);
        clauses(assessed, report, style, &mut out);
    }
    if let Some(operational) = requirement.operational {
        let _ = writeln!(out, "\n  a person must state: {operational}");
    }
    let labels = |ids: &[&str]| ids.iter().map(|id| nist::label(id)).collect::<Vec<_>>().join(", ");
    if !requirement.controls_standard.is_empty() {
        let _ = writeln!(
            out,
            "\n  controls (the standard's)  {}",
            labels(requirement.controls_standard)
        );
    }
    let _ = writeln!(out, "  controls (mapped here)     {}", labels(requirement.controls_mapped));
    out
}

fn clauses(assessed: &Assessed, report: &Report, style: Style, out: &mut String) {
    for clause in &assessed.clauses {
        let optional = if clause.clause.optional { " (helps)" } else { "" };
        let _ = writeln!(
            out,
            "\n  {:<8} {}{optional}  {}",
            clause.result.name(),
            clause.clause.text,
            style.faint(&clause.reason)
        );
        for evidence in clause.evidence.iter().take(3) {
            let path = report.repo.path(evidence.span);
            let _ = writeln!(
                out,
                "           {path}:{}  {}",
                report.repo.line(evidence.span),
                report.step(&evidence.fact)
            );
        }
        for &index in clause.findings.iter().take(5) {
            if let Some(judged) = report.judged.get(index) {
                let place = judged.finding.span.map_or(".".to_owned(), |span| {
                    format!("{}:{}", report.repo.path(span), report.repo.line(span))
                });
                let _ = writeln!(
                    out,
                    "           ✗ {} {place}  {}",
                    judged.finding.rule.code,
                    report.message(judged)
                );
            }
        }
    }
}

fn explain_control(id: &str, report: &Report, style: Style) -> String {
    let mut out = String::new();
    let title = nist::title(id).unwrap_or_default();
    let _ = writeln!(out, "{}  {title}", style.strong(&nist::label(id)));
    let _ = writeln!(out, "NIST SP 800-53 r5, catalogue {}", nist::VERSION);
    match report.assessment.controls.iter().find(|row| row.id == id) {
        None => {
            let _ = writeln!(
                out,
                "\n  not named by the standard, by this project's mapping or by an annotation"
            );
        }
        Some(row) => {
            let _ = writeln!(out, "\n  {}", style.strong(row.state.name()));
            for span in row.claimed_by.iter().take(10) {
                let _ = writeln!(
                    out,
                    "  claimed      {}:{}",
                    report.repo.path(*span),
                    report.repo.line(*span)
                );
            }
            for requirement in &row.evidenced_by {
                let _ = writeln!(
                    out,
                    "  evidenced    {requirement} {}",
                    standard::title(requirement).unwrap_or_default()
                );
            }
            for judged in
                row.contradicted_by.iter().take(10).filter_map(|&index| report.judged.get(index))
            {
                let place = judged.finding.span.map_or(".".to_owned(), |span| {
                    format!("{}:{}", report.repo.path(span), report.repo.line(span))
                });
                let _ = writeln!(
                    out,
                    "  against      {place}  {} {}",
                    judged.finding.rule.code,
                    report.message(judged)
                );
            }
        }
    }
    let serving: Vec<&str> = catalogue::rules()
        .iter()
        .filter(|rule| rule.controls.contains(&id))
        .map(|rule| rule.code)
        .collect();
    if !serving.is_empty() {
        let _ = writeln!(out, "\n  rules        {}", serving.join(", "));
    }
    out
}
