//! Documents beside each other: what one has of another, and where a place of one stands in another.

use crate::parse::tree::NodeRef;
use crate::source::Span;
use std::collections::BTreeMap;

/// Most nodes that one comparison looks at.
const MOST: usize = 200_000;

/// Keys by which items of lists are told apart.
const NAMES: &[&str] =
    &["name", "alert", "record", "job_name", "key", "mountPath", "containerPath"];

/// How many values of one document another has at the same place, and how many there are.
pub(super) fn shared(of: NodeRef<'_>, inside: NodeRef<'_>) -> (usize, usize) {
    let mut stack = vec![(of, Some(inside))];
    let (mut same, mut all) = (0, 0);
    for _ in 0..MOST {
        let Some((one, other)) = stack.pop() else { break };
        if one.is_mapping() {
            let known = other.map(keyed).unwrap_or_default();
            let pairs = one.entries();
            stack.extend(pairs.map(|(key, value)| {
                let found = key.scalar().and_then(|key| known.get(key));
                (value, found.map(|(_, value)| *value))
            }));
        } else if one.is_sequence() {
            stack.extend(items(one, other));
        } else {
            all += 1;
            same += usize::from(other.is_some_and(|other| alike(one, other)));
        }
    }
    (same, all)
}

/// Whether two scalars say the same, however they are written.
pub(super) fn alike(one: NodeRef<'_>, other: NodeRef<'_>) -> bool {
    match (one.scalar(), other.scalar()) {
        (Some(one), Some(other)) => one.trim_end() == other.trim_end(),
        _ => false,
    }
}

fn keyed<'t>(node: NodeRef<'t>) -> BTreeMap<&'t str, (NodeRef<'t>, NodeRef<'t>)> {
    let pairs = node.entries();
    pairs.filter_map(|(key, value)| Some((key.scalar()?, (key, value)))).collect()
}

/// What an item of a list is known by: a key and a value, or its text.
fn name_of<'t>(item: NodeRef<'t>) -> Option<(&'static str, &'t str)> {
    if let Some(text) = item.scalar() {
        return Some(("", text));
    }
    NAMES.iter().find_map(|key| Some((*key, item.get(key)?.scalar()?)))
}

/// The items of a list, each with the one of another list that is meant: by its name, else, in
/// lists of one length, by its number.
fn items<'a, 'b>(
    one: NodeRef<'a>,
    other: Option<NodeRef<'b>>,
) -> Vec<(NodeRef<'a>, Option<NodeRef<'b>>)> {
    let Some(other) = other else { return one.items().map(|item| (item, None)).collect() };
    let mut named: BTreeMap<(&str, &str), Vec<NodeRef<'b>>> = BTreeMap::new();
    for item in other.items() {
        named.entry(name_of(item).unwrap_or_default()).or_default().push(item);
    }
    let others: Vec<NodeRef<'b>> = other.items().collect();
    let alike = others.len() == one.items().len();
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let found = one.items().enumerate().map(|(at, item)| {
        let Some(name) = name_of(item) else {
            return (item, others.get(at).copied().filter(|_| alike));
        };
        // Several may have one name.
        let nth = seen.entry(name).or_default();
        *nth += 1;
        (item, named.get(&name).and_then(|all| all.get(*nth - 1)).copied())
    });
    found.collect()
}

/// Where a place of one document leads in another.
#[derive(Clone, Copy)]
pub(super) struct Met<'a, 'b> {
    /// The innermost node around the place.
    pub from: NodeRef<'a>,
    /// The place is a key.
    pub on_key: bool,
    /// The last key on the way to it, in its own document.
    pub last: Option<NodeRef<'a>>,
    /// What stands in the other document at the same way: the key, or the node.
    pub into: Option<NodeRef<'b>>,
    /// The last key on the way that the other document has.
    pub near: Option<NodeRef<'b>>,
}

/// Goes down to a place, in both documents.
pub(super) fn descend<'a, 'b>(from: NodeRef<'a>, into: NodeRef<'b>, span: Span) -> Met<'a, 'b> {
    let mut met = Met { from, on_key: false, last: None, into: Some(into), near: None };
    loop {
        let node = met.from;
        let pair = node.pairs().find(|(key, value)| {
            key.span().contains(span) || !value.is_alias() && value.span().contains(span)
        });
        if let Some((key, value)) = pair {
            let name = key.scalar().unwrap_or_default();
            let there = met.into.and_then(|into| into.entry(name));
            met.near = there.map(|(key, _)| key).or(met.near);
            met.last = Some(key);
            if key.span().contains(span) {
                met.into = there.map(|(key, _)| key);
                return Met { from: key, on_key: true, ..met };
            }
            (met.from, met.into) = (value, there.map(|(_, value)| value));
            continue;
        }
        let holds = |item: &NodeRef<'a>| !item.is_alias() && item.span().contains(span);
        let Some(at) = node.items().position(|item| holds(&item)) else { return met };
        let Some((item, other)) = items(node, met.into).into_iter().nth(at) else { return met };
        (met.from, met.into) = (item, other);
    }
}

/// The keys and numbers that lead to a place, and the scalar there.
pub(super) fn pointer(root: NodeRef<'_>, span: Span) -> Option<(Vec<String>, NodeRef<'_>)> {
    let (mut node, mut way) = (root, Vec::new());
    loop {
        let inside = |value: NodeRef<'_>| !value.is_alias() && value.span().contains(span);
        if let Some((key, value)) = node.pairs().find(|(_, value)| inside(*value)) {
            way.push(key.scalar()?.to_owned());
            node = value;
        } else if let Some(at) = node.items().position(inside) {
            way.push(at.to_string());
            node = node.items().nth(at)?;
        } else {
            return node.scalar().is_some().then_some((way, node));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{descend, shared};
    use crate::parse::offsets::OffsetMap;
    use crate::parse::tree::Tree;
    use crate::parse::yaml;
    use crate::source::{SourceId, Span};

    fn tree(text: &str) -> Tree {
        let map = OffsetMap::slice(SourceId(0), 0);
        yaml::parse(&yaml::Input { text, map: &map, masked: &[] })
    }

    #[test]
    fn values_are_compared_at_their_place() {
        let base =
            tree("kind: A\nspec:\n  list:\n    - {name: b, at: 2}\n    - {name: a, at: '1'}\n");
        let made =
            tree("kind: A\nspec:\n  list:\n  - at: 1\n    name: a\n  - at: 3\n    name: b\n");
        let (base, made) = (base.documents().next().unwrap(), made.documents().next().unwrap());
        assert_eq!(shared(base, made), (4, 5));
        assert_eq!(shared(base, base), (5, 5));
    }

    #[test]
    fn a_place_is_found_by_names_and_keys() {
        let text = "spec:\n  list:\n  - at: 1\n    name: a\n  - at: 3\n    more: x\n    name: b\n";
        let other = "spec:\n  list:\n    - {name: b, at: 2}\n    - {name: a, at: '1'}\n";
        let (made, base) = (tree(text), tree(other));
        let find = |word: &str| {
            let at = text.find(word).unwrap();
            let span = Span::new(SourceId(0), at, at + word.len());
            let (made, base) = (made.documents().next().unwrap(), base.documents().next().unwrap());
            let met = descend(made, base, span);
            let slice = |node: Option<crate::parse::tree::NodeRef<'_>>| {
                node.map(|node| other[node.span().range()].to_owned())
            };
            (slice(met.into), slice(met.near))
        };
        assert_eq!(find("1"), (Some("'1'".into()), Some("at".into())));
        assert_eq!(find("3"), (Some("2".into()), Some("at".into())));
        assert_eq!(find("x"), (None, Some("list".into())));
        assert_eq!(find("list"), (Some("list".into()), Some("list".into())));
    }
}
