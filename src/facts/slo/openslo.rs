//! OpenSLO: `SLO` objects, and the objects they refer to.

use super::value::{Form, Objective, Unit, Window};
use super::{Alerting, Generated, Indicator, Role, Slo, SloDialect, SloPart, template};
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;
use crate::source::Span;

pub(super) fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    let Some(spec) = root.get("spec") else { return };
    let name = root.get("metadata").and_then(|metadata| Scalar::under(metadata, "name"));
    let kind = root.get("kind").and_then(NodeRef::scalar).unwrap_or("SLO");
    if kind != "SLO" {
        let Some(name) = name else { return };
        let indicator = root.entry("spec").filter(|_| kind == "SLI");
        let indicator = indicator.and_then(|(key, spec)| measured(key.span(), spec));
        facts.slo_parts.push(SloPart { document: id, kind: kind.to_owned(), name, indicator });
        return;
    }
    let first = root.pairs().next().map_or(root.span(), |(key, _)| key.span());
    let anchor = name.as_ref().map_or(first, |name| name.span);
    let window = window(spec);
    // Alerts beside `spec` are slogen's, which has a window of its own where none is given.
    let filled_in = window.is_none() && root.at(&["alerts", "burnRate"]).is_some();
    let slo = Slo {
        service: Scalar::under(spec, "service"),
        name,
        window,
        indicator: shared(spec),
        alerting: alerting(spec, root),
        timeslices: spec
            .get("budgetingMethod")
            .and_then(NodeRef::scalar)
            .is_some_and(|method| method.to_ascii_lowercase().contains("timeslices")),
        open: masked || spec.is_unknown() || filled_in,
        ..Slo::new(id, SloDialect::OpenSlo, root.span(), anchor)
    };
    let objectives: Vec<NodeRef<'_>> =
        spec.get("objectives").into_iter().flat_map(NodeRef::items).collect();
    if objectives.is_empty() {
        facts.slos.push(slo);
        return;
    }
    for (index, item) in objectives.into_iter().enumerate() {
        let percent = Scalar::under(item, "targetPercent");
        let objective = match percent {
            Some(scalar) => Some(Objective { scalar, unit: Unit::Percent }),
            None => {
                Scalar::under(item, "target").map(|scalar| Objective { scalar, unit: Unit::Ratio })
            }
        };
        facts.slos.push(Slo {
            index,
            objective,
            indicator: shared(item)
                .or_else(|| ratio_metrics(item))
                .or_else(|| slo.indicator.clone()),
            bound: Scalar::under(item, "value"),
            ..slo.clone()
        });
    }
}

/// The indicator that a node holds or names.
fn shared(node: NodeRef<'_>) -> Option<Indicator> {
    // The second version calls it by the name of the object.
    let inline = ["indicator", "sli"].iter().find_map(|key| node.entry(key));
    if let Some((key, value)) = inline.filter(|(_, value)| !value.is_null()) {
        let spec = value.get("spec").unwrap_or(value);
        return measured(key.span(), spec);
    }
    let (key, value) = node.entry("indicatorRef").or_else(|| node.entry("sliRef"))?;
    let reference = Scalar::of(value).filter(|_| !value.is_null())?;
    Some(Indicator { reference: Some(reference), ..Indicator::new(key.span()) })
}

/// First drafts of the format put the queries into the objective.
fn ratio_metrics(item: NodeRef<'_>) -> Option<Indicator> {
    let (key, metrics) = item.entry("ratioMetrics")?;
    let mut indicator = Indicator::new(key.span());
    parts(&mut indicator, metrics);
    Some(indicator)
}

/// `ratioMetric` and `thresholdMetric` of an indicator.
fn measured(key: Span, spec: NodeRef<'_>) -> Option<Indicator> {
    let mut indicator = Indicator::new(key);
    let ratio = spec.get("ratioMetric").filter(|node| !node.is_null());
    let threshold = spec.get("thresholdMetric").filter(|node| !node.is_null());
    if let Some(ratio) = ratio {
        parts(&mut indicator, ratio);
    }
    if let Some(threshold) = threshold {
        metric(&mut indicator, Role::Measured, threshold);
    }
    let unknown = spec.is_unknown();
    indicator.foreign |= unknown;
    (ratio.is_some() || threshold.is_some() || unknown).then_some(indicator)
}

fn parts(indicator: &mut Indicator, ratio: NodeRef<'_>) {
    let success = ratio.get("rawType").and_then(NodeRef::scalar) != Some("failure");
    let raw = if success { Role::Value } else { Role::ErrorRatio };
    let roles = [("good", Role::Good), ("bad", Role::Bad), ("total", Role::Total), ("raw", raw)];
    for (name, role) in roles {
        if let Some(node) = ratio.get(name).filter(|node| !node.is_null()) {
            metric(indicator, role, node);
        }
    }
    indicator.foreign |= indicator.queries.is_empty();
}

/// One query with the source that answers it.
fn metric(indicator: &mut Indicator, role: Role, node: NodeRef<'_>) {
    let source = node.get("metricSource").unwrap_or(node);
    let text = |key| source.get(key).and_then(NodeRef::scalar).map(str::to_ascii_lowercase);
    let written = source.get("dataSourceSpec").and_then(data_source);
    let kind = text("type").or_else(|| text("queryType")).or_else(|| text("source")).or(written);
    let reference = text("metricSourceRef").or_else(|| text("dataSourceRef"));
    let spec = source.get("spec").unwrap_or(source);
    let entry = ["promql", "query", "expr"].iter().find_map(|key| spec.entry(key));
    let named =
        |name: &str| ["prom", "thanos", "mimir", "cortex"].iter().any(|word| name.contains(word));
    let query = entry.and_then(|(key, value)| template::query(role, key.span(), value));
    // Where only a reference says what answers, a text that is no PromQL may be another language.
    let known = kind.as_deref().is_some_and(named);
    let likely = kind.is_none() && reference.as_deref().is_some_and(named);
    let sound = |query: &super::SliQuery| {
        query.expression.parsed.as_ref().is_some_and(|parsed| parsed.faults.is_empty())
    };
    match query.filter(|query| known || (likely && sound(query))) {
        Some(query) => indicator.queries.push(query),
        None => indicator.foreign = true,
    }
}

/// What a data source written in place is: its `type`, else the key that holds its settings.
fn data_source(spec: NodeRef<'_>) -> Option<String> {
    let named = spec.get("type").and_then(NodeRef::scalar);
    let key = || spec.pairs().find(|(_, value)| value.is_mapping())?.0.scalar();
    named.or_else(key).map(str::to_ascii_lowercase)
}

pub(super) fn window(spec: NodeRef<'_>) -> Option<Window> {
    let list = spec.get("timeWindow").or_else(|| spec.get("timeWindows"))?;
    let item = if list.is_mapping() { list } else { list.items().next()? };
    let calendar = item.get("calendar").is_some_and(|calendar| !calendar.is_null());
    if let Some(scalar) = Scalar::under(item, "duration") {
        // Sumo Logic has a word for a period of the calendar.
        let fixed = item.get("isRolling").and_then(NodeRef::scalar) == Some("false");
        let word = calendar && fixed && scalar.text.bytes().all(|it| it.is_ascii_alphabetic());
        let form = if word { Form::Period } else { Form::Shorthand };
        return Some(Window { scalar, form, unit: None, calendar });
    }
    let scalar = Scalar::under(item, "count")?;
    Some(Window { scalar, form: Form::Count, unit: Scalar::under(item, "unit"), calendar })
}

/// Nothing alerts unless a policy is named; drafts of the format had no policies.
fn alerting(spec: NodeRef<'_>, root: NodeRef<'_>) -> Alerting {
    let entry = spec.entry("alertPolicies");
    let mut policies = Vec::new();
    for item in entry.into_iter().flat_map(|(_, list)| list.items()) {
        let named = Scalar::under(item, "alertPolicyRef")
            .or_else(|| item.get("metadata").and_then(|it| Scalar::under(it, "name")))
            .or_else(|| Scalar::of(item));
        policies.extend(named);
    }
    let draft = root
        .get("apiVersion")
        .and_then(NodeRef::scalar)
        .is_some_and(|version| version.ends_with("v1alpha"));
    let generated = match (policies.is_empty(), draft) {
        (false, _) => Generated::Yes,
        (true, true) => Generated::Unknown,
        (true, false) => Generated::Never,
    };
    Alerting { key: entry.map(|(key, _)| key.span()), generated, policies, ..Alerting::default() }
}
