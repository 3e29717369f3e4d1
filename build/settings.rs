//! Tables of settings to static data. What is wrong in a table stops the build at its line.

use crate::fail;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::yaml;
use crate::source::SourceId;
use std::fmt::Write;
use std::path::Path;

/// Rust text that defines `TABLES`.
pub fn generate(root: &Path) -> String {
    let mut paths: Vec<_> = std::fs::read_dir(root)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    paths.sort();
    let mut out = String::from("static TABLES: &[Table] = &[\n");
    for path in paths {
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| fail(&format!("cannot read {}: {error}", path.display())));
        out.push_str(&table(&path, &text));
    }
    out.push_str("];\n");
    out
}

fn table(path: &Path, text: &str) -> String {
    let map = OffsetMap::slice(SourceId(0), 0);
    let tree = yaml::parse(&yaml::Input { text, map: &map, masked: &[] });
    let stop = |message: &str| -> ! { fail(&format!("{}: {message}", path.display())) };
    if let Some(issue) = tree.roots.iter().flat_map(|root| &root.issues).next() {
        stop(&issue.message);
    }
    let Some(top) = tree.documents().next() else { stop("an empty table") };
    let word = |path: &[&str]| {
        let found = top.at(path).and_then(NodeRef::scalar);
        found.unwrap_or_else(|| stop(&format!("no `{}`", path.join("."))))
    };
    let words = |node: NodeRef<'_>| -> Vec<String> {
        let text = node.scalar().unwrap_or_default();
        text.split_whitespace().map(str::to_owned).collect()
    };
    let mut keys = Vec::new();
    for (prefix, list) in top.get("keys").map(NodeRef::entries).unwrap_or_default() {
        let prefix = prefix.scalar().unwrap_or_default();
        let full = |key: String| if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        keys.extend(words(list).into_iter().map(full));
    }
    keys.sort();
    if let Some(pair) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
        stop(&format!("`{}` stands twice", pair[0]));
    }
    let closed: Vec<&str> = top
        .get("closed")
        .into_iter()
        .flat_map(NodeRef::items)
        .filter_map(NodeRef::scalar)
        .collect();
    let mut removed: Vec<(String, String)> = Vec::new();
    for (key, entry) in top.get("removed").map(NodeRef::entries).unwrap_or_default() {
        let name = key.scalar().unwrap_or_default().to_owned();
        let since = entry.get("in").and_then(NodeRef::scalar);
        let Some(since) = since else { stop(&format!("`{name}` is removed in no release")) };
        let instead = entry.get("use").and_then(NodeRef::scalar);
        let text = format!("Removed {{ key: {name:?}, since: {since:?}, instead: {instead:?} }}, ");
        removed.push((name, text));
    }
    removed.sort();
    let mut out = String::new();
    let _ = writeln!(
        out,
        "Table {{ name: {:?}, program: {:?}, newest: {:?}, closed: &{closed:?}, keys: &{keys:?}, \
         removed: &[{}] }},",
        word(&["settings"]),
        word(&["program"]),
        word(&["versions", "newest"]),
        removed.into_iter().map(|(_, text)| text).collect::<String>(),
    );
    out
}
