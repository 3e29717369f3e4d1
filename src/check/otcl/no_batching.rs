//! Exports of one record at a time. Rule: rules/otcl/no-batching.yaml

use super::model::{self, LOCAL, is_kind};
use crate::check::Case;
use crate::facts::collector::{Pipeline, Section};
use crate::repo::collectors::There;

/// Exporters that are read, that send on, or that batch by themselves.
const OTHERS: &[&str] =
    &["prometheus", "loadbalancing", "kafka", "pulsar", "prometheusremotewrite"];

pub(super) fn check(pipeline: &Pipeline, case: &mut Case<'_>) {
    let repo = case.repo;
    let document = pipeline.document;
    if model::is_dev(case, document) || !model::is_complete(repo, document) {
        return case.skip();
    }
    let mut found = None;
    for set in repo.collectors().of_document(document) {
        let Some(effective) = set.pipeline(&pipeline.name.text) else { return };
        let last = repo.facts.pipelines.get(effective.last);
        let processors = effective.ids(repo, Section::Processors);
        let batches = processors
            .iter()
            .any(|id| is_kind(id, &["batch", "groupbytrace", "tail_sampling", "queuebatch"]));
        let open = effective.list(repo, Section::Processors).is_some_and(|(_, names)| names.open);
        if !last.is_some_and(|last| std::ptr::eq(last, pipeline)) || batches || open {
            return;
        }
        let alone = effective.ids(repo, Section::Exporters).into_iter().find(|id| {
            let network = !is_kind(id, LOCAL)
                && !is_kind(id, OTHERS)
                && set.defines(Section::Connectors, id) != There::Yes;
            let settings = set.settings(repo, Section::Exporters, id);
            network
                && settings.is_some_and(|it| {
                    it.at("sending_queue.batch").is_none() && it.at("batcher").is_none() && !it.open
                })
        });
        match alone {
            Some(id) => found = Some(id.to_owned()),
            None => return,
        }
    }
    if let Some(id) = found {
        let item = pipeline.exporters.items.iter().find(|item| item.text == id);
        let span = item.map_or(pipeline.name.span, |item| item.span);
        case.flag(span).with("id", id).with("name", &pipeline.name.text);
    }
}
