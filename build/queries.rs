//! The search language to static data. What is wrong in the table stops the build.

use crate::fail;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::yaml;
use crate::source::SourceId;
use std::fmt::Write;
use std::path::Path;

/// Rust text that defines `BODY`, `CLAUSES` and `AGGREGATIONS`.
pub fn generate(path: &Path) -> String {
    let stop = |message: &str| -> ! { fail(&format!("{}: {message}", path.display())) };
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| stop(&error.to_string()));
    let map = OffsetMap::slice(SourceId(0), 0);
    let tree = yaml::parse(&yaml::Input { text: &text, map: &map, masked: &[] });
    if let Some(issue) = tree.roots.iter().flat_map(|root| &root.issues).next() {
        stop(&issue.message);
    }
    let Some(top) = tree.documents().next() else { stop("an empty table") };
    let rows = |key: &str| -> Vec<(String, Vec<String>)> {
        let words = |node: NodeRef<'_>| {
            let text = node.scalar().unwrap_or_default();
            text.split_whitespace().map(str::to_owned).collect()
        };
        let entries = top.get(key).map(NodeRef::entries).unwrap_or_default();
        entries
            .into_iter()
            .map(|(key, value)| (key.scalar().unwrap_or_default().to_owned(), words(value)))
            .collect()
    };
    let body = top.get("body").and_then(NodeRef::scalar).unwrap_or_default();
    let body: Vec<&str> = body.split_whitespace().collect();
    let mut out = format!("static BODY: &[&str] = &{body:?};\nstatic CLAUSES: &[Clause] = &[\n");
    for (name, words) in rows("clauses") {
        let (form, words) =
            words.split_first().unwrap_or_else(|| stop(&format!("{name}: no form")));
        let form = match form.as_str() {
            "field" => "Field",
            "object" => "Object",
            "list" => "List",
            "options" => "Options",
            "any" => "Any",
            other => stop(&format!("{name}: no form `{other}`")),
        };
        let bare = |word: &String| word.trim_start_matches(['=', '+']).to_owned();
        let takes: Vec<String> = words.iter().map(bare).collect();
        let queries: Vec<String> =
            words.iter().filter(|word| word.contains('+')).map(bare).collect();
        let required: Vec<String> =
            words.iter().filter(|word| word.starts_with('=')).map(bare).collect();
        let _ = writeln!(
            out,
            "Clause {{ name: {name:?}, form: Form::{form}, takes: &{takes:?}, \
             queries: &{queries:?}, required: &{required:?} }},"
        );
    }
    out.push_str("];\nstatic AGGREGATIONS: &[Kind] = &[\n");
    for (name, words) in rows("aggregations") {
        let needs: Vec<&str> = words
            .iter()
            .filter_map(|word| word.strip_prefix('='))
            .flat_map(|word| word.split('|'))
            .collect();
        let takes: Vec<&String> = words.iter().filter(|word| !word.starts_with('=')).collect();
        let takes = match takes.iter().any(|word| *word == "*") {
            true => "None".to_owned(),
            false => format!("Some(&{takes:?})"),
        };
        let _ = writeln!(out, "Kind {{ name: {name:?}, takes: {takes}, needs: &{needs:?} }},");
    }
    out.push_str("];\n");
    out
}
