//! Charts, and which file Helm means by the name it gives a template.

use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::yaml;
use crate::source::{Source, SourceId};
use std::collections::BTreeMap;

/// Charts by the folder they are in, with `/` at its end; of the root, empty.
pub type Charts = BTreeMap<String, Chart>;

/// What a `Chart.yaml` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chart {
    /// Its name, by which Helm names its templates.
    pub name: String,
    /// Charts it takes.
    pub dependencies: Vec<Dependency>,
}

/// A chart that another takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependency {
    /// The name in its own `Chart.yaml`.
    pub name: String,
    /// What it is called here.
    pub alias: Option<String>,
    /// Where it lies beside the chart that takes it: `file://` and a path.
    pub repository: Option<String>,
}

/// Reads a `Chart.yaml`; `None` without a name.
pub fn chart(source: &Source) -> Option<Chart> {
    let map = OffsetMap::slice(SourceId(0), 0);
    let text = &source.text()[source.content_start()..];
    let tree = yaml::parse(&yaml::Input { text, map: &map, masked: &[] });
    let root = tree.documents().next()?;
    let word = |node: NodeRef<'_>, key: &str| {
        node.get(key).and_then(NodeRef::scalar).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let dependency = |node: NodeRef<'_>| {
        let (alias, repository) = (word(node, "alias"), word(node, "repository"));
        Some(Dependency { name: word(node, "name")?, alias, repository })
    };
    let taken = root.get("dependencies").map(|list| list.items().filter_map(dependency).collect());
    Some(Chart { name: word(root, "name")?, dependencies: taken.unwrap_or_default() })
}

/// A template, and the charts around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template {
    /// Its path.
    pub path: String,
    /// Folders of its chart and of those that take it, the outermost first.
    pub folders: Vec<String>,
}

/// The file that Helm calls `chart/charts/other/templates/x.yaml`; `None` unless exactly one can be
/// meant.
pub(super) fn template(name: &str, paths: &[&str], charts: &Charts) -> Option<Template> {
    let (chart, rest) = name.split_once('/')?;
    let mut found: Vec<Template> = charts
        .iter()
        .filter(|(_, known)| known.name == chart)
        .filter_map(|(folder, _)| inside(folder, rest, charts))
        .filter(|template| paths.binary_search(&template.path.as_str()).is_ok())
        .collect();
    // A chart that is rendered for itself stands also in the folder of one that takes it.
    if found.len() > 1 {
        found.retain(|template| !is_taken(&template.folders[0], charts));
    }
    (found.len() == 1).then(|| found.swap_remove(0))
}

/// A chart whose templates are not in the repository.
pub(super) struct Packed<'a> {
    /// The folder of the chart that takes it.
    pub folder: String,
    /// What it is called there.
    pub chart: &'a str,
    /// The file it is packed in.
    pub archive: Option<&'a str>,
}

/// The chart that Helm means, where another takes it and its folder is not here.
pub(super) fn packed<'a>(name: &'a str, paths: &[&'a str], charts: &Charts) -> Option<Packed<'a>> {
    let (chart, mut rest) = name.split_once('/')?;
    let mut known = charts.iter().filter(|(_, known)| known.name == chart);
    let (mut folder, _) = known.next().map(|(folder, chart)| (folder.clone(), chart))?;
    if known.next().is_some() {
        return None;
    }
    while let Some((name, inner)) = rest.strip_prefix("charts/").and_then(|it| it.split_once('/')) {
        match taken(&folder, name, charts) {
            Some(inside) => (folder, rest) = (inside, inner),
            None => {
                let dependencies = &charts.get(&folder)?.dependencies;
                let called = |it: &&Dependency| it.alias.as_deref().unwrap_or(&it.name) == name;
                let start = format!("{folder}charts/{}-", dependencies.iter().find(called)?.name);
                let archive = paths
                    .iter()
                    .copied()
                    .find(|path| path.starts_with(&start) && path.ends_with(".tgz"));
                return Some(Packed { folder, chart: name, archive });
            }
        }
    }
    None
}

/// Follows the names of charts to the folder of the last.
fn inside(folder: &str, rest: &str, charts: &Charts) -> Option<Template> {
    let mut folders = vec![folder.to_owned()];
    let mut rest = rest;
    while let Some((name, inner)) = rest.strip_prefix("charts/").and_then(|it| it.split_once('/')) {
        folders.push(taken(folders.last()?, name, charts)?);
        rest = inner;
    }
    Some(Template { path: format!("{}{rest}", folders.last()?), folders })
}

/// The folder of the chart that one takes by this name: in its `charts`, else beside it.
fn taken(folder: &str, name: &str, charts: &Charts) -> Option<String> {
    let dependencies = &charts.get(folder)?.dependencies;
    let dependency = dependencies.iter().find(|it| it.alias.as_deref().unwrap_or(&it.name) == name);
    let real = dependency.map_or(name, |it| it.name.as_str());
    let base = format!("{folder}charts/");
    let mut within = charts
        .range(base.clone()..)
        .take_while(|(path, _)| path.starts_with(&base))
        .filter(|(path, chart)| path[base.len()..].matches('/').count() == 1 && chart.name == real)
        .map(|(path, _)| path.clone());
    if let Some(found) = within.next() {
        return within.next().is_none().then_some(found);
    }
    let beside = beside(folder, dependency?.repository.as_deref()?.strip_prefix("file://")?)?;
    charts.get(&beside).is_some_and(|chart| chart.name == real).then_some(beside)
}

/// A folder with `/` at its end, by its path from another; `None` outside the root.
pub(super) fn beside(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split_terminator('/').collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    parts.push("");
    Some(parts.join("/"))
}

/// Whether a chart lies in the `charts` of another.
fn is_taken(folder: &str, charts: &Charts) -> bool {
    folder.match_indices("charts/").any(|(at, _)| {
        (at == 0 || folder[..at].ends_with('/')) && charts.contains_key(&folder[..at])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Encoding;

    fn named(name: &str) -> Chart {
        Chart { name: name.to_owned(), dependencies: Vec::new() }
    }

    #[test]
    fn a_template_is_found_by_the_names_of_its_charts() {
        let text = "apiVersion: v2\nname: \"shop\" # ours\ndependencies:\n  - name: db\n    alias: store\n  - name: queue\n    repository: file://../queue-chart/\n";
        let shop =
            chart(&Source::new("Chart.yaml", text.to_owned(), Encoding::Utf8)).expect("a chart");
        let charts = Charts::from([
            ("charts/queue-chart/".to_owned(), named("queue")),
            ("charts/shop-chart/".to_owned(), shop),
            ("charts/shop-chart/charts/database/".to_owned(), named("db")),
        ]);
        let paths = [
            "charts/queue-chart/templates/rules.yaml",
            "charts/shop-chart/charts/database/templates/rules.yaml",
            "charts/shop-chart/templates/rules.yaml",
        ];
        let find = |name| template(name, &paths, &charts).map(|template| template.path);
        assert_eq!(find("shop/templates/rules.yaml").as_deref(), Some(paths[2]));
        assert_eq!(find("shop/charts/store/templates/rules.yaml").as_deref(), Some(paths[1]));
        assert_eq!(find("shop/charts/queue/templates/rules.yaml").as_deref(), Some(paths[0]));
        assert_eq!(find("queue/templates/rules.yaml").as_deref(), Some(paths[0]));
        assert_eq!(find("shop/templates/gone.yaml"), None);
        assert_eq!(find("other/templates/rules.yaml"), None);
        assert!(is_taken("charts/shop-chart/charts/database/", &charts));
        assert!(!is_taken("charts/shop-chart/", &charts));
    }
}
