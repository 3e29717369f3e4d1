//! Tables of plugins (`plugins/*.yaml`) to static data. What is wrong in a table stops the build.

use crate::fail;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::yaml;
use crate::source::SourceId;
use std::fmt::Write;
use std::path::Path;

/// Rust text that defines `VERSION`, `COMMON`, `PLUGINS`, `OTHERS` and `PATTERNS`.
pub fn generate(folder: &Path) -> String {
    let mut out = String::new();
    document(&folder.join("logstash.yaml"), |root, stop| {
        let version = text(root, "version").unwrap_or_else(|| stop("no `version`"));
        let _ =
            writeln!(out, "/// The release that was read.\npub const VERSION: &str = {version:?};");
        for (key, name) in [("common", "COMMON"), ("plugins", "PLUGINS")] {
            let mut rows: Vec<(String, String, String)> = Vec::new();
            for plugin in items(root, key) {
                let role = text(plugin, "role").unwrap_or_else(|| stop("a plugin without role"));
                let name = text(plugin, "name").unwrap_or_default();
                let row = row(plugin, &role, &name, stop);
                rows.push((role, name, row));
            }
            rows.sort();
            if let Some(two) =
                rows.windows(2).find(|two| two[0].0 == two[1].0 && two[0].1 == two[1].1)
            {
                stop(&format!("`{} {}` stands twice", two[0].0, two[0].1));
            }
            let rows: String = rows.into_iter().map(|(.., row)| row).collect();
            let _ = writeln!(out, "static {name}: &[Plugin] = &[{rows}];");
        }
        let mut others: Vec<(String, String)> = Vec::new();
        for (role, names) in root.get("others").map(NodeRef::entries).unwrap_or_default() {
            let role = role.scalar().unwrap_or_default().to_owned();
            let names = names.scalar().unwrap_or_default().to_owned();
            others.extend(names.split_whitespace().map(|name| (role.clone(), name.to_owned())));
        }
        others.sort();
        let _ = writeln!(out, "static OTHERS: &[(&str, &str)] = &{others:?};");
    });
    document(&folder.join("grok.yaml"), |root, stop| {
        let mut patterns: Vec<(String, String)> = Vec::new();
        for set in ["legacy", "ecs-v1"] {
            let names = text(root, set).unwrap_or_else(|| stop(&format!("no `{set}`")));
            patterns.extend(names.split_whitespace().map(|name| (name.to_owned(), set.to_owned())));
        }
        patterns.sort();
        let _ = writeln!(out, "static PATTERNS: &[(&str, &str)] = &{patterns:?};");
    });
    out
}

fn document(path: &Path, mut read: impl FnMut(NodeRef<'_>, &dyn Fn(&str) -> String)) {
    let found = std::fs::read_to_string(path)
        .unwrap_or_else(|error| fail(&format!("cannot read {}: {error}", path.display())));
    let stop = |message: &str| -> String { fail(&format!("{}: {message}", path.display())) };
    let map = OffsetMap::slice(SourceId(0), 0);
    let tree = yaml::parse(&yaml::Input { text: &found, map: &map, masked: &[] });
    if let Some(issue) = tree.roots.iter().flat_map(|root| &root.issues).next() {
        stop(&issue.message);
    }
    match tree.documents().next() {
        Some(root) => read(root, &stop),
        None => drop(stop("an empty table")),
    }
}

fn items<'t>(node: NodeRef<'t>, key: &str) -> impl Iterator<Item = NodeRef<'t>> + use<'t> {
    node.get(key).into_iter().flat_map(NodeRef::items)
}

fn text(node: NodeRef<'_>, key: &str) -> Option<String> {
    node.get(key).and_then(NodeRef::scalar).map(str::to_owned)
}

const KEYS: &[&str] =
    &["name", "type", "enum", "list", "required", "deprecated", "obsolete", "renamed"];
const TYPES: &[(&str, &str)] = &[
    ("any", "Any"),
    ("string", "Text"),
    ("number", "Number"),
    ("boolean", "Boolean"),
    ("array", "Array"),
    ("hash", "Hash"),
    ("codec", "Codec"),
    ("password", "Password"),
    ("uri", "Uri"),
    ("path", "Path"),
    ("bytes", "Bytes"),
    ("field_reference", "Field"),
];

fn row(plugin: NodeRef<'_>, role: &str, name: &str, stop: &dyn Fn(&str) -> String) -> String {
    let mut options: Vec<(String, String)> = Vec::new();
    for option in items(plugin, "options") {
        let own = text(option, "name").unwrap_or_else(|| stop("an option without a name"));
        for (key, _) in option.pairs() {
            let key = key.scalar().unwrap_or_default();
            if !KEYS.contains(&key) {
                stop(&format!("`{own}` has a key `{key}`"));
            }
        }
        let kind = text(option, "type").unwrap_or_else(|| "string".to_owned());
        let Some((_, kind)) = TYPES.iter().find(|(known, _)| *known == kind) else {
            drop(stop(&format!("`{kind}` is no type")));
            continue;
        };
        let values: Vec<&str> = items(option, "enum").filter_map(NodeRef::scalar).collect();
        let flag = |key: &str| text(option, key).as_deref() == Some("true");
        let row = format!(
            "Opt {{ name: {own:?}, kind: Type::{kind}, values: &{values:?}, list: {}, required: {}, \
             deprecated: {}, obsolete: {:?}, renamed: {:?} }}, ",
            flag("list"),
            flag("required"),
            flag("deprecated"),
            text(option, "obsolete"),
            text(option, "renamed"),
        );
        options.push((own, row));
    }
    options.sort();
    let options: String = options.into_iter().map(|(_, row)| row).collect();
    format!("Plugin {{ role: {role:?}, name: {name:?}, options: &[{options}] }},\n")
}
