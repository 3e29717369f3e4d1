//! Pipelines without a memory limiter. Rule: rules/otcl/memory-limiter-missing.yaml

use super::model::{self, is_kind};
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::collector::{Pipeline, Section};
use crate::facts::scalar::Scalar;
use crate::repo::Repo;
use crate::repo::collectors::LoadSet;

pub(super) fn check(pipeline: &Pipeline, case: &mut Case<'_>) {
    let repo = case.repo;
    let document = pipeline.document;
    // Only the last layer of a pipeline speaks for it.
    let lacks = model::in_all(repo, document, |set| !has(repo, set, pipeline));
    if model::is_dev(case, document) || !model::is_complete(repo, document) {
        return case.skip();
    }
    if !lacks || pipeline.processors.open {
        return;
    }
    let key = pipeline.processors.key.unwrap_or(pipeline.name.span);
    let flag = case.flag(pipeline.name.span).with("name", &pipeline.name.text);
    let flag = if key == pipeline.name.span { flag } else { flag.related(key, "its processors") };
    if is_agent(repo, pipeline) {
        flag.severity(Severity::Info);
    }
}

/// Whether a set limits the memory of a pipeline, or this is not the layer to speak of it.
fn has(repo: &Repo, set: &LoadSet, pipeline: &Pipeline) -> bool {
    let Some(effective) = set.pipeline(&pipeline.name.text) else { return true };
    let last = repo.facts.pipelines.get(effective.last);
    if !last.is_some_and(|last| std::ptr::eq(last, pipeline)) {
        return true;
    }
    let limits = |id: &str| is_kind(id, &["memory_limiter"]);
    let processors = effective.list(repo, Section::Processors);
    // What comes from pipelines of the same collector was limited there.
    if is_fed(repo, pipeline) {
        return true;
    }
    let open = processors.is_some_and(|(_, names)| names.open);
    let started = set
        .extensions(repo)
        .is_some_and(|collector| collector.extensions.items.iter().any(|item| limits(&item.text)));
    open || started || effective.ids(repo, Section::Processors).into_iter().any(limits)
}

/// Whether the collector runs beside what it serves: on every node, or in the same pod.
fn is_agent(repo: &Repo, pipeline: &Pipeline) -> bool {
    let path = &repo.source(pipeline.document.source).path;
    let words = |text: &str| {
        text.split(['/', '-', '_', '.']).any(|part| part == "agent" || part == "sidecar")
    };
    let object = repo.document(pipeline.document).object.as_ref();
    let containers = repo.collectors_with(pipeline.document);
    words(path)
        || object.is_some_and(|object| words(&object.name))
        || (!containers.is_empty() && containers.iter().all(|it| it.workload == "DaemonSet"))
}

/// Whether all that a pipeline receives comes through connectors from pipelines with a limiter.
fn is_fed(repo: &Repo, pipeline: &Pipeline) -> bool {
    let beside = || repo.facts.pipelines.iter().filter(|it| it.document == pipeline.document);
    let limited = |feeding: &Pipeline| {
        feeding.processors.items.iter().any(|it| is_kind(&it.text, &["memory_limiter"]))
    };
    let fed = |receiver: &Scalar| {
        let mut feeding = beside()
            .filter(|it| it.exporters.items.iter().any(|exporter| exporter.text == receiver.text))
            .peekable();
        feeding.peek().is_some() && feeding.all(limited)
    };
    let receivers = &pipeline.receivers;
    !receivers.open && !receivers.items.is_empty() && receivers.items.iter().all(fed)
}
