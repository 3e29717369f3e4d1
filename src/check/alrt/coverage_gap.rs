//! What no alert watches. Rule: rules/alrt/coverage-gap.yaml

use crate::check::Case;
use crate::facts::rules::AlertRule;
use crate::facts::slo::SloDialect;
use crate::facts::{Dialect, Document};
use crate::identify::Kind;
use crate::repo::classes::{Class, Classes};

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
    let alerts = queries.iter().filter(|query| query.alert().is_some());
    let found: Classes = alerts.map(|query| classes[query.index]).collect();
    // Generators make alerts on the budgets of their objectives.
    let generated = repo
        .facts
        .slos
        .iter()
        .any(|slo| matches!(slo.dialect, SloDialect::Sloth | SloDialect::Pyrra));
    for class in Class::ALERTED {
        let applies = !(class.is_of_hosts() && repo.is_serverless());
        let covered = found.contains(*class) || (generated && *class == Class::Slo);
        if applies && !covered {
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
