//! Families of which nothing is recorded. Rule: rules/rule/family-missing.yaml

use super::recording_rules_missing::could_hold_records;
use crate::check::Case;
use crate::facts::rules::RecordingRule;
use crate::repo::classes::{Class, Classes};

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let rules = &repo.facts.recording_rules;
    let own = |rule: &&RecordingRule| repo.is_ours(rule.document);
    let Some(first) = rules.iter().filter(own).map(|rule| rule.document).min() else {
        return case.skip();
    };
    if repo.facts.documents.iter().any(could_hold_records) {
        return;
    }
    let queries = case.model.queries();
    let classes = case.model.classes();
    let records = queries.iter().filter(|query| query.record().is_some());
    let found: Classes = records.map(|query| classes[query.index]).collect();
    for class in Class::RECORDED {
        let applies = !(class.is_of_hosts() && repo.is_serverless());
        if applies && !found.contains(*class) {
            case.flag(repo.document(first).anchor).with("family", class.figure());
        }
    }
}
