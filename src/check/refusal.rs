//! Which rule speaks of which refusal of a reader: each refusal is spoken of once.

use crate::catalogue::model::Severity;
use crate::check::{Case, Flag};
use crate::facts::TextIssue;
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

/// Whether the reader stumbles over `%%NAME%%`, which something replaces before a program reads it.
pub(crate) fn is_stand_in(issue: &TextIssue, case: &Case<'_>) -> bool {
    let source = case.repo.source(issue.span.source);
    let rest = source.text().get(issue.span.start as usize..).unwrap_or_default();
    let name = rest.strip_prefix("%%").and_then(|rest| rest.split_once("%%"));
    name.is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
    })
}

/// Whether a file is called a template, in the repository or where a container has it: something makes
/// of it what the program reads.
pub(crate) fn is_template(case: &Case<'_>, document: &Document) -> bool {
    case.repo.is_template(&case.repo.source(document.id.source).path)
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
        let template = is_template(case, document);
        let mut flag = flag(issue, case);
        if template {
            flag = flag.severity(Severity::Info);
        }
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
