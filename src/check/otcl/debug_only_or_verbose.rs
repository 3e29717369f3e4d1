//! Data that goes nowhere but to a log. Rule: rules/otcl/debug-only-or-verbose.yaml

use super::model::{self, LOCAL, is_kind};
use crate::check::Case;
use crate::facts::collector::{Collector, Section};
use crate::repo::Repo;
use crate::repo::collectors::{LoadSet, There};

pub(super) fn check(collector: &Collector, case: &mut Case<'_>) {
    let repo = case.repo;
    let document = collector.document;
    if model::is_dev(case, document) {
        return case.skip();
    }
    let complete = model::is_complete(repo, document);
    for pipeline in model::pipelines(repo, document).into_iter().filter(|_| complete) {
        let exporters = &pipeline.exporters;
        if !pipeline.exporters.open
            && model::in_all(repo, document, |set| {
                set.holds(repo, pipeline, Section::Exporters)
                    && is_local(repo, set, &pipeline.name.text)
            })
            && !is_layer(repo, collector)
        {
            let names: Vec<String> =
                exporters.items.iter().map(|item| format!("`{}`", item.text)).collect();
            let file = exporters.items.iter().any(|item| is_kind(&item.text, &["file"]));
            let outcome = if file { "stays on this machine" } else { "is gone" };
            let what = format!(
                "pipeline `{}` exports to {} only, so that its data {outcome}",
                pipeline.name.text,
                names.join(", ")
            );
            let span = exporters.items.first().map_or(pipeline.name.span, |item| item.span);
            case.flag(span).with("what", what);
        }
    }
    verbose(collector, case);
}

/// Whether every exporter of a pipeline writes to a log or a file.
fn is_local(repo: &Repo, set: &LoadSet, pipeline: &str) -> bool {
    let Some(effective) = set.pipeline(pipeline) else { return false };
    let ids = effective.ids(repo, Section::Exporters);
    // A pipeline that takes nothing loses nothing.
    let receivers = effective.ids(repo, Section::Receivers);
    if receivers.into_iter().all(|id| is_kind(id, &["nop"])) {
        return false;
    }
    !ids.is_empty()
        && ids
            .into_iter()
            .all(|id| is_kind(id, LOCAL) && set.defines(Section::Connectors, id) != There::Yes)
}

/// Whether other files beside may be laid over this one.
fn is_layer(repo: &Repo, collector: &Collector) -> bool {
    let sets = repo.collectors().of_document(collector.document);
    if sets.into_iter().any(|set| set.known) {
        return false;
    }
    let mut others = repo.collectors().neighbours(repo, collector.document);
    others.any(|other| !model::is_whole(repo, other))
}

fn verbose(collector: &Collector, case: &mut Case<'_>) {
    let repo = case.repo;
    for component in repo.components_of(collector.document) {
        let printing = component.section == Section::Exporters
            && is_kind(&component.id.text, &["debug", "logging"]);
        if !printing || !model::is_used(repo, component) || model::is_laid_over(repo, component) {
            continue;
        }
        let settings = &component.settings;
        let loud =
            |key: &str, value: &str| settings.get(key).filter(|it| it.known_text() == Some(value));
        // The level `detailed`, by its name or its number.
        let found = ["detailed", "2"]
            .into_iter()
            .find_map(|value| loud("verbosity", value))
            .or_else(|| loud("loglevel", "debug"))
            .or_else(|| loud("logLevel", "debug"));
        if let Some(found) = found {
            let what =
                format!("exporter `{}` prints every record with all it holds", component.id.text);
            case.flag(found.span).with("what", what);
        }
    }
}
