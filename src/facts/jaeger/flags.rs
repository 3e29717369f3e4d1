//! Flags and variables of Jaeger 1, from `flags/jaeger-v1.yaml`.

use crate::lang::distance;
use std::borrow::Cow;

/// A release: major and minor number.
pub type Release = (u32, u32);

/// In which releases of a component a flag is.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// The component.
    pub component: &'static str,
    /// First release that has it; none where it is as old as the table.
    pub since: Option<Release>,
    /// Last release that has it; none where the newest has it.
    pub last: Option<Release>,
}

/// A flag of version 1.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// Its name: `es.server-urls`.
    pub name: &'static str,
    /// The variable of the same meaning: `ES_SERVER_URLS`.
    pub variable: &'static str,
    /// Where it is.
    pub spans: &'static [Span],
}

include!(concat!(env!("OUT_DIR"), "/jaeger.rs"));

/// The variable a setting is given by, whether it is written as one, as a flag or in dashes.
pub fn variable(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_') {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.to_ascii_uppercase().replace(['.', '-'], "_"))
}

/// The flag of a setting, written in any way.
pub fn flag(name: &str) -> Option<&'static Flag> {
    let variable = variable(name);
    let at = FLAGS.binary_search_by(|flag| flag.variable.cmp(&variable)).ok()?;
    FLAGS.get(at)
}

/// Whether this is a setting of Jaeger 1, written in any way.
pub fn is_setting(name: &str) -> bool {
    flag(name).is_some() || VARIABLES.contains(&&*variable(name))
}

/// Whether a setting holds a password or a key.
pub fn is_secret(name: &str) -> bool {
    let variable = variable(name);
    variable.ends_with("_PASSWORD") && is_setting(name)
}

/// The setting that is meant, if one of this component is near.
pub fn nearest(name: &str, component: &str, as_variable: bool) -> Option<&'static str> {
    let own = FLAGS.iter().filter(|flag| {
        component == "all-in-one" || flag.spans.iter().any(|span| span.component == component)
    });
    let names = own.map(|flag| if as_variable { flag.variable } else { flag.name });
    let limit = if name.len() > 12 { 3 } else { 2 };
    let near = distance::nearest(name, names.clone(), limit);
    near.or_else(|| same_words(name, names))
}

/// The setting of the same words in another order: `ES_SHARDS_NUM`.
fn same_words(name: &str, mut names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let words = |text: &str| {
        let mut words: Vec<String> =
            text.split(['_', '.', '-']).map(str::to_ascii_lowercase).collect();
        words.sort_unstable();
        words
    };
    let wanted = words(name);
    names.find(|known| words(known) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_known_in_every_form() {
        for name in ["ES_SERVER_URLS", "es.server-urls", "es-server-urls", "span-storage-type"] {
            assert!(is_setting(name), "{name}");
        }
        assert!(!is_setting("ES_SHARDS_NUM"));
        assert_eq!(nearest("ES_SHARDS_NUM", "collector", true), Some("ES_NUM_SHARDS"));
        assert!(is_secret("es-password") && is_secret("CASSANDRA_PASSWORD"));
        assert!(!is_secret("es.password-file"));
    }

    /// Variables that the documentation of release 1.76 and the operator's examples use.
    const USED: &str = "SPAN_STORAGE_TYPE METRICS_STORAGE_TYPE CASSANDRA_SERVERS SAMPLING_STORAGE_TYPE \
        PROMETHEUS_SERVER_URL ES_USE_ILM ES_USERNAME ES_SERVER_URLS ES_PASSWORD \
        COLLECTOR_ZIPKIN_HOST_PORT CASSANDRA_CONNECTIONS_PER_HOST SAMPLING_CONFIG_TYPE \
        QUERY_BASE_PATH PROMETHEUS_TOKEN_FILE PROMETHEUS_TLS_ENABLED PROMETHEUS_TLS_CA \
        PROMETHEUS_QUERY_NORMALIZE_DURATION PROMETHEUS_QUERY_NORMALIZE_CALLS LOG_LEVEL \
        KAFKA_PRODUCER_BROKERS GRPC_STORAGE_SERVER COLLECTOR_OTLP_ENABLED \
        CASSANDRA_TLS_SERVER_NAME CASSANDRA_TLS_KEY CASSANDRA_TLS_CERT CASSANDRA_TLS_CA \
        BADGER_EPHEMERAL BADGER_DIRECTORY_VALUE BADGER_DIRECTORY_KEY QUERY_HOST_PORT";

    #[test]
    fn what_upstream_examples_use_is_known() {
        let missing: Vec<&str> = USED.split(' ').filter(|name| !is_setting(name)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(FLAGS.is_sorted_by(|one, other| one.variable < other.variable));
    }
}
