//! An index named by what events say. Rule: rules/lsth/unsafe-index-name.yaml

use crate::check::Case;
use crate::facts::logstash::{Plugin, Role};
use crate::facts::scalar::Scalar;
use crate::lang::logstash::event::{interpolations, path};
use crate::repo::logstash::events::{Guarded, Joined, inner};

/// What Beats and the agent always send, in small letters.
const GIVEN: &[&str] = &["agent", "ecs", "data_stream", "beat"];
/// What a platform names in small letters; it may still be missing.
const LOWER: &[&str] = &["kubernetes", "container", "docker"];

pub(super) fn check(plugin: &Plugin, case: &mut Case<'_>) {
    let names = ["elasticsearch", "opensearch"];
    if plugin.role != Role::Output || !names.contains(&plugin.name.text.as_str()) {
        return case.skip();
    }
    let Some(index) = plugin.scalar("index").filter(|index| index.known) else { return };
    let joined = case.repo.joined(plugin.document);
    for (range, field) in interpolations(&index.text) {
        if path(field).first() != Some(&"@metadata") {
            judge(field, index, range, plugin, index, &joined, case);
            continue;
        }
        // What stands in the metadata is what a filter put there.
        for (filter, value) in joined.assigned(field) {
            let lower = joined.is_lowercased(field);
            for (range, source) in interpolations(&value.text).into_iter().filter(|_| value.known) {
                if !(lower && joined.has_default(source)) {
                    judge(source, value, range, filter, index, &joined, case);
                }
            }
        }
    }
}

/// Reports a field that may be missing, or hold capitals.
fn judge(
    field: &str,
    text: &Scalar,
    range: std::ops::Range<usize>,
    plugin: &Plugin,
    index: &Scalar,
    joined: &Joined<'_>,
    case: &mut Case<'_>,
) {
    let first = path(field).first().copied().unwrap_or_default();
    if GIVEN.contains(&first) || first == "@metadata" {
        return;
    }
    let guarded = case
        .repo
        .pipeline(plugin.document)
        .map_or(Guarded::No, |pipeline| pipeline.guarded(plugin.node, field));
    if guarded == Guarded::Pinned || is_set(field, joined) {
        return;
    }
    let there = guarded == Guarded::Present || joined.has_default(field);
    let lower = joined.is_lowercased(field) || LOWER.contains(&first);
    let what = match (there, lower) {
        (true, true) => return,
        (false, true) => "without the field events go to an index of that very name",
        (true, false) => "a capital letter in it, and the store refuses the record",
        (false, false) => {
            "without the field events go to an index of that very name, and with a capital letter in it the store refuses them"
        }
    };
    let place = inner(text, range);
    let flag = case.flag(place).with("field", field).with("what", what);
    if text.span != index.span {
        flag.related(index.span, "the index that is named by it");
    }
}

/// Whether every input, or a filter without a condition, gives the field a fixed value.
fn is_set(field: &str, joined: &Joined<'_>) -> bool {
    let fixed = |value: &Scalar| value.known && !value.text.contains("%{");
    let lower = |value: &Scalar| !value.text.chars().any(char::is_uppercase);
    let mut inputs = joined.of_role(Role::Input).peekable();
    let typed = path(field) == ["type"]
        && inputs.peek().is_some()
        && inputs
            .all(|input| input.scalar("type").is_some_and(|value| fixed(value) && lower(value)));
    // Inputs that each set it to something fixed: only their events are meant to come here.
    let assigned = joined.assigned(field);
    let by_inputs = !assigned.is_empty()
        && assigned
            .iter()
            .all(|(plugin, value)| plugin.role == Role::Input && fixed(value) && lower(value));
    typed
        || by_inputs
        || assigned.iter().any(|(plugin, value)| {
            plugin.role == Role::Filter
                && fixed(value)
                && lower(value)
                && plugin.option("add_field").is_none()
        })
}
