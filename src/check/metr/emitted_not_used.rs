//! A metric that nothing reads. Rule: rules/metr/emitted-not-used.yaml

use crate::check::Case;
use crate::facts::code::MetricDefinition;
use crate::metrics;

pub(super) fn check(definition: &MetricDefinition, case: &mut Case<'_>) {
    let repo = case.repo;
    let model = case.model;
    if definition.exposed.is_empty() || repo.is_rehearsal(definition.document) {
        return case.skip();
    }
    // A library's metrics are read elsewhere; so is everything where nothing here reads metrics of code.
    if repo.running_with(definition.document).next().is_none() {
        return case.skip();
    }
    let reads_own = model
        .uses()
        .keys()
        .any(|name| model.metric(name).providers.iter().any(|it| it.is_of_code()));
    let patterns = model
        .queries()
        .iter()
        .any(|query| query.ast().selectors().any(|(_, selector)| selector.metric().is_none()));
    if !reads_own || patterns {
        return case.skip();
    }
    let name = definition.exposed.as_str();
    let read = model.uses().keys().any(|used| {
        *used == name || metrics::parts_of(used).into_iter().any(|(base, _)| base == name)
    });
    if !read {
        case.flag(definition.name.span).with("name", name);
    }
}
