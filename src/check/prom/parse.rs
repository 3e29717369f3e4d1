//! What the loader refuses and no sharper rule names. Rule: rules/prom/parse.yaml

use super::{
    alertmanager_api_v1, bad_auth_combination, bad_duration, bad_relabel, job_name,
    timeout_over_interval, unknown_field,
};
use crate::catalogue::model::Severity;
use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::schema::{Refusal, SchemaIssue};
use crate::identify::Kind;

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    if !refusal::is_read(document) {
        return case.skip();
    }
    let who = refusal::who(case);
    for issue in &document.text_issues {
        if refusal::is_stand_in(issue, case) {
            continue;
        }
        let template = refusal::is_template(case, document);
        let mut flag = case.flag(issue.span).with("what", &issue.message).with("who", who);
        if template {
            flag = flag.severity(Severity::Info);
        }
        if let Some(first) = issue.first {
            flag.related(first, "the first of the two");
        }
    }
    let lacks = document.schema_issues.iter().any(|it| it.refusal == Refusal::Missing);
    let patched = lacks && is_patched(case, document);
    let added = |issue: &SchemaIssue| patched && issue.refusal == Refusal::Missing;
    let told = |issue: &&SchemaIssue| !is_sharper(issue) && !added(issue);
    for issue in document.schema_issues.iter().filter(told) {
        let what = format!("`{}` {}", issue.field, issue.message);
        refusal::flag(issue, case).with("what", what);
    }
}

/// Whether Kustomize puts an object together of this document and others of its kind and name: a
/// patch has a part of it, and what it is laid over may have no more.
fn is_patched(case: &Case<'_>, document: &Document) -> bool {
    let Some(object) = &document.object else { return false };
    let is_patch = |one: &Document| {
        let path = &case.repo.source(one.id.source).path;
        path.rsplit('/').next().is_some_and(|name| name.contains("patch"))
    };
    let alike = |one: &&Document| {
        one.object.as_ref().is_some_and(|it| it.kind == object.kind && it.name == object.name)
    };
    document.kind == Kind::PrometheusOperator
        && document.host.is_none()
        && case.repo.facts.documents.iter().filter(alike).any(is_patch)
}

/// Whether another rule speaks of this refusal.
fn is_sharper(issue: &SchemaIssue) -> bool {
    unknown_field::takes(issue)
        || bad_duration::takes(issue)
        || timeout_over_interval::takes(issue)
        || job_name::takes(issue)
        || bad_relabel::takes(issue)
        || bad_auth_combination::takes(issue)
        || alertmanager_api_v1::takes(issue)
}
