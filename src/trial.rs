//! Rule files on trial: what the examples of a rule file promise is what its rule does.

use crate::catalogue::load::{self, Example, LoadError, RuleFile};
use crate::catalogue::model::Rule;
use crate::catalogue::rules;
use crate::check::Outcome;
use crate::config;
use crate::finding::Finding;
use crate::judge::{View, judge};
use crate::render::Behind;
use crate::repo::Repo;
use crate::repo::model::Model;
use crate::source::{Encoding, Source};
use crate::{check, discover, scan, verdict};

/// The day of every example.
pub const TODAY: &str = "2026-01-01";

/// What a rule did with an example.
#[derive(Debug, Default)]
pub struct Run {
    /// Subjects it examined.
    pub examined: usize,
    /// Exact texts of the primary spans, in order; `.` for the repository as a whole.
    pub flags: Vec<String>,
    /// Severities of the findings.
    pub severities: Vec<&'static str>,
    /// Their messages.
    pub messages: Vec<String>,
    /// Subjects on which it panicked.
    pub panics: Vec<String>,
}

impl Run {
    fn of<'f>(
        repo: &Repo,
        examined: usize,
        findings: impl Iterator<Item = &'f Finding> + Clone,
    ) -> Run {
        let flag = |finding: &Finding| {
            finding.span.map_or(".".to_owned(), |span| repo.text(span).to_owned())
        };
        Run {
            examined,
            flags: findings.clone().map(flag).collect(),
            severities: findings.clone().map(|finding| finding.severity.name()).collect(),
            messages: findings.map(Finding::message).collect(),
            panics: Vec::new(),
        }
    }
}

/// Runs one rule over the files of an example.
///
/// # Errors
/// In words: the example's `obsproof.toml` cannot be read.
pub fn run(rule: &'static Rule, example: &Example) -> Result<Run, String> {
    let mut files = example.files.clone();
    files.sort();
    let paths = files.iter().map(|(path, _)| path.clone()).collect();
    let sources =
        files.into_iter().map(|(path, text)| Source::new(path, text, Encoding::Utf8)).collect();
    let mut repo = scan::model(sources, paths);
    // A configuration in an example holds for it, as it would in a repository.
    if let Some((path, text)) = example.files.iter().find(|(path, _)| path == "obsproof.toml") {
        let settings = config::read(path, text.clone(), TODAY).map_err(|(_, errors)| {
            errors.first().map_or(String::new(), |error| error.message.clone())
        })?;
        repo.configure(settings);
    }
    if matches!(rule.family(), "WAIV" | "ATTE") {
        decide(&mut repo, example)?;
    }
    if check::JUDGED.contains(&rule.code) {
        return Ok(run_concluded(rule, &repo));
    }
    if rule.family() == "ALLOW" {
        return Ok(run_judged(rule, &repo));
    }
    let Some(mut outcome) = outcome(rule, &repo) else { return Ok(Run::default()) };
    outcome.findings.sort_by_key(|finding| finding.span);
    let panics = std::mem::take(&mut outcome.panics);
    Ok(Run { panics, ..Run::of(&repo, outcome.examined, outcome.findings.iter().map(Box::as_ref)) })
}

/// Decisions in an example hold for it, as they would in a repository.
fn decide(repo: &mut Repo, example: &Example) -> Result<(), String> {
    let text = |wanted: &str| {
        let file = example.files.iter().find(|(path, _)| path == wanted);
        file.map(|(_, text)| text.clone())
    };
    let told = |(_, errors): (Box<Source>, Vec<config::ConfigError>)| {
        errors.first().map_or(String::new(), |error| error.message.clone())
    };
    let mut settings = repo.settings.clone();
    let (waivers, attestations) = (".obsproof/waivers.yaml", ".obsproof/attestations.yaml");
    if let Some(entries) = text(waivers) {
        let read = config::read_waivers(waivers, entries, TODAY, &settings);
        settings.waivers = read.map_err(told)?;
        settings.waivers_file = Some(waivers.to_owned());
    }
    if let Some(entries) = text(attestations) {
        let hash = |path: &str| text(path).map(|text| discover::sha256(text.as_bytes()));
        let read = config::read_attestations(attestations, entries, TODAY, &hash);
        settings.attestations = read.map_err(told)?;
        settings.attestations_file = Some(attestations.to_owned());
    }
    repo.configure(settings);
    Ok(())
}

/// Whether a waiver accepts anything is known only when all is judged.
fn run_concluded(rule: &'static Rule, repo: &Repo) -> Run {
    let view = View { all: true, today: TODAY.to_owned(), ..View::default() };
    let (_, judged, _) = scan::conclude(repo, &view, true, &Behind::default(), None);
    let findings = judged.iter().map(|entry| &*entry.finding);
    Run::of(repo, repo.settings.waivers.len(), findings.filter(|one| one.rule.code == rule.code))
}

fn outcome(rule: &'static Rule, repo: &Repo) -> Option<Outcome> {
    if !check::CLAIMS.contains(&rule.code) {
        return check::check(repo, &[rule]).pop();
    }
    // What these say rests on the findings of all others.
    let all: Vec<&'static Rule> = rules().iter().collect();
    let mut outcomes = check::check(repo, &all);
    verdict::examine(&Model::new(repo), &mut outcomes);
    outcomes.into_iter().find(|outcome| outcome.rule.code == rule.code)
}

/// Rules about allows need the judge, and the rules that the allows name.
fn run_judged(rule: &'static Rule, repo: &Repo) -> Run {
    let all: Vec<&'static Rule> = rules().iter().collect();
    let view = View { all: true, today: TODAY.to_owned(), ..View::default() };
    let judged = judge(repo, &mut check::check(repo, &all), &view);
    let findings = judged.iter().map(|entry| &*entry.finding);
    Run::of(
        repo,
        repo.facts.allows.len(),
        findings.filter(|one| one.rule.code == rule.code && one.span.is_some()),
    )
}

/// What a rule file promises and its rule does not do; `rule` is the rule of the file.
pub fn faults(rule: &'static Rule, file: &RuleFile) -> Vec<LoadError> {
    let mut faults = Vec::new();
    let (fail, pass): (Vec<_>, Vec<_>) =
        file.examples.iter().partition(|example| example.flags.is_some());
    if let Some(first) = file.examples.first().filter(|_| pass.is_empty() || fail.is_empty()) {
        let message = "a rule file needs a pass and a fail example".to_owned();
        faults.push(LoadError { span: first.span, message });
    }
    for example in &file.examples {
        let told = match run(rule, example) {
            Ok(run) => broken(rule, example, &run),
            Err(fault) => vec![format!("its obsproof.toml cannot be used: {fault}")],
        };
        faults.extend(told.into_iter().map(|message| LoadError { span: example.span, message }));
    }
    faults
}

fn broken(rule: &Rule, example: &Example, run: &Run) -> Vec<String> {
    let mut faults = Vec::new();
    let Run { examined, flags, severities, messages, panics } = run;
    if !panics.is_empty() {
        faults.push(format!("the rule panicked on {}", panics.join(", ")));
    }
    if let Some(expected) = example.severities.as_ref().filter(|list| *list != severities) {
        faults.push(format!("expected the severities {expected:?}, found {severities:?}"));
    }
    match &example.flags {
        Some(expected) if expected.is_empty() => {
            faults.push("a fail example flags something: name the texts in `flags`".to_owned());
        }
        Some(expected) if expected != flags => {
            faults.push(format!("expected flags {expected:?}, found {flags:?} ({messages:?})"));
        }
        None if !flags.is_empty() => {
            faults.push(format!("a pass example is flagged at {flags:?} ({messages:?})"));
        }
        // A pass example the rule never looked at would pass for nothing.
        None if *examined == 0 => {
            let subject = rule.subject.name();
            faults.push(format!("a pass example holds no {subject}: it passes for nothing"));
        }
        _ => {}
    }
    let open = |message: &&String| {
        load::captures(rule.message).any(|capture| message.contains(&format!("{{{capture}}}")))
    };
    faults.extend(messages.iter().filter(open).map(|it| format!("a capture stays empty: {it}")));
    faults
}
