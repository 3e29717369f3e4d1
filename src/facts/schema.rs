//! What a format's reader refuses in the shape of a document, as facts.
//!
//! Tables in `schemas/` say which fields exist; one walker compares a document with them.

pub mod scalars;
pub mod table;
pub mod walk;

mod alertmanager;
mod built;
mod checks;
mod collector;
mod fault;
mod fields;
mod kubernetes;
mod operator;
mod prometheus;
mod relabel;

use super::{Document, DocumentId, FileFacts};
use crate::identify::Kind;
use crate::parse::tree::NodeRef;
use crate::source::Span;
pub(crate) use fault::{nearest, short};
use walk::Reading;

/// Kind of refusal; decides which rule speaks of it.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum Refusal {
    /// The reader knows no such field here.
    UnknownField,
    /// The value has a shape or type the field cannot take.
    WrongType,
    /// Not a duration the reader accepts.
    BadDuration,
    /// Not one of the values the reader accepts.
    BadValue,
    /// A required field is absent or empty.
    Missing,
    /// The field was removed from the program.
    Removed,
    /// The file is newer than the table says the program must be.
    TooNew,
    /// Two settings exclude each other, or one needs another.
    Conflict,
}

/// One field the reader refuses.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct SchemaIssue {
    /// What kind of refusal.
    pub refusal: Refusal,
    /// The token to edit: the key, or the wrong value.
    pub span: Span,
    /// Structural path, such as `scrape_configs[0].scrape_interval`.
    pub path: String,
    /// The table's type that was being read, such as `RelabelConfig`.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub context: &'static str,
    /// The field's name.
    pub field: String,
    /// What is wrong, as half a sentence: `takes a duration such as 30s, not "30 s"`.
    pub message: String,
    /// The nearest known field or value, if one is near.
    pub suggestion: Option<String>,
}

/// Compares a document with the table of its format, if there is one.
pub(crate) fn compare(node: NodeRef<'_>, id: DocumentId, facts: &mut FileFacts) {
    let document = &facts.documents[id.index as usize];
    let text = |key| node.get(key).and_then(NodeRef::scalar).unwrap_or_default();
    let (schema, root) = match document.kind {
        Kind::PrometheusConfig => ("prometheus", "prometheus-config".to_owned()),
        Kind::PrometheusFragment if node.is_mapping() => {
            ("prometheus", "prometheus-scrape-configs".to_owned())
        }
        Kind::PrometheusFragment if node.is_sequence() => {
            ("prometheus", "prometheus-scrape-jobs".to_owned())
        }
        Kind::PrometheusTargets => ("prometheus", "prometheus-targets".to_owned()),
        Kind::PrometheusRules => ("prometheus-rules", "prometheus-rules".to_owned()),
        Kind::PrometheusRuleTest => ("prometheus-rules", "prometheus-rule-tests".to_owned()),
        Kind::Slo => match super::slo::table_of(node) {
            Some(root) => ("slo", root.to_owned()),
            None => return,
        },
        Kind::AlertmanagerConfig => ("alertmanager", "alertmanager-config".to_owned()),
        Kind::PrometheusOperator => match chart_table(document).unwrap_or(text("kind")) {
            // What it holds is a rule file, a document of its own.
            "PrometheusRule" => return,
            "AlertmanagerConfig" => {
                let version = text("apiVersion").rsplit('/').next().unwrap_or_default();
                ("prometheus-operator", format!("AlertmanagerConfig/{version}"))
            }
            // A template may choose between the two: the fields of either are legal.
            "PrometheusAgent" if document.masked => {
                ("prometheus-operator", "Prometheus".to_owned())
            }
            kind => ("prometheus-operator", kind.to_owned()),
        },
        Kind::OtelCollector | Kind::JaegerConfig => return collector::compare(node, id, facts),
        _ => return,
    };
    let Some(reading) = Reading::of(schema, &root, id) else { return };
    let reading = Reading { dialect: document.dialect, open: document.masked, ..reading };
    let outcome = walk::walk(reading, node);
    let host = facts.documents[id.index as usize].host;
    let in_values =
        host.is_some_and(|host| facts.documents[host.index as usize].kind == Kind::HelmValues);
    // Beside the configuration a chart keeps switches of its own, which its template takes out.
    let is_switch = |issue: &SchemaIssue| {
        in_values && issue.refusal == Refusal::UnknownField && !issue.path.contains(['.', '['])
    };
    // A template may put together what never stands together: only a slip of letters is certain.
    let masked = facts.documents[id.index as usize].masked;
    let is_maybe = |issue: &SchemaIssue| {
        masked && issue.refusal == Refusal::UnknownField && issue.suggestion.is_none()
    };
    // The operator's chart gives many of its settings another shape than the object has.
    let of_chart = is_chart_server(&facts.documents[id.index as usize]);
    let is_reshaped = |issue: &SchemaIssue| {
        let remote = issue.path.starts_with("remote") && issue.refusal == Refusal::Conflict;
        // An empty value is left out, and another word is filled in by something else.
        let counts = || {
            let text = node.get(&issue.path).and_then(NodeRef::scalar).unwrap_or_default();
            text.starts_with(|first: char| first.is_ascii_digit())
        };
        of_chart && !remote && !(issue.refusal == Refusal::BadDuration && counts())
    };
    let issues = outcome.issues.into_iter();
    let issues = issues
        .filter(|issue| !is_switch(issue) && !is_maybe(issue) && !is_reshaped(issue))
        .collect();
    facts.documents[id.index as usize].schema_issues = issues;
    facts.credentials.extend(outcome.credentials);
}

/// Whether a document is the server that a chart of the operator makes from its values.
pub(crate) fn is_chart_server(document: &Document) -> bool {
    chart_table(document) == Some("PrometheusSpec")
}

/// The table of what a chart of the operator takes from its values for an object.
pub(crate) fn chart_table(document: &Document) -> Option<&'static str> {
    let object = document.object.as_ref().filter(|_| document.kind == Kind::PrometheusOperator)?;
    Some(match object.data_key.as_deref()? {
        "prometheusSpec" => "PrometheusSpec",
        "additionalServiceMonitors" => "ServiceMonitorSpec",
        "additionalPodMonitors" => "PodMonitorSpec",
        _ => return None,
    })
}
