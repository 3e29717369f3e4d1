//! Clauses to one verdict, and why.

use super::{ClauseResult, Holds, Verdict, declared};
use crate::standard::Requirement;
use std::collections::BTreeMap;

/// From good to bad, for the worst of several environments.
pub(super) fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::NotApplicable => 0,
        Verdict::Met | Verdict::Attested | Verdict::Inherited => 1,
        Verdict::NeedsAttestation => 2,
        Verdict::Unknown => 3,
        Verdict::Partly => 4,
        Verdict::NotMet => 5,
    }
}

/// The verdict that follows however the unknown clauses turn out; unknown if it depends on them.
pub(super) fn decide(requirement: &Requirement, clauses: &[ClauseResult]) -> (Verdict, String) {
    let with = |of: fn(&ClauseResult) -> Verdict| combine(requirement, clauses, of);
    let (best, worst) = (with(|clause| clause.best), with(|clause| clause.worst));
    if best == worst {
        let by_word =
            |clause: &ClauseResult| !clause.clause.optional && clause.result == Verdict::Attested;
        let attested = best == Verdict::Met && clauses.iter().any(by_word);
        let verdict = if attested { Verdict::Attested } else { best };
        return (verdict, reason(verdict, clauses));
    }
    let mut causes: Vec<String> = Vec::new();
    for clause in clauses.iter().filter(|clause| clause.result == Verdict::Unknown) {
        let cause = clause.reason.trim_start_matches("not yet analysed: ").to_owned();
        if !causes.contains(&cause) {
            causes.push(cause);
        }
    }
    let names: Vec<&str> = causes.iter().map(String::as_str).collect();
    (
        Verdict::Unknown,
        format!("{} or {}; not yet analysed: {}", best.name(), worst.name(), list(&names)),
    )
}

/// The verdict of each service, by the clauses that asked each.
pub(super) fn by_service(clauses: &[ClauseResult]) -> Vec<(usize, Verdict)> {
    let mut answers: BTreeMap<usize, Vec<Holds>> = BTreeMap::new();
    for clause in clauses.iter().filter(|clause| !clause.clause.optional) {
        for (service, holds) in &clause.by_service {
            answers.entry(*service).or_default().push(*holds);
        }
    }
    let verdict = |all: &[Holds]| {
        let any = |wanted: Holds| all.contains(&wanted);
        match (any(Holds::Yes) || any(Holds::Partly), any(Holds::No), any(Holds::Unknown)) {
            (true, false, false) if !any(Holds::Partly) => Verdict::Met,
            (true, ..) => Verdict::Partly,
            (false, _, true) => Verdict::Unknown,
            (false, _, false) => Verdict::NotMet,
        }
    };
    answers.into_iter().map(|(service, all)| (service, verdict(&all))).collect()
}

fn combine(
    requirement: &Requirement,
    clauses: &[ClauseResult],
    of: fn(&ClauseResult) -> Verdict,
) -> Verdict {
    let holding = clauses.iter().filter(|clause| of(clause) != Verdict::NotMet).count();
    let all = clauses
        .iter()
        .filter(|clause| !clause.clause.optional)
        .all(|clause| of(clause) == Verdict::Met);
    let baseless = clauses.iter().any(|it| it.clause.core && of(it) == Verdict::NotMet);
    match (all, holding) {
        _ if baseless => Verdict::NotMet,
        (true, 1..) => Verdict::Met,
        (_, holding) if holding < requirement.partly_at_least.max(1) => Verdict::NotMet,
        _ => Verdict::Partly,
    }
}

fn reason(verdict: Verdict, clauses: &[ClauseResult]) -> String {
    let mandatory = || clauses.iter().filter(|clause| !clause.clause.optional);
    match verdict {
        Verdict::Met => match &declared::equivalents(clauses)[..] {
            [] => "every clause holds".to_owned(),
            equivalents => format!("met by equivalent: {}", equivalents.join(", ")),
        },
        Verdict::Attested => "every clause holds, in part by a person's word".to_owned(),
        Verdict::NotMet => match mandatory().find(|clause| clause.result == Verdict::NotMet) {
            Some(clause) => format!("nothing found: {}", clause.clause.text),
            None => "nothing found".to_owned(),
        },
        _ => {
            let missing: Vec<&str> = mandatory()
                .filter(|clause| clause.result == Verdict::NotMet)
                .map(|clause| clause.clause.text)
                .collect();
            let faults: usize = clauses.iter().map(|clause| clause.findings.len()).sum();
            match (missing.first(), faults) {
                (Some(first), _) => format!("missing: {first}{}", more(missing.len() - 1)),
                (None, 1..) => format!("{} open on its evidence", count(faults, "fault")),
                (None, 0) => match mandatory().find(|clause| clause.result == Verdict::Partly) {
                    Some(clause) => clause.reason.clone(),
                    None => "some clauses hold".to_owned(),
                },
            }
        }
    }
}

fn more(count: usize) -> String {
    if count == 0 { String::new() } else { format!(" (and {count} more)") }
}

pub(super) fn count(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

pub(super) fn list(names: &[&str]) -> String {
    match names {
        [first, second, third, rest @ ..] if rest.len() > 1 => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        _ => names.join(", "),
    }
}
