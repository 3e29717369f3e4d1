//! Evidence and findings to verdicts: what is met, what is not, on what evidence.
//!
//! In: the repo model and all findings at catalogue severity. Nothing that tunes the display
//! reaches this module: it never sees which findings are shown, allowed or lowered.

mod assessment;
pub mod chain;
mod claims;
mod controls;
mod decide;
mod decisions;
mod declared;
mod evidence;
mod role;
mod scope;

pub use assessment::Assessment;
pub use claims::examine;
pub use controls::{ControlRow, ControlState};
pub use evidence::{Answer, Equivalent, Evidence, Holds, is_query};
pub use role::Role;
pub use scope::Whole;

use crate::catalogue;
use crate::catalogue::model::{Class, Severity};
use crate::check::Outcome;
use crate::repo::model::Model;
use crate::standard::{self, Basis, Clause, Requirement, When};
use decide::{count, decide, list, rank};
use rayon::prelude::*;
use scope::Scope;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

/// The verdict on a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Every clause holds.
    Met,
    /// Some clauses hold, or all with open faults.
    Partly,
    /// Nothing found.
    NotMet,
    /// It does not apply here, with evidence.
    NotApplicable,
    /// Only a person can say.
    NeedsAttestation,
    /// A person has said.
    Attested,
    /// Somebody else's, declared.
    Inherited,
    /// The tool cannot tell.
    Unknown,
}

impl Verdict {
    /// The word used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Met => "met",
            Verdict::Partly => "partly",
            Verdict::NotMet => "not-met",
            Verdict::NotApplicable => "not-applicable",
            Verdict::NeedsAttestation => "needs-attestation",
            Verdict::Attested => "attested",
            Verdict::Inherited => "inherited",
            Verdict::Unknown => "unknown",
        }
    }
}

/// The result of one clause.
#[derive(Clone, Debug)]
pub struct ClauseResult {
    /// The clause.
    pub clause: &'static Clause,
    /// `met`, `partly`, `not-met` or `unknown`.
    pub result: Verdict,
    /// The best it can be once everything is known; differs from `result` only when unknown.
    pub best: Verdict,
    /// The worst it can be once everything is known.
    pub worst: Verdict,
    /// Why, in a few words.
    pub reason: String,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// Products in it that stand in for those the standard names.
    pub equivalents: Vec<Equivalent>,
    /// Rules that examined it, with the number of subjects each looked at.
    pub rules: Vec<(&'static str, usize)>,
    /// Findings that break it: index into the findings, in order.
    pub findings: Vec<usize>,
    /// Findings that would break it, each with the number of the waiver that accepts it.
    pub accepted: Vec<(usize, usize)>,
    /// The attestation that speaks of it, by its number.
    pub attested: Option<usize>,
    /// What each service answers, by its number, where each was asked.
    pub by_service: Vec<(usize, Holds)>,
}

/// The verdict on one requirement, computed from its clauses.
#[derive(Clone, Debug)]
pub struct Assessed {
    /// The requirement.
    pub requirement: &'static Requirement,
    /// The verdict.
    pub verdict: Verdict,
    /// What follows from its clauses alone: before what is declared of it as a whole.
    pub from_clauses: Verdict,
    /// Why, in a sentence.
    pub reason: String,
    /// Its clauses.
    pub clauses: Vec<ClauseResult>,
    /// The verdict of each service, by its number, where each was asked.
    pub by_service: Vec<(usize, Verdict)>,
    /// The verdict in each environment, where there are several.
    pub by_environment: Vec<(String, Verdict)>,
    /// Where it does not apply: what says so.
    pub exempt: Option<Exempt>,
    /// Declarations it rests on, by their number.
    pub declared: Vec<usize>,
    /// Waivers it rests on, by their number.
    pub waived: Vec<usize>,
    /// What the verdict is where nobody accepts a gap of the requirement.
    pub without_waivers: Verdict,
    /// Attestations of it and of its clauses that count, by their number.
    pub attested: Vec<usize>,
}

/// What says that a requirement does not apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exempt {
    /// The repository shows it.
    Evidence,
    /// Somebody declared it.
    Declaration,
}

impl Exempt {
    /// The word used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Exempt::Evidence => "evidence",
            Exempt::Declaration => "declaration",
        }
    }
}

/// A finding as verdicts see it: rule, catalogue severity, place in the list of findings.
struct Fault {
    index: usize,
    severity: Severity,
    validity: bool,
    document: Option<crate::facts::DocumentId>,
    waiver: Option<usize>,
}

/// Judges every requirement. `findings` are all findings, whatever their status.
pub fn assess<'a>(
    model: &'a Model<'a>,
    outcomes: &[Outcome],
    findings: &[&crate::finding::Finding],
) -> Assessment {
    assess_waived(Whole(Scope::new(model, None)), outcomes, findings, &[])
}

/// Judges every requirement; `waived` says of each finding which waiver accepts it.
pub fn assess_waived(
    Whole(whole): Whole<'_>,
    outcomes: &[Outcome],
    findings: &[&crate::finding::Finding],
    waived: &[Option<usize>],
) -> Assessment {
    let model = whole.model;
    let examined: BTreeMap<&str, usize> =
        outcomes.iter().map(|outcome| (outcome.rule.code, outcome.examined)).collect();
    let panicked: Vec<&str> = outcomes
        .iter()
        .filter(|outcome| !outcome.panics.is_empty())
        .map(|outcome| outcome.rule.code)
        .collect();
    let mut faults: BTreeMap<&str, Vec<Fault>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        faults.entry(finding.rule.code).or_default().push(Fault {
            index,
            severity: finding.weight(),
            validity: finding.rule.class == Class::Validity,
            document: finding.document,
            waiver: waived.get(index).copied().flatten(),
        });
    }
    let repo = model.repo;
    let declared_role = declared::role(repo);
    let role_declaration = declared_role.as_ref().map(|(.., number)| *number);
    let (role, role_reason) = match declared_role {
        Some((role, reason, _)) => (role, reason),
        None => role::infer(repo),
    };
    let needed = Mutex::default();
    let context = Context { model, examined, panicked, faults, role, role_declaration, needed };
    let environments = scope::environments(repo);
    let parts: Vec<Scope<'_>> =
        environments.iter().map(|name| Scope::new(model, Some(name.as_str()))).collect();
    let scopes: Vec<(&str, &Scope<'_>)> = match &environments[..] {
        [] => vec![("", &whole)],
        names => names.iter().map(String::as_str).zip(&parts).collect(),
    };
    let mut requirements: Vec<Assessed> = standard::in_force()
        .requirements
        .par_iter()
        .with_max_len(1)
        .map(|requirement| context.over_environments(requirement, &scopes))
        .collect();
    context.take_over(&mut requirements);
    let needed_waivers = context.needed.into_inner().unwrap_or_default();
    let controls = controls::matrix(&whole, findings, outcomes, &requirements);
    Assessment {
        role: Some(role),
        role_reason,
        environments,
        requirements,
        controls,
        needed_waivers,
    }
}

struct Context<'a> {
    model: &'a Model<'a>,
    examined: BTreeMap<&'a str, usize>,
    panicked: Vec<&'a str>,
    faults: BTreeMap<&'a str, Vec<Fault>>,
    role: Role,
    /// The declaration of the role, if it is one.
    role_declaration: Option<usize>,
    /// Waivers that changed a verdict.
    needed: Mutex<BTreeSet<usize>>,
}

impl Context<'_> {
    /// Checklist items that equal a REQUIRED item take its verdict, and may be decided apart.
    fn take_over(&self, requirements: &mut [Assessed]) {
        for index in 0..requirements.len() {
            let requirement = requirements[index].requirement;
            let Some(same_as) = requirement.same_as else { continue };
            let mut all = requirements.iter();
            let Some(mut original) = all.find(|other| other.requirement.id == same_as).cloned()
            else {
                continue;
            };
            original.requirement = requirement;
            original.reason = format!("as {same_as}: {}", original.reason);
            self.decide(&mut original, "");
            requirements[index] = original;
        }
    }

    /// The worst verdict over the environments: what one has proves nothing for another.
    fn over_environments(
        &self,
        requirement: &'static Requirement,
        scopes: &[(&str, &Scope<'_>)],
    ) -> Assessed {
        let mut all: Vec<(String, Assessed)> = scopes
            .iter()
            .map(|(name, scope)| ((*name).to_owned(), self.requirement(requirement, scope, name)))
            .collect();
        if all.len() == 1 {
            return all.remove(0).1;
        }
        let by_environment: Vec<(String, Verdict)> =
            all.iter().map(|(name, assessed)| (name.clone(), assessed.verdict)).collect();
        let counted = |name: &str| !scope::is_rehearsal(name);
        let serious = all.iter().any(|(name, _)| counted(name));
        let worst = all
            .into_iter()
            .filter(|(name, _)| !serious || counted(name))
            .max_by_key(|(_, assessed)| rank(assessed.verdict));
        match worst {
            Some((name, mut assessed)) => {
                if by_environment.iter().any(|(_, verdict)| *verdict != assessed.verdict) {
                    assessed.reason = format!("in {name}: {}", assessed.reason);
                }
                assessed.by_environment = by_environment;
                assessed
            }
            // There is always one scope at least.
            None => self.requirement(requirement, &Scope::new(self.model, None), ""),
        }
    }

    fn requirement(
        &self,
        requirement: &'static Requirement,
        scope: &Scope<'_>,
        environment: &str,
    ) -> Assessed {
        let own: Vec<&str> = requirement.clauses.iter().filter_map(Clause::query).collect();
        let repo = self.model.repo;
        let mut clauses: Vec<ClauseResult> =
            requirement.clauses.iter().map(|clause| self.clause(clause, &own, scope)).collect();
        for clause in &mut clauses {
            clause.attested = decisions::of_clause(repo, requirement, clause.clause);
            decisions::attest_clause(clause);
        }
        let exemption = self.exemption(requirement, &clauses, scope);
        let exempt = exemption.as_ref().map(|(_, exempt)| *exempt);
        let (from_clauses, reason) = decide(requirement, &clauses);
        let (verdict, reason) = match exemption {
            Some((reason, _)) => (Verdict::NotApplicable, reason),
            None => (from_clauses, reason),
        };
        let equivalents = clauses.iter().flat_map(|clause| &clause.equivalents);
        let mut declared: Vec<usize> = equivalents.filter_map(|it| it.declaration).collect();
        declared.extend(self.role_declaration.filter(|_| exempt == Some(Exempt::Declaration)));
        declared.sort_unstable();
        declared.dedup();
        let by_service = decide::by_service(&clauses);
        let by_environment = Vec::new();
        let mut assessed = Assessed {
            requirement,
            verdict,
            from_clauses,
            reason,
            clauses,
            by_service,
            by_environment,
            exempt,
            declared,
            waived: Vec::new(),
            without_waivers: verdict,
            attested: Vec::new(),
        };
        let rests = assessed.clauses.iter().filter(|clause| clause.result == Verdict::Met);
        let waivers = rests.flat_map(|clause| &clause.accepted).map(|(_, waiver)| *waiver);
        assessed.waived = waivers.collect();
        declared::apply(repo, &mut assessed);
        if assessed.verdict == Verdict::NotMet && requirement.attested_by_default {
            assessed.verdict = Verdict::NeedsAttestation;
        }
        assessed.without_waivers = assessed.verdict;
        self.decide(&mut assessed, environment);
        assessed
    }

    /// A precondition is absent, and nothing in the repository serves the requirement.
    fn exemption(
        &self,
        requirement: &Requirement,
        clauses: &[ClauseResult],
        scope: &Scope<'_>,
    ) -> Option<(String, Exempt)> {
        if self.role == Role::Empty {
            return Some((
                "nothing in the repository needs observing".to_owned(),
                Exempt::Evidence,
            ));
        }
        if clauses.iter().any(|clause| !clause.evidence.is_empty()) {
            return None;
        }
        let applies = |when: &When| match when {
            When::Role(role) => self.role.name() == *role,
            When::Without(query) => evidence::ask(query, scope).holds == Holds::No,
        };
        let exemption = requirement.exemptions.iter().find(|exemption| applies(&exemption.when))?;
        let exempt = match exemption.when {
            When::Role(_) if self.role_declaration.is_some() => Exempt::Declaration,
            _ => Exempt::Evidence,
        };
        Some((exemption.reason.to_owned(), exempt))
    }

    fn clause(&self, clause: &'static Clause, own: &[&str], scope: &Scope<'_>) -> ClauseResult {
        let answer = match clause.basis {
            Basis::Evidence(query) => evidence::ask(query, scope),
            Basis::Pending(what) => evidence::pending(what, own, scope),
        };
        let built =
            |code: &str| catalogue::by_code(code).is_some() && !self.panicked.contains(&code);
        let moot = |code: &str| evidence::is_moot(code, scope);
        let pending: Vec<&str> =
            clause.rules.iter().copied().filter(|code| !built(code) && !moot(code)).collect();
        let (findings, accepted) = self.breaking(clause, scope);
        let (mut best, mut worst) = match answer.holds {
            Holds::Yes => (Verdict::Met, Verdict::Met),
            Holds::Partly => (Verdict::Partly, Verdict::Partly),
            Holds::No => (Verdict::NotMet, Verdict::NotMet),
            Holds::Unknown => (Verdict::Met, Verdict::NotMet),
        };
        let mut reason = answer.note;
        if !findings.is_empty() && best == Verdict::Met {
            best = Verdict::Partly;
            worst = worst.max(Verdict::Partly);
            reason = format!("{} open on it", count(findings.len(), "fault"));
        } else if !accepted.is_empty() && best == Verdict::Met && pending.is_empty() {
            reason = format!("{} accepted by a waiver", count(accepted.len(), "fault"));
        } else if best == Verdict::Met && worst == Verdict::Met && !pending.is_empty() {
            worst = Verdict::Partly;
            reason = format!("not yet analysed: {}", list(&pending));
        }
        let result = if best == worst { best } else { Verdict::Unknown };
        let rules = clause
            .rules
            .iter()
            .filter_map(|code| self.examined.get(code).map(|examined| (*code, *examined)))
            .collect();
        ClauseResult {
            clause,
            result,
            best,
            worst,
            reason,
            evidence: answer.evidence,
            equivalents: answer.equivalents,
            rules,
            findings,
            accepted,
            attested: None,
            by_service: answer.by_service,
        }
    }

    /// Validity findings and errors of the clause's rules, and warnings of those that must be
    /// clean: those that stand, and those that a waiver accepts.
    fn breaking(&self, clause: &Clause, scope: &Scope<'_>) -> (Vec<usize>, Vec<(usize, usize)>) {
        let mut all: Vec<(usize, Option<usize>)> = clause
            .rules
            .iter()
            .filter_map(|code| Some((code, self.faults.get(code)?)))
            .flat_map(|(code, faults)| faults.iter().map(move |fault| (code, fault)))
            .filter(|(code, fault)| {
                fault.validity
                    || fault.severity == Severity::Error
                    || (fault.severity == Severity::Warning && clause.clean.contains(code))
            })
            .filter(|(_, fault)| fault.document.is_none_or(|document| scope.counts(document)))
            .map(|(_, fault)| (fault.index, fault.waiver))
            .collect();
        all.sort_unstable();
        let standing = all.iter().filter(|(_, waiver)| waiver.is_none());
        let accepted = all.iter().filter_map(|(index, waiver)| Some((*index, (*waiver)?)));
        (standing.map(|(index, _)| *index).collect(), accepted.collect())
    }

    /// Takes over what people decided.
    fn decide(&self, assessed: &mut Assessed, environment: &str) {
        let repo = self.model.repo;
        decisions::attest(repo, assessed);
        if let Ok(mut needed) = self.needed.lock() {
            decisions::waive(repo, assessed, environment, &mut needed);
        }
        assessed.waived.sort_unstable();
        assessed.waived.dedup();
    }
}
