//! Shares of every filesystem there is. Rule: rules/pql/filesystem-unfiltered.yaml

use super::places;
use crate::check::Case;
use crate::lang::promql::ast::{Kind, NodeId, Op, Selector};
use crate::repo::queries::Query;

const PREFIX: &str = "node_filesystem_";

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let readonly = query
        .ast()
        .selectors()
        .any(|(_, selector)| selector.metric() == Some("node_filesystem_readonly"));
    if readonly {
        return;
    }
    for place in places(query) {
        let Kind::Binary(binary) = place.kind() else { continue };
        if binary.op != Op::Div {
            continue;
        }
        let sides = [binary.left, binary.right].map(|side| filesystems(query, side));
        let [Some(parts), Some(wholes)] = sides else { continue };
        if parts.iter().chain(&wholes).any(|selector| is_chosen(selector)) {
            continue;
        }
        let Some(name) = parts.first().and_then(|selector| selector.metric_extent()) else {
            continue;
        };
        let span = case.place(query, name);
        case.flag(span).with("metric", query.text(name));
    }
}

/// The selectors below a node, if there are any and all are of filesystems.
fn filesystems<'r>(query: &Query<'r>, side: NodeId) -> Option<Vec<&'r Selector>> {
    let mut selectors = Vec::new();
    for (_, node) in query.ast().subtree(side) {
        let Kind::Selector(selector) = &node.kind else { continue };
        if !selector.metric().is_some_and(|name| name.starts_with(PREFIX)) {
            return None;
        }
        selectors.push(&**selector);
    }
    (!selectors.is_empty()).then_some(selectors)
}

fn is_chosen(selector: &Selector) -> bool {
    selector.labels().any(|matcher| {
        matches!(&*matcher.label.text, "fstype" | "mountpoint" | "device" | "mount_point")
    })
}
