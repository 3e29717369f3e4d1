//! Settings of version 1 on version 2. Rule: rules/jaeg/v1-env-on-v2-image.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::jaeger::{Component, Part, flags};

/// Flags that version 2 has too.
const SHARED: &[&str] = &["help", "config", "set", "feature-gates", "version"];
const PREFIXES: &[&str] = &["COLLECTOR_", "ES_", "QUERY_", "CASSANDRA_", "BADGER_", "MEMORY_"];

pub(super) fn check(part: &Part, case: &mut Case<'_>) {
    let Some(container) = part.container().filter(|_| part.component == Component::V2) else {
        return case.skip();
    };
    if container.flag("config").is_some() || container.args.iter().any(|arg| !arg.known) {
        return;
    }
    for key in container.env.entries.iter().map(|(key, _)| key).filter(|key| key.known) {
        let own = PREFIXES.iter().any(|prefix| key.text.starts_with(prefix));
        let known = flags::is_setting(&key.text);
        if key.text != "SPAN_STORAGE_TYPE" && !(own && known) {
            continue;
        }
        let flag = case.flag(key.span).with("what", format!("variable `{}`", key.text));
        // Version 2 takes OTLP without it.
        if key.text == "COLLECTOR_OTLP_ENABLED" {
            flag.severity(Severity::Warning);
        }
    }
    for arg in &container.args {
        let Some(name) = arg.text.strip_prefix("--").and_then(|flag| flag.split('=').next()) else {
            continue;
        };
        if !SHARED.contains(&name) && flags::flag(name).is_some_and(|flag| flag.name == name) {
            case.flag(arg.span).with("what", format!("flag `--{name}`"));
        }
    }
}
