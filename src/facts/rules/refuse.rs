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
    for (index, group) in groups.items().enumerate() {
        let path = format!("groups[{index}]");
        collector.names(group, "labels", &path, true);
        let rules = group.get("rules").into_iter().flat_map(NodeRef::items);
        for (index, rule) in rules.enumerate().filter(|(_, rule)| rule.is_mapping()) {
            collector.rule(rule, &format!("{path}.rules[{index}]"));
        }
    }
    known.schema_issues.append(&mut collector.issues);
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
        at: (Span, &str, &str),
        message: String,
    ) {
        let (span, path, field) = at;
        self.issues.push(SchemaIssue {
            refusal,
            span,
            path: path.to_owned(),
            context,
            field: field.to_owned(),
            message,
            suggestion: None,
        });
    }

    fn rule(&mut self, rule: NodeRef<'_>, path: &str) {
        let set = |key: &str| {
            Scalar::under(rule, key).filter(|value| !value.known || !value.text.is_empty())
        };
        let key = |key: &str| rule.entry(key).map(|(key, _)| key.span());
        let (record, alert) = (set("record"), set("alert"));
        let first = rule.pairs().next().map_or(rule.span().at_start(), |(key, _)| key.span());
        let owner = alert.as_ref().or(record.as_ref()).map_or(first, |name| name.span);
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
        if let Some(name) = record.filter(|name| name.known) {
            self.metric(&name, path);
        }
        self.names(rule, "labels", path, true);
        self.names(rule, "annotations", path, false);
    }

    fn expr(&mut self, rule: NodeRef<'_>, path: &str, owner: Span) {
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
    fn record(&mut self, rule: NodeRef<'_>, path: &str) {
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

    fn metric(&mut self, name: &Scalar, path: &str) {
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
    fn names(&mut self, node: NodeRef<'_>, field: &'static str, path: &str, labels: bool) {
        let Some(map) = node.get(field) else { return };
        for (key, _) in map.entries() {
            let known =
                |name: &Scalar| name.known && !key.is_null() && !name.text.contains(['{', '$']);
            let Some(name) = Scalar::template(key).filter(known) else { continue };
            let message = if name.text.is_empty() {
                format!("has an empty name under `{field}`")
            } else if labels && name.text == "__name__" {
                "sets the label `__name__`, which is the metric's name".to_owned()
            } else if self.dialect == Some(Dialect::Loki) && !matcher::is_label_name(&name.text) {
                format!("has `{}` under `{field}`, which is no label name", name.text)
            } else {
                continue;
            };
            self.push(Refusal::BadValue, NAME, (key.span(), path, field), message);
        }
    }
}
