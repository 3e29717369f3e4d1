//! Integrations that cannot send. Rule: rules/amgr/integration-incomplete.yaml

use super::model;
use crate::catalogue::model::Severity;
use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::alertmanager::{Integration, refuse};
use crate::facts::schema::{Refusal, SchemaIssue};
use crate::identify::Kind;
use crate::source::Source;

/// Lines of an integration that are looked at.
const MAX_FIELDS: usize = 20;

pub(super) fn takes(issue: &SchemaIssue) -> bool {
    issue.context == refuse::INTEGRATION
        || (issue.refusal == Refusal::Missing && is_integration(issue))
}

/// Whether the table's type is one of an integration or of what stands inside one.
fn is_integration(issue: &SchemaIssue) -> bool {
    !matches!(
        issue.context,
        "Config"
            | "Route"
            | "Receiver"
            | "InhibitRule"
            | "NamedTimeInterval"
            | "TimeInterval"
            | "TimeRange"
    )
}

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    if !refusal::is_read(document) {
        return case.skip();
    }
    for issue in document.schema_issues.iter().filter(|issue| takes(issue)) {
        let source = case.repo.source(issue.span.source);
        if model::is_injected(source, &issue.field) {
            continue;
        }
        let left = is_left_to_fill(source, &issue.field)
            || model::is_merged(case, document.id) && is_left_empty(source, issue)
            || model::takes_secret(case, document.id);
        let flag = refusal::flag(issue, case);
        if left {
            flag.severity(Severity::Warning);
        }
    }
}

/// Whether the field stands in a comment with a stand-in, for a script to put in its place:
/// `#api_url: <url>#`.
fn is_left_to_fill(source: &Source, field: &str) -> bool {
    source.text().lines().any(|line| {
        let comment = line.trim_start().strip_prefix('#');
        let value = comment.and_then(|it| it.trim_start().strip_prefix(field)?.strip_prefix(':'));
        value.is_some_and(|it| it.contains('<') && it.contains('>'))
    })
}

/// Whether the field is there and empty, in values that others are laid over.
fn is_left_empty(source: &Source, issue: &SchemaIssue) -> bool {
    let rest = source.text().get(issue.span.start as usize..).unwrap_or_default();
    let mut lines = rest.lines().take(MAX_FIELDS).map(|line| line.trim_start_matches([' ', '-']));
    lines.any(|line| {
        let value = line.strip_prefix(issue.field.as_str()).and_then(|it| it.strip_prefix(':'));
        value.is_some_and(|it| matches!(it.split(" #").next().unwrap_or(it).trim(), "\"\"" | "''"))
    })
}

/// What each kind of a contact point of Grafana needs: one of the settings of each list.
const NEEDED: &[(&str, &[&[&str]])] = &[
    ("discord", &[&["url"]]),
    ("email", &[&["addresses"]]),
    ("googlechat", &[&["url"]]),
    ("kafka", &[&["kafkaRestProxy"], &["kafkaTopic"]]),
    ("line", &[&["token"]]),
    ("opsgenie", &[&["apiKey"]]),
    ("pagerduty", &[&["integrationKey"]]),
    ("pushover", &[&["apiToken"], &["userKey"]]),
    ("slack", &[&["url", "token"]]),
    ("teams", &[&["url"]]),
    ("telegram", &[&["bottoken"], &["chatid"]]),
    ("victorops", &[&["url"]]),
    ("webex", &[&["bot_token"]]),
    ("webhook", &[&["url"]]),
];

/// An integration of a provisioned contact point of Grafana.
pub(super) fn check_provisioned(integration: &Integration, case: &mut Case<'_>) {
    let repo = case.repo;
    let document = repo.document(integration.document);
    let settings = &integration.settings;
    let known = document.kind == Kind::GrafanaProvisioning && !document.masked && !settings.open;
    if !known {
        return case.skip();
    }
    let kind = repo.text(integration.key).trim_matches(['"', '\'']).to_owned();
    let Some((_, needed)) = NEEDED.iter().find(|(name, _)| *name == kind) else {
        return case.skip();
    };
    let who = refusal::who(case);
    let is_set =
        |name: &&str| settings.get(name).is_some_and(|it| !it.known || !it.text.is_empty());
    for names in needed.iter().filter(|names| !names.iter().any(is_set)) {
        case.flag(integration.key)
            .with("field", names.join("` or `"))
            .with("what", format!("is required for `{kind}` and missing"))
            .with("who", who);
    }
}
