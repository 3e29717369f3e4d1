//! Fields that nothing can bring. Rule: rules/kiba/field-never-produced.yaml

use crate::check::Case;
use crate::facts::query::{Form, LogQuery};
use crate::repo::mapping::Mapped;
use crate::repo::vocabulary::own_leaf;
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
        let place = case.repo.place(&used.text, used.range.clone());
        match case.repo.mapping_of(query.document, name) {
            Mapped::Never(span) => {
                case.flag(place)
                    .with("field", name)
                    .related(span, "what is not named is not indexed");
            }
            // The other half of the way is asked of the code; a name with another unit is told of
            // by CROS004.
            Mapped::Dynamic(_) | Mapped::Nowhere => {
                let vocabulary = case.repo.vocabulary();
                let leaf = own_leaf(name)
                    .filter(|leaf| vocabulary.is_missing(leaf) && vocabulary.like(leaf).is_empty());
                if leaf.is_some() {
                    case.flag(place).with("field", name);
                }
            }
            Mapped::As(_) | Mapped::Unknown => {}
        }
    }
}
