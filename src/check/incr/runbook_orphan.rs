//! A runbook for an alert that nobody defines. Rule: rules/incr/runbook-orphan.yaml

use super::{Alerts, alerts};
use crate::check::Case;
use crate::config::World;
use crate::facts::markdown::Page;
use crate::facts::scalar::Scalar;
use crate::lang::path as paths;
use std::collections::BTreeSet;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let alerts = alerts(case);
    let runbooks: Vec<&Page> =
        repo.facts.pages.iter().filter(|page| repo.is_runbook(page)).collect();
    if alerts.is_empty() || runbooks.is_empty() || !repo.holds_all(World::Alerts) {
        return case.skip();
    }
    let is_alert = |name: &Scalar| alerts.contains_key(name.text.as_str());
    let folder = |page: &Page| paths::folder(repo.path(page.title.span));
    // Where one runbook is called after its alert, the others are too.
    let by_alert: BTreeSet<&str> =
        runbooks.iter().filter(|page| is_alert(&page.title)).map(|page| folder(page)).collect();
    for page in runbooks {
        if is_name(&page.title.text) {
            if by_alert.contains(folder(page)) && !is_alert(&page.title) {
                report(&page.title, &alerts, case);
            }
            continue;
        }
        let named = page.headings.iter().filter(|heading| is_alert(&heading.title));
        let levels: BTreeSet<u8> = named.map(|heading| heading.level).collect();
        for heading in &page.headings {
            let like_them = levels.contains(&heading.level) && is_name(&heading.title.text);
            if like_them && !is_alert(&heading.title) {
                report(&heading.title, &alerts, case);
            }
        }
    }
}

fn report(name: &Scalar, alerts: &Alerts<'_>, case: &mut Case<'_>) {
    let near = alerts
        .keys()
        .filter_map(|other| Some((crate::lang::distance::within(&name.text, other, 3)?, *other)));
    let near = near.min().map(|(_, other)| other);
    let hint = near.map_or_else(String::new, |other| format!("; there is `{other}`"));
    case.flag(name.span).with("alert", name.text.clone()).with("hint", hint);
}

/// `DiskFull`: one word of several that begin with a capital.
fn is_name(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    letters.first().is_some_and(char::is_ascii_uppercase)
        && letters.iter().all(|c| c.is_ascii_alphanumeric() || *c == '_')
        && letters.windows(2).any(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase())
}
