//! Nobl9: `SLO` objects in YAML, and the objects they refer to.

use super::value::{Objective, Unit};
use super::{Alerting, Generated, Indicator, Role, Slo, SloDialect, SloPart, openslo, template};
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// Data sources that answer PromQL.
const PROMQL: &[&str] = &["prometheus", "amazonPrometheus", "azurePrometheus", "coralogix", "gcm"];

pub(super) fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    let name = root.get("metadata").and_then(|metadata| Scalar::under(metadata, "name"));
    let kind = root.get("kind").and_then(NodeRef::scalar).unwrap_or("SLO");
    if kind != "SLO" {
        let part =
            name.map(|name| SloPart { document: id, kind: kind.to_owned(), name, indicator: None });
        facts.slo_parts.extend(part);
        return;
    }
    let Some(spec) = root.get("spec") else { return };
    let first = root.pairs().next().map_or(root.span(), |(key, _)| key.span());
    let anchor = name.as_ref().map_or(first, |name| name.span);
    let slo = Slo {
        service: Scalar::under(spec, "service"),
        name,
        window: openslo::window(spec),
        alerting: alerting(spec),
        timeslices: Scalar::under(spec, "budgetingMethod")
            .is_some_and(|method| method.text.eq_ignore_ascii_case("timeslices")),
        open: masked || spec.is_unknown(),
        ..Slo::new(id, SloDialect::Nobl9, root.span(), anchor)
    };
    let objectives = spec.get("objectives").into_iter().flat_map(NodeRef::items);
    for (index, item) in objectives.enumerate() {
        let ratio = |scalar| Objective { scalar, unit: Unit::Ratio };
        facts.slos.push(Slo {
            index,
            objective: Scalar::under(item, "target").map(ratio),
            indicator: indicator(item),
            bound: Scalar::under(item, "value").filter(|_| item.get("rawMetric").is_some()),
            ..slo.clone()
        });
    }
    if spec.get("objectives").is_none() {
        facts.slos.push(slo);
    }
}

fn indicator(objective: NodeRef<'_>) -> Option<Indicator> {
    let keys = ["countMetrics", "rawMetric", "composite"];
    let (key, _) = keys.iter().find_map(|key| objective.entry(key))?;
    let mut indicator = Indicator::new(key.span());
    let counts = objective.get("countMetrics");
    let roles = [("good", Role::Good), ("bad", Role::Bad), ("total", Role::Total)];
    for (name, role) in roles {
        if let Some(metric) = counts.and_then(|counts| counts.get(name)) {
            promql(&mut indicator, role, metric);
        }
    }
    if let Some(raw) = objective.get("rawMetric").and_then(|raw| raw.get("query")) {
        promql(&mut indicator, Role::Measured, raw);
    }
    indicator.foreign |= indicator.queries.is_empty();
    Some(indicator)
}

fn promql(indicator: &mut Indicator, role: Role, metric: NodeRef<'_>) {
    let mut sources = PROMQL.iter().filter_map(|source| metric.get(source));
    let query = sources.find_map(|source| {
        let (key, value) = source.entry("promql")?;
        template::query(role, key.span(), value)
    });
    indicator.foreign |= query.is_none();
    indicator.queries.extend(query);
}

/// Nothing alerts unless a policy is named.
fn alerting(spec: NodeRef<'_>) -> Alerting {
    let entry = spec.entry("alertPolicies");
    let list = entry.into_iter().flat_map(|(_, list)| list.items());
    let policies: Vec<Scalar> = list.filter_map(Scalar::of).collect();
    let generated = match (policies.is_empty(), entry) {
        (false, _) => Generated::Yes,
        (true, Some((_, value))) if value.is_unknown() => Generated::Unknown,
        (true, _) => Generated::Never,
    };
    Alerting { key: entry.map(|(key, _)| key.span()), generated, policies, ..Alerting::default() }
}
