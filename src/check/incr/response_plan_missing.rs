//! Alerts, and no word about how an incident is handled. Rule: rules/incr/response-plan-missing.yaml

use super::alerting_here;
use crate::check::Case;

/// Forms of documents that are not read.
const UNREAD: &[&str] = &[".pdf", ".docx", ".odt", ".rst", ".adoc", ".html"];

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let Some(first) = alerting_here(case) else { return case.skip() };
    let unread = |path: &String| {
        UNREAD.iter().any(|end| path.ends_with(end))
            && path.to_ascii_lowercase().contains("incident")
    };
    if repo.incident_plans().next().is_none() && !repo.paths.iter().any(unread) {
        case.flag(first);
    }
}
