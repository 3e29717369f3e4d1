//! Component types of the OpenTelemetry Collector's distributions, as data.
//!
//! Compiled from `components/collector.yaml`: which release of which distribution has which type,
//! for which signals, and what it is called now.

use crate::lang::version::Version;

/// A build of the collector that somebody publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distribution {
    /// `otelcol`
    Core,
    /// `otelcol-contrib`
    Contrib,
    /// `otelcol-k8s`
    K8s,
    /// `otelcol-otlp`
    Otlp,
    /// `otelcol-ebpf-profiler`
    Profiler,
    /// Jaeger 2
    Jaeger,
}

impl Distribution {
    /// As messages call it.
    pub fn name(self) -> &'static str {
        match self {
            Distribution::Core => "the core distribution",
            Distribution::Contrib => "the contrib distribution",
            Distribution::K8s => "the k8s distribution",
            Distribution::Otlp => "the otlp distribution",
            Distribution::Profiler => "the eBPF profiler's distribution",
            Distribution::Jaeger => "Jaeger",
        }
    }

    /// The distribution of an image, by its name; `None` for one that somebody else built.
    pub fn of_image(image: &str) -> Option<Distribution> {
        let path = image.split('@').next().unwrap_or(image);
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        let name = name.split(':').next().unwrap_or(name);
        let official = folders.is_empty() && name.starts_with("otelcol")
            || folders.ends_with("otel")
            || folders.ends_with("open-telemetry/opentelemetry-collector-releases");
        match name {
            "jaeger" if folders.ends_with("jaegertracing") => Some(Distribution::Jaeger),
            _ if !official => None,
            "opentelemetry-collector" | "otelcol" => Some(Distribution::Core),
            "opentelemetry-collector-contrib" | "otelcol-contrib" => Some(Distribution::Contrib),
            "opentelemetry-collector-k8s" | "otelcol-k8s" => Some(Distribution::K8s),
            "opentelemetry-collector-otlp" | "otelcol-otlp" => Some(Distribution::Otlp),
            "opentelemetry-collector-ebpf-profiler" | "otelcol-ebpf-profiler" => {
                Some(Distribution::Profiler)
            }
            _ => None,
        }
    }
}

/// A type of component.
#[derive(Debug)]
pub struct ComponentType {
    /// `receivers`, `processors`, …
    pub section: &'static str,
    /// Its name in the first releases that had it.
    pub name: &'static str,
    /// Its new name; the old one still works.
    pub now: Option<&'static str>,
    /// The release that brought the new name, if that is known.
    pub renamed: Option<Version>,
    /// Signals it takes, of a connector `from>to`; empty where that is not known.
    pub signals: &'static [&'static str],
    /// Distributions that have it.
    pub parts: &'static [Part],
    /// What to use in place of a type that is gone.
    pub instead: Option<&'static str>,
}

/// Releases of a distribution that have a type.
#[derive(Debug)]
pub struct Part {
    /// The distribution.
    pub of: Distribution,
    /// First release; 0 is one before the records begin.
    pub first: Version,
    /// Last release, of what is gone.
    pub last: Option<Version>,
}

impl ComponentType {
    /// Whether it takes a signal; `None` where that is not known.
    pub fn takes(&self, signal: &str) -> Option<bool> {
        (!self.signals.is_empty()).then(|| self.signals.contains(&signal))
    }

    /// Whether a connector takes one signal and gives another; `None` where that is not known.
    pub fn connects(&self, from: &str, to: &str) -> Option<bool> {
        let fits = |pair: &&str| pair.split_once('>') == Some((from, to));
        (!self.signals.is_empty()).then(|| self.signals.iter().any(fits))
    }

    /// The last release that had it, if no distribution has it any more.
    pub fn last(&self) -> Option<Version> {
        let lasts: Option<Vec<Version>> = self.parts.iter().map(|part| part.last).collect();
        lasts?.into_iter().max()
    }

    /// The part of a distribution.
    pub fn part(&self, of: Distribution) -> Option<&Part> {
        self.parts.iter().find(|part| part.of == of)
    }
}

/// The release the table was made for.
pub const fn newest() -> Version {
    NEWEST
}

/// A type by its name in a section: old names, new names, and new names that only part the words
/// of an old one with `_`, as all of them are being renamed.
pub fn find(section: &str, name: &str) -> Option<&'static ComponentType> {
    let own = of_section(section);
    if let Ok(at) = own.binary_search_by(|row| row.name.cmp(name)) {
        return own.get(at);
    }
    let parted = |row: &&ComponentType| {
        row.now.is_none()
            && name.len() > row.name.len()
            && !name.starts_with('_')
            && !name.ends_with('_')
            && is_parted(row.name, name)
    };
    let renamed = own.iter().find(|row| row.now == Some(name));
    renamed.or_else(|| own.iter().filter(|_| name.contains('_')).find(parted))
}

/// Whether `name` is `old` with some `_` more.
fn is_parted(old: &str, name: &str) -> bool {
    let mut rest = old.bytes().peekable();
    for byte in name.bytes() {
        if rest.peek() == Some(&byte) {
            rest.next();
        } else if byte != b'_' {
            return false;
        }
    }
    rest.next().is_none()
}

/// All types of a section, by name.
pub fn of_section(section: &str) -> &'static [ComponentType] {
    let start = TYPES.partition_point(|row| row.section < section);
    let end = TYPES.partition_point(|row| row.section <= section);
    &TYPES[start..end]
}

include!(concat!(env!("OUT_DIR"), "/components.rs"));

#[cfg(test)]
mod tests {
    use super::{Distribution, find};

    #[test]
    fn types_are_found_by_old_and_new_names() {
        for (section, name, found) in [
            ("receivers", "otlp", Some("otlp")),
            ("exporters", "otlp_http", Some("otlphttp")),
            ("processors", "k8s_attributes", Some("k8sattributes")),
            ("receivers", "sql_query", Some("sqlquery")),
            ("processors", "k8s_attribute", None),
            ("processors", "tailsampling", None),
            ("exporters", "batch", None),
            ("exporters", "_otlp", None),
        ] {
            assert_eq!(find(section, name).map(|row| row.name), found, "{name}");
        }
        let logging = find("exporters", "logging").and_then(super::ComponentType::last);
        assert_eq!(logging.map(|version| version.minor), Some(110));
        let spans = find("connectors", "spanmetrics");
        assert_eq!(spans.and_then(|row| row.connects("traces", "metrics")), Some(true));
        assert_eq!(spans.and_then(|row| row.connects("metrics", "traces")), Some(false));
    }

    #[test]
    fn images_are_told_apart() {
        let of = Distribution::of_image;
        assert_eq!(of("otel/opentelemetry-collector:0.100.0"), Some(Distribution::Core));
        assert_eq!(
            of(
                "ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-k8s"
            ),
            Some(Distribution::K8s)
        );
        assert_eq!(of("jaegertracing/jaeger:2.1.0"), Some(Distribution::Jaeger));
        assert_eq!(of("acme.io/otel-collector:1"), None);
        assert_eq!(of("signoz/signoz-otel-collector:v0.111.0"), None);
    }
}
