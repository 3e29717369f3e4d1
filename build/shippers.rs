//! The tables of log shippers (`shippers/*.yaml`) to static data.

use crate::fail;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::yaml;
use crate::source::SourceId;
use std::fmt::Write;
use std::path::Path;

/// Rust text that defines one `static` per table.
pub fn generate(folder: &Path) -> String {
    let mut out = String::new();
    for (file, name) in [("fluent-bit", "FLUENT_BIT"), ("fluentd", "FLUENTD"), ("vector", "VECTOR")]
    {
        let path = folder.join(format!("{file}.yaml"));
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| fail(&format!("cannot read {}: {error}", path.display())));
        let map = OffsetMap::slice(SourceId(0), 0);
        let tree = yaml::parse(&yaml::Input { text: &text, map: &map, masked: &[] });
        let Some(root) = tree.documents().next() else {
            fail(&format!("{} does not parse", path.display()));
        };
        let _ = writeln!(out, "static {name}: Table = {};", table(root, &path));
    }
    out
}

fn table(root: NodeRef<'_>, path: &Path) -> String {
    let known = [
        "program",
        "version",
        "source",
        "service",
        "common",
        "parser_files",
        "multiline_parsers",
        "plugins",
        "names",
    ];
    for (key, _) in root.pairs() {
        if !key.scalar().is_some_and(|key| known.contains(&key)) {
            fail(&format!(
                "{}: there is no key `{}`",
                path.display(),
                key.scalar().unwrap_or_default()
            ));
        }
    }
    let mut plugins: Vec<(String, String, String)> = Vec::new();
    for plugin in root.get("plugins").into_iter().flat_map(NodeRef::items) {
        let name = text(plugin, "name", path);
        let options = words(plugin.get("options"));
        let open = plugin.get("open").is_some();
        plugins.push((
            text(plugin, "role", path),
            name,
            format!(
                "open: {open}, options: &[{}], required: &{:?}",
                options.join(", "),
                plugin
                    .get("required")
                    .into_iter()
                    .flat_map(NodeRef::items)
                    .filter_map(NodeRef::scalar)
                    .collect::<Vec<_>>(),
            ),
        ));
    }
    for (role, names) in root.get("names").into_iter().flat_map(NodeRef::pairs) {
        for name in names.items().filter_map(NodeRef::scalar) {
            let role = role.scalar().unwrap_or_default().to_owned();
            plugins.push((
                role,
                name.to_owned(),
                "open: true, options: &[], required: &[]".to_owned(),
            ));
        }
    }
    plugins.sort();
    let mut out = String::from("Table {\n");
    let _ = writeln!(out, "version: {:?},", text(root, "version", path));
    let _ = writeln!(out, "source: {:?},", text(root, "source", path));
    let _ = writeln!(out, "service: &[{}],", words(root.get("service")).join(", "));
    let _ =
        writeln!(out, "multiline_parsers: &[{}],", words(root.get("multiline_parsers")).join(", "));
    for field in ["common", "parser_files"] {
        let _ = writeln!(out, "{field}: &[");
        for (key, list) in root.get(field).into_iter().flat_map(NodeRef::pairs) {
            let _ = writeln!(
                out,
                "({:?}, &[{}]),",
                key.scalar().unwrap_or_default(),
                words(Some(list)).join(", ")
            );
        }
        out.push_str("],\n");
    }
    out.push_str("plugins: &[\n");
    for (role, name, rest) in plugins {
        let _ = writeln!(out, "Plugin {{ role: {role:?}, name: {}, {rest} }},", word(&name));
    }
    out.push_str("] }");
    out
}

fn text(node: NodeRef<'_>, key: &str, path: &Path) -> String {
    match node.get(key).and_then(NodeRef::scalar) {
        Some(text) => text.to_owned(),
        None => fail(&format!("{}: `{key}` is missing", path.display())),
    }
}

fn words(list: Option<NodeRef<'_>>) -> Vec<String> {
    list.into_iter().flat_map(NodeRef::items).filter_map(NodeRef::scalar).map(word).collect()
}

/// `name`, `name*` (a prefix), `name+` (may repeat), and the minor versions that have it.
fn word(text: &str) -> String {
    let (name, versions) = text.split_once(' ').unwrap_or((text, ""));
    let (since, until) = versions.split_once('-').unwrap_or((versions, ""));
    let (name, prefix) = name.strip_suffix('*').map_or((name, false), |name| (name, true));
    let (name, repeats) = name.strip_suffix('+').map_or((name, prefix), |name| (name, true));
    format!(
        "Word {{ name: {name:?}, prefix: {prefix}, repeats: {repeats}, since: {since:?}, until: {until:?} }}"
    )
}
