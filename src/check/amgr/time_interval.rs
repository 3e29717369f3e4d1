//! Time intervals that are not defined or not read. Rule: rules/amgr/time-interval.yaml

use super::model;
use crate::catalogue::model::Severity;
use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::alertmanager::{Route, refuse};
use crate::facts::scalar::Scalar;
use crate::facts::schema::{Refusal, SchemaIssue};
use crate::lang::distance;
use crate::lang::version::Version;
use crate::repo::runs::Program;
use std::collections::BTreeMap;

pub(super) fn takes(issue: &SchemaIssue) -> bool {
    issue.context == refuse::TIME
        || (matches!(issue.context, "TimeInterval" | "TimeRange")
            && matches!(issue.refusal, Refusal::BadValue | Refusal::Missing))
}

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    if case.repo.alertmanager(document.id).is_none() {
        return case.skip();
    }
    // Both look at one text; the loader's own words come from here.
    let mine: Vec<_> =
        document.schema_issues.iter().filter(|issue| issue.context == refuse::TIME).collect();
    refusal::report(document, case, |issue| {
        takes(issue)
            && issue.refusal != Refusal::TooNew
            && (issue.context == refuse::TIME
                || !mine.iter().any(|own| own.span == issue.span || own.field == issue.field))
    });
    if !refusal::is_read(document) {
        return;
    }
    too_new(document, case);
    let who = refusal::who(case);
    let mut first = BTreeMap::new();
    let all = &case.repo.facts.time_intervals;
    let own: Vec<&Scalar> =
        all.iter().filter(|it| it.document == document.id).map(|it| &it.name).collect();
    for name in own.iter().filter(|name| name.known) {
        if let Some(earlier) = first.get(name.text.as_str()).copied() {
            case.flag(name.span)
                .with("field", &name.text)
                .with("what", "is the name of two time intervals")
                .with("who", who)
                .related(earlier, "the first of that name");
        } else {
            first.insert(name.text.as_str(), name.span);
        }
    }
    let open = model::is_open(case, document.id) || own.iter().any(|name| !name.known);
    if open {
        return;
    }
    let routes = case.repo.routing(document.id).routes();
    for used in routes.iter().flat_map(|route| route.mutes.iter().chain(&route.actives)) {
        if used.known && !first.contains_key(used.text.as_str()) {
            case.flag(used.span)
                .with("field", &used.text)
                .with("what", "is no time interval of this file")
                .with("who", who);
        }
    }
}

/// What releases before 0.35 refuse, where one of them runs.
fn too_new(document: &Document, case: &mut Case<'_>) {
    const TAKES: Version = Version::new(0, 35, 0);
    let runs = case.repo.releases(document.id, Program(&["alertmanager"])).reach(TAKES);
    let issues = document.schema_issues.iter();
    for issue in issues.filter(|it| it.context == refuse::TIME && it.refusal == Refusal::TooNew) {
        if runs == Some(false) {
            refusal::flag(issue, case);
        }
    }
}

/// A policy of Grafana, whose mute timings may stand in other files, or in its database: only what
/// is nearly one of those here is certainly meant to be it.
pub(super) fn check_policy(route: &Route, case: &mut Case<'_>) {
    let repo = case.repo;
    if !repo.is_grafana(route.document) {
        return case.skip();
    }
    let all = repo.facts.time_intervals.iter().filter(|it| repo.is_grafana(it.document));
    let names: Vec<&Scalar> = all.map(|interval| &interval.name).collect();
    if names.is_empty() || names.iter().any(|name| !name.known) {
        return;
    }
    let who = refusal::who(case);
    for used in route.mutes.iter().chain(&route.actives) {
        let dynamic = !used.known || used.text.starts_with('$');
        if dynamic || names.iter().any(|name| name.text == used.text) {
            continue;
        }
        let near = distance::nearest(&used.text, names.iter().map(|name| name.text.as_str()), 2);
        let what = match near {
            Some(near) => format!("is no mute timing (did you mean `{near}`?)"),
            None => "is no mute timing of this repository".to_owned(),
        };
        let severity = if near.is_some() { Severity::Error } else { Severity::Warning };
        case.flag(used.span)
            .with("field", &used.text)
            .with("what", what)
            .with("who", who)
            .severity(severity);
    }
}
