//! The newer form: `elements`, `layout` and `variables`.

use super::classic;
use super::language::{self, Language, Sources};
use super::{Panel, Target, Variable};
use crate::facts::DocumentId;
use crate::facts::scalar::Scalar;
use crate::parse::tree::NodeRef;

/// The variables, each an object of its kind.
pub(super) fn variables(
    body: NodeRef<'_>,
    document: DocumentId,
    sources: &mut Sources,
) -> Vec<Variable> {
    let mut found = Vec::new();
    for node in body.get("variables").into_iter().flat_map(NodeRef::items) {
        let kind = node.get("kind").and_then(NodeRef::scalar).unwrap_or_default();
        let Some(spec) = node.get("spec") else { continue };
        let text = |key: &str| spec.get(key).and_then(NodeRef::scalar);
        if let (Some(name), Some(plugin), "DatasourceVariable") =
            (text("name"), text("pluginId"), kind)
        {
            sources.learn(name, plugin);
        }
        let query = spec.get("query").and_then(|query| match query.is_mapping() {
            true => query.get("spec").and_then(|spec| {
                Scalar::under(spec, "query").or_else(|| Scalar::under(spec, "expr"))
            }),
            false => Scalar::template(query),
        });
        found.extend(super::read::variable(spec, kind, query, document));
    }
    found
}

/// The elements that are panels.
pub(super) fn panels(body: NodeRef<'_>, document: DocumentId, sources: &Sources) -> Vec<Panel> {
    let elements = body.get("elements").map(NodeRef::entries).unwrap_or_default();
    let mut found = Vec::new();
    for (key, element) in elements {
        let index = u32::try_from(found.len()).unwrap_or(u32::MAX);
        found.push(panel(key, element, document, index, sources));
    }
    found
}

fn panel(
    key: NodeRef<'_>,
    element: NodeRef<'_>,
    document: DocumentId,
    index: u32,
    sources: &Sources,
) -> Panel {
    let spec = element.get("spec").unwrap_or(element);
    let title = spec.get("title").and_then(Scalar::template);
    let config = spec.get("vizConfig");
    let plugin = config.and_then(|config| {
        let kind = Scalar::under(config, "kind").filter(|kind| kind.text != "VizConfig");
        kind.or_else(|| Scalar::under(config, "group"))
    });
    let inner = config.and_then(|config| config.get("spec"));
    let data = spec.at(&["data", "spec"]);
    let targets = data.and_then(|data| data.entry("queries"));
    let (thresholds, relative_thresholds) = inner.map(classic::thresholds).unwrap_or_default();
    let named = title.as_ref().filter(|title| !title.text.is_empty());
    Panel {
        document,
        index,
        anchor: named.map_or_else(|| key.span(), |title| title.span),
        library: element.get("kind").and_then(NodeRef::scalar) == Some("LibraryPanel"),
        language: Language::Unknown,
        datasource: None,
        default_source: false,
        targets_key: targets.map(|(key, _)| key.span()),
        targets: targets
            .into_iter()
            .flat_map(|(_, list)| list.items())
            .map(|query| target(query, sources))
            .collect(),
        units: inner.map(classic::units).unwrap_or_default(),
        thresholds,
        relative_thresholds,
        repeat: None,
        mapped: inner.is_some_and(classic::is_mapped),
        snapshot: false,
        no_value: false,
        transformed: data
            .and_then(|data| data.get("transformations"))
            .is_some_and(|list| list.items().len() > 0),
        title,
        plugin,
    }
}

fn target(node: NodeRef<'_>, sources: &Sources) -> Target {
    let spec = node.get("spec").unwrap_or(node);
    let query = spec.get("query");
    let text = |key: &str| query.and_then(|query| query.get(key)).and_then(NodeRef::scalar);
    // The plugin is the query's kind, or the group of a `DataQuery`.
    let plugin = match text("kind") {
        Some("DataQuery") => text("group"),
        kind => kind,
    };
    let own = spec.get("datasource").or_else(|| query.and_then(|query| query.get("datasource")));
    let language = match plugin {
        Some(plugin) if !plugin.is_empty() => Language::of_plugin(plugin),
        _ => sources.language(own),
    };
    let expr = query.and_then(|query| query.get("spec")).and_then(|spec| spec.get("expr"));
    Target {
        ref_id: spec.get("refId").and_then(NodeRef::scalar).unwrap_or_default().to_owned(),
        expr: expr.and_then(Scalar::template).map(|expr| language::expression(expr, language)),
        language,
        datasource: language::reference(own),
        hidden: spec.get("hidden").and_then(NodeRef::scalar) == Some("true"),
    }
}
