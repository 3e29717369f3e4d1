//! Changes that kustomizations make themselves: patches written in them, and lists of operations.

use super::nodes::{alike, descend, pointer};
use super::objects::{Origins, numbered};
use crate::parse::embed::{Host, embedded};
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::{NodeRef, Tree};
use crate::parse::yaml;
use crate::repo::Repo;
use crate::source::Span;

/// The texts of patches in kustomizations, and files of operations.
pub(super) fn trees(repo: &Repo, origins: &Origins) -> Vec<Tree> {
    let mut trees = Vec::new();
    for path in &origins.kustomizations {
        let Some(id) = repo.source_at(path) else { continue };
        let (source, map) = (repo.source(id), OffsetMap::slice(id, 0));
        let host = Host { text: source.text(), map: &map, unknown: &[] };
        let tree = numbered(id, source);
        for root in tree.documents() {
            let lists = ["patches", "patchesJson6902", "patchesStrategicMerge"];
            let items = lists.iter().filter_map(|key| root.get(key)).flat_map(NodeRef::items);
            for item in items {
                let text = item.get("patch").unwrap_or(item);
                let Some(placed) = text.scalar().and_then(|_| embedded(text, host)) else {
                    continue;
                };
                let input = yaml::Input { text: &placed.text, map: &placed.map, masked: &[] };
                trees.push(yaml::parse(&input));
            }
        }
    }
    for path in &origins.patches {
        let tree = repo.source_at(path).map(|id| numbered(id, repo.source(id)));
        trees.extend(tree.filter(|tree| tree.documents().any(NodeRef::is_sequence)));
    }
    trees
}

/// The only value in these patches that a place of a rendered object has by one of them.
pub(super) fn place(trees: &[Tree], root: NodeRef<'_>, span: Span) -> Option<Span> {
    let (way, from) = pointer(root, span)?;
    let kind = |node: NodeRef<'_>| node.get("kind").and_then(NodeRef::scalar).map(str::to_owned);
    let mut found = None;
    for patch in trees.iter().flat_map(Tree::documents) {
        let values: Vec<NodeRef<'_>> = if patch.is_sequence() {
            patch.items().filter_map(|one| set_by(one, &way)).collect()
        } else if kind(patch).is_some() && kind(patch) == kind(root) {
            descend(root, patch, span).into.into_iter().collect()
        } else {
            Vec::new()
        };
        for value in values.into_iter().filter(|value| alike(*value, from)) {
            if found.replace(value.span()).is_some() {
                return None;
            }
        }
    }
    found
}

/// The value that an operation gives to a place.
fn set_by<'t>(operation: NodeRef<'t>, way: &[String]) -> Option<NodeRef<'t>> {
    let rest = leads(operation.get("path")?.scalar()?, way)?;
    rest.iter().try_fold(operation.get("value")?, |node, key| inner(node, key))
}

/// What stands under a key or a number.
fn inner<'t>(node: NodeRef<'t>, key: &str) -> Option<NodeRef<'t>> {
    match node.is_sequence() {
        true => node.items().nth(key.parse().ok()?),
        false => node.get(key),
    }
}

/// What is left of the way to a place behind the path of an operation; `-` is the end of a list.
fn leads<'w>(path: &str, way: &'w [String]) -> Option<&'w [String]> {
    let parts = path.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~"));
    let mut rest = way;
    for part in parts {
        let (first, more) = rest.split_first()?;
        let end = part == "-" && first.bytes().all(|byte| byte.is_ascii_digit());
        if part != *first && !end {
            return None;
        }
        rest = more;
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::leads;

    #[test]
    fn the_path_of_an_operation_is_a_pointer() {
        let left = |path: &str, way: &str| {
            let way: Vec<String> = way.split(' ').map(str::to_owned).collect();
            leads(path, &way).map(<[String]>::len)
        };
        assert_eq!(left("/spec/rules/2/expr", "spec rules 2 expr"), Some(0));
        assert_eq!(left("/data/a~1b", "data a/b"), Some(0));
        assert_eq!(left("/args/-", "args 3"), Some(0));
        assert_eq!(left("/spec/rules/-", "spec rules 2 expr"), Some(1));
        assert_eq!(left("/spec/rules/1/expr", "spec rules 2 expr"), None);
        assert_eq!(left("/spec/rules", "spec"), None);
    }
}
