//! Evidence of rules, and of the way from an alert to a person.

use super::{Answer, Evidence, Holds, MOST};
use crate::facts::alertmanager::{Integration, MatchOp, Route};
use crate::facts::grafana::Step;
use crate::facts::rules::AlertRule;
use crate::facts::{Dialect, DocumentId, Subject};
use crate::repo::shippers::failures::tells_of_delivery;
use crate::verdict::scope::Scope;
use std::collections::BTreeMap;

pub(super) fn recording_rules(scope: &Scope<'_>) -> Answer {
    let rules = scope.repo.facts.recording_rules.iter().filter(|rule| scope.loads(rule.document));
    Answer::found(
        rules
            .map(|rule| Evidence {
                span: rule.name.span,
                fact: format!("records {}", rule.name.text),
            })
            .collect(),
    )
}

pub(super) fn alerts<'a>(scope: &'a Scope<'_>) -> impl Iterator<Item = &'a AlertRule> {
    scope.repo.facts.alert_rules.iter().filter(|alert| scope.loads(alert.document))
}

/// Counted, and loaded where the repository shows what loads it.
pub(super) fn alert_evidence(alert: &AlertRule) -> Evidence {
    Evidence { span: alert.name.span, fact: format!("alert {}", alert.name.text) }
}

pub(super) fn alerting_rules(scope: &Scope<'_>) -> Answer {
    Answer::found(alerts(scope).map(alert_evidence).collect())
}

pub(super) fn alert_texts(scope: &Scope<'_>) -> Answer {
    let annotated = |alert: &AlertRule, names: &[&str]| {
        names.iter().any(|name| alert.annotations.get(name).is_some()) || alert.annotations.open
    };
    let complete = |alert: &&AlertRule| {
        let settings = scope.repo.settings_of(alert.document);
        let labelled = |name: &str| alert.label(name).is_some() || alert.labels.open;
        labelled(&settings.severity_label)
            && settings.owner_labels.iter().any(|owner| labelled(owner))
            && annotated(alert, &["summary"])
            && annotated(alert, &["description", "message"])
    };
    share(alerts(scope).collect(), complete, "alerts have severity, owner and text")
}

pub(super) fn runbooks_linked(scope: &Scope<'_>) -> Answer {
    let critical = |alert: &&AlertRule| {
        let severity = &scope.repo.settings_of(alert.document).severity_label;
        alert
            .label(severity)
            .is_some_and(|value| matches!(value.text.as_str(), "critical" | "page"))
    };
    let linked = |alert: &&AlertRule| {
        alert.annotations.open
            || ["runbook_url", "runbook"].iter().any(|name| alert.annotations.get(name).is_some())
    };
    share(alerts(scope).filter(critical).collect(), linked, "critical alerts link a runbook")
}

/// Alerts whose expressions the rules about expressions could read.
pub(super) fn alerts_read(scope: &Scope<'_>) -> Answer {
    let all: Vec<&AlertRule> = alerts(scope).collect();
    // Of an alert of Grafana, every query of its steps.
    let mut read: BTreeMap<(DocumentId, u32), bool> = BTreeMap::new();
    for query in scope.model.queries() {
        let Some(alert) = query.raises() else { continue };
        *read.entry((alert.document, alert.span.start)).or_insert(true) &= query.is_sound();
    }
    let state = |alert: &AlertRule| read.get(&(alert.document, alert.span.start)).copied();
    let parsed = |alert: &&AlertRule| state(alert).is_some();
    if !all.is_empty() && !all.iter().any(parsed) {
        return Answer::unknown("no alert has an expression that could be read".to_owned());
    }
    let sound = |alert: &&AlertRule| state(alert) == Some(true);
    // What is written in another language is neither sound nor at fault.
    share(all.into_iter().filter(parsed).collect(), sound, "alerts could be read")
}

/// Alerts that read `up`.
pub(super) fn alerts_read_up(scope: &Scope<'_>) -> Answer {
    let reads = |alert: &&AlertRule| {
        let parsed = alert.expr.as_ref().and_then(|expr| expr.parsed.as_ref());
        parsed.is_some_and(|parsed| {
            parsed.ast.selectors().any(|(_, selector)| selector.metric() == Some("up"))
        })
    };
    Answer::found(alerts(scope).filter(reads).map(alert_evidence).collect())
}

/// Alerts on the delivery of logs.
pub(super) fn alerts_on_log_delivery(scope: &Scope<'_>) -> Answer {
    let tells = |alert: &&AlertRule| tells_of_delivery(scope.repo, alert);
    Answer::found(alerts(scope).filter(tells).map(alert_evidence).collect())
}

/// What keeps logs that could not be delivered, and an alert that tells of it: both, or one.
pub(super) fn log_failures(scope: &Scope<'_>) -> Answer {
    let told = scope.answer("alerts.log_delivery", alerts_on_log_delivery).evidence;
    let buffers = scope.repo.log_buffers().into_iter().filter(|it| scope.counts(it.document));
    let kept: Vec<Evidence> =
        buffers.map(|it| Evidence { span: it.span, fact: it.fact.to_owned() }).take(MOST).collect();
    match (kept.is_empty(), told.is_empty()) {
        (false, false) => Answer::found(told.into_iter().chain(kept).collect()),
        (false, true) => Answer::partly("kept or sent again, and no alert tells of it", kept),
        (true, false) => Answer::partly("an alert tells of it, and nothing keeps them", told),
        (true, true) => Answer::found(Vec::new()),
    }
}

/// Alerts whose query is one of logs.
pub(super) fn alerts_on_logs(scope: &Scope<'_>) -> Answer {
    let reads = |alert: &&AlertRule| {
        let document = scope.repo.document(alert.document);
        let asks = |step: &Step| {
            let plugin = step.source.as_ref().map_or("", |source| source.text.as_str());
            ["loki", "elastic", "opensearch"]
                .iter()
                .any(|word| plugin.to_lowercase().contains(word))
        };
        document.dialect == Some(Dialect::Loki) || alert.steps.iter().any(asks)
    };
    Answer::found(alerts(scope).filter(reads).map(alert_evidence).collect())
}

/// All of them, some, or none.
pub(super) fn share(
    alerts: Vec<&AlertRule>,
    wanted: impl Fn(&&AlertRule) -> bool,
    what: &str,
) -> Answer {
    let total = alerts.len();
    let evidence: Vec<Evidence> = alerts.into_iter().filter(wanted).map(alert_evidence).collect();
    match evidence.len() {
        0 => Answer::new(Holds::No, format!("0 of {total} {what}"), evidence),
        count if count == total => Answer::found(evidence),
        count => Answer::partly(format!("{count} of {total} {what}"), evidence),
    }
}

pub(super) fn routes(scope: &Scope<'_>, wanted: impl Fn(&Route) -> bool) -> Answer {
    let evidence = scope
        .repo
        .facts
        .routes
        .iter()
        .filter(|route| scope.counts(route.document) && wanted(route))
        .map(|route| Evidence {
            span: route.receiver.as_ref().map_or(route.span, |receiver| receiver.span),
            fact: route.title(),
        })
        .collect();
    Answer::found(evidence)
}

pub(super) fn names_label(route: &Route, labels: &[String]) -> bool {
    route.parent.is_some()
        && route.matchers.iter().any(|matcher| {
            labels.contains(&matcher.label) && matches!(matcher.op, MatchOp::Equal | MatchOp::Regex)
        })
}

pub(super) fn grouping(scope: &Scope<'_>) -> Answer {
    routes(scope, |route| {
        route.parent.is_none() && route.group_by.as_ref().is_some_and(|by| !by.is_empty())
    })
}

pub(super) fn integrations(scope: &Scope<'_>, wanted: fn(&Integration) -> bool) -> Answer {
    let evidence = scope
        .repo
        .facts
        .integrations
        .iter()
        .filter(|integration| scope.counts(integration.document) && wanted(integration))
        .map(|integration| Evidence { span: integration.key, fact: integration.title() })
        .collect();
    Answer::found(evidence)
}

pub(super) fn inhibition(scope: &Scope<'_>) -> Answer {
    let rules = scope.repo.facts.inhibit_rules.iter().filter(|rule| scope.counts(rule.document));
    Answer::found(
        rules
            .map(|rule| Evidence { span: rule.span, fact: "inhibition rule".to_owned() })
            .collect(),
    )
}
