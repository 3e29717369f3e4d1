//! The semantic conventions (`semconv/*.yaml`) to static tables.

use crate::fail;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::{NodeRef, Tree};
use crate::parse::yaml;
use crate::source::SourceId;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Languages whose constants stand in classes or modules.
const LANGUAGES: &[&str] = &["csharp", "java", "javascript", "python", "rust"];

/// Rust text that defines the tables of `src/semconv.rs`.
pub fn generate(folder: &Path) -> String {
    let mut out = renames(&read(&folder.join("renames.yaml")));
    for language in LANGUAGES {
        classes(language, &read(&folder.join(format!("{language}.yaml"))), &mut out);
    }
    go(&read(&folder.join("go.yaml")), &mut out);
    environment(&read(&folder.join("environment.yaml")), &mut out);
    agents(&read(&folder.join("agents.yaml")), &mut out);
    out
}

fn read(path: &Path) -> Tree {
    let text = std::fs::read_to_string(path)
        .unwrap_or_else(|error| fail(&format!("cannot read {}: {error}", path.display())));
    let map = OffsetMap::slice(SourceId(0), 0);
    yaml::parse(&yaml::Input { text: &text, map: &map, masked: &[] })
}

fn root(tree: &Tree) -> NodeRef<'_> {
    tree.documents().next().unwrap_or_else(|| fail("a table of the conventions does not parse"))
}

fn text<'t>(node: NodeRef<'t>, key: &str) -> &'t str {
    match node.get(key).and_then(NodeRef::scalar) {
        Some(text) => text,
        None => fail(&format!("a table of the conventions lacks `{key}`")),
    }
}

fn words(node: NodeRef<'_>, key: &str) -> Vec<String> {
    let list = node.get(key).into_iter().flat_map(NodeRef::items);
    list.filter_map(NodeRef::scalar).map(str::to_owned).collect()
}

fn renames(tree: &Tree) -> String {
    let mut out = String::from("static RENAMES: &[Rename] = &[\n");
    let mut rows = BTreeMap::new();
    for row in root(tree).get("renames").into_iter().flat_map(NodeRef::items) {
        let is = |key: &str, word: &str| row.get(key).and_then(NodeRef::scalar) == Some(word);
        let (one, values) = (!is("one", "false"), is("values", "changed"));
        rows.insert(text(row, "old").to_owned(), (words(row, "new"), one, values));
    }
    for (old, (new, one, values)) in rows {
        let _ = writeln!(
            out,
            "Rename {{ old: {old:?}, new: &{new:?}, one: {one}, values_changed: {values} }},"
        );
    }
    out.push_str("];\n");
    out
}

fn classes(language: &str, tree: &Tree, out: &mut String) {
    let _ = writeln!(out, "static {}: &[Class] = &[", language.to_uppercase());
    let mut rows = BTreeMap::new();
    for class in root(tree).get("classes").into_iter().flat_map(NodeRef::items) {
        let mut names: Vec<(&str, &str)> = text(class, "has")
            .split_whitespace()
            .map(|word| word.split_once('=').unwrap_or((word, "")))
            .collect();
        names.sort_unstable();
        rows.insert(text(class, "name"), (names, class.get("more").is_some()));
    }
    for (name, (names, more)) in rows {
        let _ = writeln!(out, "Class {{ name: {name:?}, more: {more}, names: &{names:?} }},");
    }
    out.push_str("];\n");
}

fn go(tree: &Tree, out: &mut String) {
    let root = root(tree);
    let releases = words(root, "releases");
    let mut rows: Vec<(&str, &str, u64)> = text(root, "has")
        .split_whitespace()
        .map(|word| {
            let (name, key) = word.split_once('=').unwrap_or((word, ""));
            let (name, spans) = name.split_once('@').unwrap_or((name, ""));
            let mut bits = 0u64;
            for span in spans.split(',') {
                let (first, last) = span.split_once('-').unwrap_or((span, span));
                let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>()) else {
                    fail(&format!("go.yaml: {word}"));
                };
                for release in first..=last {
                    bits |= 1 << release;
                }
            }
            (name, key, bits)
        })
        .collect();
    rows.sort_unstable();
    if releases.len() > 64 {
        fail("go.yaml: more than 64 releases");
    }
    let _ = writeln!(out, "static GO_PACKAGE: &str = {:?};", text(root, "package"));
    let _ = writeln!(out, "static GO_RELEASES: &[&str] = &{releases:?};");
    let _ = writeln!(out, "static GO: &[(&str, &str, u64)] = &{rows:?};");
}

fn agents(tree: &Tree, out: &mut String) {
    let root = root(tree);
    let named: Vec<(&str, &str)> = root
        .get("words")
        .map(NodeRef::entries)
        .unwrap_or_default()
        .filter_map(|(word, name)| Some((word.scalar()?, name.scalar()?)))
        .collect();
    let _ = writeln!(out, "static AGENT_WORDS: &[(&str, &str)] = &{named:?};");
    for (name, key) in [
        ("AGENT_VARIABLES", "variables"),
        ("AGENT_ANNOTATIONS", "annotations"),
        ("AGENT_DEPENDENCIES", "dependencies"),
        ("AGENT_IMAGES", "images"),
    ] {
        let _ = writeln!(out, "static {name}: &[&str] = &{:?};", words(root, key));
    }
}

fn environment(tree: &Tree, out: &mut String) {
    let root = root(tree);
    let _ = writeln!(out, "static OPEN_PREFIXES: &[&str] = &{:?};", words(root, "open"));
    let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in words(root, "names") {
        rows.entry(name).or_default();
    }
    for set in root.get("sets").into_iter().flat_map(NodeRef::items) {
        for name in words(set, "names") {
            rows.insert(name, words(set, "values"));
        }
    }
    out.push_str("static VARIABLES: &[(&str, &[&str])] = &[\n");
    for (name, values) in rows {
        let _ = writeln!(out, "({name:?}, &{values:?}),");
    }
    out.push_str("];\n");
}
