//! Which rule speaks of which refusal of a reader: each refusal is spoken of once.

use crate::check::{Case, Flag};
use crate::facts::schema::{Refusal, SchemaIssue};
use crate::facts::{Dialect, Document};
use crate::finding::Edit;
use crate::identify::Kind;

/// Whether the program reads this document: of a stream only the first, but of objects all.
pub(crate) fn is_read(document: &Document) -> bool {
    document.stream_index == 0
        || document.kind == Kind::PrometheusOperator
        || document.dialect == Some(Dialect::VictoriaMetrics)
}

/// Flags every refusal that `mine` takes, with its field, message and suggestion as captures.
pub(crate) fn report(
    document: &Document,
    case: &mut Case<'_>,
    mine: impl Fn(&SchemaIssue) -> bool,
) {
    if !is_read(document) {
        return case.skip();
    }
    for issue in document.schema_issues.iter().filter(|issue| mine(issue)) {
        let renamed = renamed(issue, case);
        let flag = flag(issue, case);
        if let Some((edit, near)) = renamed {
            flag.fix(false, format!("write `{near}`"), vec![edit]);
        }
    }
}

/// The key as it was meant, if one is near.
fn renamed(issue: &SchemaIssue, case: &Case<'_>) -> Option<(Edit, String)> {
    let near = issue.suggestion.as_ref().filter(|_| issue.refusal == Refusal::UnknownField)?;
    let written = case.repo.text(issue.span);
    let text = match written.trim_matches(['"', '\'']) == issue.field {
        // Quotes stay as they are.
        true => written.replace(&issue.field, near),
        false => return None,
    };
    Some((Edit { span: issue.span, text }, near.clone()))
}

/// Flags one refusal.
pub(crate) fn flag<'c>(issue: &SchemaIssue, case: &'c mut Case<'_>) -> Flag<'c> {
    let hint = match &issue.suggestion {
        Some(near) => format!(" (did you mean `{near}`?)"),
        None => String::new(),
    };
    let who = who(case);
    case.flag(issue.span)
        .with("who", who)
        .with("field", &issue.field)
        .with("what", format!("{}{hint}", issue.message))
}

/// Who refuses the document, and what comes of it.
pub(crate) fn who(case: &Case<'_>) -> &'static str {
    match case.document().map(|document| document.kind) {
        Some(Kind::PrometheusOperator) => "the cluster, or its operator, refuses the object",
        Some(Kind::AlertmanagerConfig) => "Alertmanager refuses the configuration",
        Some(Kind::GrafanaProvisioning) => "Grafana refuses the file and does not start",
        Some(Kind::Terraform) => "Grafana refuses the resource",
        Some(Kind::PrometheusTargets) => "Prometheus drops the whole file of targets",
        _ => "Prometheus refuses the whole configuration",
    }
}
