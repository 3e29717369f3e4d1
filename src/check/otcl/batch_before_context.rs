//! Batching before what needs single items. Rule: rules/otcl/batch-before-context.yaml

use super::model::is_kind;
use crate::check::Case;
use crate::facts::collector::Pipeline;
use crate::finding::Edit;

/// Processors that decide by trace, by sender or by record, and what batching takes from each.
const LATER: &[(&[&str], &str)] = &[
    (&["tail_sampling"], "decides on spans that were held back and joined for nothing"),
    (&["probabilistic_sampler"], "drops from batches that were filled for it"),
    (&["filter"], "drops from batches that were filled for it"),
    (&["k8sattributes"], "no longer sees which connection the data came from"),
    (&["memory_limiter"], "sees the data only after it was held in memory"),
];

pub(super) fn check(pipeline: &Pipeline, case: &mut Case<'_>) {
    let items = &pipeline.processors.items;
    let at = items.iter().position(|item| is_kind(&item.text, &["batch"]));
    let Some(at) = at else { return case.skip() };
    let effect = |id: &str| LATER.iter().find(|(kinds, _)| is_kind(id, kinds)).map(|row| row.1);
    let late = items[at..].iter().find_map(|item| Some((item, effect(&item.text)?)));
    let Some((late, effect)) = late else { return };
    let batch = &items[at];
    // Everything behind moves one place up, and the batch goes last.
    let order = items[at + 1..].iter().chain(std::iter::once(batch));
    let edits = items[at..]
        .iter()
        .zip(order)
        .map(|(place, item)| Edit { span: place.span, text: case.repo.text(item.span).to_owned() })
        .collect();
    case.flag(batch.span)
        .with("id", &batch.text)
        .with("after", &late.text)
        .with("effect", effect)
        .related(late.span, "comes after the batch")
        .fix(false, "Put the batch last", edits);
}
