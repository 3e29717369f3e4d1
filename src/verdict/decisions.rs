//! What people decided: attestations answer what no file shows, waivers accept what is not met.

use super::{Assessed, ClauseResult, Verdict};
use crate::config::Attestation;
use crate::repo::Repo;
use crate::standard::{Clause, Requirement};
use std::collections::BTreeSet;

/// The attestations of a requirement that count, with their numbers.
fn of<'r>(
    repo: &'r Repo,
    requirement: &'r Requirement,
) -> impl Iterator<Item = (usize, &'r Attestation)> {
    let all = repo.settings.attestations.iter().enumerate();
    all.filter(|(_, it)| it.counts() && it.requirement.is_some_and(|its| its.id == requirement.id))
}

/// The attestation of a clause that counts.
pub(super) fn of_clause(repo: &Repo, requirement: &Requirement, clause: &Clause) -> Option<usize> {
    let mut attestations = of(repo, requirement);
    let is_meant = |it: &Attestation| it.clause.is_some_and(|its| its.id == clause.id);
    attestations.find(|(_, it)| is_meant(it)).map(|(number, _)| number)
}

/// A clause that nobody can tell holds by a person's word; what the repository shows stays.
pub(super) fn attest_clause(clause: &mut ClauseResult) {
    if clause.attested.is_some() && clause.best != clause.worst {
        (clause.best, clause.worst) = (Verdict::Met, Verdict::Met);
        clause.result = Verdict::Attested;
        "a person's word".clone_into(&mut clause.reason);
    }
}

/// Takes over what was attested: an answer where only a person can give one.
pub(super) fn attest(repo: &Repo, assessed: &mut Assessed) {
    let requirement = assessed.requirement;
    let clauses = assessed.clauses.iter().filter_map(|clause| clause.attested);
    let mut numbers: Vec<usize> = of(repo, requirement).map(|(number, _)| number).collect();
    numbers.extend(clauses);
    numbers.extend(&assessed.attested);
    numbers.sort_unstable();
    numbers.dedup();
    assessed.attested = numbers;
    if assessed.verdict != Verdict::NeedsAttestation {
        return;
    }
    let whole = of(repo, requirement).find(|(_, attestation)| attestation.clause.is_none());
    let mut open = assessed.clauses.iter().filter(|it| !it.clause.optional);
    let in_parts = !assessed.clauses.is_empty()
        && open.all(|it| it.attested.is_some() || it.result == Verdict::Met);
    let said = match whole {
        Some((_, attestation)) => {
            let statement = attestation.statement.as_ref().map_or("", |it| it.text.as_str());
            format!("{statement} ({})", attestation.signature())
        }
        None if in_parts => "each clause is attested".to_owned(),
        None => return,
    };
    assessed.verdict = Verdict::Attested;
    assessed.without_waivers = Verdict::Attested;
    assessed.reason = said;
}

/// Accepts what is not met, where a waiver that counts says so; `needed` takes the waivers that
/// changed a verdict.
pub(super) fn waive(
    repo: &Repo,
    assessed: &mut Assessed,
    environment: &str,
    needed: &mut BTreeSet<usize>,
) {
    let accepts = matches!(
        assessed.verdict,
        Verdict::Partly | Verdict::NotMet | Verdict::NeedsAttestation | Verdict::Unknown
    );
    if !accepts {
        return;
    }
    let mut waivers = repo.settings.waivers.iter().enumerate();
    let Some((number, waiver)) = waivers.find(|(_, waiver)| {
        let named = &waiver.reach.environments;
        waiver.requirement().is_some_and(|it| it.id == assessed.requirement.id)
            && (named.is_empty() || named.iter().any(|it| it == environment))
    }) else {
        return;
    };
    let text = |word: &Option<crate::config::Word>| {
        word.as_ref().map_or(String::new(), |word| word.text.clone())
    };
    let (why, last) = (text(&waiver.reason), text(&waiver.expires));
    assessed.reason = format!(
        "risk accepted by {} until {last}: {why}; without it {}: {}",
        waiver.name(),
        assessed.verdict.name(),
        assessed.reason
    );
    assessed.without_waivers = assessed.verdict;
    assessed.verdict = Verdict::Met;
    assessed.waived.push(number);
    needed.insert(number);
}
