//! Intervals longer than a query looks back. Rule: rules/prom/interval-over-lookback.yaml

use crate::check::Case;
use crate::facts::Document;
use crate::facts::scalar::Scalar;
use crate::lang::duration;
use crate::repo::Repo;

const DEFAULT_MS: i64 = 300_000;

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    let repo = case.repo;
    let server = repo.server(document.id);
    let global = server.into_iter().flat_map(|server| {
        [
            ("scrape_interval", &server.scrape_interval),
            ("evaluation_interval", &server.evaluation_interval),
        ]
    });
    let global = global.filter_map(|(name, value)| Some((name, value.as_ref()?)));
    let jobs = repo.jobs(document.id).iter();
    let jobs = jobs.filter_map(|job| Some(("scrape_interval", job.setting("scrape_interval")?)));
    let intervals: Vec<(&str, &Scalar)> = global.chain(jobs).collect();
    if intervals.is_empty() || server.is_some_and(|server| repo.is_agent(server)) {
        return case.skip();
    }
    let Some(lookback) = lookback(repo) else { return };
    for (name, value) in intervals {
        let Some(ms) = value.known_text().and_then(duration::prometheus) else { continue };
        if ms >= lookback {
            case.flag(value.span)
                .with("name", name)
                .with("value", value.text.clone())
                .with("lookback", duration::display(lookback));
        }
    }
}

/// How far queries look back: the longest that is set, else the default; `None` if nobody knows.
fn lookback(repo: &Repo) -> Option<i64> {
    let mut longest = None;
    let mut take = |text: Option<&str>| -> Option<()> {
        let ms = duration::prometheus(text?)?;
        longest = Some(longest.map_or(ms, |known: i64| known.max(ms)));
        Some(())
    };
    for server in &repo.facts.prometheus {
        if let Some(value) = &server.lookback {
            take(value.known_text())?;
        }
    }
    for container in &repo.facts.containers {
        let Some(flag) = container.flag("query.lookback-delta") else { continue };
        let next = container.args.iter().skip_while(|arg| arg.span != flag.span).nth(1);
        let value = match flag.text.split_once('=') {
            Some((_, value)) => flag.known.then_some(value),
            None => next.and_then(Scalar::known_text),
        };
        take(value)?;
    }
    Some(longest.unwrap_or(DEFAULT_MS))
}
