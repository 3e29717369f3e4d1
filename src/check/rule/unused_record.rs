//! Recorded names that nothing reads. Rule: rules/rule/unused-record.yaml

use crate::check::Case;
use crate::config::World;
use crate::facts::rules::RecordingRule;
use crate::repo::paths;
use crate::repo::standing::is_sample;
use crate::source::Origin;

pub(super) fn check(rule: &RecordingRule, case: &mut Case<'_>) {
    let repo = case.repo;
    let serves = repo.own_servers().any(|server| !is_sample(repo.path(server.anchor)));
    let own = repo.origin(rule.document.source) != Origin::Vendored
        && !is_sample(repo.path(rule.name.span))
        && rule.name.known;
    // A library of rules is read by those who load it.
    // So is one that programs make.
    if !serves || !own || !repo.holds_all(World::Records) || !paths::is_loaded(repo, rule.document)
    {
        return case.skip();
    }
    if !repo.is_mentioned(&rule.name.text) {
        case.flag(rule.name.span);
    }
}
