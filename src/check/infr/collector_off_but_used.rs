//! Parts of an exporter that are off and used. Rule: rules/infr/collector-off-but-used.yaml

use crate::check::Case;
use crate::facts::deploy::Container;
use crate::facts::scalar::Scalar;
use crate::lang::pattern::Pattern;
use crate::metrics::{self, Exporter, Metric};
use crate::repo::exporters::is_exporter;
use crate::source::Origin;

/// What a setting takes away.
enum Removes {
    /// The metrics of a collector or resource.
    Part(String),
    /// Everything but these collectors or resources.
    AllBut(Vec<String>),
    /// Metrics whose names match one of these.
    Names(Vec<Pattern>),
    /// Metrics whose names match none of these.
    OtherNames(Vec<Pattern>),
}

pub(super) fn check(container: &Container, case: &mut Case<'_>) {
    let repo = case.repo;
    let exporter = ["node_exporter", "kube-state-metrics"]
        .iter()
        .filter_map(|key| metrics::exporter(key))
        .find(|exporter| is_exporter(container) && exporter.runs_in(container));
    let Some(exporter) =
        exporter.filter(|_| repo.origin(container.document.source) != Origin::Vendored)
    else {
        return case.skip();
    };
    let reduced = settings(container);
    if reduced.is_empty() {
        return;
    }
    let others: Vec<&Container> = repo
        .own_containers()
        .filter(|other| exporter.runs_in(other) && !std::ptr::eq(*other, container))
        .collect();
    for (arg, removes) in reduced {
        let used = case.model.uses().iter().find(|(name, _)| {
            lacks(exporter, &removes, name)
                && others.iter().all(|other| {
                    settings(other).iter().any(|(_, removes)| lacks(exporter, removes, name))
                })
                // Another exporter may provide it all the same.
                && case.model.metric(name).providers.len() == 1
        });
        let Some((name, uses)) = used else { continue };
        let Some(first) = uses.first() else { continue };
        let place = case.model.used_at(*first);
        let at = case.name_of(place, name);
        let title = crate::facts::Subject::title(place.query);
        case.flag(arg.span)
            .with("setting", arg.text.clone())
            .with("metric", *name)
            .related(at, format!("{title} reads it"));
    }
}

/// The metric of a name, if the exporter provides it.
fn provided(exporter: &Exporter, name: &str) -> Option<&'static Metric> {
    metrics::named(name).into_iter().find(|it| it.exporter.key == exporter.key).map(|it| it.metric)
}

fn lacks(exporter: &Exporter, removes: &Removes, name: &str) -> bool {
    let Some(metric) = provided(exporter, name) else { return false };
    match removes {
        Removes::Part(part) => metric.from == Some(part.as_str()),
        Removes::AllBut(parts) => metric
            .from
            .is_some_and(|from| !parts.iter().any(|part| singular(part) == singular(from))),
        Removes::Names(patterns) => {
            patterns.iter().any(|pattern| pattern.matches(metric.name) == Some(true))
        }
        Removes::OtherNames(patterns) => {
            patterns.iter().all(|pattern| pattern.matches(metric.name) == Some(false))
        }
    }
}

/// `pods` as `pod`, `ingresses` as `ingress`, `networkpolicies` as `networkpolicy`.
fn singular(name: &str) -> String {
    if let Some(stem) = name.strip_suffix("ies") {
        return format!("{stem}y");
    }
    let stem = name.strip_suffix("es").filter(|stem| stem.ends_with("ss"));
    stem.or_else(|| name.strip_suffix('s').filter(|stem| !stem.ends_with('s')))
        .unwrap_or(name)
        .to_owned()
}

/// The settings of a container that take metrics away.
fn settings(container: &Container) -> Vec<(&Scalar, Removes)> {
    if container.args.iter().any(|arg| !arg.known) {
        return Vec::new();
    }
    let flag = |arg: &Scalar| arg.text.trim_start_matches('-').to_owned();
    let enabled = || -> Vec<String> {
        let on = container.args.iter().map(flag);
        on.filter_map(|arg| Some(arg.strip_prefix("collector.")?.split('=').next()?.to_owned()))
            .collect()
    };
    let mut found = Vec::new();
    for arg in &container.args {
        let text = flag(arg);
        let (name, value) = text.split_once('=').unwrap_or((&text, "true"));
        let list = |value: &str| -> Vec<String> {
            value
                .split(',')
                .map(|word| word.trim().to_owned())
                .filter(|it| !it.is_empty())
                .collect()
        };
        let patterns =
            |value: &str| list(value).iter().map(|it| Pattern::new(it)).collect::<Vec<_>>();
        let removes = match name {
            "collector.disable-defaults" if value != "false" => Removes::AllBut(enabled()),
            "metric-denylist" | "metric-blacklist" => Removes::Names(patterns(value)),
            "metric-allowlist" | "metric-whitelist" if text.contains('=') => {
                Removes::OtherNames(patterns(value))
            }
            "resources" if text.contains('=') => Removes::AllBut(list(value)),
            _ => match name.strip_prefix("no-collector.") {
                Some(part) if value != "false" => Removes::Part(part.to_owned()),
                _ => continue,
            },
        };
        found.push((arg, removes));
    }
    found
}
