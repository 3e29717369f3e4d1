//! Rules × subjects → findings and the number of subjects each rule examined.
//!
//! Rules are pure: no I/O, no clock, no globals. They run in parallel; a rule that panics is
//! contained and reported.

mod alrt;
mod amgr;
mod dash;
mod incr;
mod infr;
mod nist;
mod perf;
mod pql;
mod prom;
mod refusal;
mod rule;
mod slo;
mod strat;
mod table;
mod xref;

use crate::catalogue;
use crate::catalogue::load::captures;
use crate::catalogue::model::{Logic, Rule, Severity};
use crate::facts::slo::Slo;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{Document, DocumentId, Subject};
use crate::facts::{
    alertmanager, annotation, code, dashboard, deploy, markdown, oncall, prometheus, rules, scalar,
    strategy,
};
use crate::finding::{Edit, Finding, Fix, Related};
use crate::identify::Kind;
use crate::lang::promql::Extent;
use crate::lang::promql::ast::Kind as PromqlKind;
use crate::repo::Repo;
use crate::repo::model::{Model, Place};
use crate::repo::notifications::Notification;
use crate::repo::queries::Query;
use crate::source::Span;
use rayon::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What one rule did.
#[derive(Debug)]
pub struct Outcome {
    /// The rule.
    pub rule: &'static Rule,
    /// Subjects it examined.
    pub examined: usize,
    /// What it found, unordered.
    pub findings: Vec<Finding>,
    /// Subjects on which it panicked; its clauses are unknown then.
    pub panics: Vec<String>,
}

/// A rule written in Rust, by the fact it looks at.
#[derive(Clone, Copy)]
pub(crate) enum Builtin {
    Document(fn(&Document, &mut Case<'_>)),
    PrometheusConfig(fn(&prometheus::PrometheusConfig, &mut Case<'_>)),
    ScrapeJob(fn(&prometheus::ScrapeJob, &mut Case<'_>)),
    RemoteEndpoint(fn(&prometheus::RemoteEndpoint, &mut Case<'_>)),
    Credential(fn(&scalar::Credential, &mut Case<'_>)),
    RuleGroup(fn(&rules::RuleGroup, &mut Case<'_>)),
    AlertRule(fn(&rules::AlertRule, &mut Case<'_>)),
    RecordingRule(fn(&rules::RecordingRule, &mut Case<'_>)),
    Expression(for<'a> fn(&'a Query<'a>, &mut Case<'a>)),
    Dashboard(fn(&dashboard::Dashboard, &mut Case<'_>)),
    Panel(fn(&dashboard::Panel, &mut Case<'_>)),
    DashboardProvider(fn(&dashboard::Provider, &mut Case<'_>)),
    AlertmanagerConfig(fn(&alertmanager::AlertmanagerConfig, &mut Case<'_>)),
    Route(fn(&alertmanager::Route, &mut Case<'_>)),
    Receiver(fn(&alertmanager::Receiver, &mut Case<'_>)),
    Integration(fn(&alertmanager::Integration, &mut Case<'_>)),
    Notification(for<'a> fn(&'a Notification<'a>, &mut Case<'a>)),
    InhibitRule(for<'a> fn(&'a alertmanager::InhibitRule, &mut Case<'a>)),
    Strategy(fn(&strategy::Strategy, &mut Case<'_>)),
    Slo(for<'a> fn(&'a Slo, &mut Case<'a>)),
    Pillar(fn(&strategy::Pillar, &mut Case<'_>)),
    OnCall(fn(&oncall::OnCall, &mut Case<'_>)),
    MetricDefinition(fn(&code::MetricDefinition, &mut Case<'_>)),
    Evaluator(fn(&code::Evaluator, &mut Case<'_>)),
    BurnFormula(fn(&code::BurnFormula, &mut Case<'_>)),
    AlertHandler(fn(&code::AlertHandler, &mut Case<'_>)),
    Page(fn(&markdown::Page, &mut Case<'_>)),
    Container(fn(&deploy::Container, &mut Case<'_>)),
    Annotation(fn(&annotation::Annotation, &mut Case<'_>)),
    Repository(fn(&mut Case<'_>)),
}

/// Rules that hold for Grafana's alerts, routes and contact points as well: what they ask does
/// not depend on who evaluates.
const GRAFANA: &[&str] = &[
    "ALRT001", "ALRT002", "ALRT003", "ALRT004", "ALRT005", "ALRT006", "ALRT007", "AMGR021",
    "AMGR025", "AMGR027", "AMGR028", "AMGR029",
];

/// Runs `rules` over the repository; outcomes come in the order of `rules`.
pub fn check(repo: &Repo, rules: &[&'static Rule]) -> Vec<Outcome> {
    let model = Model::new(repo);
    rules.par_iter().map(|rule| run(&model, rule)).collect()
}

/// Whether a rule that is not a predicate has its function.
pub fn is_built(rule: &Rule) -> bool {
    // Only the judge knows what an allow was used for.
    let judged = rule.subject == SubjectKind::Allow;
    matches!(rule.logic, Logic::Require(_)) || judged || table::builtin(rule.code).is_some()
}

/// Codes of all functions in the table, for the test that none is an orphan.
pub fn builtin_codes() -> impl Iterator<Item = &'static str> {
    table::codes()
}

fn run<'a>(model: &'a Model<'a>, rule: &'static Rule) -> Outcome {
    let repo = model.repo;
    let facts = &repo.facts;
    let mut runner = Runner {
        model,
        repo,
        rule,
        outcome: Outcome { rule, examined: 0, findings: Vec::new(), panics: Vec::new() },
    };
    let Some(builtin) = table::builtin(rule.code) else {
        runner.predicate();
        return runner.outcome;
    };
    match builtin {
        Builtin::Document(check) => {
            for document in facts.documents.iter().filter(|document| reads(rule.subject, document))
            {
                runner.one(None, |case| check(document, case), Some(document));
            }
        }
        Builtin::PrometheusConfig(check) => runner.each(&facts.prometheus, check),
        Builtin::ScrapeJob(check) => runner.each(&facts.scrape_jobs, check),
        Builtin::RemoteEndpoint(check) => runner.each(&facts.remote_endpoints, check),
        Builtin::Credential(check) => runner.each(&facts.credentials, check),
        Builtin::RuleGroup(check) => runner.each(&facts.rule_groups, check),
        Builtin::RecordingRule(check) => runner.each(&facts.recording_rules, check),
        Builtin::AlertRule(check) => runner.each(&facts.alert_rules, check),
        Builtin::Expression(check) => {
            for query in model.queries() {
                runner.one(Some(query), |case| check(query, case), None);
            }
        }
        Builtin::Dashboard(check) => runner.each(&facts.dashboards, check),
        Builtin::Panel(check) => runner.each(&facts.panels, check),
        Builtin::DashboardProvider(check) => runner.each(&facts.dashboard_providers, check),
        Builtin::AlertmanagerConfig(check) => runner.each(&facts.alertmanagers, check),
        Builtin::Route(check) => runner.each(&facts.routes, check),
        Builtin::Receiver(check) => runner.each(&facts.receivers, check),
        Builtin::Integration(check) => runner.each(&facts.integrations, check),
        Builtin::Notification(check) => {
            for text in &model.notifications().all {
                runner.one(Some(text), |case| check(text, case), None);
            }
        }
        Builtin::InhibitRule(check) => {
            for rule in &facts.inhibit_rules {
                runner.one(Some(rule), |case| check(rule, case), None);
            }
        }
        Builtin::Strategy(check) => runner.each(&facts.strategies, check),
        Builtin::Slo(check) => {
            for slo in &facts.slos {
                runner.one(Some(slo), |case| check(slo, case), None);
            }
        }
        Builtin::Pillar(check) => runner.each(&facts.pillars, check),
        Builtin::OnCall(check) => runner.each(&facts.on_call, check),
        Builtin::MetricDefinition(check) => runner.each(&facts.metric_definitions, check),
        Builtin::Evaluator(check) => runner.each(&facts.slo_evaluators, check),
        Builtin::BurnFormula(check) => runner.each(&facts.burn_formulas, check),
        Builtin::AlertHandler(check) => runner.each(&facts.alert_handlers, check),
        Builtin::Page(check) => runner.each(&facts.pages, check),
        Builtin::Container(check) => runner.each(&facts.containers, check),
        Builtin::Annotation(check) => runner.each(&facts.annotations, check),
        Builtin::Repository(check) => runner.one(None, check, None),
    }
    runner.outcome
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
        SubjectKind::SloDocument => document.kind == Kind::Slo,
        _ => false,
    }
}

struct Runner<'a> {
    model: &'a Model<'a>,
    repo: &'a Repo,
    rule: &'static Rule,
    outcome: Outcome,
}

impl<'a> Runner<'a> {
    fn each<S: Subject>(&mut self, subjects: &'a [S], check: fn(&S, &mut Case<'_>)) {
        for subject in subjects {
            self.one(Some(subject), |case| check(subject, case), None);
        }
    }

    fn one(
        &mut self,
        subject: Option<&'a dyn Subject>,
        check: impl FnOnce(&mut Case<'a>),
        document: Option<&'a Document>,
    ) {
        if subject.is_some_and(|subject| self.is_foreign(subject)) {
            return;
        }
        let mut case = Case {
            model: self.model,
            repo: self.repo,
            rule: self.rule,
            subject,
            document: document.map(|document| document.id),
            examined: true,
            findings: Vec::new(),
        };
        match catch_unwind(AssertUnwindSafe(|| check(&mut case))) {
            Ok(()) => {
                self.outcome.examined += usize::from(case.examined);
                self.outcome.findings.append(&mut case.findings);
            }
            Err(_) => {
                let title = subject.map_or_else(|| "the repository".to_owned(), Subject::title);
                self.outcome.panics.push(title);
            }
        }
    }

    /// Whether a fact is Grafana's, and the rule speaks of what Prometheus and Alertmanager read.
    fn is_foreign(&self, subject: &dyn Subject) -> bool {
        let alerting = matches!(
            subject.kind(),
            SubjectKind::AlertRule
                | SubjectKind::AlertmanagerConfig
                | SubjectKind::Route
                | SubjectKind::Receiver
                | SubjectKind::Integration
        );
        alerting
            && subject.document().is_some_and(|document| self.repo.is_grafana(document))
            && !GRAFANA.contains(&self.rule.code)
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

    fn every(&mut self, check: impl Fn(&dyn Subject, &mut Case<'_>)) {
        let facts = &self.repo.facts;
        macro_rules! each {
            ($facts:expr) => {
                for subject in $facts {
                    self.one(Some(subject), |case| check(subject, case), None);
                }
            };
        }
        match self.rule.subject {
            SubjectKind::PrometheusConfig => each!(&facts.prometheus),
            SubjectKind::ScrapeJob => each!(&facts.scrape_jobs),
            SubjectKind::RemoteEndpoint => each!(&facts.remote_endpoints),
            SubjectKind::Credential => each!(&facts.credentials),
            SubjectKind::RuleGroup => each!(&facts.rule_groups),
            SubjectKind::AlertRule => each!(&facts.alert_rules),
            SubjectKind::RecordingRule => each!(&facts.recording_rules),
            SubjectKind::Expression => {
                for query in self.model.queries() {
                    self.one(Some(query), |case| check(query, case), None);
                }
            }
            SubjectKind::Dashboard => each!(&facts.dashboards),
            SubjectKind::Panel => each!(&facts.panels),
            SubjectKind::DashboardProvider => each!(&facts.dashboard_providers),
            SubjectKind::AlertmanagerConfig => each!(&facts.alertmanagers),
            SubjectKind::Route => each!(&facts.routes),
            SubjectKind::Receiver => each!(&facts.receivers),
            SubjectKind::Integration => each!(&facts.integrations),
            SubjectKind::NotificationTemplate => {
                for text in &self.model.notifications().all {
                    self.one(Some(text), |case| check(text, case), None);
                }
            }
            SubjectKind::InhibitRule => each!(&facts.inhibit_rules),
            SubjectKind::Strategy => each!(&facts.strategies),
            SubjectKind::Pillar => each!(&facts.pillars),
            SubjectKind::Slo => each!(&facts.slos),
            SubjectKind::Container => each!(&facts.containers),
            SubjectKind::OnCall => each!(&facts.on_call),
            SubjectKind::MetricDefinition => each!(&facts.metric_definitions),
            SubjectKind::Evaluator => each!(&facts.slo_evaluators),
            SubjectKind::BurnFormula => each!(&facts.burn_formulas),
            SubjectKind::AlertHandler => each!(&facts.alert_handlers),
            SubjectKind::Page => each!(&facts.pages),
            SubjectKind::Annotation => each!(&facts.annotations),
            SubjectKind::Allow => each!(&facts.allows),
            // Whole documents and the repository have no fields a predicate could test.
            SubjectKind::PrometheusDocument
            | SubjectKind::RuleDocument
            | SubjectKind::DashboardDocument
            | SubjectKind::AlertmanagerDocument
            | SubjectKind::SloDocument
            | SubjectKind::Repository => {}
        }
    }
}

/// One rule looking at one subject.
pub(crate) struct Case<'a> {
    /// What its expressions mean together.
    pub(crate) model: &'a Model<'a>,
    /// The repository.
    pub(crate) repo: &'a Repo,
    rule: &'static Rule,
    subject: Option<&'a dyn Subject>,
    document: Option<DocumentId>,
    examined: bool,
    findings: Vec<Finding>,
}

impl<'a> Case<'a> {
    /// Where a node of an expression stands in its file.
    pub(crate) fn at(&self, place: Place<'_, '_>) -> Span {
        self.repo.place(place.query.scalar, place.get().extent.range())
    }

    /// Where a part of an expression stands in its file.
    pub(crate) fn place(&self, query: &Query<'_>, extent: Extent) -> Span {
        self.repo.place(query.scalar, extent.range())
    }

    /// Where the metric of a chain is named: in the part itself, or the part that leads there.
    pub(crate) fn name_of(&self, place: Place<'_, '_>, metric: &str) -> Span {
        let named = place.ast().subtree(place.node).find_map(|(_, node)| match &node.kind {
            PromqlKind::Selector(selector) if selector.metric() == Some(metric) => {
                selector.metric_extent()
            }
            _ => None,
        });
        named.map_or_else(|| self.at(place), |extent| self.place(place.query, extent))
    }

    /// What other rules find on an alert and its expression, for a rule that rests on them.
    pub(crate) fn findings_on(&self, alert: &'a rules::AlertRule, codes: &[&str]) -> Vec<Finding> {
        let query = || {
            let mut queries = self.model.queries().iter();
            queries.find(|query| query.alert().is_some_and(|one| std::ptr::eq(one, alert)))
        };
        let mut found = Vec::new();
        for rule in codes.iter().filter_map(|code| catalogue::by_code(code)) {
            let mut case = Case {
                model: self.model,
                repo: self.repo,
                rule,
                subject: Some(alert),
                document: None,
                examined: true,
                findings: Vec::new(),
            };
            match table::builtin(rule.code) {
                Some(Builtin::AlertRule(check)) => check(alert, &mut case),
                Some(Builtin::Expression(check)) => {
                    if let Some(query) = query() {
                        case.subject = Some(query);
                        check(query, &mut case);
                    }
                }
                _ => {}
            }
            found.append(&mut case.findings);
        }
        found
    }

    /// The subject is none of this rule's business: it does not count as examined.
    pub(crate) fn skip(&mut self) {
        self.examined = false;
    }

    /// The document the subject came from.
    pub(crate) fn document(&self) -> Option<&'a Document> {
        let id = self.document.or_else(|| self.subject.and_then(Subject::document))?;
        Some(self.repo.document(id))
    }

    /// Reports a fault at `span` (`None`: about the repository as a whole).
    pub(crate) fn flag(&mut self, span: impl Into<Option<Span>>) -> Flag<'_> {
        let rule = self.rule;
        let subject = self.subject;
        let field = |path: &str| match subject.map_or(Held::Nothing, |subject| subject.field(path))
        {
            Held::Text(text) => Some(text.to_owned()),
            Held::Nothing | Held::Unknown => None,
        };
        let severity = match subject {
            Some(subject) => rule
                .severities
                .iter()
                .find(|(_, when)| when.evaluate(&|path| subject.field(path)) == Some(true))
                .map_or(rule.severity, |(severity, _)| *severity),
            None => rule.severity,
        };
        let captures = captures(rule.message)
            .filter_map(|name| field(name).map(|value| (name.to_owned(), value)))
            .collect();
        let title = match (subject, self.document()) {
            (Some(subject), _) => subject.title(),
            (None, Some(document)) => document.kind.name().to_owned(),
            (None, None) => "repository".to_owned(),
        };
        let document = self.document.or_else(|| subject.and_then(Subject::document));
        self.findings.push(Finding {
            rule,
            span: span.into(),
            document,
            subject: title,
            severity,
            opinion: false,
            captures,
            related: Vec::new(),
            fix: None,
        });
        let last = self.findings.len() - 1;
        Flag { finding: &mut self.findings[last] }
    }
}

/// A finding being described.
pub(crate) struct Flag<'c> {
    finding: &'c mut Finding,
}

impl Flag<'_> {
    /// Fills `{name}` of the message.
    pub(crate) fn with(self, name: &str, value: impl Into<String>) -> Self {
        self.finding.captures.retain(|(known, _)| known != name);
        self.finding.captures.push((name.to_owned(), value.into()));
        self
    }

    /// Names a second place and the step it shows.
    pub(crate) fn related(self, span: Span, text: impl Into<String>) -> Self {
        self.finding.related.push(Related { span, text: text.into() });
        self
    }

    /// Sets another severity than the rule's own, where the catalogue says so.
    pub(crate) fn severity(self, severity: Severity) -> Self {
        self.finding.severity = severity;
        self
    }

    /// Shows it only where the rule is asked for.
    pub(crate) fn opinion(self) -> Self {
        self.finding.opinion = true;
        self
    }

    /// Names the subject otherwise.
    pub(crate) fn subject(self, title: impl Into<String>) -> Self {
        self.finding.subject = title.into();
        self
    }

    /// Offers a fix.
    pub(crate) fn fix(self, safe: bool, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.finding.fix = Some(Fix { safe, title: title.into(), edits });
        self
    }
}
