//! Objectives as Terraform resources: Grafana, Datadog, Nobl9, Google Cloud Monitoring.

use super::value::{Form, Objective, Unit, Window};
use super::{Alerting, Generated, Indicator, Role, SliQuery, Slo, SloDialect, template};
use crate::facts::scalar::Scalar;
use crate::facts::terraform::{Resource, blocks};
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// A resource without what its blocks say.
fn resource(resource: &Resource<'_>, id: DocumentId, dialect: SloDialect, name: &str) -> Slo {
    let named = resource.scalar(name).filter(|name| name.known);
    let label = Scalar::of(resource.name);
    let anchor = resource.name.span();
    Slo {
        name: named.or(label),
        open: resource.body.is_unknown() || resource.body.get("dynamic").is_some(),
        ..Slo::new(id, dialect, resource.body.span(), anchor)
    }
}

fn first<'t>(body: NodeRef<'t>, key: &str) -> Option<NodeRef<'t>> {
    blocks(body, key).into_iter().next()
}

fn query(indicator: &mut Indicator, role: Role, body: NodeRef<'_>, key: &str, wrapped: bool) {
    let Some((name, value)) = body.entry(key) else { return };
    let found = template::query(role, name.span(), value);
    // A reference or a call is no text that could be read.
    let known = found.filter(|query| query.expression.scalar.known);
    indicator.foreign |= known.is_none();
    indicator.queries.extend(known.map(|query| SliQuery { wrapped, ..query }));
}

/// `grafana_slo`.
pub(in crate::facts) fn read_grafana(it: &Resource<'_>, id: DocumentId, facts: &mut FileFacts) {
    let slo = resource(it, id, SloDialect::Grafana, "name");
    let indicator = it.body.entry("query").map(|(key, _)| {
        let mut indicator = Indicator::new(key.span());
        for body in it.blocks("query") {
            for ratio in blocks(body, "ratio") {
                query(&mut indicator, Role::Good, ratio, "success_metric", true);
                query(&mut indicator, Role::Total, ratio, "total_metric", true);
                let labels = ratio.get("group_by_labels").into_iter().flat_map(NodeRef::items);
                indicator.grouping.extend(labels.filter_map(Scalar::of));
            }
            for ratio in blocks(body, "failure_ratio") {
                query(&mut indicator, Role::Bad, ratio, "failure_metric", true);
                query(&mut indicator, Role::Total, ratio, "total_metric", true);
            }
            for free in blocks(body, "freeform") {
                query(&mut indicator, Role::Value, free, "query", false);
            }
        }
        indicator.foreign |= indicator.queries.is_empty();
        indicator
    });
    let entry = it.body.entry("alerting");
    let alerting = Alerting {
        key: entry.map(|(key, _)| key.span()),
        generated: if entry.is_some() { Generated::Yes } else { Generated::Never },
        ..Alerting::default()
    };
    let objectives = it.blocks("objectives");
    for (index, body) in objectives.iter().enumerate() {
        facts.slos.push(Slo {
            index,
            objective: Scalar::under(*body, "value")
                .map(|scalar| Objective { scalar, unit: Unit::Ratio }),
            window: Scalar::under(*body, "window").map(Window::duration),
            indicator: indicator.clone(),
            alerting: alerting.clone(),
            ..slo.clone()
        });
    }
    if objectives.is_empty() {
        facts.slos.push(Slo { indicator, alerting, ..slo });
    }
}

/// `datadog_service_level_objective`: queries of its own language, or monitors.
pub(in crate::facts) fn read_datadog(it: &Resource<'_>, id: DocumentId, facts: &mut FileFacts) {
    let slo = resource(it, id, SloDialect::Datadog, "name");
    let sources = ["query", "monitor_ids", "sli_specification", "groups"];
    let indicator = sources
        .iter()
        .find_map(|key| it.body.entry(key))
        .map(|(key, _)| Indicator { foreign: true, ..Indicator::new(key.span()) });
    let alerting = Alerting { generated: Generated::Unknown, ..Alerting::default() };
    let percent = |scalar| Objective { scalar, unit: Unit::Percent };
    let thresholds = it.blocks("thresholds");
    for (index, body) in thresholds.iter().enumerate() {
        facts.slos.push(Slo {
            index,
            objective: Scalar::under(*body, "target").map(percent),
            window: Scalar::under(*body, "timeframe").map(Window::duration),
            indicator: indicator.clone(),
            alerting: alerting.clone(),
            ..slo.clone()
        });
    }
    if thresholds.is_empty() {
        let objective = it.scalar("target_threshold").map(percent);
        let window = it.scalar("timeframe").map(Window::duration);
        facts.slos.push(Slo { objective, window, indicator, alerting, ..slo });
    }
}

/// `nobl9_slo`.
pub(in crate::facts) fn read_nobl9(it: &Resource<'_>, id: DocumentId, facts: &mut FileFacts) {
    let slo = resource(it, id, SloDialect::Nobl9, "name");
    let window = first(it.body, "time_window").and_then(|body| {
        let scalar = Scalar::under(body, "count")?;
        let calendar = body.get("calendar").is_some();
        Some(Window { scalar, form: Form::Count, unit: Scalar::under(body, "unit"), calendar })
    });
    let policies: Vec<Scalar> = it
        .body
        .get("alert_policies")
        .into_iter()
        .flat_map(NodeRef::items)
        .filter_map(Scalar::template)
        .collect();
    let entry = it.body.entry("alert_policies");
    let generated = match (policies.is_empty(), entry) {
        (false, _) => Generated::Yes,
        (true, Some((_, value))) if value.scalar().is_some() => Generated::Unknown,
        (true, _) => Generated::Never,
    };
    let alerting = Alerting {
        key: entry.map(|(key, _)| key.span()),
        generated,
        policies,
        ..Alerting::default()
    };
    let timeslices = it
        .scalar("budgeting_method")
        .is_some_and(|method| method.text.eq_ignore_ascii_case("timeslices"));
    for (index, body) in it.blocks("objective").into_iter().enumerate() {
        facts.slos.push(Slo {
            index,
            service: it.scalar("service"),
            objective: Scalar::under(body, "target")
                .map(|scalar| Objective { scalar, unit: Unit::Ratio }),
            window: window.clone(),
            indicator: nobl9_indicator(body),
            bound: Scalar::under(body, "value").filter(|_| body.get("raw_metric").is_some()),
            alerting: alerting.clone(),
            timeslices,
            ..slo.clone()
        });
    }
}

fn nobl9_indicator(objective: NodeRef<'_>) -> Option<Indicator> {
    let keys = ["count_metrics", "raw_metric", "composite"];
    let (key, _) = keys.iter().find_map(|key| objective.entry(key))?;
    let mut indicator = Indicator::new(key.span());
    let promql = |indicator: &mut Indicator, role: Role, body: NodeRef<'_>| {
        let sources = ["prometheus", "amazon_prometheus", "azure_prometheus", "gcm_prometheus"];
        for source in sources.iter().flat_map(|source| blocks(body, source)) {
            query(indicator, role, source, "promql", false);
        }
    };
    for counts in blocks(objective, "count_metrics") {
        let roles = [("good", Role::Good), ("bad", Role::Bad), ("total", Role::Total)];
        for (name, role) in roles {
            for body in blocks(counts, name) {
                promql(&mut indicator, role, body);
            }
        }
    }
    for raw in blocks(objective, "raw_metric").into_iter().flat_map(|raw| blocks(raw, "query")) {
        promql(&mut indicator, Role::Measured, raw);
    }
    indicator.foreign |= indicator.queries.is_empty();
    Some(indicator)
}

/// `google_monitoring_slo`.
pub(in crate::facts) fn read_google(it: &Resource<'_>, id: DocumentId, facts: &mut FileFacts) {
    let slo = resource(it, id, SloDialect::Google, "display_name");
    let days = it.scalar("rolling_period_days").map(|scalar| Window {
        scalar,
        form: Form::Days,
        unit: None,
        calendar: false,
    });
    let period = it.scalar("calendar_period").map(|scalar| Window {
        scalar,
        form: Form::Period,
        unit: None,
        calendar: true,
    });
    let kinds = ["basic_sli", "request_based_sli", "windows_based_sli"];
    facts.slos.push(Slo {
        objective: it.scalar("goal").map(|scalar| Objective { scalar, unit: Unit::Ratio }),
        window: days.or(period),
        indicator: kinds
            .iter()
            .find_map(|key| it.body.entry(key))
            .map(|(key, _)| Indicator { foreign: true, ..Indicator::new(key.span()) }),
        alerting: Alerting { generated: Generated::Unknown, ..Alerting::default() },
        ..slo
    });
}
