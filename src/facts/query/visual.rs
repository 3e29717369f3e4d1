//! What visualisations of Kibana compute: classic ones and Lens.

use super::aggregate::how_of;
use super::{Aggregation, How, LogQuery, saved, text};
use crate::facts::scalar::Scalar;
use crate::parse::tree::NodeRef;

/// `visState` of a classic visualisation, or the same by value in a dashboard.
pub(super) fn classic(root: NodeRef<'_>, query: &mut LogQuery) {
    let lists = [root.get("aggs"), root.at(&["data", "aggs"])];
    for one in lists.into_iter().flatten().flat_map(NodeRef::items) {
        if one.get("enabled").and_then(NodeRef::scalar) == Some("false") {
            continue;
        }
        let Some(kind) = Scalar::under(one, "type") else { continue };
        let Some(params) = one.get("params") else { continue };
        let field = Scalar::under(params, "field");
        query.aggregations.push(Aggregation {
            name: kind.clone(),
            size: Scalar::under(params, "size"),
            field: field.clone(),
            parent: None,
            open: true,
            kind: kind.clone(),
        });
        if let Some(field) = field {
            query.used(field, how_of(&kind.text), false);
        }
        for filter in params.get("filters").into_iter().flat_map(NodeRef::items) {
            if let Some(input) = filter.get("input") {
                saved::bar(input, query);
            }
        }
    }
    series(root, query);
}

/// TSVB: series with their own filters, grouped by a field.
fn series(root: NodeRef<'_>, query: &mut LogQuery) {
    let Some(params) = root.get("params") else { return };
    if let Some(held) = params.get("filter") {
        saved::bar(held, query);
    }
    for one in params.get("series").into_iter().flat_map(NodeRef::items) {
        if let Some(field) = Scalar::under(one, "terms_field") {
            query.used(field, How::Bucket, false);
        }
        if let Some(held) = one.get("filter") {
            saved::bar(held, query);
        }
        for metric in one.get("metrics").into_iter().flat_map(NodeRef::items) {
            if let Some(field) = Scalar::under(metric, "field") {
                query.used(field, How::Metric, false);
            }
        }
    }
}

/// `attributes` of a Lens object.
pub(super) fn lens(attributes: NodeRef<'_>, query: &mut LogQuery) {
    let Some(state) = attributes.get("state") else { return };
    saved::search_source(state, query);
    for filter in state.get("filters").into_iter().flat_map(NodeRef::items) {
        let negated = filter.at(&["meta", "negate"]).and_then(NodeRef::scalar) == Some("true");
        if let Some(held) = filter.get("query").filter(|held| held.is_mapping()) {
            super::body::Reader { out: query }.query(held, negated, 0);
        }
    }
    for name in ["formBased", "indexpattern", "textBased"] {
        let layers = state.at(&["datasourceStates", name, "layers"]);
        for (_, layer) in layers.map(NodeRef::entries).unwrap_or_default() {
            if let Some(words) = layer.at(&["query", "esql"]) {
                text::read(words, query);
            }
            if name != "textBased" {
                for (_, column) in layer.get("columns").map(NodeRef::entries).unwrap_or_default() {
                    self::column(column, query);
                }
            }
        }
    }
}

fn column(column: NodeRef<'_>, query: &mut LogQuery) {
    let operation = column.get("operationType").and_then(NodeRef::scalar).unwrap_or_default();
    if let Some(held) = column.get("filter") {
        saved::bar(held, query);
    }
    if operation == "filters" {
        let filters = column.at(&["params", "filters"]);
        for filter in filters.into_iter().flat_map(NodeRef::items) {
            if let Some(input) = filter.get("input") {
                saved::bar(input, query);
            }
        }
    }
    // `___records___` counts rows.
    let field = Scalar::under(column, "sourceField").filter(|it| !it.text.starts_with("___"));
    if let Some(field) = field {
        let how = match operation {
            "terms" => How::Bucket,
            "date_histogram" | "range" => How::Histogram,
            "count" | "unique_count" | "cardinality" => How::Exists,
            _ => How::Metric,
        };
        query.used(field, how, false);
    }
}
