//! Fields Alertmanager does not know or cannot read. Rule: rules/amgr/unknown-field.yaml

use super::{bad_duration, double_credential, integration_incomplete, model, time_interval};
use crate::catalogue::model::Severity;
use crate::check::{Case, mend, refusal};
use crate::facts::Document;
use crate::facts::schema::{Refusal, SchemaIssue};
use crate::finding::Edit;
use crate::source::Source;

/// Fields of other programs that people expect here: type, field, what Alertmanager has.
const CONFUSIONS: &[(&str, &str, &str)] = &[
    ("EmailConfig", "subject", "headers.Subject"),
    ("EmailConfig", "body", "html"),
    ("EmailConfig", "message", "html"),
    ("EmailConfig", "cc", "headers.Cc"),
    ("EmailConfig", "reply_to", "headers.Reply-To"),
    ("SlackConfig", "message", "text"),
    ("SlackConfig", "body", "text"),
    ("SlackConfig", "webhook_url", "api_url"),
    ("SlackConfig", "url", "api_url"),
    ("PagerdutyConfig", "summary", "description"),
    ("WebhookConfig", "webhook_url", "url"),
    ("DiscordConfig", "url", "webhook_url"),
    ("MSTeamsConfig", "url", "webhook_url"),
    ("TelegramConfig", "token", "bot_token"),
    ("OpsGenieConfig", "text", "description"),
];

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    if !refusal::is_read(document) {
        return case.skip();
    }
    let mine = document.schema_issues.iter().filter(|issue| {
        !bad_duration::takes(issue)
            && !integration_incomplete::takes(issue)
            && !double_credential::takes(issue)
            && !time_interval::takes(issue)
            && !is_spoken_of(issue)
            && !is_incomplete(issue, document)
    });
    for issue in mine {
        if issue.refusal == Refusal::BadValue
            && model::is_injected(case.repo.source(issue.span.source), &issue.field)
        {
            continue;
        }
        let meant = CONFUSIONS
            .iter()
            .find(|(context, field, _)| *context == issue.context && *field == issue.field)
            .filter(|_| issue.refusal == Refusal::UnknownField)
            .map(|(.., meant)| *meant);
        let Some(meant) = meant else {
            let template = refusal::is_template(case, document);
            let flag = refusal::flag(issue, case);
            if template {
                flag.severity(Severity::Info);
            }
            continue;
        };
        let edits = edits(issue, meant, case.repo.source(issue.span.source));
        let what = format!("is no field here: Alertmanager calls it `{meant}`");
        let flag = refusal::flag(issue, case).with("what", what);
        if let Some(edits) = edits {
            flag.fix(true, format!("Write it as `{meant}`"), edits);
        }
    }
}

/// Whether the value that is refused is what the integration lacks: an empty text.
fn is_incomplete(issue: &SchemaIssue, document: &Document) -> bool {
    let one = |a: &str, b: &str| a.starts_with(b) || b.starts_with(a);
    issue.refusal == Refusal::BadValue
        && document.schema_issues.iter().any(|other| {
            integration_incomplete::takes(other)
                && other.field == issue.field
                && one(&other.path, &issue.path)
        })
}

fn edits(issue: &SchemaIssue, meant: &str, source: &Source) -> Option<Vec<Edit>> {
    let owner = meant.split('.').next().unwrap_or(meant);
    if mend::has_beside(source, issue.span, owner) {
        return None;
    }
    let text = match meant.split_once('.') {
        None => meant.to_owned(),
        Some((owner, name)) => {
            let indent = model::indent_of(source, issue.span)?;
            format!("{owner}:\n{indent}  {name}")
        }
    };
    Some(vec![Edit { span: issue.span, text }])
}

/// What AMGR001, 003, 004, 005, 007, 008 and 009 say from the facts.
fn is_spoken_of(issue: &SchemaIssue) -> bool {
    let absent = matches!(issue.refusal, Refusal::Missing | Refusal::Conflict);
    match issue.context {
        "Config" => absent,
        "Receiver" | "NamedTimeInterval" => absent && issue.field == "name",
        "Matcher" => issue.field != "name",
        "RouteMatcher" => issue.field == "matchType",
        "Route" => {
            issue.refusal != Refusal::UnknownField
                && issue.refusal != Refusal::WrongType
                && matches!(
                    issue.field.as_str(),
                    "group_by" | "matchers" | "match" | "match_re" | "receiver"
                )
        }
        _ => false,
    }
}
