//! Pyrra: `ServiceLevelObjective` objects.

use super::value::{Objective, Unit, Window};
use super::{Alerting, Generated, Indicator, Role, Slo, SloDialect, template};
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

pub(super) fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    let Some(spec) = root.get("spec") else { return };
    let name = root.get("metadata").and_then(|metadata| Scalar::under(metadata, "name"));
    let first = || root.pairs().next().map_or(root.span(), |(key, _)| key.span());
    let anchor = name.as_ref().map_or_else(first, |name| name.span);
    let target = Scalar::under(spec, "target");
    let entry = spec.entry("indicator");
    facts.slos.push(Slo {
        name,
        objective: target.map(|scalar| Objective { scalar, unit: Unit::Percent }),
        window: Scalar::under(spec, "window").map(Window::duration),
        indicator: entry.and_then(|(key, node)| indicator(key, node)),
        bound: spec
            .at(&["indicator", "latencyNative"])
            .and_then(|native| Scalar::under(native, "latency")),
        alerting: alerting(spec, masked),
        open: masked || spec.is_unknown(),
        ..Slo::new(id, SloDialect::Pyrra, root.span(), anchor)
    });
}

/// Each kind of indicator with its queries; Pyrra puts rates and sums around the selectors.
const QUERIES: &[(&str, &str, Role)] = &[
    ("ratio", "errors", Role::Bad),
    ("ratio", "total", Role::Total),
    ("latency", "success", Role::Good),
    ("latency", "total", Role::Total),
    ("latencyNative", "total", Role::Total),
];

fn indicator(name: NodeRef<'_>, node: NodeRef<'_>) -> Option<Indicator> {
    if node.is_null() && !node.is_unknown() {
        return None;
    }
    let mut indicator = Indicator::new(name.span());
    for &(kind, part, role) in QUERIES {
        let metric = node.at(&[kind, part]).and_then(|part| part.entry("metric"));
        push(&mut indicator, role, metric);
    }
    push(&mut indicator, Role::Measured, node.get("bool_gauge").and_then(|it| it.entry("metric")));
    for (_, kind) in node.entries() {
        let labels = kind.get("grouping").into_iter().flat_map(NodeRef::items);
        indicator.grouping.extend(labels.filter_map(Scalar::of));
    }
    indicator.foreign = node.is_unknown();
    (indicator.foreign || !indicator.queries.is_empty()).then_some(indicator)
}

fn push(indicator: &mut Indicator, role: Role, metric: Option<(NodeRef<'_>, NodeRef<'_>)>) {
    let query = metric.and_then(|(key, value)| template::query(role, key.span(), value));
    indicator.queries.extend(query.map(|query| super::SliQuery { wrapped: true, ..query }));
}

fn alerting(spec: NodeRef<'_>, masked: bool) -> Alerting {
    let entry = spec.entry("alerting");
    let setting = |name: &str| {
        let (key, value) = entry?.1.entry(name)?;
        Some((key.span(), Scalar::of(value)?.boolean()))
    };
    let (disabled, burn) = (setting("disabled"), setting("burnrates"));
    let off = match (disabled, burn) {
        (Some((key, Some(true))), _) | (_, Some((key, Some(false)))) => Some(key),
        _ => None,
    };
    let unknown = [disabled, burn].iter().flatten().any(|(_, value)| value.is_none());
    Alerting {
        key: entry.map(|(key, _)| key.span()),
        generated: match off {
            Some(_) => Generated::Off,
            None if unknown || masked => Generated::Unknown,
            None => Generated::Yes,
        },
        off,
        ..Alerting::default()
    }
}
