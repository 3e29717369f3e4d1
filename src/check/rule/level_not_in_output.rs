//! Levels in recorded names that the output does not have. Rule: rules/rule/level-not-in-output.yaml

use crate::check::Case;
use crate::lang::promql::labels::Presence;
use crate::repo::model::Place;
use crate::repo::queries::Query;
use std::collections::BTreeSet;

/// Labels that nearly every target has.
const TARGET: &[&str] =
    &["job", "instance", "namespace", "pod", "container", "service", "node", "handler", "path"];
/// Levels that name where a server runs: its external labels say so, not its series.
const EXTERNAL: &[&str] = &["cluster", "region", "zone", "datacenter", "env", "environment"];

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let (Some(record), Some(root)) = (query.record(), query.ast().root()) else {
        return case.skip();
    };
    if !record.name.known || !query.is_sound() {
        return case.skip();
    }
    let Some((level, _)) = record.name.text.split_once(':') else { return case.skip() };
    let Some(tokens) = segment(level, |word| is_label(case, word)) else { return case.skip() };
    let model = case.model;
    let set = model.with_rule_labels(record, model.labels(Place { query, node: root }).clone());
    if !set.closed {
        return;
    }
    let external: BTreeSet<&str> = case
        .repo
        .facts
        .prometheus
        .iter()
        .filter_map(|server| server.external_labels.as_ref())
        .flat_map(|labels| labels.keys())
        .collect();
    for token in tokens {
        // `pod` is how `pod_name` is called for short.
        let longer = format!("{token}_name");
        if set.get(token) == Presence::Absent
            && set.get(&longer) == Presence::Absent
            && !external.contains(token)
            && !EXTERNAL.contains(&token)
        {
            case.flag(record.name.span).with("label", token);
        }
    }
}

/// Words that name a quantity in a level, though some metric has a label of this name.
const QUANTITIES: &[&str] = &["cpu", "memory", "disk", "network", "count", "requests"];

/// Whether a word is a label: of most targets, or named by an expression of the repository.
fn is_label(case: &Case<'_>, word: &str) -> bool {
    let known = || {
        TARGET.contains(&word)
            || EXTERNAL.contains(&word)
            || case.model.label_names().contains(word)
    };
    !QUANTITIES.contains(&word) && known()
}

/// A level as labels joined by `_`; `None` if some part is no label.
fn segment(level: &str, known: impl Fn(&str) -> bool) -> Option<Vec<&str>> {
    let mut tokens = Vec::new();
    let mut rest = level;
    while !rest.is_empty() {
        let ends = rest.match_indices('_').map(|(at, _)| at).chain([rest.len()]);
        let end = ends.filter(|end| known(&rest[..*end])).max()?;
        tokens.push(&rest[..end]);
        rest = rest[end..].strip_prefix('_').unwrap_or_default();
    }
    (!tokens.is_empty()).then_some(tokens)
}
