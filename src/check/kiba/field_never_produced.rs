//! Fields that nothing can bring. Rule: rules/kiba/field-never-produced.yaml

use crate::check::Case;
use crate::facts::query::{Form, LogQuery};
use crate::repo::mapping::Mapped;
use std::collections::BTreeSet;

/// First parts of names that shippers and the common schema bring.
const BROUGHT: &[&str] = &[
    "@timestamp",
    "@metadata",
    "@version",
    "agent",
    "beat",
    "client",
    "cloud",
    "container",
    "destination",
    "dns",
    "ecs",
    "error",
    "event",
    "file",
    "geo",
    "group",
    "host",
    "http",
    "input",
    "kubernetes",
    "docker",
    "labels",
    "log",
    "message",
    "network",
    "observer",
    "orchestrator",
    "organization",
    "os",
    "package",
    "process",
    "related",
    "rule",
    "server",
    "service",
    "source",
    "span",
    "stream",
    "tags",
    "threat",
    "tls",
    "trace",
    "transaction",
    "url",
    "user",
    "user_agent",
    "vulnerability",
    "x509",
];

pub(super) fn check(query: &LogQuery, case: &mut Case<'_>) {
    if query.form == Form::Panel {
        return case.skip();
    }
    let mut told = BTreeSet::new();
    for used in query.uses.iter().filter(|used| used.known()) {
        let name = used.field();
        let name = name.strip_suffix(".keyword").unwrap_or(name);
        let first = name.split('.').next().unwrap_or(name);
        if BROUGHT.contains(&first) || name.starts_with('_') || !told.insert(name) {
            continue;
        }
        if let Mapped::Never(span) = case.repo.mapping_of(query.document, name) {
            let place = case.repo.place(&used.text, used.range.clone());
            case.flag(place).with("field", name).related(span, "what is not named is not indexed");
        }
    }
}
