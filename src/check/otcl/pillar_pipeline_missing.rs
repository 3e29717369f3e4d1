//! A collector that leaves a signal out. Rule: rules/otcl/pillar-pipeline-missing.yaml

use crate::check::Case;
use crate::facts::collector::Pipeline;
use crate::repo::Repo;
use crate::repo::pillars::Part;
use std::collections::BTreeSet;

/// Signals, and what else carries them.
const SIGNALS: &[(&str, &[Part])] = &[
    ("traces", &[Part::TraceExport, Part::TracePipeline, Part::TraceBackend]),
    ("metrics", &[Part::Metrics]),
    ("logs", &[Part::LogPipeline]),
];

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let own = |pipeline: &&Pipeline| repo.is_ours(pipeline.document);
    let pipelines: Vec<&Pipeline> = repo.facts.pipelines.iter().filter(own).collect();
    let Some(first) = pipelines.first() else { return case.skip() };
    let open = repo.facts.collectors.iter().any(|collector| {
        repo.is_ours(collector.document)
            && repo.collectors().of_document(collector.document).any(|set| set.open)
    });
    // A template or a chart may add pipelines.
    if open {
        return case.skip();
    }
    let signals: BTreeSet<&str> = pipelines.iter().map(|pipeline| pipeline.signal()).collect();
    let anchor = repo.collector(first.document).and_then(|collector| collector.pipelines);
    for (signal, parts) in SIGNALS {
        if !signals.contains(signal) && !is_carried(repo, parts) {
            case.flag(anchor.unwrap_or(first.name.span)).with("signal", *signal);
        }
    }
}

/// Whether a signal takes another way.
fn is_carried(repo: &Repo, parts: &[Part]) -> bool {
    repo.evidence()
        .iter()
        .any(|evidence| parts.contains(&evidence.part) && evidence.what != "collector pipeline")
}
