//! The tables of `settings/elastic` to static data.

use crate::fail;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::yaml;
use crate::source::SourceId;
use std::fmt::Write;
use std::path::Path;

/// Rust text that defines `ELASTICSEARCH` and `OPENSEARCH`.
pub fn generate(root: &Path) -> String {
    let mut out = String::new();
    let foreign = parse(&root.join("namespaces.yaml"));
    let pools = parse(&root.join("pools.yaml"));
    for (file, name) in [("elasticsearch", "ELASTICSEARCH"), ("opensearch", "OPENSEARCH")] {
        let path = root.join(file).with_extension("yaml");
        let tree = parse(&path);
        let Some(top) = tree.documents().next() else { fail("an empty table of settings") };
        let majors: Vec<u32> =
            words(top.get("majors")).iter().filter_map(|it| it.parse().ok()).collect();
        let (mut node, open_node) = settings(&path, top.get("node"), &majors, false);
        node.extend(put_together(&pools, file, &majors));
        node.sort();
        let (index, open_index) = settings(&path, top.get("index"), &majors, true);
        let spaces = foreign.documents().next().and_then(|top| top.get(file));
        let own = foreign.documents().next().and_then(|top| top.get("secure"));
        let mut secure = words(top.get("secure"));
        secure.extend(words(own));
        let _ = writeln!(
            out,
            "pub static {name}: Table = Table {{ majors: &{majors:?}, node: &{node:?}, \
             open_node: &{open_node:?}, index: &{index:?}, open_index: &{open_index:?}, \
             secure: &{secure:?}, foreign: &{:?} }};",
            words(spaces),
        );
    }
    out.replace("pub static", "/// What the program registers.\npub static")
}

fn parse(path: &Path) -> crate::parse::tree::Tree {
    let text = std::fs::read_to_string(path)
        .unwrap_or_else(|error| fail(&format!("cannot read {}: {error}", path.display())));
    let map = OffsetMap::slice(SourceId(0), 0);
    let tree = yaml::parse(&yaml::Input { text: &text, map: &map, masked: &[] });
    if let Some(issue) = tree.roots.iter().flat_map(|root| &root.issues).next() {
        fail(&format!("{}: {}", path.display(), issue.message));
    }
    tree
}

fn words(list: Option<NodeRef<'_>>) -> Vec<String> {
    list.into_iter()
        .flat_map(NodeRef::items)
        .filter_map(NodeRef::scalar)
        .map(str::to_owned)
        .collect()
}

type Rows = Vec<(String, u16)>;

/// Settings that a program registers under names it puts together: those of its thread pools.
fn put_together(pools: &crate::parse::tree::Tree, program: &str, majors: &[u32]) -> Rows {
    let Some(top) = pools.documents().next() else { fail("an empty table of thread pools") };
    let path = Path::new("pools.yaml");
    let mut rows = Rows::new();
    for (kind, table) in top.get(program).map(NodeRef::entries).unwrap_or_default() {
        let (named, _) = settings(path, Some(table), majors, false);
        let kind = kind.scalar().unwrap_or_default();
        if kind == "settings" {
            rows.extend(named);
            continue;
        }
        let words = words(top.get("words").and_then(|words| words.get(kind)));
        for (pool, bits) in named {
            for word in &words {
                let key = format!("thread_pool.{pool}.{word}");
                // A pool may be of another kind in another release.
                match rows.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, known)) => *known |= bits,
                    None => rows.push((key, bits)),
                }
            }
        }
    }
    rows
}

/// Keys with a bit for each major, those with a free part apart.
fn settings(path: &Path, table: Option<NodeRef<'_>>, majors: &[u32], index: bool) -> (Rows, Rows) {
    let (mut exact, mut open) = (Rows::new(), Rows::new());
    for (key, value) in table.map(NodeRef::entries).unwrap_or_default() {
        let (Some(key), Some(ranges)) = (key.scalar(), value.scalar()) else { continue };
        let bits = ranges.split(',').fold(0, |bits, range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>()) else {
                fail(&format!("{}: `{ranges}` of {key} is no range", path.display()));
            };
            let among =
                majors.iter().enumerate().filter(|(_, major)| (first..=last).contains(major));
            among.fold(bits, |bits, (at, _)| bits | 1 << at)
        });
        let key = if index { key.strip_prefix("index.").unwrap_or(key) } else { key };
        let rows = if key.contains('*') { &mut open } else { &mut exact };
        rows.push((key.to_owned(), bits));
    }
    exact.sort();
    open.sort();
    (exact, open)
}
