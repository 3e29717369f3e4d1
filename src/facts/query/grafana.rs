//! Panels of Grafana that read logs: Elasticsearch, OpenSearch, Loki.

use super::aggregate::how_of;
use super::{Form, How, LogQuery, text};
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// Most panels that are looked at.
const MOST: usize = 2_000;

/// Reads the panels of a dashboard, those of rows too.
pub(in crate::facts) fn read_panels(
    root: NodeRef<'_>,
    document: DocumentId,
    facts: &mut FileFacts,
) {
    let body = [root.get("dashboard"), root.get("spec")].into_iter().flatten().next();
    let body = body.filter(|_| root.get("panels").is_none()).unwrap_or(root);
    let lists = ["panels", "rows"].iter().filter_map(|key| body.get(key));
    let mut open: Vec<NodeRef<'_>> = lists.flat_map(NodeRef::items).collect();
    open.reverse();
    let mut seen = 0;
    while let Some(panel) = open.pop() {
        seen += 1;
        if seen > MOST || panel.is_alias() {
            continue;
        }
        let inside: Vec<_> = panel.get("panels").into_iter().flat_map(NodeRef::items).collect();
        open.extend(inside.into_iter().rev());
        read_panel(panel, document, facts);
    }
}

fn read_panel(panel: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let title =
        panel.get("title").and_then(Scalar::template).filter(|title| !title.text.is_empty());
    let first = panel.pairs().next().map_or(panel.span(), |(key, _)| key.span());
    let anchor = title.as_ref().map_or(first, |title| title.span);
    let mut query = LogQuery::new(document, title, anchor, Form::Panel);
    query.timed_elsewhere = true;
    for target in panel.get("targets").into_iter().flat_map(NodeRef::items) {
        let source = |node: NodeRef<'_>| {
            let named = node.get("datasource")?;
            let name = named.scalar().or_else(|| named.get("type")?.scalar())?;
            Some(name.to_ascii_lowercase())
        };
        let source = source(target).or_else(|| source(panel)).unwrap_or_default();
        if let Some(aggs) = target.get("bucketAggs") {
            elastic(target, aggs, &mut query);
        } else if (source.contains("loki") || speaks_logs(target))
            && let Some(expr) = target.get("expr").and_then(Scalar::template)
        {
            text::add(&expr, &mut query);
        }
    }
    if !query.uses.is_empty() {
        facts.log_queries.push(query);
    }
}

/// Whether a query is LogQL whatever its source is called: it filters lines or parses them.
fn speaks_logs(target: NodeRef<'_>) -> bool {
    let expr = target.get("expr").and_then(NodeRef::scalar).unwrap_or_default();
    expr.contains('{') && ["|=", "|~", "| json", "| logfmt"].iter().any(|sign| expr.contains(sign))
}

fn elastic(target: NodeRef<'_>, aggs: NodeRef<'_>, query: &mut LogQuery) {
    if let Some(words) = target.get("query").and_then(Scalar::template) {
        text::add(&words, query);
    }
    for (list, buckets) in [(Some(aggs), true), (target.get("metrics"), false)] {
        for one in list.into_iter().flat_map(NodeRef::items) {
            let kind = one.get("type").and_then(NodeRef::scalar).unwrap_or_default();
            let how = if buckets { how_of(kind) } else { How::Metric };
            // A metric of a metric is named by its number.
            if let Some(field) =
                Scalar::under(one, "field").filter(|it| it.text.parse::<u32>().is_err())
            {
                query.used(field, how, false);
            }
            let filters = one.at(&["settings", "filters"]);
            for filter in filters.into_iter().flat_map(NodeRef::items) {
                if let Some(words) = filter.get("query").and_then(Scalar::template) {
                    text::add(&words, query);
                }
            }
        }
    }
}
