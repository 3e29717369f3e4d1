//! A team that is paged and has no schedule. Rule: rules/incr/team-without-schedule.yaml

use crate::check::Case;
use crate::facts::rules::AlertRule;
use crate::repo::oncall::Cover;

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    let repo = case.repo;
    let owner = repo.owner(alert).filter(|_| repo.is_urgent(alert));
    let Some(owner) = owner.filter(|_| repo.on_call().next().is_some()) else {
        return case.skip();
    };
    if let Cover::Missing(other) = repo.cover(&owner.text) {
        case.flag(owner.span)
            .with("owner", owner.text.clone())
            .with("alert", alert.name.text.clone())
            .related(other.name.span, "others have one, such as this");
    }
}
