//! Google's slo-generator: `ServiceLevelObjective` objects of `sre.google.com`.

use super::value::{Objective, Unit};
use super::{Alerting, Generated, Indicator, Role, Slo, SloDialect, template};
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

pub(super) fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    let Some(spec) = root.get("spec") else { return };
    // The tool's own configuration has no goal and no indicator.
    if spec.get("service_level_indicator").is_none() && spec.get("goal").is_none() {
        return;
    }
    let under = |path: &[&str], key: &str| root.at(path).and_then(|at| Scalar::under(at, key));
    let name = under(&["metadata"], "name");
    let first = || root.pairs().next().map_or(root.span(), |(key, _)| key.span());
    let anchor = name.as_ref().map_or_else(first, |name| name.span);
    let backend = Scalar::under(spec, "backend");
    facts.slos.push(Slo {
        service: under(&["metadata", "labels"], "service_name"),
        name,
        objective: Scalar::under(spec, "goal")
            .map(|scalar| Objective { scalar, unit: Unit::Ratio }),
        indicator: spec
            .entry("service_level_indicator")
            .and_then(|(key, node)| indicator(key, node, backend.as_ref())),
        bound: under(&["spec", "service_level_indicator"], "threshold_bucket"),
        alerting: Alerting { generated: Generated::Unknown, ..Alerting::default() },
        open: masked || spec.is_unknown(),
        ..Slo::new(id, SloDialect::Generator, root.span(), anchor)
    });
}

fn indicator(name: NodeRef<'_>, node: NodeRef<'_>, backend: Option<&Scalar>) -> Option<Indicator> {
    if node.is_null() && !node.is_unknown() {
        return None;
    }
    let mut indicator = Indicator::new(name.span());
    let prometheus = backend
        .and_then(Scalar::known_text)
        .is_some_and(|backend| backend.split('/').next() == Some("prometheus"));
    if !prometheus {
        indicator.foreign = true;
        return Some(indicator);
    }
    let wrapped = node.get("threshold_bucket").is_some();
    let expression = if wrapped { Role::Good } else { Role::Value };
    let parts = [
        ("filter_good", Role::Good, true),
        ("filter_bad", Role::Bad, true),
        ("filter_valid", Role::Total, true),
        ("expression", expression, wrapped),
    ];
    for (field, role, wrapped) in parts {
        let Some((key, value)) = node.entry(field) else { continue };
        let query = template::query(role, key.span(), value);
        indicator.queries.extend(query.map(|query| super::SliQuery { wrapped, ..query }));
    }
    indicator.foreign = node.is_unknown() || indicator.queries.is_empty();
    Some(indicator)
}
