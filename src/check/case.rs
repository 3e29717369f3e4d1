//! One rule looking at one subject, and the findings it describes.

use super::{Builtin, table};
use crate::catalogue;
use crate::catalogue::load::captures;
use crate::catalogue::model::{Rule, Severity};
use crate::config::Settings;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{Document, DocumentId, Subject, rules};
use crate::finding::{Edit, Finding, Findings, Fix, Related};
use crate::identify::Kind;
use crate::lang::promql::Extent;
use crate::lang::promql::ast::Kind as PromqlKind;
use crate::repo::Repo;
use crate::repo::model::{Model, Place};
use crate::repo::queries::Query;
use crate::source::Span;

/// One rule looking at one subject.
pub(crate) struct Case<'a> {
    /// What its expressions mean together.
    pub(crate) model: &'a Model<'a>,
    /// The repository.
    pub(crate) repo: &'a Repo,
    pub(super) rule: &'static Rule,
    pub(super) subject: Option<&'a dyn Subject>,
    pub(super) document: Option<DocumentId>,
    pub(super) examined: bool,
    pub(super) findings: Findings,
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
    pub(crate) fn findings_on(&self, alert: &'a rules::AlertRule, codes: &[&str]) -> Findings {
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

    /// The first document of one of these kinds, in their order, that speaks of what runs; where
    /// there is none of them at all, the rule has no subject.
    pub(crate) fn first_standing(&mut self, kinds: &[Kind]) -> Option<&'a Document> {
        self.examined = self.repo.facts.documents.iter().any(|it| kinds.contains(&it.kind));
        self.repo.first_standing(kinds)
    }

    /// The subject is none of this rule's business: it does not count as examined.
    pub(crate) fn skip(&mut self) {
        self.examined = false;
    }

    /// What the configuration sets where the subject stands.
    pub(crate) fn settings(&self) -> &'a Settings {
        let document = self.document.or_else(|| self.subject.and_then(Subject::document));
        document.map_or(&self.repo.settings, |document| self.repo.settings_of(document))
    }

    /// The document the subject came from.
    pub(crate) fn document(&self) -> Option<&'a Document> {
        let id = self.document.or_else(|| self.subject.and_then(Subject::document))?;
        Some(self.repo.document(id))
    }

    /// Reports what the repository lacks as a whole: an error only where it is owed to others.
    pub(crate) fn miss(&mut self, span: Span) -> Flag<'_> {
        let owed = self.repo.is_owed_at(span);
        let flag = self.flag(span);
        if owed { flag } else { flag.at_most(Severity::Warning) }
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
        // A name that something fills in is told as it stands.
        let as_written = || {
            let token = self.repo.text(subject.and_then(Subject::anchor)?);
            Some(token.trim_matches(['"', '\'']).to_owned())
        };
        let told = |name| field(name).or_else(|| if name == "name" { as_written() } else { None });
        let mut filled = Vec::with_capacity(captures(rule.message).count());
        filled.extend(captures(rule.message).filter_map(|name| Some((name, told(name)?))));
        let title = match (subject, self.document()) {
            (Some(subject), _) => subject.title(),
            (None, Some(document)) => document.kind.name().to_owned(),
            (None, None) => "repository".to_owned(),
        };
        let document = self.document.or_else(|| subject.and_then(Subject::document));
        let is_service = subject.is_some_and(|subject| subject.kind() == SubjectKind::Service);
        let service = field(if is_service { "name" } else { "labels.service" });
        let mut path = String::with_capacity(32);
        let owner = self.settings().owner_labels.iter().find_map(|label| {
            path.clear();
            path.extend(["labels.", label]);
            field(&path)
        });
        let finding = Finding {
            rule,
            span: span.into(),
            document,
            subject: title,
            service,
            owner,
            severity,
            opinion: false,
            anywhere: false,
            captures: filled,
            related: Vec::new(),
            fix: None,
        };
        self.findings.push(Box::new(finding));
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
    pub(crate) fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        self.finding.captures.retain(|(known, _)| *known != name);
        self.finding.captures.push((name, value.into()));
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

    /// Lowers the severity where it is higher.
    pub(crate) fn at_most(self, most: Severity) -> Self {
        self.finding.severity = self.finding.severity.min(most);
        self
    }

    /// Holds wherever the file lies: no path without a profile makes it less.
    pub(crate) fn anywhere(self) -> Self {
        self.finding.anywhere = true;
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
        self.finding.fix = Some(Box::new(Fix { safe, title: title.into(), edits }));
        self
    }
}
