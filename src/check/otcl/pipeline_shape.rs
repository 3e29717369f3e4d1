//! Pipelines the collector refuses for what they are made of. Rule: rules/otcl/pipeline-shape.yaml

use super::model;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::components;
use crate::facts::collector::{Collector, Pipeline, Section, kind_of, normal};
use crate::identify::Kind;
use crate::repo::Repo;
use crate::repo::collectors::{LoadSet, There};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(collector: &Collector, case: &mut Case<'_>) {
    let repo = case.repo;
    let document = collector.document;
    without_pipelines(collector, case);
    without_components(collector, case);
    for pipeline in model::pipelines(repo, document) {
        signal(pipeline, case);
        empty_lists(pipeline, case);
        twice(pipeline, case);
        connectors(pipeline, case);
    }
    for component in repo.components_of(document) {
        if component.section == Section::Connectors {
            ambiguous(component, case);
        }
    }
    cycles(collector, case);
}

/// Whether what stands here is all there is, so that an absence counts.
fn counts(repo: &Repo, collector: &Collector) -> bool {
    model::is_complete(repo, collector.document)
}

fn without_pipelines(collector: &Collector, case: &mut Case<'_>) {
    let repo = case.repo;
    let has = |section: Section| collector.sections.iter().any(|(known, _)| *known == section);
    // Components of every kind and no pipeline is no layer: it is a configuration cut short.
    let cut_short = has(Section::Receivers) && has(Section::Exporters);
    let found = model::missing(repo, collector.document, |set| {
        let any = set.pipelines().next().is_some();
        match (any, set.open) {
            (true, _) => There::Yes,
            (false, true) => There::Maybe,
            (false, false) => There::No,
        }
    });
    let Some(missing) = found else { return };
    let served = || {
        let mut others = repo.collectors().neighbours(repo, collector.document);
        others.any(|other| {
            let serves = repo.collector(other).is_some_and(|it| it.service.is_some());
            serves && !model::is_whole(repo, other)
        })
    };
    let last = repo
        .collectors()
        .of_document(collector.document)
        .all(|set| set.documents.last() == Some(&collector.document));
    if last && (missing.certain || (cut_short && !served())) {
        let span = collector.pipelines.or(collector.service).unwrap_or(collector.anchor);
        case.flag(span).with("what", "there is no pipeline under `service.pipelines`");
    }
}

/// The loader wants a receiver and an exporter even where connectors stand in their places.
fn without_components(collector: &Collector, case: &mut Case<'_>) {
    let repo = case.repo;
    if !counts(repo, collector) {
        return;
    }
    for section in [Section::Receivers, Section::Exporters] {
        let found = model::missing(repo, collector.document, |set| {
            if set.ids(section).next().is_some() { There::Yes } else { There::No }
        });
        if found.is_some_and(|found| found.certain) {
            let own = collector.sections.iter().find(|(known, _)| *known == section);
            let span = own.map_or_else(|| model::anchor(collector), |(_, span)| *span);
            let what = format!("no {} is defined", section.one());
            let severity = severity(repo, span);
            case.flag(span).with("what", what).severity(severity);
        }
    }
}

/// What is missing is a fault, but of a file that its reader is to fill in first.
fn severity(repo: &Repo, span: Span) -> Severity {
    if model::is_left_to_fill(repo, span) { Severity::Warning } else { Severity::Error }
}

fn signal(pipeline: &Pipeline, case: &mut Case<'_>) {
    let repo = case.repo;
    if !pipeline.name.known {
        return;
    }
    match pipeline.signal() {
        "traces" | "metrics" | "logs" => {}
        "profiles" => {
            let runs = repo.collectors_with(pipeline.document);
            let gate = runs.iter().any(|container| {
                container.args.iter().any(|arg| arg.text.contains("service.profilesSupport"))
            });
            // What a chart passes on its command line stands elsewhere in its values.
            let host = repo.document(pipeline.document).host;
            let in_values = host.is_some_and(|host| repo.document(host).kind == Kind::HelmValues);
            if !gate && !in_values {
                let what = "profiles need `--feature-gates=service.profilesSupport`";
                // Where nothing here starts it, nobody knows with which flags.
                let level = if runs.is_empty() { Severity::Info } else { Severity::Warning };
                case.flag(pipeline.name.span).with("what", what).severity(level);
            }
        }
        other if model::is_of_chart(repo, pipeline.document, other) => {}
        other => {
            let hint = model::hint(other, ["traces", "metrics", "logs", "profiles"].into_iter());
            let what = format!("`{other}` is no signal{hint}");
            case.flag(pipeline.name.span).with("what", what);
        }
    }
}

fn empty_lists(pipeline: &Pipeline, case: &mut Case<'_>) {
    let repo = case.repo;
    for section in [Section::Receivers, Section::Exporters] {
        let found =
            model::missing(repo, pipeline.document, |set| list_there(repo, set, pipeline, section));
        let Some(missing) = found else { continue };
        let here = pipeline.list(section).and_then(|list| list.key);
        // Of a layer only a list that it empties itself is certain.
        if missing.certain && (model::is_complete(repo, pipeline.document) || here.is_some()) {
            let span = here.unwrap_or(pipeline.name.span);
            let what = format!("the pipeline has no {}", section.one());
            let severity = severity(repo, span);
            case.flag(span).with("what", what).severity(severity);
        }
    }
}

/// Whether a pipeline has an entry in a list; only its last layer speaks.
fn list_there(repo: &Repo, set: &LoadSet, pipeline: &Pipeline, section: Section) -> There {
    let Some(effective) = set.pipeline(&pipeline.name.text) else { return There::Yes };
    let last = repo.facts.pipelines.get(effective.last);
    match effective.list(repo, section) {
        Some((_, names)) if !names.items.is_empty() => There::Yes,
        Some((_, names)) if names.open => There::Maybe,
        Some((holder, _)) if !std::ptr::eq(holder, pipeline) => There::Yes,
        None if set.open || !last.is_some_and(|last| std::ptr::eq(last, pipeline)) => There::Maybe,
        _ => There::No,
    }
}

fn twice(pipeline: &Pipeline, case: &mut Case<'_>) {
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    for item in pipeline.processors.items.iter().filter(|item| item.known) {
        match seen.get(&normal(&item.text)) {
            Some(first) => {
                let what = format!("processor `{}` stands twice in the pipeline", item.text);
                case.flag(item.span).with("what", what).related(*first, "the first time");
            }
            None => {
                seen.insert(normal(&item.text), item.span);
            }
        }
    }
}

/// A connector needs a pipeline on either side, with signals that it joins.
fn connectors(pipeline: &Pipeline, case: &mut Case<'_>) {
    let repo = case.repo;
    for (section, other) in
        [(Section::Exporters, Section::Receivers), (Section::Receivers, Section::Exporters)]
    {
        let Some(list) = pipeline.list(section) else { continue };
        for item in list.items.iter().filter(|item| item.known) {
            if takes_none(&item.text, pipeline.signal(), section) {
                // The signals are another rule's.
                continue;
            }
            let found = model::missing(repo, pipeline.document, |set| {
                let connector = set.defines(Section::Connectors, &item.text);
                if connector != There::Yes || !set.holds(repo, pipeline, section) {
                    return There::Yes;
                }
                joined(repo, set, pipeline.signal(), section, &item.text)
            });
            let certain = found.is_some_and(|found| found.certain)
                && (model::is_complete(repo, pipeline.document)
                    || found.is_some_and(|it| it.loader.is_some()));
            if certain {
                let what = format!(
                    "connector `{}` stands among the {} here, and among the {} of no pipeline whose signal it joins with {}",
                    item.text,
                    section.key(),
                    other.key(),
                    pipeline.signal()
                );
                case.flag(item.span).with("what", what);
            }
        }
    }
}

/// Whether no pair of signals of a connector has this one on this side.
pub(super) fn takes_none(id: &str, signal: &str, section: Section) -> bool {
    let row = components::find(Section::Connectors.key(), kind_of(id));
    row.is_some_and(|row| {
        let fits = |pair: &&str| match (pair.split_once('>'), section) {
            (Some((from, _)), Section::Exporters) => from == signal,
            (Some((_, to)), _) => to == signal,
            (None, _) => false,
        };
        !row.signals.is_empty() && !row.signals.iter().any(fits)
    })
}

fn joined(repo: &Repo, set: &LoadSet, signal: &str, section: Section, id: &str) -> There {
    let row = components::find(Section::Connectors.key(), kind_of(id));
    let other = if section == Section::Exporters { Section::Receivers } else { Section::Exporters };
    for (name, list) in set.users(Section::Connectors, id) {
        let (from, to) = match section {
            Section::Exporters => (signal, kind_of(name)),
            _ => (kind_of(name), signal),
        };
        let joins = row.and_then(|row| row.connects(from, to)) != Some(false);
        if list == other && joins {
            return There::Yes;
        }
    }
    let open = set.open
        || set.pipelines().any(|(_, it)| it.list(repo, other).is_some_and(|(_, names)| names.open));
    if open { There::Maybe } else { There::No }
}

fn ambiguous(component: &crate::facts::collector::Component, case: &mut Case<'_>) {
    let repo = case.repo;
    let id = &component.id.text;
    let sets: Vec<&LoadSet> = repo.collectors().of_document(component.document).collect();
    for section in [Section::Receivers, Section::Exporters] {
        let other = sets.iter().find_map(|set| set.layers(repo, section, id).first().copied());
        if let Some(other) = other {
            let what = format!("`{id}` is a connector and {} at once", article(section));
            case.flag(component.id.span).with("what", what).related(other.id.span, "the other one");
        }
    }
}

fn article(section: Section) -> &'static str {
    if section == Section::Receivers { "a receiver" } else { "an exporter" }
}

/// Connectors that lead from a pipeline back to it.
fn cycles(collector: &Collector, case: &mut Case<'_>) {
    let repo = case.repo;
    let document = collector.document;
    let Some(set) = repo.collectors().of_document(document).find(|set| !set.open) else { return };
    let mut edges: Vec<(String, String, Span)> = Vec::new();
    for (from, effective) in set.pipelines() {
        let Some((_, exporters)) = effective.list(repo, Section::Exporters) else { continue };
        for item in &exporters.items {
            if set.defines(Section::Connectors, &item.text) != There::Yes {
                continue;
            }
            for (to, list) in set.users(Section::Connectors, &item.text) {
                let row = components::find(Section::Connectors.key(), kind_of(&item.text));
                let joins = row.and_then(|row| row.connects(kind_of(from), kind_of(to)));
                if list == Section::Receivers && joins != Some(false) {
                    edges.push((from.to_owned(), to.to_owned(), item.span));
                }
            }
        }
    }
    // What nothing leads to is taken away until only cycles are left.
    loop {
        let fed: BTreeSet<String> = edges.iter().map(|(_, to, _)| to.clone()).collect();
        let before = edges.len();
        edges.retain(|(from, ..)| fed.contains(from));
        if edges.len() == before {
            break;
        }
    }
    let leads: BTreeSet<String> = edges.iter().map(|(from, ..)| from.clone()).collect();
    edges.retain(|(_, to, _)| leads.contains(to));
    let here = edges.iter().filter(|(.., span)| span.source == document.source);
    if let Some((from, to, span)) = here.min_by_key(|(.., span)| *span) {
        let what =
            format!("the connector leads from `{from}` to `{to}`, and from there back again");
        case.flag(*span).with("what", what);
    }
}
