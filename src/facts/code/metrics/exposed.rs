//! The name under which a server sees a metric.

use super::MetricType;
use crate::libraries::Api;
use crate::parse::code::Language;

/// What is known of a name before its library has changed it.
pub(super) struct Named<'n> {
    pub(super) name: &'n str,
    pub(super) namespace: &'n str,
    pub(super) subsystem: &'n str,
    pub(super) unit: &'n str,
    pub(super) kind: MetricType,
    pub(super) api: &'static Api,
    pub(super) language: Language,
}

impl Named<'_> {
    /// The name that the server sees, without the endings of parts.
    pub(super) fn exposed(&self) -> String {
        let parts = [self.namespace, self.subsystem, self.name];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let mut name = parts.join("_");
        let system = self.api.get("system");
        if system != Some("prometheus") {
            name = name.replace(|c: char| !c.is_ascii_alphanumeric() && c != ':', "_");
        }
        let appends = self.api.get("total") == Some("appended");
        if appends && self.kind == MetricType::Counter {
            name.truncate(name.trim_end_matches("_total").len());
        }
        let suffix = match system {
            Some("opentelemetry") => self.suffix_of_telemetry(),
            Some("micrometer") if self.api.get("reads") == Some("time") => "_seconds".to_owned(),
            // The Go client knows no unit, others set it behind the name.
            _ if self.unit.is_empty() => String::new(),
            _ => format!("_{}", self.unit),
        };
        if !name.ends_with(&suffix) {
            name.push_str(&suffix);
        }
        match self.kind {
            MetricType::Counter if appends => name.push_str("_total"),
            MetricType::Info if !name.ends_with("_info") || self.language == Language::Python => {
                name.push_str("_info");
            }
            _ => {}
        }
        name
    }

    /// What the exporter for Prometheus makes of a unit; an annotation such as `{request}` is none.
    fn suffix_of_telemetry(&self) -> String {
        let ratio = self.kind == MetricType::Gauge && self.language != Language::Python;
        let word = match self.unit {
            "d" => "days",
            "h" => "hours",
            "min" => "minutes",
            "s" => "seconds",
            "ms" => "milliseconds",
            "us" => "microseconds",
            "ns" => "nanoseconds",
            "By" => "bytes",
            "KiBy" => "kibibytes",
            "MiBy" => "mebibytes",
            "GiBy" => "gibibytes",
            "kBy" | "KBy" => "kilobytes",
            "MBy" => "megabytes",
            "GBy" => "gigabytes",
            "V" => "volts",
            "A" => "amperes",
            "J" => "joules",
            "W" => "watts",
            "g" => "grams",
            "m" => "meters",
            "Cel" => "celsius",
            "Hz" => "hertz",
            "%" => "percent",
            "1" if ratio => "ratio",
            "1" | "" => return String::new(),
            other if other.starts_with('{') => return String::new(),
            // Units that are words stay as they are.
            other if other.bytes().all(|byte| byte.is_ascii_alphabetic()) => other,
            _ => return String::new(),
        };
        format!("_{word}")
    }
}
