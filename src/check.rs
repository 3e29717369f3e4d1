//! Rules × subjects → findings and the number of subjects each rule examined.
//!
//! Rules are pure: no I/O, no clock, no globals. They run in parallel; a rule that panics is
//! contained and reported.

mod alrt;
mod amgr;
mod atte;
mod beat;
mod case;
mod cros;
mod dash;
mod decl;
mod elas;
mod flnt;
mod incd;
mod incr;
mod infr;
mod jaeg;
mod kiba;
mod logs;
mod lsth;
mod mend;
mod metr;
mod nist;
mod otcl;
mod otel;
mod pass;
mod perf;
mod pql;
mod prom;
mod refusal;
mod rule;
mod slo;
mod strat;
mod table;
mod trac;
mod waiv;
mod xref;

pub(crate) use case::{Case, Flag};

use crate::catalogue;
use crate::catalogue::model::{Logic, Rule};
use crate::config::{Attestation, Declaration, Waiver};
use crate::facts::subject::{self, SubjectKind};
use crate::facts::{Document, Subject};
use crate::finding::Findings;
use crate::identify::Kind;
use crate::repo::Repo;
use crate::repo::engines::Cluster;
use crate::repo::model::Model;
use crate::repo::notifications::Notification;
use crate::repo::queries::Query;
use crate::repo::services::Service;
use pass::Pass;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What one rule did.
#[derive(Debug)]
pub struct Outcome {
    /// The rule.
    pub rule: &'static Rule,
    /// Subjects it examined.
    pub examined: usize,
    /// What it found, unordered.
    pub findings: Findings,
    /// Subjects on which it panicked; its clauses are unknown then.
    pub panics: Vec<String>,
}

macro_rules! builtins {
    (
        documents { $($documents:tt)* }
        facts { $(
            $(#[$doc:meta])* $fact:ident $field:ident: $($path:ident)::+ $name:literal [$($key:literal),* $(,)?];
        )* }
        other { $($other:tt)* }
    ) => {
        /// A rule written in Rust, by the fact it looks at.
        #[derive(Clone, Copy)]
        pub(crate) enum Builtin {
            $($fact(for<'a> fn(&'a crate::facts::$($path)::+, &mut Case<'a>)),)*
            Document(for<'a> fn(&'a Document, &mut Case<'a>)),
            Expression(for<'a> fn(&'a Query<'a>, &mut Case<'a>)),
            Notification(for<'a> fn(&'a Notification<'a>, &mut Case<'a>)),
            Declaration(for<'a> fn(&'a Declaration, &mut Case<'a>)),
            Waiver(for<'a> fn(&'a Waiver, &mut Case<'a>)),
            Attestation(for<'a> fn(&'a Attestation, &mut Case<'a>)),
            Cluster(for<'a> fn(&'a Cluster, &mut Case<'a>)),
            Service(for<'a> fn(&'a Service, &mut Case<'a>)),
            Repository(for<'a> fn(&mut Case<'a>)),
        }

        impl Builtin {
            /// The list of facts or expressions that it goes through.
            fn list(self) -> Option<SubjectKind> {
                match self {
                    $(Builtin::$fact(_) => Some(SubjectKind::$fact),)*
                    Builtin::Expression(_) => Some(SubjectKind::Expression),
                    _ => None,
                }
            }
        }

        /// How many subjects of a kind there are, where they are facts or expressions.
        fn count(model: &Model<'_>, kind: SubjectKind) -> usize {
            match kind {
                $(SubjectKind::$fact => model.repo.facts.$field.len(),)*
                SubjectKind::Expression => model.queries().len(),
                _ => 1,
            }
        }

        impl<'a> Runner<'a> {
            /// Runs a rule written in Rust.
            fn builtin(&mut self, builtin: Builtin) {
                let (repo, model) = (self.repo, self.model);
                let facts = &repo.facts;
                match builtin {
                    $(Builtin::$fact(check) => self.each(&facts.$field, check),)*
                    Builtin::Document(check) => {
                        let subject = self.rule.subject;
                        for document in facts.documents.iter().filter(|one| reads(subject, one)) {
                            self.one(|case| check(document, case), Some(document));
                        }
                    }
                    Builtin::Expression(check) => self.each(model.queries(), check),
                    Builtin::Notification(check) => self.each(&model.notifications().all, check),
                    Builtin::Declaration(check) => self.each(&self.repo.settings.declarations, check),
                    Builtin::Waiver(check) => self.each(&self.repo.settings.waivers, check),
                    Builtin::Attestation(check) => self.each(&self.repo.settings.attestations, check),
                    Builtin::Cluster(check) => self.each(repo.engine_clusters(), check),
                    Builtin::Service(check) => self.each(repo.services(), check),
                    Builtin::Repository(check) => self.one(check, None),
                }
            }

            /// Shows a predicate all subjects of its rule.
            fn every(&mut self, check: impl Fn(&dyn Subject, &mut Case<'_>)) {
                let (repo, model) = (self.repo, self.model);
                let facts = &repo.facts;
                macro_rules! each {
                    ($subjects:expr) => {
                        self.each($subjects, |subject, case| check(subject, case))
                    };
                }
                match self.rule.subject {
                    $(SubjectKind::$fact => each!(&facts.$field),)*
                    SubjectKind::Expression => each!(model.queries()),
                    SubjectKind::NotificationTemplate => each!(&model.notifications().all),
                    SubjectKind::EngineCluster => each!(repo.engine_clusters()),
                    SubjectKind::Service => each!(repo.services()),
                    SubjectKind::Allow => each!(&facts.allows),
                    SubjectKind::Declaration => each!(&self.repo.settings.declarations),
                    SubjectKind::Waiver => each!(&self.repo.settings.waivers),
                    SubjectKind::Attestation => each!(&self.repo.settings.attestations),
                    // Whole documents and the repository have no fields a predicate could test.
                    _ => {}
                }
            }
        }
    };
}
subject::subjects!(builtins);

/// Rules that hold for Grafana's alerts, routes and contact points as well: what they ask does
/// not depend on who evaluates.
const GRAFANA: &[&str] = &[
    "ALRT001", "ALRT002", "ALRT003", "ALRT004", "ALRT005", "ALRT006", "ALRT007", "AMGR003",
    "AMGR006", "AMGR007", "AMGR008", "AMGR009", "AMGR010", "AMGR011", "AMGR021", "AMGR022",
    "AMGR024", "AMGR025", "AMGR027", "AMGR028", "AMGR029", "RULE004", "RULE008",
];

/// Runs `rules` over the repository; outcomes come in the order of `rules`.
pub fn check(repo: &Repo, rules: &[&'static Rule]) -> Vec<Outcome> {
    check_model(&Model::new(repo), rules)
}

/// Runs `rules` over a model that others use as well.
pub fn check_model<'a>(model: &'a Model<'a>, rules: &[&'static Rule]) -> Vec<Outcome> {
    model.prepare();
    let passes = pass::passes(rules);
    let tasks = pass::tasks(&passes, |kind| count(model, kind));
    let examined: Vec<_> = rules.iter().map(|_| AtomicUsize::new(0)).collect();
    let done = tasks.par_iter().with_max_len(1).map(|task| {
        let run = |&pass: &usize| {
            let part = run(model, &passes[pass], &task.block);
            examined[passes[pass].number].fetch_add(part.examined, Ordering::Relaxed);
            // Most rules have nothing to say of most subjects.
            let silent = part.findings.is_empty() && part.panics.is_empty();
            (!silent).then_some((pass, task.block.start, part))
        };
        task.passes.iter().filter_map(run).collect::<Vec<_>>()
    });
    let mut parts: Vec<_> = done.flatten_iter().collect();
    parts.sort_unstable_by_key(|&(pass, start, _)| (pass, start));
    let mut outcomes: Vec<Outcome> = rules.iter().map(|rule| Outcome::of(rule)).collect();
    for (outcome, examined) in outcomes.iter_mut().zip(examined) {
        outcome.examined = examined.into_inner();
    }
    let mut counts = vec![0; rules.len()];
    parts.iter().for_each(|(pass, _, part)| counts[passes[*pass].number] += part.findings.len());
    for (pass, _, part) in parts {
        let number = passes[pass].number;
        outcomes[number].add(part, counts[number]);
    }
    outcomes
}

/// Rules that ask what the claims of controls rest on: other rules and evidence answer that.
pub const CLAIMS: &[&str] = &["NIST006", "NIST007", "NIST008"];

/// Rules that ask what became of a decision: only the judge and the verdicts answer that.
pub const JUDGED: &[&str] = &["WAIV004"];

/// The rules that must run for these to say what they say among all: also those that silence them.
/// `None` for all: what some of these say rests on what others found.
pub fn asked_for(codes: &BTreeSet<&'static str>) -> Option<BTreeSet<&'static str>> {
    let mut asked = BTreeSet::new();
    let mut open: Vec<&'static str> = codes.iter().copied().collect();
    while let Some(code) = open.pop() {
        let rule = catalogue::by_code(code)?;
        if rests_on_all(rule) {
            return None;
        }
        if asked.insert(code) {
            open.extend(rule.cause.iter().copied());
        }
    }
    Some(asked)
}

/// Whether what a rule says rests on what all others found: it is about a person's decision or claim.
pub fn rests_on_all(rule: &Rule) -> bool {
    let decisions = matches!(
        rule.subject,
        SubjectKind::Allow
            | SubjectKind::Declaration
            | SubjectKind::Waiver
            | SubjectKind::Attestation
    );
    decisions || CLAIMS.contains(&rule.code) || JUDGED.contains(&rule.code)
}

/// Whether a rule that is not a predicate has its function.
pub fn is_built(rule: &Rule) -> bool {
    // Only the judge knows what an allow was used for, and only verdicts what a claim rests on.
    let judged = rule.subject == SubjectKind::Allow
        || CLAIMS.contains(&rule.code)
        || JUDGED.contains(&rule.code);
    matches!(rule.logic, Logic::Require(_)) || judged || table::builtin(rule.code).is_some()
}

/// Codes of all functions in the table, for the test that none is an orphan.
pub fn builtin_codes() -> impl Iterator<Item = &'static str> {
    table::codes()
}

/// Shows a rule the subjects of a block.
fn run<'a>(model: &'a Model<'a>, pass: &Pass, block: &Range<usize>) -> Outcome {
    let (repo, rule) = (model.repo, pass.rule);
    let mut runner = Runner { model, repo, rule, block: block.clone(), outcome: Outcome::of(rule) };
    match pass.builtin {
        Some(builtin) => runner.builtin(builtin),
        None => runner.predicate(),
    }
    runner.outcome
}

impl Outcome {
    fn of(rule: &'static Rule) -> Outcome {
        Outcome { rule, examined: 0, findings: Vec::new(), panics: Vec::new() }
    }

    /// Adds what the rule found on further subjects, of so many findings in all.
    fn add(&mut self, mut part: Outcome, all: usize) {
        self.panics.append(&mut part.panics);
        if part.findings.len() == all {
            self.findings = part.findings;
        } else if !part.findings.is_empty() {
            self.findings.reserve_exact(all - self.findings.len());
            self.findings.append(&mut part.findings);
        }
    }
}

/// Which documents are subjects of a rule about documents.
fn reads(subject: SubjectKind, document: &Document) -> bool {
    let object = document.object.as_ref().map_or("", |object| object.kind.as_str());
    match subject {
        SubjectKind::PrometheusDocument => match document.kind {
            Kind::PrometheusConfig | Kind::PrometheusFragment | Kind::PrometheusTargets => true,
            Kind::PrometheusOperator => {
                !matches!(object, "PrometheusRule" | "AlertmanagerConfig" | "Alertmanager")
            }
            _ => false,
        },
        SubjectKind::RuleDocument => match document.kind {
            Kind::PrometheusRules | Kind::PrometheusRuleTest => true,
            Kind::PrometheusOperator => object == "PrometheusRule",
            _ => false,
        },
        SubjectKind::DashboardDocument => document.kind == Kind::GrafanaDashboard,
        SubjectKind::AlertmanagerDocument => match document.kind {
            Kind::AlertmanagerConfig => true,
            Kind::PrometheusOperator => matches!(object, "AlertmanagerConfig" | "Alertmanager"),
            _ => false,
        },
        SubjectKind::KibanaContent => {
            matches!(document.kind, Kind::KibanaObjects | Kind::LogQuery)
        }
        SubjectKind::SloDocument => document.kind == Kind::Slo,
        SubjectKind::CollectorDocument => {
            matches!(document.kind, Kind::OtelCollector | Kind::JaegerConfig)
        }
        SubjectKind::FluentBitDocument => document.kind == Kind::FluentBitConfig,
        SubjectKind::FluentdDocument => document.kind == Kind::FluentdConfig,
        SubjectKind::VectorDocument => document.kind == Kind::VectorConfig,
        _ => false,
    }
}

struct Runner<'a> {
    model: &'a Model<'a>,
    repo: &'a Repo,
    rule: &'static Rule,
    /// Which subjects of a list it is shown.
    block: Range<usize>,
    outcome: Outcome,
}

impl<'a> Runner<'a> {
    fn part<S>(&self, subjects: &'a [S]) -> &'a [S] {
        let end = self.block.end.min(subjects.len());
        &subjects[self.block.start.min(end)..end]
    }

    /// Shows the rule its part of a list of subjects.
    fn each<S: Subject>(&mut self, subjects: &'a [S], check: impl Fn(&'a S, &mut Case<'a>)) {
        let subjects = self.part(subjects);
        let of_grafana = GRAFANA.contains(&self.rule.code);
        let mut case = self.case();
        let mut next = 0;
        // A panic ends one subject: the others are seen by going on behind it.
        while next < subjects.len() {
            let mut before = case.findings.len();
            let run = catch_unwind(AssertUnwindSafe(|| {
                while let Some(subject) = subjects.get(next) {
                    next += 1;
                    if !of_grafana && self.is_foreign(subject) {
                        continue;
                    }
                    before = case.findings.len();
                    case.subject = Some(subject);
                    case.examined = true;
                    check(subject, &mut case);
                    self.outcome.examined += usize::from(case.examined);
                }
            }));
            if run.is_err() {
                case.findings.truncate(before);
                self.outcome.panics.extend(case.subject.map(Subject::title));
            }
        }
        self.outcome.findings = case.findings;
    }

    /// Shows the rule the repository, or a document.
    fn one(&mut self, check: impl FnOnce(&mut Case<'a>), document: Option<&'a Document>) {
        let before = self.outcome.findings.len();
        let mut case = self.case();
        case.document = document.map(|document| document.id);
        match catch_unwind(AssertUnwindSafe(|| check(&mut case))) {
            Ok(()) => self.outcome.examined += usize::from(case.examined),
            Err(_) => {
                case.findings.truncate(before);
                self.outcome.panics.push("the repository".to_owned());
            }
        }
        self.outcome.findings = case.findings;
    }

    /// A case without a subject; what was found goes on in it.
    fn case(&mut self) -> Case<'a> {
        Case {
            model: self.model,
            repo: self.repo,
            rule: self.rule,
            subject: None,
            document: None,
            examined: true,
            findings: std::mem::take(&mut self.outcome.findings),
        }
    }

    /// Whether a fact is Grafana's.
    fn is_foreign<S: Subject>(&self, subject: &S) -> bool {
        let alerting = matches!(
            subject.kind(),
            SubjectKind::AlertRule
                | SubjectKind::AlertmanagerConfig
                | SubjectKind::Route
                | SubjectKind::Receiver
                | SubjectKind::Integration
                | SubjectKind::NotificationTemplate
        );
        alerting && subject.document().is_some_and(|document| self.repo.is_grafana(document))
    }

    fn predicate(&mut self) {
        let Logic::Require(predicate) = self.rule.logic else { return };
        let rule = self.rule;
        self.every(|subject, case| {
            if predicate.evaluate(&|path| subject.field(path)) == Some(false) {
                let span = rule.at.iter().find_map(|field| subject.field_span(field));
                case.flag(span.or_else(|| subject.anchor()));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::asked_for;
    use crate::catalogue;
    use std::collections::BTreeSet;

    #[test]
    fn rules_are_asked_for_with_those_that_silence_them() {
        let mut silenced = 0;
        for rule in catalogue::rules().iter().filter(|rule| !rule.cause.is_empty()) {
            if let Some(asked) = asked_for(&BTreeSet::from([rule.code])) {
                assert!(rule.cause.iter().all(|cause| asked.contains(cause)), "{}", rule.code);
                silenced += 1;
            }
        }
        assert!(silenced > 0);
    }

    #[test]
    fn what_rests_on_other_rules_asks_for_all() {
        for code in ["ALLOW003", "NIST006", "WAIV004"] {
            assert_eq!(asked_for(&BTreeSet::from([code])), None, "{code}");
        }
    }
}
