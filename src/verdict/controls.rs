//! The control matrix: what annotations claim, what verdicts evidence, what findings contradict.

use super::{Assessed, Verdict};
use crate::catalogue::model::Severity;
use crate::check::Outcome;
use crate::finding::Finding;
use crate::repo::Repo;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What can be said of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ControlState {
    /// Claimed, and an error stands against it.
    Contradicted,
    /// A requirement that serves it is met, or in part.
    Evidenced,
    /// Claimed, and nothing behind the claim was found.
    Claimed,
    /// Asked for, and nothing was found.
    NotCovered,
}

impl ControlState {
    /// The word used in every output.
    pub fn name(self) -> &'static str {
        match self {
            ControlState::Contradicted => "contradicted",
            ControlState::Evidenced => "evidenced",
            ControlState::Claimed => "claimed",
            ControlState::NotCovered => "not-covered",
        }
    }
}

/// One control of the matrix.
#[derive(Clone, Debug)]
pub struct ControlRow {
    /// OSCAL id.
    pub id: String,
    /// Places of annotations that claim it.
    pub claimed_by: Vec<Span>,
    /// Requirements that evidence it.
    pub evidenced_by: Vec<&'static str>,
    /// Findings against it: index into the findings.
    pub contradicted_by: Vec<usize>,
    /// What can be said.
    pub state: ControlState,
}

/// Every control that the standard, this project or an annotation names.
pub(super) fn matrix(
    repo: &Repo,
    findings: &[&Finding],
    _outcomes: &[Outcome],
    requirements: &[Assessed],
) -> Vec<ControlRow> {
    let mut claims: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    for annotation in repo.facts.annotations.iter().filter(|annotation| !annotation.example) {
        if !matches!(
            annotation.tag.as_str(),
            "nist" | "nist-implements" | "nist-controls" | "satisfies"
        ) {
            continue;
        }
        for control in &annotation.controls {
            claims.entry(control.text.to_ascii_lowercase()).or_default().push(control.span);
        }
    }
    let mut evidence: BTreeMap<&str, Vec<&'static str>> = BTreeMap::new();
    let mut ids: BTreeSet<String> = claims.keys().cloned().collect();
    for assessed in requirements {
        let requirement = assessed.requirement;
        let holds = matches!(assessed.verdict, Verdict::Met | Verdict::Partly | Verdict::Attested);
        for id in requirement.controls_standard.iter().chain(requirement.controls_mapped) {
            ids.insert((*id).to_owned());
            if holds {
                evidence.entry(id).or_default().push(requirement.id);
            }
        }
    }
    let mut against: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        if finding.severity == Severity::Error {
            for id in finding.rule.controls {
                against.entry(id).or_default().push(index);
            }
        }
    }
    ids.into_iter()
        .map(|id| {
            let claimed_by = claims.remove(&id).unwrap_or_default();
            let evidenced_by = evidence.get(id.as_str()).cloned().unwrap_or_default();
            let contradicted_by = against.get(id.as_str()).cloned().unwrap_or_default();
            let state = match (
                claimed_by.is_empty(),
                evidenced_by.is_empty(),
                contradicted_by.is_empty(),
            ) {
                (false, _, false) => ControlState::Contradicted,
                (_, false, _) => ControlState::Evidenced,
                (false, true, true) => ControlState::Claimed,
                (true, true, _) => ControlState::NotCovered,
            };
            ControlRow { id, claimed_by, evidenced_by, contradicted_by, state }
        })
        .collect()
}
