//! Quantiles that cannot be joined. Rule: rules/metr/quantile-summary-in-fleet.yaml

use crate::check::Case;
use crate::facts::code::{MetricDefinition, MetricType};

pub(super) fn check(definition: &MetricDefinition, case: &mut Case<'_>) {
    let timed = matches!(definition.kind, MetricType::Summary | MetricType::Histogram);
    let Some(quantiles) = definition.percentiles.filter(|_| timed) else { return case.skip() };
    let repo = case.repo;
    for service in repo.running_with(definition.document) {
        let containers = service.containers.iter().map(|number| &repo.facts.containers[*number]);
        let many =
            containers.filter_map(|container| container.replicas.as_ref()).find(|replicas| {
                replicas.known && replicas.text.parse::<u32>().is_ok_and(|count| count > 1)
            });
        if let Some(replicas) = many {
            case.flag(quantiles)
                .with("name", definition.name.text.clone())
                .with("count", replicas.text.clone())
                .related(replicas.span, "so many run");
            return;
        }
    }
}
