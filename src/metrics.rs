//! The metric catalogue: what well-known exporters provide, as data.
//!
//! Compiled from `metrics/*.yaml`; each file names the release it was read from. Labels that a
//! scrape adds (`job`, `instance` and whatever relabelling writes) are never listed.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A program that provides metrics.
#[derive(Debug, PartialEq, Eq)]
pub struct Exporter {
    /// The name of its file.
    pub key: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub title: &'static str,
    /// The release its metrics were read from.
    pub version: &'static str,
    /// How they were read.
    pub source: &'static str,
    /// Last path segments of its images.
    pub images: &'static [&'static str],
    /// Usual names of the jobs that scrape it.
    pub jobs: &'static [&'static str],
    /// Usual ports.
    pub ports: &'static [u16],
    /// Names that begin so are its own.
    pub prefixes: &'static [&'static str],
    /// Its metrics, by name.
    pub metrics: &'static [Metric],
}

/// A metric of an exporter.
#[derive(Debug, PartialEq, Eq)]
pub struct Metric {
    /// Name; of a histogram or summary, what its series share.
    pub name: &'static str,
    /// Type.
    pub kind: MetricKind,
    /// Unit of the values.
    pub unit: Option<&'static str>,
    /// Labels that the exporter sets.
    pub labels: &'static [&'static str],
    /// The collector or resource behind it.
    pub from: Option<&'static str>,
    /// There may be more labels than those.
    pub open: bool,
}

/// Types of metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MetricKind {
    /// Only grows, but for restarts.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Buckets, sum and count.
    Histogram,
    /// Quantiles, sum and count.
    Summary,
    /// The exporter does not say.
    Untyped,
    /// Always 1; its labels are the message.
    Info,
}

/// What one series name of a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The metric itself: a counter, a gauge, the quantiles of a summary, a native histogram.
    Whole,
    /// `_bucket` of a histogram.
    Bucket,
    /// `_sum` of a histogram or summary.
    Sum,
    /// `_count` of a histogram or summary.
    Count,
    /// `_created` of a counter, histogram or summary.
    Created,
}

/// A series name as the catalogue knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series {
    /// Who provides it.
    pub exporter: &'static Exporter,
    /// The metric.
    pub metric: &'static Metric,
    /// Which part of it.
    pub part: Part,
}

include!(concat!(env!("OUT_DIR"), "/metrics.rs"));

/// All exporters, in the order of their files.
pub fn exporters() -> &'static [Exporter] {
    EXPORTERS
}

/// The exporter of a file.
pub fn exporter(key: &str) -> Option<&'static Exporter> {
    EXPORTERS.iter().find(|exporter| exporter.key == key)
}

/// Who provides series of this name, and as what.
pub fn named(name: &str) -> Vec<Series> {
    let mut found: Vec<Series> = metrics(name)
        .map(|(exporter, metric)| Series { exporter, metric, part: Part::Whole })
        .collect();
    for (ending, part) in ENDINGS {
        let Some(base) = name.strip_suffix(ending) else { continue };
        let parts = metrics(base).filter(|(_, metric)| part.is_of(metric.kind));
        found.extend(parts.map(|(exporter, metric)| Series { exporter, metric, part: *part }));
        if *part == Part::Created {
            let total = format!("{base}_total");
            let counters = metrics(&total).filter(|(_, metric)| metric.kind == MetricKind::Counter);
            found.extend(counters.map(|(exporter, metric)| Series {
                exporter,
                metric,
                part: *part,
            }));
        }
    }
    found
}

/// The exporters whose own names begin like this one: it fits one of them, listed or not.
pub fn prefixed(name: &str) -> impl Iterator<Item = &'static Exporter> {
    /// Exporters by the first letter of a prefix, in their order.
    static BY_LETTER: LazyLock<Vec<Vec<&'static Exporter>>> = LazyLock::new(|| {
        let mut by_letter = vec![Vec::new(); 256];
        for exporter in EXPORTERS {
            let letters = exporter.prefixes.iter().filter_map(|prefix| prefix.bytes().next());
            for letter in letters.collect::<BTreeSet<u8>>() {
                by_letter[usize::from(letter)].push(exporter);
            }
        }
        by_letter
    });
    let letter = name.bytes().next().map_or(0, usize::from);
    BY_LETTER[letter]
        .iter()
        .copied()
        .filter(move |exporter| exporter.prefixes.iter().any(|prefix| name.starts_with(prefix)))
}

/// What a name may be a part of: `x` and its buckets for `x_bucket`.
pub fn parts_of(name: &str) -> impl Iterator<Item = (&str, Part)> {
    ENDINGS.iter().filter_map(|(ending, part)| Some((name.strip_suffix(ending)?, *part)))
}

const ENDINGS: &[(&str, Part)] = &[
    ("_bucket", Part::Bucket),
    ("_sum", Part::Sum),
    ("_count", Part::Count),
    ("_created", Part::Created),
];

fn metrics(name: &str) -> impl Iterator<Item = (&'static Exporter, &'static Metric)> {
    let start = INDEX.partition_point(|(known, ..)| *known < name);
    INDEX[start..].iter().take_while(move |(known, ..)| *known == name).map(|&(_, owner, at)| {
        let exporter = &EXPORTERS[usize::from(owner)];
        (exporter, &exporter.metrics[usize::from(at)])
    })
}

impl Part {
    /// Whether a metric of this type has such a part.
    pub fn is_of(self, kind: MetricKind) -> bool {
        match kind {
            MetricKind::Histogram => self != Part::Whole,
            MetricKind::Summary => !matches!(self, Part::Whole | Part::Bucket),
            _ => false,
        }
    }
}

impl MetricKind {
    /// The word used in every output.
    pub fn name(self) -> &'static str {
        match self {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            MetricKind::Histogram => "histogram",
            MetricKind::Summary => "summary",
            MetricKind::Untyped => "untyped metric",
            MetricKind::Info => "info metric",
        }
    }

    /// The type of the series of one part.
    pub fn of_part(self, part: Part) -> MetricKind {
        match part {
            Part::Whole => self,
            // The sum of a histogram falls where values can be negative, but is read as one.
            Part::Bucket | Part::Sum | Part::Count => MetricKind::Counter,
            Part::Created => MetricKind::Gauge,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_sorted_and_unique() {
        assert!(INDEX.is_sorted());
        for exporter in EXPORTERS {
            assert!(!exporter.metrics.is_empty(), "{} has metrics", exporter.key);
            for pair in exporter.metrics.windows(2) {
                assert!(pair[0].name < pair[1].name, "{}: {}", exporter.key, pair[1].name);
            }
            for metric in exporter.metrics {
                let base = matches!(metric.kind, MetricKind::Histogram | MetricKind::Summary);
                let part = ENDINGS.iter().any(|(ending, _)| metric.name.ends_with(ending));
                assert!(!(base && part), "{}: {} is a part", exporter.key, metric.name);
            }
        }
        let keys: Vec<&str> = EXPORTERS.iter().map(|exporter| exporter.key).collect();
        assert!(keys.is_sorted());
    }

    #[test]
    fn names_are_found_with_their_parts() {
        let kinds = |name: &str| -> Vec<(MetricKind, Part)> {
            let of_server = |it: &&Series| ["prometheus", "synthetic"].contains(&it.exporter.key);
            let found = named(name);
            found
                .iter()
                .filter(of_server)
                .map(|it| (it.metric.kind.of_part(it.part), it.part))
                .collect()
        };
        assert_eq!(kinds("up"), [(MetricKind::Gauge, Part::Whole)]);
        assert_eq!(
            kinds("prometheus_http_request_duration_seconds_bucket"),
            [(MetricKind::Counter, Part::Bucket)]
        );
        assert_eq!(
            kinds("prometheus_rule_evaluation_duration_seconds_count"),
            [(MetricKind::Counter, Part::Count)]
        );
        assert!(kinds("prometheus_rule_evaluation_duration_seconds_bucket").is_empty());
        assert!(kinds("up_count").is_empty());
        assert!(named("prometheus_no_such_thing").is_empty());
        assert!(prefixed("prometheus_no_such_thing").any(|it| it.key == "prometheus"));
    }
}
