//! All verdicts of a run, and how many there are of each.

use super::{Assessed, ControlRow, Exempt, Role, Verdict, declared};
use crate::standard::{self, Kind};
use std::collections::BTreeSet;

/// All verdicts of a run.
#[derive(Debug, Default)]
pub struct Assessment {
    /// What the repository is.
    pub role: Option<Role>,
    /// What shows the role.
    pub role_reason: String,
    /// Environments found, evaluated one at a time.
    pub environments: Vec<String>,
    /// The 57 requirements, in the standard's order.
    pub requirements: Vec<Assessed>,
    /// Controls that anything claims, evidences or contradicts.
    pub controls: Vec<ControlRow>,
    /// Waivers of requirements without which a verdict would be another, by their number.
    pub needed_waivers: BTreeSet<usize>,
}

impl Assessment {
    /// Number of requirements of a kind with a verdict.
    pub fn count(&self, kind: Kind, verdict: Verdict) -> usize {
        self.requirements
            .iter()
            .filter(|assessed| assessed.requirement.kind == kind && assessed.verdict == verdict)
            .count()
    }

    /// Number of requirements of a kind that do not apply because somebody declared it.
    pub fn declared_away(&self, kind: Kind) -> usize {
        let declared = |assessed: &&Assessed| assessed.exempt == Some(Exempt::Declaration);
        let of_kind = |assessed: &&Assessed| assessed.requirement.kind == kind;
        self.requirements.iter().filter(of_kind).filter(declared).count()
    }

    /// Number of requirements of a kind that are met by a product that stands in for another.
    pub fn by_equivalent(&self, kind: Kind) -> usize {
        let of_kind = |assessed: &&Assessed| {
            assessed.requirement.kind == kind && assessed.verdict == Verdict::Met
        };
        let stands_in = |it: &&Assessed| !declared::equivalents(&it.clauses).is_empty();
        self.requirements.iter().filter(of_kind).filter(stands_in).count()
    }

    /// Number of requirements of a kind that are met because a risk was accepted.
    pub fn risk_accepted(&self, kind: Kind) -> usize {
        let of_kind = |assessed: &&Assessed| {
            assessed.requirement.kind == kind && assessed.verdict == Verdict::Met
        };
        self.requirements.iter().filter(of_kind).filter(|it| !it.waived.is_empty()).count()
    }

    /// Follows findings to their new places.
    pub fn renumber(&mut self, places: &[usize]) {
        let moved = |index: &mut usize| *index = places.get(*index).copied().unwrap_or(*index);
        for clause in self.requirements.iter_mut().flat_map(|it| &mut it.clauses) {
            clause.findings.iter_mut().for_each(moved);
            clause.accepted.iter_mut().for_each(|(index, _)| moved(index));
        }
        for row in &mut self.controls {
            row.contradicted_by.iter_mut().for_each(moved);
        }
    }

    /// One line on the state of compliance; `None` where nothing is asked of the repository.
    pub fn headline(&self) -> Option<String> {
        if self.role.is_none_or(|role| role == Role::Library || role == Role::Empty) {
            return None;
        }
        let met = self.count(Kind::Required, Verdict::Met);
        let partly = self.count(Kind::Required, Verdict::Partly);
        let total =
            self.requirements.iter().filter(|a| a.requirement.kind == Kind::Required).count();
        let code = standard::in_force().code;
        Some(format!("{code}: {met} of {total} REQUIRED met, {partly} partly: obsproof report"))
    }
}
