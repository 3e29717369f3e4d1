//! Alerts, and no word about how an incident is handled. Rule: rules/incr/response-plan-missing.yaml

use super::alerting_here;
use crate::check::Case;
use crate::facts::markdown::Page;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let Some(first) = alerting_here(case) else { return case.skip() };
    let named = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.contains("incident") || text.contains("response plan")
    };
    // A report of one incident has no roles and no levels.
    let plan = |page: &Page| {
        let here = named(repo.path(page.title.span))
            || named(&page.title.text)
            || page.headings.iter().any(|heading| named(&heading.title.text));
        here && page.process > 1
    };
    let unread = |path: &String| {
        let page = [".pdf", ".docx", ".odt", ".rst", ".adoc", ".html"]
            .iter()
            .any(|end| path.ends_with(end));
        page && named(path)
    };
    if !repo.facts.pages.iter().any(plan) && !repo.paths.iter().any(unread) {
        case.flag(first);
    }
}
