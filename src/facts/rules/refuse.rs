//! What the loader of rule files refuses beyond the field tables: rule shapes and names.

use crate::facts::scalar::Scalar;
use crate::facts::schema::{Refusal, SchemaIssue};
use crate::facts::{Dialect, DocumentId, FileFacts};
use crate::lang::{duration, matcher};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// Context of issues about which fields a rule has.
pub const SHAPE: &str = "rule-shape";
/// Context of issues about metric and label names.
pub const NAME: &str = "rule-name";

/// Adds the refusals of all groups to the document.
pub(super) fn collect(groups: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let known = &mut facts.documents[document.index as usize];
    let mut collector =
        Collector { dialect: known.dialect, masked: known.masked, issues: Vec::new() };
    for (number, group) in groups.items().enumerate() {
        collector.names(group, "labels", At { group: number, rule: None }, true);
        let rules = group.get("rules").into_iter().flat_map(NodeRef::items);
        for (index, rule) in rules.enumerate().filter(|(_, rule)| rule.is_mapping()) {
            collector.rule(rule, At { group: number, rule: Some(index) });
        }
    }
    known.schema_issues.append(&mut collector.issues);
}

/// A group, or a rule of it.
#[derive(Clone, Copy)]
struct At {
    group: usize,
    rule: Option<usize>,
}

impl At {
    /// Its structural path: made where something is wrong.
    fn path(self) -> String {
        let group = self.group;
        match self.rule {
            Some(rule) => format!("groups[{group}].rules[{rule}]"),
            None => format!("groups[{group}]"),
        }
    }
}

/// Whether a scalar is there, and is not known to be empty.
fn is_given(value: NodeRef<'_>) -> bool {
    let unknown = || value.is_unknown() || value.tag().is_some_and(|tag| tag.starts_with('!'));
    (!value.is_null() || value.is_unknown())
        && value.scalar().is_some_and(|text| !text.is_empty() || unknown())
}

struct Collector {
    dialect: Option<Dialect>,
    masked: bool,
    issues: Vec<SchemaIssue>,
}

impl Collector {
    fn push(
        &mut self,
        refusal: Refusal,
        context: &'static str,
        at: (Span, At, &str),
        message: String,
    ) {
        let (span, path, field) = at;
        self.issues.push(SchemaIssue {
            refusal,
            span,
            path: path.path(),
            context,
            field: field.to_owned(),
            message,
            suggestion: None,
        });
    }

    fn rule(&mut self, rule: NodeRef<'_>, path: At) {
        let set = |key: &str| rule.get(key).filter(|value| is_given(*value));
        let key = |key: &str| rule.entry(key).map(|(key, _)| key.span());
        let (record, alert) = (set("record"), set("alert"));
        let first = rule.pairs().next().map_or(rule.span().at_start(), |(key, _)| key.span());
        let owner = alert.or(record).map_or(first, NodeRef::span);
        match (&record, &alert) {
            (Some(_), Some(_)) => {
                let later = key("record").max(key("alert")).unwrap_or(first);
                let message = "has both `record` and `alert`".to_owned();
                self.push(Refusal::Conflict, SHAPE, (later, path, "record"), message);
            }
            (None, None) if !self.masked => {
                let message = "has neither `record` nor `alert`".to_owned();
                self.push(Refusal::Missing, SHAPE, (first, path, "alert"), message);
            }
            _ => {}
        }
        self.expr(rule, path, owner);
        if record.is_some() && alert.is_none() && self.dialect != Some(Dialect::VictoriaMetrics) {
            self.record(rule, path);
        }
        if let Some(name) = record.and_then(Scalar::of).filter(|name| name.known) {
            self.metric(&name, path);
        }
        self.names(rule, "labels", path, true);
        self.names(rule, "annotations", path, false);
    }

    fn expr(&mut self, rule: NodeRef<'_>, path: At, owner: Span) {
        let (span, message) = match rule.entry("expr") {
            None if self.masked => return,
            None => (owner, "has no `expr`"),
            Some((key, value)) => {
                let empty = value.scalar().is_some_and(|text| text.trim().is_empty());
                if value.is_unknown() || !(empty || value.is_null()) {
                    return;
                }
                (key.span(), "has an empty `expr`")
            }
        };
        self.push(Refusal::Missing, SHAPE, (span, path, "expr"), message.to_owned());
    }

    /// What only alerts may have.
    fn record(&mut self, rule: NodeRef<'_>, path: At) {
        for field in ["for", "keep_firing_for", "annotations"] {
            let Some((key, value)) = rule.entry(field) else { continue };
            let used = match Scalar::of(value) {
                _ if field == "annotations" => value.pairs().len() > 0,
                Some(text) if text.known && !value.is_null() => {
                    duration::prometheus(&text.text).is_some_and(|ms| ms != 0)
                }
                _ => false,
            };
            if used {
                let message =
                    format!("records a metric and has `{field}`, which only an alert can have");
                self.push(Refusal::Conflict, SHAPE, (key.span(), path, field), message);
            }
        }
    }

    fn metric(&mut self, name: &Scalar, path: At) {
        let legacy = self.dialect == Some(Dialect::Loki)
            && !(matcher::is_label_name(&name.text.replace(':', "_")));
        let message = if name.text.contains(['{', '}']) {
            format!(
                "`{}` is no metric name: labels belong under `labels`, not in braces",
                name.text
            )
        } else if legacy {
            format!("`{}` is no metric name: letters, digits, `_` and `:` only", name.text)
        } else {
            return;
        };
        self.push(Refusal::BadValue, NAME, (name.span, path, "record"), message);
    }

    /// Names under `labels` or `annotations`.
    fn names(&mut self, node: NodeRef<'_>, field: &'static str, path: At, labels: bool) {
        let Some(map) = node.get(field) else { return };
        for (key, _) in map.entries() {
            let Some(name) = key.scalar() else { continue };
            let own_tag = key.tag().is_some_and(|tag| tag.starts_with('!'));
            if key.is_unknown() || own_tag || key.is_null() || name.contains(['{', '$']) {
                continue;
            }
            let message = if name.is_empty() {
                format!("has an empty name under `{field}`")
            } else if labels && name == "__name__" {
                "sets the label `__name__`, which is the metric's name".to_owned()
            } else if self.dialect == Some(Dialect::Loki) && !matcher::is_label_name(name) {
                format!("has `{name}` under `{field}`, which is no label name")
            } else {
                continue;
            };
            self.push(Refusal::BadValue, NAME, (key.span(), path, field), message);
        }
    }
}
