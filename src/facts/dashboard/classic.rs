//! The classic form: `panels`, or `rows` of older releases, and `templating`.

use super::language::{self, Language, Sources};
use super::{Panel, Scope, Target, Unit, Variable};
use crate::facts::DocumentId;
use crate::facts::scalar::Scalar;
use crate::parse::tree::NodeRef;

/// The variables of `templating`.
pub(super) fn variables(
    body: NodeRef<'_>,
    document: DocumentId,
    sources: &mut Sources,
) -> Vec<Variable> {
    let list = body.at(&["templating", "list"]);
    let mut found = Vec::new();
    for node in list.into_iter().flat_map(NodeRef::items) {
        let kind = node.get("type").and_then(NodeRef::scalar).unwrap_or_default();
        let query = node.get("query").and_then(|query| match query.is_mapping() {
            true => Scalar::under(query, "query").or_else(|| Scalar::under(query, "expr")),
            false => Scalar::template(query),
        });
        if let (Some(name), Some(query), "datasource") =
            (node.get("name").and_then(NodeRef::scalar), &query, kind)
        {
            sources.learn(name, &query.text);
        }
        let query = query.or_else(|| node.get("definition").and_then(Scalar::template));
        found.extend(super::read::variable(node, kind, query, document));
    }
    found
}

/// The panels, those inside rows after their row.
pub(super) fn panels(body: NodeRef<'_>, document: DocumentId, sources: &Sources) -> Vec<Panel> {
    let mut open: Vec<NodeRef<'_>> = Vec::new();
    for list in ["rows", "panels"].iter().filter_map(|key| body.get(key)) {
        let items: Vec<_> = list.items().collect();
        open.extend(items.into_iter().rev());
    }
    let mut found = Vec::new();
    while let Some(node) = open.pop() {
        if !node.is_mapping() || node.is_alias() {
            continue;
        }
        let inside: Vec<_> = node.get("panels").into_iter().flat_map(NodeRef::items).collect();
        let old_row = node.get("type").is_none() && node.get("panels").is_some();
        open.extend(inside.into_iter().rev());
        if !old_row {
            let index = u32::try_from(found.len()).unwrap_or(u32::MAX);
            found.push(panel(node, document, index, sources));
        }
    }
    found
}

fn panel(node: NodeRef<'_>, document: DocumentId, index: u32, sources: &Sources) -> Panel {
    let title = node.get("title").and_then(Scalar::template);
    let plugin = Scalar::under(node, "type");
    let first = node.pairs().next().map_or(node.span(), |(key, _)| key.span());
    let named = title.as_ref().filter(|title| !title.text.is_empty()).or(plugin.as_ref());
    let datasource = node.get("datasource");
    let language = sources.language(datasource);
    let targets = node.entry("targets");
    let (thresholds, relative_thresholds) = thresholds(node);
    Panel {
        document,
        index,
        anchor: named.map_or(first, |scalar| scalar.span),
        library: node.get("libraryPanel").is_some(),
        language,
        datasource: language::reference(datasource),
        default_source: datasource.is_some_and(|source| source.is_mapping())
            && language::reference(datasource).is_none(),
        targets_key: targets.map(|(key, _)| key.span()),
        targets: targets
            .into_iter()
            .flat_map(|(_, list)| list.items())
            .map(|target| self::target(target, language, sources))
            .collect(),
        units: units(node),
        thresholds,
        relative_thresholds,
        repeat: Scalar::under(node, "repeat"),
        mapped: is_mapped(node),
        snapshot: node.get("snapshotData").is_some(),
        no_value: has_no_value(node),
        transformed: node.get("transformations").is_some_and(|list| list.items().len() > 0),
        title,
        plugin,
    }
}

/// Whether a panel says in words what it shows where there is nothing; an empty text is the default.
fn has_no_value(node: NodeRef<'_>) -> bool {
    let text = node.at(&["fieldConfig", "defaults", "noValue"]).and_then(NodeRef::scalar);
    text.is_some_and(|text| text.chars().any(char::is_alphabetic))
}

/// Plugins that take no query from `expr`.
const WITHOUT_EXPR: &[&str] = &[
    "cloudwatch",
    "elasticsearch",
    "grafana-opensearch-datasource",
    "grafana-postgresql-datasource",
    "graphite",
    "influxdb",
    "mssql",
    "mysql",
    "postgres",
];

fn target(node: NodeRef<'_>, of_panel: Language, sources: &Sources) -> Target {
    let own = node.get("datasource").filter(|source| !source.is_null());
    let language = match sources.language(own) {
        Language::Unknown => of_panel,
        language => language,
    };
    // What is left of a source that was there before: the one of now asks in fields of its own.
    let plugin = own.and_then(|source| source.get("type")).and_then(NodeRef::scalar);
    let left_over = plugin.is_some_and(|plugin| WITHOUT_EXPR.contains(&plugin));
    let expr = node.get("expr").filter(|_| !left_over).and_then(Scalar::template);
    Target {
        ref_id: node.get("refId").and_then(NodeRef::scalar).unwrap_or_default().to_owned(),
        expr: expr.map(|scalar| language::expression(scalar, language)),
        language,
        datasource: language::reference(own),
        hidden: node.get("hide").and_then(NodeRef::scalar) == Some("true"),
    }
}

/// Units of `fieldConfig`, and of the panels of older releases.
pub(super) fn units(node: NodeRef<'_>) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut add = |value: Option<Scalar>, scope: Scope| {
        let known = value.filter(|value| !value.text.is_empty());
        units.extend(known.map(|value| Unit { value, scope }));
    };
    for path in [
        &["fieldConfig", "defaults", "unit"][..],
        &["options", "fieldOptions", "defaults", "unit"],
        &["options", "fieldOptions", "unit"],
    ] {
        add(node.at(path).and_then(Scalar::of), Scope::All);
    }
    let overrides = node.at(&["fieldConfig", "overrides"]);
    for one in overrides.into_iter().flat_map(NodeRef::items) {
        let matcher = one.at(&["matcher", "id"]).and_then(NodeRef::scalar);
        let option = one.at(&["matcher", "options"]).and_then(NodeRef::scalar);
        let scope = match (matcher, option) {
            (Some("byFrameRefID"), Some(query)) => Scope::Query(query.to_owned()),
            _ => Scope::Some,
        };
        for property in one.get("properties").into_iter().flat_map(NodeRef::items) {
            if property.get("id").and_then(NodeRef::scalar) == Some("unit") {
                add(property.get("value").and_then(Scalar::of), scope.clone());
            }
        }
    }
    older_units(node, &mut add);
    units
}

fn older_units(node: NodeRef<'_>, add: &mut impl FnMut(Option<Scalar>, Scope)) {
    match node.get("type").and_then(NodeRef::scalar).unwrap_or_default() {
        "graph" => {
            let right = |one: NodeRef<'_>| one.get("yaxis").and_then(NodeRef::scalar) == Some("2");
            let moved = node.get("seriesOverrides").is_some_and(|list| list.items().any(right));
            for (at, axis) in node.get("yaxes").into_iter().flat_map(NodeRef::items).enumerate() {
                // Without series on the right axis all of them are on the left.
                if at == 0 || moved {
                    let scope = if moved { Scope::Some } else { Scope::All };
                    add(Scalar::under(axis, "format"), scope);
                }
            }
        }
        "singlestat" => add(Scalar::under(node, "format"), Scope::All),
        "heatmap" => {
            add(node.at(&["yAxis", "format"]).and_then(Scalar::of), Scope::Some);
        }
        "table" | "table-old" => {
            for style in node.get("styles").into_iter().flat_map(NodeRef::items) {
                add(Scalar::under(style, "unit"), Scope::Some);
            }
        }
        _ => {}
    }
}

/// Whether values are shown as words.
pub(super) fn is_mapped(node: NodeRef<'_>) -> bool {
    let lists = [
        node.at(&["fieldConfig", "defaults", "mappings"]),
        node.at(&["options", "fieldOptions", "defaults", "mappings"]),
        node.get("valueMaps")
            .filter(|_| node.get("type").and_then(NodeRef::scalar) == Some("singlestat")),
    ];
    // An old panel has a mapping of `null` by default.
    let real = |one: NodeRef<'_>| {
        one.get("value").and_then(NodeRef::scalar) != Some("null")
            && one.at(&["options", "match"]).and_then(NodeRef::scalar) != Some("null")
    };
    lists.into_iter().flatten().any(|list| list.items().any(real))
}

/// Numbers of the thresholds, and whether they are parts of a range.
pub(super) fn thresholds(node: NodeRef<'_>) -> (Vec<Scalar>, bool) {
    let newer = node
        .at(&["fieldConfig", "defaults", "thresholds"])
        .or_else(|| node.at(&["options", "fieldOptions", "defaults", "thresholds"]));
    let relative = newer
        .and_then(|node| node.get("mode"))
        .and_then(NodeRef::scalar)
        .is_some_and(|mode| mode == "percentage");
    let list = newer.and_then(|node| node.get("steps")).or_else(|| node.get("thresholds"));
    let steps = list.into_iter().flat_map(NodeRef::items);
    (steps.filter_map(|step| Scalar::under(step, "value")).collect(), relative)
}
