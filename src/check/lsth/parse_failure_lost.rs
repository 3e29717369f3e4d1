//! Records that a filter could not read, and nobody hears of. Rule:
//! rules/lsth/parse-failure-lost.yaml

use crate::check::Case;
use crate::facts::logstash::{Plugin, Role, Value};

const PARSERS: &[(&str, &str)] = &[
    ("json", "_jsonparsefailure"),
    ("grok", "_grokparsefailure"),
    ("date", "_dateparsefailure"),
    ("dissect", "_dissectfailure"),
];

pub(super) fn check(plugin: &Plugin, case: &mut Case<'_>) {
    if plugin.role != Role::Filter || tag(plugin).is_none() {
        return case.skip();
    }
    let joined = case.repo.joined(plugin.document);
    let parsers: Vec<&Plugin> =
        joined.of_role(Role::Filter).filter(|one| tag(one).is_some()).collect();
    let first = parsers.first().is_some_and(|first| std::ptr::eq(*first, plugin));
    if !first || joined.is_open() || case.repo.has_dead_letters() {
        return;
    }
    let tags: Vec<String> = parsers.iter().flat_map(|parser| own_tags(parser)).collect();
    let routed = joined.words_in_conditions().any(|word| {
        let lower = word.to_ascii_lowercase();
        lower.contains("fail") || tags.iter().any(|tag| word.contains(tag.as_str()))
    });
    if routed || tags.is_empty() {
        return;
    }
    case.flag(plugin.name.span)
        .with("filter", &plugin.name.text)
        .with("tag", tag(plugin).unwrap_or_default());
}

fn tag(plugin: &Plugin) -> Option<&'static str> {
    PARSERS.iter().find(|(name, _)| plugin.name.text == *name).map(|(_, tag)| *tag)
}

/// The tags of a failure; none where the filter is told to set none.
fn own_tags(plugin: &Plugin) -> Vec<String> {
    match plugin.value("tag_on_failure") {
        None => tag(plugin).map(str::to_owned).into_iter().collect(),
        Some(Value::List(items, _)) if items.is_empty() => Vec::new(),
        Some(value) => value.scalars().iter().map(|one| one.text.clone()).collect(),
    }
}
