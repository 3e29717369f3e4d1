//! Claims of controls: what they rest on, and what stands against them.
//!
//! What counts as evidence is data (`rules/standard/nist-evidence.yaml`). It rests on the
//! findings of other rules, so these rules run after all others, and before the judge.

use super::evidence::{self, Holds};
use super::role::{self, Role};
use super::scope::{Scope, Whole};
use crate::catalogue::{self, model::Severity};
use crate::check::Outcome;
use crate::facts::Subject;
use crate::facts::annotation::Annotation;
use crate::facts::scalar::Scalar;
use crate::finding::{Finding, Related};
use crate::nist::{self, Id};
use crate::repo::Repo;
use crate::repo::model::Model;
use crate::repo::standing::is_sample;
use crate::source::Origin;
use crate::standard::{self, Backing, BackingPart};
use std::collections::BTreeMap;

mod unannotated;

/// Most contradictions that one finding names.
const MOST: usize = 5;

/// What is behind a control.
pub(super) struct Behind<'f> {
    /// The table's row.
    pub(super) backing: &'static Backing,
    /// Its parts, and whether each holds; parts that are not looked at are left out.
    pub(super) parts: Vec<(&'static BackingPart, Holds)>,
    /// Findings that contradict it.
    pub(super) against: Vec<&'f Finding>,
}

/// How much of the evidence is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// All parts that are looked at.
    All,
    /// Some of them.
    Part,
    /// None.
    Nothing,
    /// What is not looked at may hold it.
    Unknown,
}

impl Behind<'_> {
    pub(super) fn weight(&self) -> Weight {
        let count = |wanted: Holds| self.parts.iter().filter(|(_, holds)| *holds == wanted).count();
        let (held, missing, unknown) =
            (count(Holds::Yes) + count(Holds::Partly), count(Holds::No), count(Holds::Unknown));
        match (held, missing, unknown) {
            (0, 0, _) | (0, _, 1..) => Weight::Unknown,
            (0, _, 0) => Weight::Nothing,
            (_, 0, 0) => Weight::All,
            (_, 0, _) => Weight::Unknown,
            _ => Weight::Part,
        }
    }

    /// Whether a part was looked for and is not there.
    pub(super) fn lacks(&self) -> bool {
        self.parts.iter().any(|(_, holds)| *holds == Holds::No)
    }

    fn missing(&self) -> String {
        let missing = self.parts.iter().filter(|(_, holds)| *holds == Holds::No);
        missing.map(|(part, _)| part.text).collect::<Vec<_>>().join("; ")
    }
}

/// What the rules did, by code: subjects examined, and what they found.
#[derive(Default)]
pub(super) struct Done<'f> {
    examined: BTreeMap<&'static str, usize>,
    findings: BTreeMap<&'static str, Vec<&'f Finding>>,
}

impl<'f> Done<'f> {
    pub(super) fn new(
        outcomes: &[Outcome],
        findings: impl Iterator<Item = &'f Finding>,
    ) -> Done<'f> {
        let mut done = Done::default();
        done.examined.extend(outcomes.iter().map(|outcome| (outcome.rule.code, outcome.examined)));
        for finding in findings {
            done.findings.entry(finding.rule.code).or_default().push(finding);
        }
        done
    }

    /// Errors and warnings of a rule that count here.
    fn open(&self, code: &str, scope: &Scope<'_>) -> impl Iterator<Item = &'f Finding> {
        self.findings.get(code).into_iter().flatten().copied().filter(|finding| {
            finding.severity >= Severity::Warning
                && finding.document.is_none_or(|document| scope.counts(document))
        })
    }
}

/// What is behind every control of the table.
pub(super) fn behind<'f>(scope: &Scope<'_>, done: &Done<'f>) -> Vec<Behind<'f>> {
    standard::backing()
        .iter()
        .map(|backing| {
            let parts = backing.parts.iter();
            Behind {
                backing,
                parts: parts.filter_map(|part| Some((part, holds(part, scope, done)?))).collect(),
                against: backing.against.iter().flat_map(|code| done.open(code, scope)).collect(),
            }
        })
        .collect()
}

/// Whether a part holds; `None` where nothing of it is looked at.
fn holds(part: &BackingPart, scope: &Scope<'_>, done: &Done<'_>) -> Option<Holds> {
    if part.pending {
        return Some(Holds::Unknown);
    }
    let rules = || part.clean.iter().filter(|code| done.examined.contains_key(*code));
    if rules().next().is_none() && part.evidence.is_empty() {
        return part.alone.then_some(Holds::Unknown);
    }
    let answers: Vec<Holds> =
        part.evidence.iter().map(|query| evidence::ask(query, scope).holds).collect();
    let examined: usize = rules().filter_map(|code| done.examined.get(code)).sum();
    let open = rules().flat_map(|code| done.open(code, scope)).count();
    let found = answers.iter().any(|holds| matches!(holds, Holds::Yes | Holds::Partly));
    // What code does is not known where code, or one of the rules on it, is not read.
    let unread = scope.repo.has_unread_code() || rules().count() < part.clean.len();
    let unsure = answers.contains(&Holds::Unknown) || (part.in_code && unread);
    Some(match (found || (examined > 0 && open == 0), unsure) {
        (true, _) => Holds::Yes,
        (false, true) => Holds::Unknown,
        (false, false) => Holds::No,
    })
}

/// Every claim of a control: its annotation, the place of the id, the control.
pub(super) fn claims(repo: &Repo) -> impl Iterator<Item = (&Annotation, &Scalar, Id)> {
    let claiming = |annotation: &&Annotation| {
        let tag = annotation.tag.as_str();
        // What nobody can read is left out, and NIST001 says so.
        !annotation.example
            && annotation.malformed.is_none()
            && matches!(tag, "nist" | "nist-implements" | "nist-controls" | "satisfies")
    };
    repo.facts.annotations.iter().filter(claiming).flat_map(|annotation| {
        let controls = annotation.controls.iter().filter(|control| control.known);
        controls.filter_map(move |control| {
            Some((annotation, control, nist::parse(control.text.trim())?))
        })
    })
}

/// Adds what is found of claims to the outcomes of their rules.
pub fn examine<'r>(model: &'r Model<'r>, outcomes: &mut [Outcome]) -> Whole<'r> {
    let repo = model.repo;
    let backed = |id: &Id| standard::backing().iter().any(|row| row.control == id.control);
    let ours = |annotation: &Annotation| {
        let source = repo.source(annotation.source);
        source.origin != Origin::Vendored && !is_sample(&source.path)
    };
    let claims: Vec<_> =
        claims(repo).filter(|(annotation, _, id)| backed(id) && ours(annotation)).collect();
    let scope = Scope::new(model, None);
    let role = super::declared::role(repo).map_or_else(|| role::infer(repo).0, |it| it.0);
    let operated = !matches!(role, Role::Library | Role::Product | Role::Empty);
    if let Some(outcome) = outcomes.iter_mut().find(|outcome| outcome.rule.code == "NIST008") {
        let (examined, found) = unannotated::find(&scope, operated);
        outcome.examined = examined;
        outcome.findings = found.into_iter().map(Box::new).collect();
    }
    if claims.is_empty() {
        return Whole(scope);
    }
    let mut unbacked = Vec::new();
    let mut contradicted = Vec::new();
    {
        let found = outcomes.iter().flat_map(|outcome| &outcome.findings).map(Box::as_ref);
        let behind = behind(&scope, &Done::new(outcomes, found));
        for (annotation, written, id) in &claims {
            let rows = behind.iter().filter(|it| it.backing.control == id.control);
            for row in rows {
                if operated {
                    unbacked.extend(without_evidence(row, annotation, written, id));
                }
                contradicted.extend(against_evidence(repo, row, annotation, written, id));
            }
        }
    }
    for (code, findings) in [("NIST006", unbacked), ("NIST007", contradicted)] {
        if let Some(outcome) = outcomes.iter_mut().find(|outcome| outcome.rule.code == code) {
            outcome.examined = claims.len();
            outcome.findings = findings.into_iter().map(Box::new).collect();
        }
    }
    Whole(scope)
}

fn without_evidence(
    row: &Behind<'_>,
    annotation: &Annotation,
    written: &Scalar,
    id: &Id,
) -> Option<Finding> {
    // What no repository can show, a person has to say.
    let first = id.item.as_deref().and_then(|item| item.split('.').next());
    if first.is_some_and(|item| row.backing.policy.contains(&item)) {
        return None;
    }
    let (severity, what) = match row.weight() {
        Weight::Nothing => (Severity::Error, "nothing here is evidence for it"),
        Weight::Part => (Severity::Warning, "only a part of it has evidence here; missing"),
        Weight::All | Weight::Unknown => return None,
    };
    let mut finding = finding("NIST006", annotation, written, id)?;
    finding.severity = severity;
    finding.captures.push(("what", what.to_owned()));
    finding.captures.push(("missing", row.missing()));
    Some(finding)
}

fn against_evidence(
    repo: &Repo,
    row: &Behind<'_>,
    annotation: &Annotation,
    written: &Scalar,
    id: &Id,
) -> Option<Finding> {
    let folder = |path: &str| path.rsplit_once('/').map_or("", |it| it.0).to_owned();
    let claimed_in = folder(repo.path(written.span));
    let inside = |outer: &str, inner: &str| {
        outer.is_empty()
            || inner
                .strip_prefix(outer)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let near = |finding: &&&Finding| {
        let Some(span) = finding.span.filter(|_| row.backing.of_service) else { return true };
        let found_in = folder(repo.path(span));
        inside(&claimed_in, &found_in) || inside(&found_in, &claimed_in)
    };
    let against: Vec<&Finding> = row.against.iter().filter(near).copied().collect();
    let first = against.first()?;
    let mut finding = finding("NIST007", annotation, written, id)?;
    let more = match against.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    finding.captures.push(("fault", format!("{}{more}", first.rule.code)));
    finding.captures.push(("title", lower_first(first.rule.title)));
    finding.related = against
        .iter()
        .take(MOST)
        .filter_map(|one| {
            Some(Related { span: one.span?, text: format!("{}: {}", one.rule.code, one.message()) })
        })
        .collect();
    Some(finding)
}

fn finding(code: &str, annotation: &Annotation, written: &Scalar, id: &Id) -> Option<Finding> {
    let rule = catalogue::by_code(code)?;
    Some(Finding {
        rule,
        span: Some(written.span),
        document: None,
        subject: annotation.title(),
        service: None,
        owner: None,
        severity: rule.severity,
        opinion: false,
        anywhere: false,
        captures: vec![("control", nist::label(&id.control))],
        related: Vec::new(),
        fix: None,
    })
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}
