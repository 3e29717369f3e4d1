//! What documents in rendered texts were made of, where the program does not say so: Kustomize puts
//! objects of files together, and what Jsonnet gives may stand in the repository as well.

use super::kustomize::{self, Said};
use super::nodes::shared;
use super::{Rendered, SOURCE};
use crate::discover::{self, Entry};
use crate::parse::mask;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::{NodeRef, Root, Tree};
use crate::parse::yaml;
use crate::source::{Source, SourceId};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A document of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// The file.
    pub path: String,
    /// Its number there, from 0.
    pub number: usize,
    /// Which item of it, where it is a list of objects.
    pub item: Option<usize>,
}

impl Part {
    /// The node of it in the tree of its file.
    pub(super) fn root<'t>(&self, tree: &'t Tree) -> Option<NodeRef<'t>> {
        let root = tree.node(tree.roots.get(self.number)?.node?);
        match self.item {
            Some(item) => root.get("items")?.items().nth(item),
            None => Some(root),
        }
    }

    /// The documents of a file; the items of lists of objects.
    fn all(path: &str, tree: &Tree) -> Vec<Part> {
        let mut parts = Vec::new();
        for (number, root) in tree.roots.iter().enumerate() {
            let Some(node) = root.node.map(|node| tree.node(node)) else { continue };
            let part = |item| Part { path: path.to_owned(), number, item };
            let is_list = node
                .get("kind")
                .and_then(NodeRef::scalar)
                .is_some_and(|kind| kind.ends_with("List"));
            match node.get("items").filter(|items| is_list && items.is_sequence()) {
                Some(items) => parts.extend((0..items.items().len()).map(|item| part(Some(item)))),
                None => parts.push(part(None)),
            }
        }
        parts
    }
}

/// What a rendered document was made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The document itself.
    pub base: Option<Part>,
    /// What changes it.
    pub patches: Vec<Part>,
    /// Files that stand whole in it: the key they stand under, and their path.
    pub files: Vec<(String, String)>,
}

/// What rendered documents were made of.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    /// By the rendered text and the number of the document.
    pub made: BTreeMap<(String, usize), Origin>,
    /// Kustomizations: what they say themselves changes objects too.
    pub kustomizations: Vec<String>,
    /// Files that they name as patches.
    pub patches: BTreeSet<String>,
    /// Files of which nothing is left that was not rendered.
    pub covered: BTreeSet<String>,
}

/// The tree of a text.
pub(super) fn tree_of(source: &Source) -> Tree {
    numbered(SourceId(0), source)
}

/// The tree of a text, with places in the file of this number.
pub(super) fn numbered(id: SourceId, source: &Source) -> Tree {
    let text = source.text();
    let start = source.content_start().min(text.len());
    let map = OffsetMap::slice(id, start);
    yaml::parse(&yaml::Input { text: &text[start..], map: &map, masked: &[] })
}

/// What an object is called.
struct Object<'t> {
    kind: &'t str,
    name: &'t str,
    namespace: Option<&'t str>,
}

fn object<'t>(root: NodeRef<'t>) -> Option<Object<'t>> {
    let text = |node: NodeRef<'t>| node.scalar().filter(|text| !text.is_empty());
    root.get("apiVersion").and_then(text)?;
    let name = root.at(&["metadata", "name"]).and_then(text)?;
    let namespace = root.at(&["metadata", "namespace"]).and_then(text);
    Some(Object { kind: root.get("kind").and_then(text)?, name, namespace })
}

/// How a document that is no object looks: its first keys.
fn shape(root: NodeRef<'_>) -> Option<String> {
    let mut keys: Vec<&str> = root.pairs().filter_map(|(key, _)| key.scalar()).collect();
    keys.sort_unstable();
    (!keys.is_empty()).then(|| keys.join("\n"))
}

/// Files that may stand behind rendered documents, and what is in them.
struct Known {
    files: BTreeMap<String, Tree>,
    /// By kind and name; by shape, without a name.
    parts: BTreeMap<(String, String), Vec<Part>>,
}

impl Known {
    fn root(&self, part: &Part) -> Option<NodeRef<'_>> {
        part.root(self.files.get(&part.path)?)
    }

    /// The documents that have the kind and a name of a rendered object.
    fn named<'k>(
        &'k self,
        root: NodeRef<'_>,
        said: &Said,
    ) -> impl Iterator<Item = &'k Part> + use<'k> {
        let object = object(root);
        let names = object.map(|it| (it.kind.to_owned(), said.names(it.kind, it.name)));
        let (kind, names) = names.unwrap_or_default();
        let parts = names.into_iter().map(move |name| self.parts.get(&(kind.clone(), name)));
        parts.flatten().flatten()
    }
}

/// The kustomizations, and the files of the one that was built, where that is certain.
struct Built<'a> {
    said: &'a Said,
    files: Option<BTreeSet<String>>,
}

impl Built<'_> {
    /// Whether a file may have a part in what was built.
    fn may(&self, path: &str) -> bool {
        self.files.as_ref().is_none_or(|files| files.contains(path))
    }
}

/// Finds what the documents of rendered texts were made of. What Helm names itself is left out.
pub(super) fn origins(rendered: &Rendered, entries: &[Entry]) -> Origins {
    let texts: Vec<(&str, Source, Tree)> = rendered
        .texts
        .iter()
        .map(|(path, text)| {
            let source = Source::new(path.clone(), text.clone(), crate::source::Encoding::Utf8);
            let tree = tree_of(&source);
            (path.as_str(), source, tree)
        })
        .collect();
    let said = kustomize::read(entries);
    let unnamed = |source: &Source, root: &Root| {
        let text = source.text();
        let start = text[..root.span.start as usize].rfind("\n---").unwrap_or(0);
        let lines = text[start..root.span.range().end].lines();
        !lines.take(8).any(|line| line.starts_with(SOURCE))
    };
    let mut documents: Vec<(&str, usize, NodeRef<'_>)> = Vec::new();
    for (path, source, tree) in &texts {
        let roots = tree.roots.iter().enumerate().filter(|(_, root)| unnamed(source, root));
        documents.extend(roots.filter_map(|(at, root)| Some((*path, at, tree.node(root.node?)))));
    }
    if documents.is_empty() {
        return Origins::default();
    }
    let known = known(&wanted(&documents, &said), &said, rendered, entries);
    let any = Built { said: &said, files: None };
    let held: Vec<(NodeRef<'_>, Vec<Part>)> =
        documents.iter().map(|(_, _, root)| (*root, patches(*root, &known, &any))).collect();
    let built = said.built(rendered.command.as_deref(), |files| {
        let taken = |part: &Part| files.contains(&part.path);
        let of = |(root, held): &(NodeRef<'_>, Vec<Part>)| {
            let base = known.named(*root, &said).any(taken);
            usize::from(base) + held.iter().filter(|part| taken(part)).count()
        };
        held.iter().map(of).sum()
    });
    let built = Built { said: &said, files: built };
    let values = Values::of(&documents, &said, rendered, entries);
    let mut origins = Origins {
        kustomizations: said.own.clone(),
        patches: said.patches.clone(),
        ..Origins::default()
    };
    for (path, number, root) in documents {
        let mut origin = origin(root, &known, &built);
        origin.files = values.files(root);
        if origin != Origin::default() {
            origins.made.insert((path.to_owned(), number), origin);
        }
    }
    origins.covered = covered(&origins.made, &known);
    origins
}

/// Kinds and names, or shapes, of which documents are looked for.
fn wanted(documents: &[(&str, usize, NodeRef<'_>)], said: &Said) -> BTreeSet<(String, String)> {
    let mut wanted = BTreeSet::new();
    for (_, _, root) in documents {
        match object(*root) {
            Some(object) => {
                let names = said.names(object.kind, object.name).into_iter();
                wanted.extend(names.map(|name| (object.kind.to_owned(), name)));
            }
            None => wanted.extend(shape(*root).map(|shape| (shape, String::new()))),
        }
    }
    wanted
}

fn is_structured(path: &str) -> bool {
    let ending = path.rsplit('.').next();
    ending.is_some_and(|it| ["yaml", "yml", "json"].contains(&it))
}

/// Reads the files of the repository in which any of these stands.
fn known(
    wanted: &BTreeSet<(String, String)>,
    said: &Said,
    rendered: &Rendered,
    entries: &[Entry],
) -> Known {
    let candidates = entries.par_iter().filter(|entry| {
        is_structured(&entry.path)
            && !rendered.texts.contains_key(&entry.path)
            && !said.own.contains(&entry.path)
    });
    let files: BTreeMap<String, Tree> = candidates
        .filter_map(|entry| {
            let source = discover::load(entry).ok()?;
            if mask::is_template(source.text()) {
                return None;
            }
            let tree = tree_of(&source);
            let roots = Part::all(&entry.path, &tree);
            let meant = |part: &Part| {
                part.root(&tree).and_then(key_of).is_some_and(|key| wanted.contains(&key))
            };
            let kept = said.patches.contains(&entry.path) || roots.iter().any(meant);
            kept.then(|| (entry.path.clone(), tree))
        })
        .collect();
    let mut parts: BTreeMap<(String, String), Vec<Part>> = BTreeMap::new();
    for (path, tree) in &files {
        for part in Part::all(path, tree) {
            if let Some(key) = part.root(tree).and_then(key_of) {
                parts.entry(key).or_default().push(part);
            }
        }
    }
    Known { files, parts }
}

fn key_of(root: NodeRef<'_>) -> Option<(String, String)> {
    match object(root) {
        Some(object) => Some((object.kind.to_owned(), object.name.to_owned())),
        None => Some((shape(root)?, String::new())),
    }
}

/// What a rendered document was made of: of all that have its name the one that is most like it,
/// before all others one of the kustomization that was built, and the patches of which all stands
/// in it.
fn origin(root: NodeRef<'_>, known: &Known, built: &Built<'_>) -> Origin {
    let Some(object) = object(root) else {
        return Origin { base: same(root, known), ..Origin::default() };
    };
    let patches = &built.said.patches;
    /// Of the kustomization, how much is alike, same name, same namespace.
    type Rank = (bool, usize, bool, bool);
    let mut best: Option<(Rank, Vec<&Part>)> = None;
    for part in known.named(root, built.said).filter(|part| !patches.contains(&part.path)) {
        let Some(other) = known.root(part) else { continue };
        let (same, of) = shared(other, root);
        if same * 2 < of {
            continue;
        }
        let own = self::object(other);
        let named = own.as_ref().is_some_and(|own| own.name == object.name);
        let namespace = own.and_then(|own| own.namespace) == object.namespace;
        let rank = (built.may(&part.path), same * 1_000 / of.max(1), named, namespace);
        match &mut best {
            Some((known, all)) if *known == rank => all.push(part),
            Some((known, _)) if *known > rank => {}
            _ => best = Some((rank, vec![part])),
        }
    }
    // Two that are alike may both be meant.
    let base = best.map(|(_, all)| all).filter(|all| all.len() == 1);
    let base = base.and_then(|all| all.first().map(|part| (*part).clone()));
    Origin { base, patches: self::patches(root, known, built), files: Vec::new() }
}

/// The only document of the repository that says the same.
fn same(root: NodeRef<'_>, known: &Known) -> Option<Part> {
    let mut all = known.parts.get(&(shape(root)?, String::new()))?.iter().filter(|part| {
        known.root(part).is_some_and(|other| {
            let (here, there) = (shared(root, other), shared(other, root));
            here.0 == here.1 && there.0 == there.1
        })
    });
    let found = all.next()?;
    all.next().is_none().then(|| found.clone())
}

/// Patches for this kind of object of which all stands in it. A patch with a target of its own may
/// have any name.
fn patches(root: NodeRef<'_>, known: &Known, built: &Built<'_>) -> Vec<Part> {
    let Some(object) = object(root) else { return Vec::new() };
    let of_kind = known
        .parts
        .range((object.kind.to_owned(), String::new())..)
        .take_while(|((kind, _), _)| kind == object.kind);
    let held = |part: &&Part| {
        let Some(patch) = known.root(part) else { return false };
        let own = |key: &str| patch.at(&["metadata", key]).is_some();
        let (same, of) = shared(patch, root);
        // Its own name is no value that it sets.
        let named = usize::from(own("name")) + usize::from(own("namespace"));
        same > 2 && same + named >= of
    };
    let parts = of_kind.flat_map(|(_, all)| all);
    let mut found: Vec<Part> = parts
        .filter(|part| built.said.patches.contains(&part.path) && built.may(&part.path))
        .filter(held)
        .cloned()
        .collect();
    found.sort();
    found
}

/// Files whose documents were all rendered.
fn covered(made: &BTreeMap<(String, usize), Origin>, known: &Known) -> BTreeSet<String> {
    let mut used: BTreeSet<&Part> = BTreeSet::new();
    let mut covered = BTreeSet::new();
    for origin in made.values() {
        used.extend(origin.base.iter().chain(&origin.patches));
        covered.extend(origin.files.iter().map(|(_, path)| path.clone()));
    }
    let touched: BTreeSet<&str> = used.iter().map(|part| part.path.as_str()).collect();
    for (path, tree) in known.files.iter().filter(|(path, _)| touched.contains(path.as_str())) {
        if Part::all(path, tree).iter().all(|part| used.contains(part)) {
            covered.insert(path.clone());
        }
    }
    covered
}

/// Files that stand whole in values of ConfigMaps.
struct Values {
    /// Path and text by the key they stand under.
    files: BTreeMap<String, Vec<(String, String)>>,
}

impl Values {
    fn of(
        documents: &[(&str, usize, NodeRef<'_>)],
        said: &Said,
        rendered: &Rendered,
        entries: &[Entry],
    ) -> Values {
        let maps = documents.iter().map(|(_, _, root)| *root).filter(|root| is_map(*root));
        let keys: BTreeSet<&str> = maps
            .filter_map(|root| root.get("data"))
            .flat_map(|data| data.pairs())
            .filter_map(|(key, value)| key.scalar().filter(|_| value.scalar().is_some()))
            .collect();
        let mut files: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for entry in entries.iter().filter(|entry| !rendered.texts.contains_key(&entry.path)) {
            let name = entry.path.rsplit('/').next().unwrap_or_default();
            let told = said.files.range((entry.path.clone(), String::new())..);
            let told =
                told.take_while(|(path, _)| *path == entry.path).map(|(_, key)| key.as_str());
            let named: BTreeSet<&str> =
                told.chain([name]).filter(|key| keys.contains(key)).collect();
            if named.is_empty() {
                continue;
            }
            let Ok(source) = discover::load(entry) else { continue };
            let text = source.text()[source.content_start()..].trim_end().to_owned();
            for key in named {
                let all = files.entry(key.to_owned()).or_default();
                all.push((entry.path.clone(), text.clone()));
            }
        }
        Values { files }
    }

    /// The files that stand in a document, by their keys; only what one file alone can be.
    fn files(&self, root: NodeRef<'_>) -> Vec<(String, String)> {
        let data = root.get("data").filter(|_| is_map(root));
        let pairs = data.into_iter().flat_map(|data| data.pairs());
        let found = pairs.filter_map(|(key, value)| {
            let (key, text) = (key.scalar()?, value.scalar()?.trim_end());
            let same = |file: &&(String, String)| file.1 == text && !text.is_empty();
            let mut all = self.files.get(key)?.iter().filter(same);
            let (path, _) = all.next()?;
            all.next().is_none().then(|| (key.to_owned(), path.clone()))
        });
        found.collect()
    }
}

fn is_map(root: NodeRef<'_>) -> bool {
    root.get("kind").and_then(NodeRef::scalar) == Some("ConfigMap")
}
