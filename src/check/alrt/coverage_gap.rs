//! What no alert watches. Rule: rules/alrt/coverage-gap.yaml

use crate::check::Case;
use crate::facts::rules::AlertRule;
use crate::facts::slo::SloDialect;
use crate::facts::{Dialect, Document};
use crate::identify::Kind;
use crate::repo::classes::Class;
use std::collections::BTreeSet;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let own = |alert: &&AlertRule| repo.is_ours(alert.document);
    let Some(first) = repo.facts.alert_rules.iter().filter(own).map(|it| it.document).min() else {
        return case.skip();
    };
    if repo.facts.documents.iter().any(could_hold_alerts) {
        return;
    }
    let queries = case.model.queries();
    let classes = case.model.classes();
    let mut found: BTreeSet<Class> = queries
        .iter()
        .filter(|query| query.alert().is_some())
        .flat_map(|query| classes[query.index].iter().copied())
        .collect();
    // Generators make alerts on the budgets of their objectives.
    if repo
        .facts
        .slos
        .iter()
        .any(|slo| matches!(slo.dialect, SloDialect::Sloth | SloDialect::Pyrra))
    {
        found.insert(Class::Slo);
    }
    for class in Class::ALERTED {
        let applies = !(class.is_of_hosts() && repo.is_serverless());
        if applies && !found.contains(class) {
            case.flag(repo.document(first).anchor).with("class", class.name());
        }
    }
}

/// Rule documents that were not read.
pub(super) fn could_hold_alerts(document: &Document) -> bool {
    let object = document.object.as_ref().map_or("", |object| object.kind.as_str());
    let rules = document.kind == Kind::PrometheusRules || object == "PrometheusRule";
    let unread = document.masked
        || document.dialect == Some(Dialect::Loki)
        || !document.text_issues.is_empty();
    rules && unread
}
