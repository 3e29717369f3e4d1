//! Targets that vanish are not down. Rule: rules/alrt/up-blind-to-vanish.yaml

use crate::check::Case;
use crate::config::World;
use crate::facts::prometheus::ScrapeJob;
use crate::facts::rules::AlertRule;
use crate::repo::routing::Answer;
use crate::repo::up::{UpUse, is_discovered};

pub(super) fn check(rule: &AlertRule, case: &mut Case<'_>) {
    let (model, repo) = (case.model, case.repo);
    let uses = model.up_uses();
    let mine = model.up_uses_of(rule);
    let Some(first) = mine.iter().find(|one| one.only_up && !one.notices_absence) else {
        return case.skip();
    };
    let together =
        |one: &UpUse<'_>, job: &ScrapeJob| repo.run_together(one.document(), job.document);
    let noticed = |job: &ScrapeJob| {
        uses.iter()
            .any(|one| one.notices_absence && together(one, job) && one.hits(job) != Answer::No)
    };
    let blind = repo.facts.scrape_jobs.iter().find(|job| {
        is_discovered(job)
            && together(first, job)
            && mine.iter().any(|one| one.hits(job) == Answer::Yes)
            && !noticed(job)
    });
    let Some(job) = blind.filter(|_| repo.holds_all(World::Alerts)) else { return };
    let query = &model.queries()[first.query];
    let span = case.place(query, first.named);
    let place = job.name.as_ref().map_or(job.span, |name| name.span);
    case.flag(span)
        .with("job", job.label())
        .related(place, "targets of this job come and go with discovery");
}
