//! Evidence and findings to verdicts: what is met, what is not, on what evidence.
//!
//! In: the repo model and all findings at catalogue severity. Nothing that tunes the display
//! reaches this module: it never sees which findings are shown, allowed or lowered.

pub mod chain;
mod claims;
mod controls;
mod decide;
mod declared;
mod evidence;
mod role;
mod scope;

pub use claims::examine;
pub use controls::{ControlRow, ControlState};
pub use evidence::{Answer, Equivalent, Evidence, Holds, is_query};
pub use role::Role;

use crate::catalogue;
use crate::catalogue::model::{Class, Severity};
use crate::check::Outcome;
use crate::repo::model::Model;
use crate::standard::{self, Basis, Clause, Kind, Requirement, When};
use decide::{count, decide, list, rank};
use scope::Scope;
use std::collections::BTreeMap;

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

/// A finding as verdicts see it: rule, catalogue severity, place in the list of findings.
struct Fault {
    index: usize,
    severity: Severity,
    validity: bool,
    document: Option<crate::facts::DocumentId>,
}

/// Judges every requirement. `findings` are all findings, whatever their status.
pub fn assess<'a>(
    model: &'a Model<'a>,
    outcomes: &[Outcome],
    findings: &[&crate::finding::Finding],
) -> Assessment {
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
            severity: finding.severity,
            validity: finding.rule.class == Class::Validity,
            document: finding.document,
        });
    }
    let repo = model.repo;
    let declared_role = declared::role(repo);
    let role_declaration = declared_role.as_ref().map(|(.., number)| *number);
    let (role, role_reason) = match declared_role {
        Some((role, reason, _)) => (role, reason),
        None => role::infer(repo),
    };
    let context = Context { model, examined, panicked, faults, role, role_declaration };
    let environments = scope::environments(repo);
    let scopes: Vec<(String, Scope<'_>)> = match &environments[..] {
        [] => vec![(String::new(), Scope::new(model, None))],
        names => names
            .iter()
            .map(|name| (name.clone(), Scope::new(model, Some(name.as_str()))))
            .collect(),
    };
    let mut requirements: Vec<Assessed> = standard::in_force()
        .requirements
        .iter()
        .map(|requirement| context.over_environments(requirement, &scopes))
        .collect();
    take_over(&mut requirements);
    let controls = controls::matrix(model, findings, outcomes, &requirements);
    Assessment { role: Some(role), role_reason, environments, requirements, controls }
}

/// Checklist items that equal a REQUIRED item take its verdict.
fn take_over(requirements: &mut [Assessed]) {
    for index in 0..requirements.len() {
        let Some(same_as) = requirements[index].requirement.same_as else { continue };
        let Some(original) =
            requirements.iter().find(|other| other.requirement.id == same_as).cloned()
        else {
            continue;
        };
        let assessed = &mut requirements[index];
        assessed.verdict = original.verdict;
        assessed.from_clauses = original.from_clauses;
        assessed.reason = format!("as {same_as}: {}", original.reason);
        assessed.clauses = original.clauses;
        assessed.by_service = original.by_service;
        assessed.by_environment = original.by_environment;
        assessed.exempt = original.exempt;
        assessed.declared = original.declared;
        assessed.waived = original.waived;
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
}

impl Context<'_> {
    /// The worst verdict over the environments: what one has proves nothing for another.
    fn over_environments(
        &self,
        requirement: &'static Requirement,
        scopes: &[(String, Scope<'_>)],
    ) -> Assessed {
        let mut all: Vec<(String, Assessed)> = scopes
            .iter()
            .map(|(name, scope)| (name.clone(), self.requirement(requirement, scope)))
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
            None => self.requirement(requirement, &Scope::new(self.model, None)),
        }
    }

    fn requirement(&self, requirement: &'static Requirement, scope: &Scope<'_>) -> Assessed {
        let own: Vec<&str> = requirement.clauses.iter().filter_map(Clause::query).collect();
        let clauses: Vec<ClauseResult> =
            requirement.clauses.iter().map(|clause| self.clause(clause, &own, scope)).collect();
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
        };
        declared::apply(self.model.repo, &mut assessed);
        if assessed.verdict == Verdict::NotMet && requirement.attested_by_default {
            assessed.verdict = Verdict::NeedsAttestation;
        }
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
        let findings = self.breaking(clause, scope);
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
            by_service: answer.by_service,
        }
    }

    /// Validity findings and errors of the clause's rules, and warnings of those that must be clean.
    fn breaking(&self, clause: &Clause, scope: &Scope<'_>) -> Vec<usize> {
        let mut breaking: Vec<usize> = clause
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
            .map(|(_, fault)| fault.index)
            .collect();
        breaking.sort_unstable();
        breaking
    }
}
