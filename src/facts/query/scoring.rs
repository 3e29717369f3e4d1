//! Conditions that only say yes or no, where the store computes a score for each.

use super::LogQuery;
use crate::lang::placeholder;
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// A list of conditions under `must`, each of which a record meets or not.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct YesNo {
    /// The key `must`.
    pub key: Span,
    /// Nothing asks for the scores, and no `filter` stands beside it: it could be one.
    pub free: bool,
}

/// Deepest nesting that is followed.
const DEPTH: usize = 60;
/// Kinds of conditions that a record meets or not.
const PLAIN: &[&str] =
    &["term", "terms", "range", "exists", "ids", "prefix", "wildcard", "regexp", "terms_set"];
/// Keys of a search for which scores are computed on purpose.
const SCORED: &[&str] = &["min_score", "rescore", "track_scores", "explain", "knn", "collapse"];

/// Reads a whole search.
pub(super) fn read(body: NodeRef<'_>, out: &mut LogQuery) {
    let Some(query) = body.get("query") else { return };
    if SCORED.iter().any(|key| body.get(key).is_some()) {
        return;
    }
    let none = body.get("size").and_then(NodeRef::scalar) == Some("0");
    let free = none || body.get("sort").is_some_and(is_by_fields);
    let mut open = vec![(query, 0)];
    while let Some((node, depth)) = open.pop() {
        if node.is_alias() || depth > DEPTH {
            continue;
        }
        for (key, value) in node.entries() {
            match key.scalar() {
                Some("bool") => {
                    if let Some((key, list)) = value.entry("must")
                        && is_yes_or_no(list)
                    {
                        let free = free && value.get("filter").is_none();
                        out.yes_no.push(YesNo { key: key.span(), free });
                    }
                    for arm in ["must", "should"].iter().filter_map(|arm| value.get(arm)) {
                        open.extend(arm.items().map(|item| (item, depth + 1)));
                        if arm.is_mapping() {
                            open.push((arm, depth + 1));
                        }
                    }
                }
                Some("nested") => open.extend(value.get("query").map(|inner| (inner, depth + 1))),
                _ => {}
            }
        }
    }
}

/// Whether an order asks for no score.
fn is_by_fields(sort: NodeRef<'_>) -> bool {
    let items: Vec<NodeRef<'_>> =
        if sort.is_sequence() { sort.items().collect() } else { vec![sort] };
    let plain = |name: Option<&str>| {
        name.is_some_and(|name| !name.starts_with("_score") && !placeholder::is_in(name))
    };
    !items.is_empty()
        && items.iter().all(|item| match item.is_mapping() {
            true => item.entries().all(|(key, _)| plain(key.scalar())),
            false => plain(item.scalar()),
        })
}

/// Whether all conditions of an arm are met or not.
fn is_yes_or_no(arm: NodeRef<'_>) -> bool {
    let one = |node: NodeRef<'_>| {
        let mut kinds = node.entries();
        let kind = kinds.next().and_then(|(key, value)| Some((key.scalar()?, value)));
        let boosted = |value: NodeRef<'_>| {
            value.get("boost").is_some()
                || value.pairs().any(|(_, inner)| inner.get("boost").is_some())
        };
        kinds.next().is_none()
            && kind.is_some_and(|(name, value)| PLAIN.contains(&name) && !boosted(value))
    };
    match arm.is_sequence() {
        true => arm.items().len() > 0 && arm.items().all(one),
        false => arm.is_mapping() && one(arm),
    }
}
