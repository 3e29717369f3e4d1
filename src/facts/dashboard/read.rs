//! A dashboard of any form to its facts.

use super::language::Sources;
use super::{Dashboard, Variable, classic, v2};
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// Reads a dashboard: the classic form, bare, in the form of the API or in an object, or the
/// newer form of elements and a layout.
pub(in crate::facts) fn read(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let found = &facts.documents[document.index as usize];
    let (open, anchor) = (found.masked || found.broken, found.anchor);
    let object = root.get("kind").and_then(NodeRef::scalar) == Some("Dashboard");
    let body = [root.get("dashboard"), root.get("spec").filter(|_| object)]
        .into_iter()
        .flatten()
        .find(|inner| inner.is_mapping())
        .unwrap_or(root);
    let name = root.get("metadata").filter(|_| object).and_then(|meta| Scalar::under(meta, "name"));
    let uid = match object {
        true => name,
        false => Scalar::under(body, "uid").or_else(|| Scalar::under(root, "uid")),
    };
    let title = Scalar::under(body, "title");
    let inputs = read_inputs(body);
    let number = Scalar::under(body, "gnetId").is_some_and(|id| id.text != "0");
    let newer = body.get("elements").is_some();
    facts.dashboards.push(Dashboard {
        document,
        anchor: title.as_ref().or(uid.as_ref()).map_or(anchor, |scalar| scalar.span),
        has_panels: ["panels", "rows", "elements"].iter().any(|key| body.get(key).is_some()),
        imported: number || !inputs.is_empty(),
        open,
        inputs: inputs.iter().map(|(name, _)| name.clone()).collect(),
        uid,
        title,
    });
    let mut sources = Sources::default();
    for (name, plugin) in &inputs {
        sources.learn(name, plugin);
    }
    let variables = match newer {
        true => v2::variables(body, document, &mut sources),
        false => classic::variables(body, document, &mut sources),
    };
    facts.dashboard_variables.extend(variables);
    let panels = match newer {
        true => v2::panels(body, document, &sources),
        false => classic::panels(body, document, &sources),
    };
    facts.panels.extend(panels);
}

/// Name and plugin of what an import asks for.
fn read_inputs(body: NodeRef<'_>) -> Vec<(String, String)> {
    let text = |node: NodeRef<'_>, key: &str| {
        node.get(key).and_then(NodeRef::scalar).unwrap_or_default().to_owned()
    };
    body.get("__inputs")
        .into_iter()
        .flat_map(|list| list.items().collect::<Vec<_>>())
        .map(|input| (text(input, "name"), text(input, "pluginId")))
        .filter(|(name, _)| !name.is_empty())
        .collect()
}

/// A variable, unless it has no name.
pub(super) fn variable(
    node: NodeRef<'_>,
    kind: &str,
    query: Option<Scalar>,
    document: DocumentId,
) -> Option<Variable> {
    let name = Scalar::under(node, "name")?;
    Some(Variable { document, name, kind: kind.to_owned(), query })
}
