//! Rule files: groups, alerting rules, recording rules, rule unit tests.

use super::expression::Expression;
use super::grafana::Step;
use super::scalar::{Pairs, Scalar, held};
use super::subject::{Held, SubjectKind};
use super::{DocumentId, FileFacts, Subject};
use crate::parse::tree::NodeRef;
use crate::source::Span;

pub mod refuse;

/// A rule group.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct RuleGroup {
    /// Where it came from.
    pub document: DocumentId,
    /// Number of the group in its document.
    pub index: u32,
    /// Span of the group's first key, for a group without a name.
    pub span: Span,
    /// `name`.
    pub name: Option<Scalar>,
    /// `interval`.
    pub interval: Option<Scalar>,
    /// `query_offset`.
    pub query_offset: Option<Scalar>,
    /// `limit`.
    pub limit: Option<Scalar>,
    /// `labels` (Prometheus 3).
    pub labels: Pairs,
}

/// An alerting rule.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct AlertRule {
    /// Where it came from.
    pub document: DocumentId,
    /// Number of its group in the document.
    pub group: u32,
    /// The whole rule.
    pub span: Span,
    /// The group's name, if it has one.
    pub group_name: Option<String>,
    /// `alert`.
    pub name: Scalar,
    /// `expr`.
    pub expr: Option<Expression>,
    /// Steps of the condition: Grafana's alerts have no single expression.
    pub steps: Vec<Step>,
    /// The receiver that the alert names itself, past all routes.
    pub direct: Option<Box<Scalar>>,
    /// `for`.
    pub hold: Option<Scalar>,
    /// `keep_firing_for`.
    pub keep_firing_for: Option<Box<Scalar>>,
    /// The rule's own labels.
    pub labels: Pairs,
    /// Labels of its group.
    pub group_labels: Pairs,
    /// `annotations`.
    pub annotations: Pairs,
}

impl AlertRule {
    /// The value a label has after group labels: the rule's own wins.
    pub fn label(&self, name: &str) -> Option<&Scalar> {
        self.labels.get(name).or_else(|| self.group_labels.get(name))
    }

    /// What a predicate sees of a label, group labels included.
    pub fn label_held(&self, name: &str) -> Held<'_> {
        match self.labels.held(name) {
            Held::Nothing => self.group_labels.held(name),
            held => held,
        }
    }
}

/// A recording rule.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct RecordingRule {
    /// Where it came from.
    pub document: DocumentId,
    /// Number of its group in the document.
    pub group: u32,
    /// The whole rule.
    pub span: Span,
    /// The group's name, if it has one.
    pub group_name: Option<String>,
    /// `record`.
    pub name: Scalar,
    /// `expr`.
    pub expr: Option<Expression>,
    /// The rule's own labels.
    pub labels: Pairs,
}

/// A rule unit test file: the rule files it names.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct RuleTest {
    /// Where it came from.
    pub document: DocumentId,
    /// `rule_files`.
    pub rule_files: Vec<Scalar>,
}

/// Reads the groups under `root` (`groups:` of a file, `spec` of a `PrometheusRule`).
pub fn read_groups(root: NodeRef<'_>, document: DocumentId, masked: bool, facts: &mut FileFacts) {
    let Some(groups) = root.get("groups") else { return };
    refuse::collect(groups, document, facts);
    let rules = groups.items().flat_map(rules_of);
    let (alerts, others) = rules.fold((0, 0), |(alerts, others), rule| {
        let alert = usize::from(rule.get("alert").is_some());
        (alerts + alert, others + 1 - alert)
    });
    facts.alert_rules.reserve_exact(alerts);
    facts.recording_rules.reserve_exact(others);
    // The loader drops entries without anything in them.
    for (index, group) in groups.items().enumerate().filter(|(_, group)| !group.is_null()) {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let labels = group.get("labels").map_or_else(
            || Pairs { open: masked, ..Pairs::default() },
            |labels| Pairs::of(labels, masked),
        );
        let name = Scalar::under(group, "name");
        for rule in rules_of(group) {
            read_rule(rule, document, index, name.as_ref(), &labels, masked, facts);
        }
        let span = group.pairs().next().map_or(group.span(), |(key, _)| key.span());
        facts.rule_groups.push(RuleGroup {
            document,
            index,
            span,
            name,
            interval: Scalar::under(group, "interval"),
            query_offset: Scalar::under(group, "query_offset"),
            limit: Scalar::under(group, "limit"),
            labels,
        });
    }
}

/// The rules of a group.
fn rules_of(group: NodeRef<'_>) -> impl Iterator<Item = NodeRef<'_>> {
    group.get("rules").into_iter().flat_map(NodeRef::items)
}

fn read_rule(
    rule: NodeRef<'_>,
    document: DocumentId,
    group: u32,
    group_name: Option<&Scalar>,
    group_labels: &Pairs,
    masked: bool,
    facts: &mut FileFacts,
) {
    let pairs = |key: &str| match rule.get(key) {
        Some(node) => Pairs::of(node, masked),
        None => Pairs { open: masked, ..Pairs::default() },
    };
    let dialect = facts.documents[document.index as usize].dialect;
    let expr = Expression::under(rule, "expr", dialect);
    let group_name = group_name.map(|name| name.text.clone());
    if let Some(name) = Scalar::under(rule, "alert") {
        facts.alert_rules.push(AlertRule {
            document,
            group,
            span: rule.span(),
            group_name,
            name,
            expr,
            steps: Vec::new(),
            direct: None,
            hold: Scalar::under(rule, "for"),
            keep_firing_for: Scalar::under(rule, "keep_firing_for").map(Box::new),
            labels: pairs("labels"),
            group_labels: group_labels.clone(),
            annotations: pairs("annotations"),
        });
    } else if let Some(name) = Scalar::under(rule, "record") {
        let labels = pairs("labels");
        facts.recording_rules.push(RecordingRule {
            document,
            group,
            span: rule.span(),
            group_name,
            name,
            expr,
            labels,
        });
    }
}

/// Reads a rule unit test file.
pub fn read_test(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let rule_files = root
        .get("rule_files")
        .map(|files| files.items().filter_map(Scalar::of).collect())
        .unwrap_or_default();
    facts.rule_tests.push(RuleTest { document, rule_files });
}

impl Subject for AlertRule {
    fn kind(&self) -> SubjectKind {
        SubjectKind::AlertRule
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("alert {}", self.name.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => self.name.held(),
            "expr" => held(self.expr.as_ref().map(|expr| &expr.scalar)),
            "for" => held(self.hold.as_ref()),
            "keep_firing_for" => held(self.keep_firing_for.as_deref()),
            "group" => self.group_name.as_deref().map_or(Held::Nothing, Held::Text),
            _ => match (path.strip_prefix("labels."), path.strip_prefix("annotations.")) {
                (Some(name), _) => self.label_held(name),
                (_, Some(name)) => self.annotations.held(name),
                _ => Held::Nothing,
            },
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        let scalar = match path {
            "name" => Some(&self.name),
            "expr" => self.expr.as_ref().map(|expr| &expr.scalar),
            "for" => self.hold.as_ref(),
            "keep_firing_for" => self.keep_firing_for.as_deref(),
            _ => match path.split_once('.') {
                Some(("labels", name)) => self.label(name),
                Some(("annotations", name)) => self.annotations.get(name),
                _ => None,
            },
        };
        scalar.map(|scalar| scalar.span)
    }
}

impl Subject for RecordingRule {
    fn kind(&self) -> SubjectKind {
        SubjectKind::RecordingRule
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("record {}", self.name.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => self.name.held(),
            "expr" => held(self.expr.as_ref().map(|expr| &expr.scalar)),
            "group" => self.group_name.as_deref().map_or(Held::Nothing, Held::Text),
            _ => path.strip_prefix("labels.").map_or(Held::Nothing, |name| self.labels.held(name)),
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "name" => Some(self.name.span),
            "expr" => self.expr.as_ref().map(|expr| expr.scalar.span),
            _ => path
                .strip_prefix("labels.")
                .and_then(|name| self.labels.get(name))
                .map(|label| label.span),
        }
    }
}

impl Subject for RuleGroup {
    fn kind(&self) -> SubjectKind {
        SubjectKind::RuleGroup
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        match &self.name {
            Some(name) => format!("group {}", name.text),
            None => format!("group {}", self.index + 1),
        }
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.as_ref().map_or(self.span, |name| name.span))
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => held(self.name.as_ref()),
            "interval" => held(self.interval.as_ref()),
            "query_offset" => held(self.query_offset.as_ref()),
            "limit" => held(self.limit.as_ref()),
            _ => path.strip_prefix("labels.").map_or(Held::Nothing, |name| self.labels.held(name)),
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        let scalar = match path {
            "name" => self.name.as_ref(),
            "interval" => self.interval.as_ref(),
            "query_offset" => self.query_offset.as_ref(),
            "limit" => self.limit.as_ref(),
            _ => path.strip_prefix("labels.").and_then(|name| self.labels.get(name)),
        };
        scalar.map(|scalar| scalar.span)
    }
}
