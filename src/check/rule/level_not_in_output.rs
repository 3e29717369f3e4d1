//! Levels in recorded names that the output does not have. Rule: rules/rule/level-not-in-output.yaml

use crate::check::Case;
use crate::lang::promql::ast::Kind;
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
    let known = known_labels(case);
    let Some(tokens) = segment(level, &known) else { return case.skip() };
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
        if set.get(token) == Presence::Absent
            && !external.contains(token)
            && !EXTERNAL.contains(&token)
        {
            case.flag(record.name.span).with("label", token);
        }
    }
}

/// Words that name a quantity in a level, though some metric has a label of this name.
const QUANTITIES: &[&str] = &["cpu", "memory", "disk", "network", "count", "requests"];

/// Every label that an expression of the repository names, and those of most targets.
fn known_labels<'a>(case: &Case<'a>) -> BTreeSet<&'a str> {
    let mut known: BTreeSet<&str> = TARGET.iter().chain(EXTERNAL).copied().collect();
    for query in case.model.queries().iter().filter(|query| query.rule().is_some()) {
        for node in &query.ast().nodes {
            match &node.kind {
                Kind::Selector(selector) => {
                    known.extend(selector.labels().map(|matcher| &*matcher.label.text));
                }
                Kind::Aggregate(aggregate) => {
                    let labels = aggregate.grouping.iter().flat_map(|grouping| &grouping.labels);
                    known.extend(labels.map(|label| &*label.text));
                }
                _ => {}
            }
        }
    }
    known.retain(|label| !QUANTITIES.contains(label));
    known
}

/// A level as labels joined by `_`; `None` if some part is no label.
fn segment<'l>(level: &'l str, known: &BTreeSet<&str>) -> Option<Vec<&'l str>> {
    let mut tokens = Vec::new();
    let mut rest = level;
    while !rest.is_empty() {
        let ends = rest.match_indices('_').map(|(at, _)| at).chain([rest.len()]);
        let end = ends.filter(|end| known.contains(&rest[..*end])).max()?;
        tokens.push(&rest[..end]);
        rest = rest[end..].strip_prefix('_').unwrap_or_default();
    }
    (!tokens.is_empty()).then_some(tokens)
}
