//! Exporters that are told to leave metrics out, and what they then lack of what is read.

use crate::facts::deploy::Container;
use crate::facts::scalar::Scalar;
use crate::lang::pattern::Pattern;
use crate::metrics::{self, Exporter, Metric};
use crate::repo::model::Model;

/// Exporters whose settings are known.
const KEYS: &[&str] = &["node_exporter", "kube-state-metrics"];

/// What a setting takes away.
pub enum Removes {
    /// The metrics of a collector or resource.
    Part(String),
    /// Everything but these collectors or resources.
    AllBut(Vec<String>),
    /// Metrics whose names match one of these.
    Names(Vec<Pattern>),
    /// Metrics whose names match none of these.
    OtherNames(Vec<Pattern>),
}

/// What is read of one exporter.
#[derive(Debug)]
pub struct Reduced<'r> {
    /// The exporter.
    pub exporter: &'static Exporter,
    /// Names of its metrics that expressions read, in order.
    read: Vec<Read<'r>>,
}

/// A name that expressions read.
#[derive(Debug)]
struct Read<'r> {
    name: &'r str,
    metric: &'static Metric,
    /// Whether every instance in the repository is told to leave it out.
    lost: bool,
}

impl<'r> Model<'r> {
    /// What is read of exporters that can be told to leave metrics out.
    pub fn reduced(&self) -> &[Reduced<'r>] {
        self.reduced.get_or_init(|| Reduced::all(self))
    }
}

impl<'r> Reduced<'r> {
    /// What is read of the exporters whose settings are known.
    fn all(model: &Model<'r>) -> Vec<Reduced<'r>> {
        KEYS.iter().filter_map(|key| Some(Reduced::of(model, metrics::exporter(key)?))).collect()
    }

    fn of(model: &Model<'r>, exporter: &'static Exporter) -> Reduced<'r> {
        let provided = |name: &str| {
            let series = metrics::named(name).into_iter();
            series.map(|it| (it.exporter, it.metric)).find(|(it, _)| it.key == exporter.key)
        };
        let names = model.uses().keys().filter_map(|name| Some((*name, provided(name)?.1)));
        let mut read: Vec<Read<'r>> =
            names.map(|(name, metric)| Read { name, metric, lost: true }).collect();
        for container in model.repo.own_containers().filter(|it| exporter.runs_in(it)) {
            let removed = settings(container);
            for one in read.iter_mut().filter(|one| one.lost) {
                one.lost = removed.iter().any(|(_, removes)| removes.takes(one.metric));
            }
        }
        Reduced { exporter, read }
    }

    /// The names that a setting takes away and that no instance has.
    pub fn lost_by(&self, removes: &Removes) -> impl Iterator<Item = &'r str> {
        let lost = self.read.iter().filter(|one| one.lost && removes.takes(one.metric));
        lost.map(|one| one.name)
    }
}

impl Removes {
    /// Whether a metric is gone with it.
    fn takes(&self, metric: &Metric) -> bool {
        match self {
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
pub fn settings(container: &Container) -> Vec<(&Scalar, Removes)> {
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
