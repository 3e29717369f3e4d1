//! The control matrix: what annotations claim, what verdicts evidence, what findings contradict.

use super::claims::{self, Done, Weight};
use super::evidence::Holds;
use super::scope::Scope;
use super::{Assessed, Verdict};
use crate::catalogue::model::Severity;
use crate::check::Outcome;
use crate::finding::Finding;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What can be said of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ControlState {
    /// Claimed, and an error stands against it.
    Contradicted,
    /// All evidence that is looked at is there; where nobody says what that is, a requirement
    /// that serves it is met, or in part.
    Evidenced,
    /// A part of the evidence is there.
    Partly,
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
            ControlState::Partly => "partly-evidenced",
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
    /// Parts of its evidence that are looked at.
    pub parts: Vec<(&'static str, Holds)>,
    /// What a person has to say.
    pub attest: Option<&'static str>,
    /// What can be said.
    pub state: ControlState,
}

/// Every control that the standard, this project or an annotation names.
pub(super) fn matrix(
    scope: &Scope<'_>,
    findings: &[&Finding],
    outcomes: &[Outcome],
    requirements: &[Assessed],
) -> Vec<ControlRow> {
    let mut claims: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    for (_, written, id) in claims::claims(scope.repo) {
        claims.entry(id.control).or_default().push(written.span);
    }
    let mut evidence: BTreeMap<&str, Vec<&'static str>> = BTreeMap::new();
    let mut ids: BTreeSet<String> = claims.keys().cloned().collect();
    for assessed in requirements {
        let requirement = assessed.requirement;
        // An accepted risk is no evidence.
        let shown = assessed.without_waivers;
        let holds = matches!(shown, Verdict::Met | Verdict::Partly | Verdict::Attested);
        for id in requirement.controls_standard.iter().chain(requirement.controls_mapped) {
            ids.insert((*id).to_owned());
            if holds {
                evidence.entry(id).or_default().push(requirement.id);
            }
        }
    }
    let mut against: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        for id in finding.rule.controls.iter().filter(|_| finding.weight() == Severity::Error) {
            against.entry(id).or_default().push(index);
        }
    }
    let done = Done::new(outcomes, findings.iter().copied());
    let behind = claims::behind(scope, &done);
    ids.into_iter()
        .map(|id| {
            let claimed_by = claims.remove(&id).unwrap_or_default();
            let evidenced_by = evidence.get(id.as_str()).cloned().unwrap_or_default();
            let row = behind.iter().find(|row| row.backing.control == id);
            // Where the table says what counts, it decides.
            let contradicted_by = match row {
                Some(row) => {
                    let against: BTreeSet<*const Finding> =
                        row.against.iter().map(|it| std::ptr::from_ref::<Finding>(it)).collect();
                    let all = findings.iter().enumerate();
                    let listed = all.filter(|(_, it)| against.contains(&std::ptr::from_ref(**it)));
                    listed.map(|(index, _)| index).collect()
                }
                None => against.get(id.as_str()).cloned().unwrap_or_default(),
            };
            let state = state(
                !claimed_by.is_empty(),
                !evidenced_by.is_empty(),
                !contradicted_by.is_empty(),
                row.map(|row| (row.weight(), row.lacks())),
            );
            let parts = row.into_iter().flat_map(|row| &row.parts);
            let parts = parts.map(|(part, holds)| (part.text, *holds)).collect();
            let attest = row.and_then(|row| row.backing.attest);
            ControlRow { id, claimed_by, evidenced_by, contradicted_by, parts, attest, state }
        })
        .collect()
}

fn state(
    claimed: bool,
    evidenced: bool,
    contradicted: bool,
    parts: Option<(Weight, bool)>,
) -> ControlState {
    match parts {
        _ if claimed && contradicted => ControlState::Contradicted,
        Some((Weight::Nothing, _)) if claimed => ControlState::Claimed,
        Some((Weight::Nothing, _)) => ControlState::NotCovered,
        Some((Weight::Part, _)) => ControlState::Partly,
        Some((Weight::All, _)) => ControlState::Evidenced,
        // A part that is not there is not made up for by a requirement.
        Some((Weight::Unknown, true)) if evidenced => ControlState::Partly,
        Some((Weight::Unknown, _)) | None if evidenced => ControlState::Evidenced,
        Some((Weight::Unknown, _)) | None if claimed => ControlState::Claimed,
        Some((Weight::Unknown, _)) | None => ControlState::NotCovered,
    }
}
