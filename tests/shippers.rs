//! The tables of log shippers know what upstream's own examples use.

use obsproof::shippers::{self, Table, Word};
use std::collections::BTreeMap;

/// What examples use: role, plugin, option.
type Used = BTreeMap<String, Vec<(String, String, String)>>;

/// What no release takes, or what is no option but a part of a plugin's YAML.
const NOT_TAKEN: &[(&str, &str, &str, &str)] = &[
    ("fluent-bit", "input", "forward", "buffer"),
    ("fluent-bit", "input", "input_plugin_name", ""),
    ("fluent-bit", "input", "tail", "routes"),
    ("fluent-bit", "input", "xbee", ""),
    ("fluent-bit", "output", "azure_kust", ""),
    ("fluent-bit", "output", "none", ""),
    ("fluent-bit", "output", "output_plugin_name", ""),
    ("fluent-bit", "output", "prometheus_exporter", "listen"),
    ("fluentd", "input", "sample", "{\"message\":"),
    ("fluentd", "output", "buffered_null", ""),
];
/// Options of Fluentd's old form, and of every plugin with a buffer, that no plugin declares.
const SHARED: &[&str] = &[
    "buffer_path",
    "buffer_type",
    "flush_at_shutdown",
    "flush_interval",
    "flush_mode",
    "format",
    "num_threads",
    "output_type",
    "overflow_action",
    "timekey",
    "timekey_wait",
];

fn used() -> Used {
    serde_json::from_str(include_str!("parity/shippers/used.json")).expect("a list")
}

fn has(words: &[Word], name: &str) -> bool {
    words.iter().any(|word| word.is(name))
}

/// What a table does not know of what is used.
fn missing(program: &str, table: &Table) -> Vec<String> {
    let list = used().remove(program).expect("a program");
    assert!(list.len() > 10, "{program}: {}", list.len());
    let mut missing = Vec::new();
    for (role, name, option) in &list {
        let except = |row: &&(&str, &str, &str, &str)| {
            (row.0, row.1, row.2) == (program, role.as_str(), name.as_str())
                && (row.3.is_empty() || row.3 == option)
        };
        if NOT_TAKEN.iter().any(|row| except(&row)) || option == "processors" {
            continue;
        }
        let shared = program == "fluentd" && SHARED.contains(&option.as_str());
        let known = table.plugin(role, name).is_some_and(|plugin| {
            option.is_empty()
                || shared
                || plugin.open
                || has(plugin.options, option)
                || has(table.common(role), option)
        });
        if !known {
            missing.push(format!("{role} {name} {option}"));
        }
    }
    missing
}

#[test]
fn fluent_bit_has_what_its_examples_and_pages_use() {
    assert_eq!(missing("fluent-bit", shippers::fluent_bit()), Vec::<String>::new());
}

#[test]
fn fluentd_has_what_its_examples_use() {
    assert_eq!(missing("fluentd", shippers::fluentd()), Vec::<String>::new());
}

#[test]
fn vector_has_what_its_configurations_use() {
    assert_eq!(missing("vector", shippers::vector()), Vec::<String>::new());
}
