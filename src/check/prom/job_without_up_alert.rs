//! A job whose silence no alert notices. Rule: rules/prom/job-without-up-alert.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::config::World;
use crate::facts::prometheus::ScrapeJob;
use crate::facts::rules::AlertRule;
use crate::repo::routing::Answer;
use crate::repo::scrape::{is_loopback, split_address};
use crate::repo::up::may_read_up;

pub(super) fn check(job: &ScrapeJob, case: &mut Case<'_>) {
    let repo = case.repo;
    let mut alerts = repo.facts.alert_rules.iter();
    // Without any alert there is one fault, and it is said once for the repository.
    let watched = alerts.any(|alert| repo.run_together(alert.document, job.document));
    if !watched || job.name.as_ref().is_none_or(|it| !it.known) {
        return case.skip();
    }
    if !repo.holds_all(World::Alerts) {
        return;
    }
    let mut uses = case.model.up_uses().iter();
    let noticed = uses
        .any(|one| repo.run_together(one.document(), job.document) && one.hits(job) != Answer::No);
    // Grafana's own alerts may watch it too.
    let may = |alert: &AlertRule| repo.is_grafana(alert.document) && may_read_up(alert);
    if !noticed && !repo.facts.alert_rules.iter().any(may) {
        let flag = case.flag(job.name.as_ref().map_or(job.span, |name| name.span));
        if is_itself(job) {
            flag.severity(Severity::Info);
        }
    }
}

/// Whether a server scrapes itself alone: when it is down, only another one could tell.
fn is_itself(job: &ScrapeJob) -> bool {
    let own = |address: &str| {
        let (host, port) = split_address(address);
        is_loopback(host) && port == Some("9090")
    };
    job.discovery.is_empty()
        && !job.targets.is_empty()
        && job.targets.iter().all(|it| it.known && own(&it.text))
}
