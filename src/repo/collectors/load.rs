//! Load sets: the `--config` arguments of containers, an operator's object, a file by itself.

use super::{LoadSet, loaded};
use crate::facts::deploy::Container;
use crate::facts::{Document, DocumentId};
use crate::identify::Kind;
use crate::lang::path::{folder, join};
use crate::repo::Repo;
use crate::repo::runs::{COLLECTOR, JAEGER};
use std::collections::BTreeSet;

/// Where the images of the distributions look when no argument says where.
const DEFAULTS: &[&str] = &[
    "/etc/otelcol/config.yaml",
    "/etc/otelcol-contrib/config.yaml",
    "/etc/otelcol-k8s/config.yaml",
    "/etc/otelcol-otlp/config.yaml",
    "/etc/otel/config.yaml",
    "/etc/otel-collector-config.yaml",
];

/// All sets of a repository.
pub(super) fn sets(repo: &Repo) -> Vec<LoadSet> {
    let mut sets: Vec<LoadSet> = repo
        .facts
        .containers
        .iter()
        .enumerate()
        .filter_map(|(number, container)| of_container(repo, number, container))
        .collect();
    let mut taken: BTreeSet<DocumentId> =
        sets.iter().flat_map(|set| set.documents.iter().copied()).collect();
    for collector in &repo.facts.collectors {
        if taken.insert(collector.document) {
            sets.push(alone(repo, collector.document));
        }
    }
    sets
}

/// What a container loads; `None` if it is no collector's configuration.
fn of_container(repo: &Repo, number: usize, container: &Container) -> Option<LoadSet> {
    let arguments = arguments(repo, container);
    let mut set = LoadSet {
        loader: Some(container.name.span),
        container: Some(number),
        known: true,
        ..LoadSet::default()
    };
    for argument in &arguments {
        let path = argument.strip_prefix("file:").unwrap_or(argument);
        // A drive letter is no scheme.
        let elsewhere = path.find(':').is_some_and(|at| at > 1) || path.contains('$');
        let documents = if elsewhere { Vec::new() } else { loaded(repo, container, path) };
        // What is not found here may hold anything.
        set.known &= documents.len() == 1;
        set.open |= documents.is_empty();
        set.documents.extend(documents);
    }
    if arguments.is_empty() && is_collector(container) {
        let found = DEFAULTS.iter().map(|path| loaded(repo, container, path));
        set.documents = found.into_iter().find(|found| found.len() == 1).unwrap_or_default();
    }
    // `--set` lays single values over all files.
    set.known &=
        !container.args.iter().any(|arg| arg.text.trim_start_matches('-').starts_with("set="));
    // Other parts of one Compose project may give other arguments.
    let mut seen = BTreeSet::new();
    set.documents.retain(|document| seen.insert(*document));
    (!set.documents.is_empty()).then_some(set)
}

/// The values of all `--config` arguments.
fn arguments(repo: &Repo, container: &Container) -> Vec<String> {
    let mut found = Vec::new();
    let mut args = container.args.iter();
    while let Some(arg) = args.next() {
        let bare = arg.text.trim_start_matches('-');
        if bare.len() == arg.text.len() {
            continue;
        }
        let value = match bare.split_once('=') {
            Some(("config", value)) => Some(value.to_owned()),
            None if bare == "config" => args.next().map(|next| next.text.clone()),
            _ => None,
        };
        let quoted = |text: &str| text.trim_matches(['"', '\'']).to_owned();
        found.extend(value.map(|value| repo.filled(container, &quoted(&value))));
    }
    found
}

fn is_collector(container: &Container) -> bool {
    let image = container.image.as_ref().map(|image| image.text.as_str()).unwrap_or_default();
    COLLECTOR.is(image) || JAEGER.is(image)
}

/// A document that nothing here loads: an operator's object is whole, anything else may be a
/// layer.
fn alone(repo: &Repo, document: DocumentId) -> LoadSet {
    let it = repo.document(document);
    let host = it.host.map(|host| repo.document(host));
    let object = it.object.as_ref().filter(|_| host.is_some());
    let operated = object.is_some_and(|object| object.kind == "OpenTelemetryCollector");
    // A chart lays its values over a configuration of its own.
    let values = host.filter(|host| host.kind == Kind::HelmValues);
    let key = object.and_then(|object| object.data_key.as_deref());
    // That key takes the place of the chart's own configuration.
    let replaces = values.is_some() && key == Some("alternateConfig");
    let in_values = values.is_some() && !replaces;
    let masked = repo.collector(document).is_none_or(|it| it.open);
    // Its presets are laid over that as well.
    let preset = replaces && values.is_some_and(|host| has_preset(repo, host));
    LoadSet {
        chart: !masked && in_values && values.is_some_and(|host| is_own_chart(repo, host)),
        documents: vec![document],
        known: (replaces && !preset) || (operated && !in_values),
        open: in_values || preset,
        values: in_values,
        ..LoadSet::default()
    }
}

/// Whether values switch on a preset of the collector's own chart.
fn has_preset(repo: &Repo, values: &Document) -> bool {
    let text = repo.text(values.span);
    let block = text.lines().skip_while(|line| !line.starts_with("presets:")).skip(1);
    let mut inside = block.take_while(|line| line.is_empty() || line.starts_with([' ', '#']));
    inside.any(|line| line.trim_start().starts_with("enabled: true"))
}

/// Whether values are those of the collector's own chart, whose defaults are known: they say how
/// it runs and name one of its images, or a release says which chart it is.
fn is_own_chart(repo: &Repo, values: &Document) -> bool {
    let text = repo.text(values.span);
    let says = |key: &str, words: &[&str]| {
        text.lines().any(|line| {
            let line = line.trim();
            let value = line.strip_prefix(key).map(|rest| rest.trim_start_matches([' ', ':', '=']));
            value.is_some_and(|value| words.iter().any(|word| value.contains(word)))
        })
    };
    let image = text.contains("otel/opentelemetry-collector")
        || text.contains("opentelemetry-collector-releases/");
    // Beside the mode only its own chart has the configuration as a whole.
    let top = |key: &str| text.lines().any(|line| line.strip_prefix(key) == Some(":"));
    let image = image || top("config") && text.lines().any(|line| line.starts_with("mode:"));
    // Another chart has defaults, and templates, of its own.
    let home = folder(&repo.source(values.id.source).path);
    let other = join(home, "Chart.yaml").is_some_and(|path| repo.has_path(&path));
    // The chart of a whole cluster's collectors has others.
    image
        && !other
        && says("mode", &["deployment", "daemonset", "statefulset"])
        && !text.contains("defaultCRConfig")
        && !text.contains("collectors:")
}
