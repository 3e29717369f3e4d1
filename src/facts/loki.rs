//! Loki: its own configuration, values of its charts, objects of its operator.

use super::scalar::Scalar;
use super::{DocumentId, FileFacts, embedded};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// One Loki.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct LokiConfig {
    /// Where it came from.
    pub document: DocumentId,
    /// The token that names it.
    pub anchor: Span,
    /// Where it is written.
    pub form: Form,
    /// `auth_enabled`: whether requests must name a tenant.
    pub auth_enabled: Option<Scalar>,
    /// `limits_config.retention_period`, or days of the operator's object.
    pub period: Option<Scalar>,
    /// `compactor.retention_enabled`, or `table_manager.retention_deletes_enabled`.
    pub deletes: Option<Scalar>,
    /// The store of its chunks: `filesystem`, `s3`, …
    pub storage: Option<Scalar>,
    /// Nothing may be concluded from what is absent.
    pub open: bool,
}

/// Where a configuration is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Form {
    /// Loki's own file.
    File,
    /// Values of a chart.
    Chart,
    /// A `LokiStack`.
    Stack,
}

/// Reads Loki's own file.
pub fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    let anchor = facts.documents[id.index as usize].anchor;
    facts.lokis.push(config(root, id, anchor, Form::File, masked));
}

fn config(
    root: NodeRef<'_>,
    document: DocumentId,
    anchor: Span,
    form: Form,
    open: bool,
) -> LokiConfig {
    let under = |path: &[&str], key: &str| root.at(path).and_then(|node| Scalar::under(node, key));
    let either = |camel: &str, snake: &str| {
        if root.get(snake).is_some() { snake.to_owned() } else { camel.to_owned() }
    };
    let limits = either("limitsConfig", "limits_config");
    let table = ["table_manager", "tableManager"];
    let period = under(&[&limits], "retention_period")
        .or_else(|| table.iter().find_map(|key| under(&[key], "retention_period")));
    let old = table.iter().find_map(|key| under(&[key], "retention_deletes_enabled"));
    LokiConfig {
        document,
        anchor,
        form,
        auth_enabled: Scalar::under(root, "auth_enabled"),
        period,
        deletes: under(&["compactor"], "retention_enabled").or(old),
        storage: storage(root),
        open,
    }
}

/// The store that the newest schema names, or that the chart is given.
fn storage(root: NodeRef<'_>) -> Option<Scalar> {
    let schema = root.get("schema_config").or_else(|| root.get("schemaConfig"));
    let periods =
        schema.and_then(|schema| schema.get("configs")).into_iter().flat_map(NodeRef::items);
    let newest = periods.filter_map(|period| Scalar::under(period, "object_store")).last();
    newest.or_else(|| root.get("storage").and_then(|storage| Scalar::under(storage, "type")))
}

/// Reads the values of a chart that runs Loki: below `loki`, or below a chart that depends on it.
pub fn read_values(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let mut parts: Vec<(NodeRef<'_>, NodeRef<'_>)> = Vec::new();
    for (key, value) in root.entries() {
        if key.scalar() != Some("loki") || !value.is_mapping() {
            continue;
        }
        // An umbrella chart: `loki: { loki: … }`.
        parts.push(
            value.entry("loki").filter(|(_, inner)| inner.is_mapping()).unwrap_or((key, value)),
        );
    }
    for (key, value) in parts {
        const OWN: &[&str] = &[
            "auth_enabled",
            "limits_config",
            "schemaConfig",
            "structuredConfig",
            "storage",
            "compactor",
            "commonConfig",
            "useTestSchema",
            "table_manager",
            "tableManager",
        ];
        if !value.pairs().any(|(key, _)| OWN.contains(&key.scalar().unwrap_or_default())) {
            continue;
        }
        let masked = facts.documents[document.index as usize].masked;
        let mut found = config(value, document, key.span(), Form::Chart, masked);
        // The structured part stands over the rest.
        if let Some(structured) = value.get("structuredConfig").filter(|it| it.is_mapping()) {
            let over = config(structured, document, key.span(), Form::Chart, masked);
            found.auth_enabled = over.auth_enabled.or(found.auth_enabled);
            found.period = over.period.or(found.period);
            found.deletes = over.deletes.or(found.deletes);
            found.storage = over.storage.or(found.storage);
        }
        // A whole configuration as text is a document of its own.
        if value.get("config").and_then(NodeRef::scalar).is_none_or(|text| text.trim().is_empty()) {
            facts.lokis.push(found);
        }
    }
}

/// Reads a `LokiStack`.
pub fn read_object(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let Some(owner) = embedded::object_name(root) else { return };
    if owner.kind != "LokiStack" || !owner.api_version.starts_with("loki.grafana.com") {
        return;
    }
    let at = |path: &[&str]| root.at(path).and_then(Scalar::of);
    let mut period = at(&["spec", "limits", "global", "retention", "days"]);
    if let Some(days) = &mut period {
        days.text.push('d');
    }
    let document_facts = &facts.documents[document.index as usize];
    facts.lokis.push(LokiConfig {
        document,
        anchor: document_facts.anchor,
        form: Form::Stack,
        auth_enabled: None,
        deletes: None,
        storage: at(&["spec", "storage", "secret", "type"]),
        open: document_facts.masked,
        period,
    });
}
