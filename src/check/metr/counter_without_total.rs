//! A counter whose name does not say so. Rule: rules/metr/counter-without-total.yaml

use crate::check::Case;
use crate::facts::code::{MetricDefinition, MetricType};
use crate::finding::Edit;
use crate::source::Span;

pub(super) fn check(definition: &MetricDefinition, case: &mut Case<'_>) {
    let keeps = matches!(definition.says("system"), Some("prometheus" | "metrics"))
        && definition.says("total") != Some("appended");
    let counter = definition.kind == MetricType::Counter;
    if !counter || !keeps || !definition.name.known || definition.exposed.is_empty() {
        return case.skip();
    }
    if definition.exposed.ends_with("_total") || case.repo.is_given_total(definition) {
        return;
    }
    let name = &definition.name;
    let read = case.model.uses().contains_key(definition.exposed.as_str());
    let flag = case.flag(name.span).with("name", definition.exposed.clone());
    // Where the name stands as it is, and nothing reads it yet, it can be changed here.
    let quoted = !name.plain && name.span.range().len() == name.text.len() + 2;
    if quoted && !read && !name.text.is_empty() {
        let end = name.span.end as usize - 1;
        let span = Span::new(name.span.source, end, end);
        flag.fix(false, "append `_total`", vec![Edit { span, text: "_total".to_owned() }]);
    }
}
