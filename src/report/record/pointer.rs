//! The place of a span in the structure of its file: a JSON pointer in YAML, JSON and templates of
//! them, the enclosing definition in source code. Both outlive moved lines.

use crate::facts::code;
use crate::identify::{self, Reading};
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::{NodeRef, Tree};
use crate::parse::unit::{self, FunctionId, Unit};
use crate::parse::{mask, yaml};
use crate::repo::Repo;
use crate::source::{Source, SourceId, Span};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Where a span stands in the structure of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pointer {
    /// `/groups/0/rules/3/alert`, or `Cart.checkout` in code.
    pub(super) path: String,
    /// Which document of the stream, from 0; none in code.
    pub(super) document: Option<usize>,
}

/// Pointers of many spans, each file parsed once.
#[derive(Debug, Default)]
pub(super) struct Pointers {
    all: BTreeMap<Span, Pointer>,
}

impl Pointers {
    /// The pointers of these spans.
    pub(super) fn of(repo: &Repo, spans: impl Iterator<Item = Span>) -> Pointers {
        let mut by_source: BTreeMap<SourceId, Vec<Span>> = BTreeMap::new();
        for span in spans {
            by_source.entry(span.source).or_default().push(span);
        }
        let found: Vec<Vec<(Span, Pointer)>> =
            by_source.par_iter().map(|(id, spans)| in_file(*id, repo.source(*id), spans)).collect();
        Pointers { all: found.into_iter().flatten().collect() }
    }

    pub(super) fn get(&self, span: Span) -> Option<&Pointer> {
        self.all.get(&span)
    }
}

fn in_file(id: SourceId, source: &Source, spans: &[Span]) -> Vec<(Span, Pointer)> {
    let text = source.look();
    let start = source.content_start().min(text.len());
    let text = &text[start..];
    match identify::reading(&source.path, text) {
        Reading::Structured => {
            let tree = tree_of(id, text, start);
            let found = spans.iter().filter_map(|&span| Some((span, in_tree(&tree, span)?)));
            found.collect()
        }
        Reading::Whole(kind) => {
            let language = code::language(kind, &source.path);
            let Some(unit) = language.and_then(|language| unit::parse(language, text)) else {
                return Vec::new();
            };
            let found = spans.iter().filter_map(|&span| Some((span, in_code(&unit, span, start)?)));
            found.collect()
        }
        Reading::Nothing => Vec::new(),
    }
}

fn tree_of(id: SourceId, text: &str, start: usize) -> Tree {
    let map = OffsetMap::slice(id, start);
    if mask::is_template(text) {
        let masked = mask::mask(text, &map);
        let input = yaml::Input { text: &masked.text, map: &masked.map, masked: &masked.unknown };
        return yaml::parse(&input);
    }
    yaml::parse(&yaml::Input { text, map: &map, masked: &[] })
}

fn in_tree(tree: &Tree, span: Span) -> Option<Pointer> {
    let document = tree.roots.iter().position(|root| root.span.contains(span))?;
    let mut node = tree.node(tree.roots[document].node?);
    let mut path = String::new();
    while let Some((step, inner)) = step(node, span) {
        path.push('/');
        path.push_str(&step.replace('~', "~0").replace('/', "~1"));
        match inner {
            Some(inner) => node = inner,
            None => break,
        }
    }
    Some(Pointer { path, document: Some(document) })
}

/// The key or index under which a span stands, and the node to go on with.
fn step(node: NodeRef<'_>, span: Span) -> Option<(String, Option<NodeRef<'_>>)> {
    for (key, value) in node.pairs() {
        let name = || key.scalar().unwrap_or_default().to_owned();
        if key.span().contains(span) {
            return Some((name(), None));
        }
        if !value.is_alias() && value.span().contains(span) {
            return Some((name(), Some(value)));
        }
    }
    let mut items = node.items().enumerate();
    let (index, item) = items.find(|(_, item)| !item.is_alias() && item.span().contains(span))?;
    Some((index.to_string(), Some(item)))
}

/// The innermost function around a span, behind its class; else the class.
fn in_code(unit: &Unit<'_>, span: Span, base: usize) -> Option<Pointer> {
    let base = u32::try_from(base).unwrap_or(0);
    let holds = |place: &unit::Place| {
        place.start + base <= span.start && span.end <= place.end.saturating_add(base)
    };
    let size = |place: &unit::Place| place.end - place.start;
    let functions = unit.functions.iter().enumerate().skip(1);
    let function = functions
        .filter(|(_, function)| !function.name.is_empty() && holds(&function.at))
        .min_by_key(|(_, function)| size(&function.at));
    let classes = unit.classes.iter().filter(|class| holds(&class.at));
    let class = classes.min_by_key(|class| size(&class.at)).map(|class| class.name);
    let path = match (function, class) {
        (Some((number, function)), class) => {
            let number = FunctionId(u32::try_from(number).ok()?);
            let own = unit.function(number).class.map(|class| unit.class(class).name);
            match own.or(class).filter(|name| !name.is_empty()) {
                Some(class) => format!("{class}.{}", function.name),
                None => function.name.to_owned(),
            }
        }
        (None, Some(class)) if !class.is_empty() => class.to_owned(),
        _ => return None,
    };
    Some(Pointer { path, document: None })
}

#[cfg(test)]
mod tests {
    use super::{Pointer, in_file};
    use crate::source::{Encoding, Source, SourceId, Span};

    fn at(path: &str, text: &str, word: &str) -> Option<Pointer> {
        let source = Source::new(path, text.to_owned(), Encoding::Utf8);
        let start = text.find(word).unwrap();
        let span = Span::new(SourceId(0), start, start + word.len());
        in_file(SourceId(0), &source, &[span]).pop().map(|(_, pointer)| pointer)
    }

    #[test]
    fn yaml_has_json_pointers() {
        let text = "a: 1\n---\ngroups:\n- rules:\n  - alert: Down\n    annotations: {x/y: z}\n";
        let found = |word: &str| at("a.yml", text, word).map(|it| (it.path, it.document));
        assert_eq!(found("Down"), Some(("/groups/0/rules/0/alert".into(), Some(1))));
        assert_eq!(found("alert"), Some(("/groups/0/rules/0/alert".into(), Some(1))));
        assert_eq!(found("z"), Some(("/groups/0/rules/0/annotations/x~1y".into(), Some(1))));
        assert_eq!(found("1"), Some(("/a".into(), Some(0))));
    }

    #[test]
    fn code_has_the_definition_around() {
        let text = "class Cart:\n    def pay(self):\n        run()\n\ndef top():\n    stop()\n";
        let found = |word: &str| at("a.py", text, word).map(|it| it.path);
        assert_eq!(found("run"), Some("Cart.pay".into()));
        assert_eq!(found("stop"), Some("top".into()));
        assert_eq!(found("Cart"), Some("Cart".into()));
    }
}
