//! Sloth: `version: prometheus/v1` files and `PrometheusServiceLevel` objects.

use super::value::{Objective, Unit, Window};
use super::{Alerting, Generated, Indicator, Role, Slo, SloDialect, template};
use crate::facts::scalar::{Pairs, Scalar};
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// Whether a file is one of Sloth's: by its version, or by indicators as only Sloth has them.
pub(super) fn is_file(root: NodeRef<'_>) -> bool {
    let version = root.get("version").and_then(NodeRef::scalar);
    let sli = |item: NodeRef<'_>| {
        item.get("sli")
            .is_some_and(|sli| ["events", "raw", "plugin"].iter().any(|key| sli.get(key).is_some()))
    };
    version.is_some_and(|version| version.starts_with("prometheus/v"))
        || root.get("slos").is_some_and(|slos| slos.items().any(sli)) && !is_part(root)
}

/// Whether a file is what stands below `spec` of an object, which a chart or a script puts it into:
/// fields as only the object has them.
pub(super) fn is_part(root: NodeRef<'_>) -> bool {
    const OF_OBJECT: &[(&str, &[&str])] =
        &[("events", &["errorQuery", "totalQuery"]), ("raw", &["errorRatioQuery"])];
    let camel = |item: NodeRef<'_>| {
        OF_OBJECT
            .iter()
            .any(|(form, keys)| keys.iter().any(|key| item.at(&["sli", form, key]).is_some()))
    };
    root.get("version").is_none() && root.get("slos").is_some_and(|it| it.items().any(camel))
}

/// Reads the objectives of a file.
pub(super) fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    read_spec(root, is_part(root), id, masked, facts);
}

/// Reads the objectives of an object.
pub(super) fn read_object(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    if let Some(spec) = root.get("spec") {
        read_spec(spec, true, id, masked, facts);
    }
}

fn read_spec(spec: NodeRef<'_>, object: bool, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    let service = Scalar::under(spec, "service");
    let key = |snake: &'static str, camel: &'static str| if object { camel } else { snake };
    for item in spec.get("slos").into_iter().flat_map(NodeRef::items) {
        if !item.is_mapping() {
            continue;
        }
        let name = Scalar::under(item, "name");
        let first = || item.pairs().next().map_or(item.span(), |(key, _)| key.span());
        let anchor = name.as_ref().map_or_else(first, |name| name.span);
        let objective = Scalar::under(item, "objective");
        facts.slos.push(Slo {
            service: service.clone(),
            name,
            objective: objective.map(|scalar| Objective { scalar, unit: Unit::Percent }),
            window: None::<Window>,
            indicator: item.entry("sli").and_then(|(name, sli)| indicator(name, sli, &key)),
            alerting: alerting(item, masked, &key),
            settings: Pairs { open: masked, ..Pairs::default() },
            open: masked || item.is_unknown(),
            ..Slo::new(id, SloDialect::Sloth, item.span(), anchor)
        });
    }
}

type Spelling<'k> = &'k dyn Fn(&'static str, &'static str) -> &'static str;

fn indicator(name: NodeRef<'_>, sli: NodeRef<'_>, key: Spelling<'_>) -> Option<Indicator> {
    if sli.is_null() && !sli.is_unknown() {
        return None;
    }
    let mut indicator = Indicator::new(name.span());
    let mut take = |block: &str, field: &str, role: Role| {
        let found = sli.get(block).and_then(|block| block.entry(field));
        if let Some((key, value)) = found {
            indicator.queries.extend(template::query(role, key.span(), value));
        }
    };
    take("events", key("error_query", "errorQuery"), Role::Bad);
    take("events", key("total_query", "totalQuery"), Role::Total);
    take("raw", key("error_ratio_query", "errorRatioQuery"), Role::ErrorRatio);
    indicator.foreign = sli.get("plugin").is_some() || sli.is_unknown();
    (indicator.foreign || !indicator.queries.is_empty()).then_some(indicator)
}

/// Page and ticket alerts are made unless each is turned off.
fn alerting(item: NodeRef<'_>, masked: bool, key: Spelling<'_>) -> Alerting {
    let entry = item.entry("alerting");
    let off = |name: &str| {
        let (key, value) = entry?.1.get(name)?.entry("disable")?;
        Some((key.span(), Scalar::of(value)?.boolean()))
    };
    let alerts = [key("page_alert", "pageAlert"), key("ticket_alert", "ticketAlert")].map(off);
    let is = |value: Option<bool>| {
        alerts.iter().flatten().filter(move |(_, disable)| *disable == value).count()
    };
    let generated = match (is(Some(true)), is(None)) {
        (2, _) => Generated::Off,
        (_, 1..) => Generated::Unknown,
        _ if masked => Generated::Unknown,
        (1, _) => Generated::Partly,
        _ => Generated::Yes,
    };
    let disabled = alerts.iter().flatten().find(|(_, disable)| *disable == Some(true));
    Alerting {
        key: entry.map(|(key, _)| key.span()),
        generated,
        off: disabled.map(|(span, _)| *span),
        ..Alerting::default()
    }
}
