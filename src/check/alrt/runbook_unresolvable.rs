//! A runbook link that leads nowhere. Rule: rules/alrt/runbook-unresolvable.yaml

use crate::check::Case;
use crate::facts::rules::AlertRule;
use crate::lang::path as paths;

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    let link = ["runbook_url", "runbook"]
        .into_iter()
        .filter_map(|key| alert.annotations.get(key))
        .find(|link| !link.text.trim().is_empty());
    let Some(link) = link.filter(|link| link.known) else { return case.skip() };
    let text = link.text.trim();
    if let Some(why) = placeholder(text) {
        case.flag(link.span).with("link", text).with("why", why);
        return;
    }
    // A template decides at run time where the rest leads.
    if text.contains("://") || text.contains("{{") || text.contains("${") {
        return;
    }
    let path = text.split(['#', '?']).next().unwrap_or_default();
    let from = paths::folder(case.repo.path(link.span)).to_owned();
    let exists = [paths::join(&from, path), paths::join("", path.trim_start_matches('/'))]
        .into_iter()
        .flatten()
        .filter(|path| !path.is_empty())
        .any(|path| case.repo.has_path(&path));
    if !exists {
        case.flag(link.span)
            .with("link", text)
            .with("why", "neither a URL nor a file of this repository");
    }
}

/// Why a link is a stand-in for one that was never written.
fn placeholder(text: &str) -> Option<&'static str> {
    const NOTES: &[&[u8]] =
        &[b"TODO", b"FIXME", b"TBD", b"CHANGEME", b"todo", b"fixme", b"tbd", b"changeme"];
    for word in text.as_bytes().split(|byte| !byte.is_ascii_alphanumeric()) {
        if NOTES.contains(&word) {
            return Some("a note to fill it in later");
        }
    }
    let host = text.split_once("://")?.1;
    let host = host.split(['/', '?', '#', ':']).next().unwrap_or_default().to_ascii_lowercase();
    let labels: Vec<&str> = host.split('.').collect();
    let domain = labels.len().checked_sub(2).and_then(|at| labels.get(at)).copied();
    let reserved = matches!(domain, Some("example")) && labels.len() >= 2
        || matches!(labels.last(), Some(&("example" | "invalid")))
        || labels.first() == Some(&"example");
    let stand_in =
        matches!(
            domain,
            Some(
                "company"
                    | "mycompany"
                    | "yourcompany"
                    | "your-company"
                    | "my-company"
                    | "yourdomain"
                    | "your-domain"
                    | "mydomain"
                    | "domain"
            )
        ) && matches!(labels.last(), Some(&("com" | "org" | "net" | "io" | "local" | "internal")));
    (reserved || stand_in).then_some("an address made up for examples")
}
