//! One node that waits for masters. Rule: rules/elas/single-node-with-masters.yaml

use crate::check::Case;
use crate::facts::elastic::node::list_of;
use crate::finding::Edit;
use crate::repo::engines::Cluster;
use crate::source::Span;

pub(super) fn check(cluster: &Cluster, case: &mut Case<'_>) {
    let repo = case.repo;
    for node in &cluster.nodes {
        let Some(kind) = node.get("discovery.type").filter(|it| it.text() == Some("single-node"))
        else {
            continue;
        };
        let masters = node
            .first(&["cluster.initial_master_nodes", "cluster.initial_cluster_manager_nodes"])
            .filter(|setting| {
                list_of(setting).is_some_and(|list| list.iter().any(|it| !it.is_empty()))
            });
        let Some(masters) = masters else { continue };
        let flag = case
            .flag(masters.span)
            .with("key", &masters.key)
            .related(kind.span, "the node is to stand alone");
        // A line of its own, flat and on one line, can go.
        let source = repo.source(masters.span.source);
        let last = masters.values().last().map_or(masters.span, |value| value.span);
        let line = source.line_of(masters.span.start);
        if line == source.line_of(last.end) && !masters.list {
            let text = source.text();
            let start = text[..masters.span.start as usize].rfind('\n').map_or(0, |at| at + 1);
            let end = text[last.end as usize..].find('\n').map(|at| last.end as usize + at + 1);
            let before =
                text[start..masters.span.start as usize].trim_matches([' ', '-', '"', '\'']);
            if before.is_empty() && start > 0 {
                let span = Span::new(masters.span.source, start, end.unwrap_or(text.len()));
                flag.fix(false, "Remove the list", vec![Edit { span, text: String::new() }]);
            }
        }
        return;
    }
}
