//! A team that is paged and has no schedule. Rule: rules/incr/team-without-schedule.yaml

use crate::check::Case;
use crate::facts::oncall::{OnCall, Role};
use crate::facts::rules::AlertRule;
use crate::facts::scalar::Scalar;

/// Words in the name of a schedule that everybody is on.
const SHARED: &[&str] = &[
    "primary",
    "secondary",
    "default",
    "oncall",
    "on",
    "call",
    "sre",
    "ops",
    "operations",
    "main",
    "all",
    "everyone",
    "global",
    "rotation",
    "schedule",
    "escalation",
    "policy",
    "24x7",
    "24",
    "7",
    "team",
    "engineering",
    "infra",
    "infrastructure",
    "platform",
    "devops",
    "weekly",
    "daily",
    "this",
    "default",
];

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    let repo = case.repo;
    let owner = repo.settings.owner_labels.iter().find_map(|label| alert.labels.get(label));
    let owner = owner.filter(|owner| owner.known && !owner.text.contains("{{"));
    let (Some(owner), true) = (owner, super::is_critical(case, alert)) else { return case.skip() };
    let plan: Vec<&OnCall> = repo
        .facts
        .on_call
        .iter()
        .filter(|entry| entry.role != Role::Step && !repo.is_rehearsal(entry.document))
        .collect();
    if plan.is_empty() {
        return case.skip();
    }
    // A schedule with an unknown name, or one for all, may be theirs.
    let anybody = |entry: &&OnCall| entry.open || is_shared(&entry.name);
    if plan.iter().any(anybody) || super::hides_schedules(repo) {
        return;
    }
    let wanted = squashed(&owner.text);
    let names = |entry: &&OnCall| {
        let mut all = std::iter::once(&entry.name).chain(&entry.aliases);
        all.any(|name| squashed(&name.text).contains(&wanted))
    };
    if wanted.is_empty() || plan.iter().any(names) {
        return;
    }
    case.flag(owner.span)
        .with("owner", owner.text.clone())
        .with("alert", alert.name.text.clone())
        .related(plan[0].name.span, "others have one, such as this");
}

fn squashed(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn is_shared(name: &Scalar) -> bool {
    let lower = name.text.to_ascii_lowercase();
    let mut words =
        lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.all(|word| SHARED.contains(&word))
}
