//! The flags of Jaeger 1 (`flags/jaeger-v1.yaml`) to a static table, by variable.

use crate::fail;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::yaml;
use crate::source::SourceId;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Rust text that defines `FLAGS` and `VARIABLES`.
pub fn generate(path: &Path) -> String {
    let text = std::fs::read_to_string(path)
        .unwrap_or_else(|error| fail(&format!("cannot read {}: {error}", path.display())));
    let map = OffsetMap::slice(SourceId(0), 0);
    let tree = yaml::parse(&yaml::Input { text: &text, map: &map, masked: &[] });
    let Some(root) = tree.documents().next() else {
        fail(&format!("{} does not parse", path.display()));
    };
    let mut rows: BTreeMap<String, String> = BTreeMap::new();
    for (name, spans) in root.get("flags").map(NodeRef::entries).unwrap_or_default() {
        let name = name.scalar().unwrap_or_default();
        let variable = name.to_ascii_uppercase().replace(['.', '-'], "_");
        let mut row = format!("Flag {{ name: {name:?}, variable: {variable:?}, spans: &[");
        for (component, releases) in spans.entries() {
            let releases = releases.scalar().unwrap_or_default();
            let (since, last) = releases.split_once('-').unwrap_or((releases, ""));
            let _ = write!(
                row,
                "Span {{ component: {:?}, since: {:?}, last: {:?} }}, ",
                component.scalar().unwrap_or_default(),
                release(since, path),
                release(last, path)
            );
        }
        row.push_str("] },\n");
        rows.entry(variable).or_insert(row);
    }
    let variables = root.get("variables").into_iter().flat_map(NodeRef::items);
    let variables: Vec<&str> = variables.filter_map(NodeRef::scalar).collect();
    if rows.is_empty() || variables.is_empty() {
        fail(&format!("{} has no flags or no variables", path.display()));
    }
    let mut out = String::from("static FLAGS: &[Flag] = &[\n");
    rows.values().for_each(|row| out.push_str(row));
    out.push_str("];\n");
    let _ = writeln!(out, "static VARIABLES: &[&str] = &{variables:?};");
    out
}

fn release(text: &str, path: &Path) -> Option<(u32, u32)> {
    if text.is_empty() {
        return None;
    }
    let parsed = text
        .split_once('.')
        .and_then(|(major, minor)| Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?)));
    if parsed.is_none() {
        fail(&format!("{}: `{text}` is no release", path.display()));
    }
    parsed
}
