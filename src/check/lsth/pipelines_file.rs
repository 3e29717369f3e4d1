//! A list of pipelines that does not hold. Rule: rules/lsth/pipelines-file.yaml

use crate::check::Case;
use crate::facts::logstash::node::Entry;

pub(super) fn check(entry: &Entry, case: &mut Case<'_>) {
    let id = entry.id.as_ref().filter(|id| id.known);
    let all = case.repo.facts.logstash_entries.iter().filter(|one| one.document == entry.document);
    let mut before = all.take_while(|one| !std::ptr::eq(*one, entry));
    let same = |one: &&Entry| match (&one.id, id) {
        (Some(one), Some(id)) => one.known && one.text == id.text,
        _ => false,
    };
    if let Some(first) = before.find(same) {
        let span = entry.id.as_ref().map_or(entry.anchor, |id| id.span);
        let name = id.map_or("", |id| id.text.as_str());
        case.flag(span)
            .with("what", format!("pipeline `{name}` stands in the list twice"))
            .related(first.id.as_ref().map_or(first.anchor, |id| id.span), "the first of the two");
    }
    if entry.settings.open {
        return;
    }
    let source = entry.settings.has("path.config") || entry.settings.has("config.string");
    if !source {
        let span = entry.id.as_ref().map_or(entry.anchor, |id| id.span);
        case.flag(span).with("what", "the pipeline has neither `path.config` nor `config.string`");
    } else if entry.settings.has("path.config") && entry.settings.has("config.string") {
        let string =
            entry.settings.get("config.string").map_or(entry.anchor, |setting| setting.span);
        case.flag(string).with("what", "the pipeline has both `path.config` and `config.string`");
    }
}
