//! The configuration of one component as a flat list: path, key and value of everything in it.
//!
//! Configurations that are layered, or that no table describes, are asked by path. Programs that read
//! `a.b: x` and `a: { b: x }` as one are asked by dotted keys (`settings.rs`), by the same walk.

use super::scalar::Scalar;
use super::subject::Held;
use crate::parse::tree::NodeRef;
use crate::source::Span;
use std::fmt::Write;

/// Most settings of one component that are kept: aliases can multiply them.
const BUDGET: usize = 4_000;
/// Deepest nesting that is followed.
const DEPTH: usize = 24;

/// What follows after a value was looked at.
pub(super) enum Next {
    /// What stands below it.
    Below,
    /// What stands beside it.
    Beside,
    /// Nothing more.
    End,
}

/// One step of a walk: where it is, and what stands there.
pub(super) struct Step<'p, 't> {
    /// Keys and places in lists: `protocols.grpc.endpoint`, `policies[0].type`.
    pub(super) path: &'p str,
    /// The key; none for an item of a list.
    pub(super) key: Option<NodeRef<'t>>,
    /// The value.
    pub(super) value: NodeRef<'t>,
    /// Nothing below it is followed.
    pub(super) deepest: bool,
}

/// Looks at everything below a node in the order of the file, as long as `visit` wants more.
pub(super) fn walk<'t>(node: NodeRef<'t>, visit: &mut impl FnMut(Step<'_, 't>) -> Next) {
    below(node, &mut String::new(), 0, visit);
}

/// `false` where the walk is at its end.
fn below<'t>(
    node: NodeRef<'t>,
    path: &mut String,
    depth: usize,
    visit: &mut impl FnMut(Step<'_, 't>) -> Next,
) -> bool {
    let mark = path.len();
    let items = node.items().enumerate().map(|(number, item)| (None, number, item));
    let keys = node.entries().map(|(key, value)| (Some(key), 0, value));
    for (key, number, value) in keys.chain(items) {
        match key {
            Some(key) => {
                let Some(name) = key.scalar() else { continue };
                if mark > 0 {
                    path.push('.');
                }
                // Loaders take `a::b` for nested keys.
                for (at, part) in name.split("::").enumerate() {
                    if at > 0 {
                        path.push('.');
                    }
                    path.push_str(part);
                }
            }
            None => {
                // Writing to a text never fails.
                let _ = write!(path, "[{number}]");
            }
        }
        let deepest = depth + 1 >= DEPTH;
        let goes_on = match visit(Step { path, key, value, deepest }) {
            Next::Below if deepest => true,
            Next::Below => below(value, path, depth + 1, visit),
            Next::Beside => true,
            Next::End => false,
        };
        path.truncate(mark);
        if !goes_on {
            return false;
        }
    }
    true
}

/// Everything under one key.
#[derive(Clone, Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Settings {
    /// What stands at the key itself.
    pub root: Value,
    /// All below it, in the order of the file.
    pub entries: Vec<Setting>,
    /// More may stand here: masked, or cut off.
    pub open: bool,
}

/// One setting.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Setting {
    /// Keys and places in lists: `protocols.grpc.endpoint`, `policies[0].type`.
    pub path: String,
    /// Its key; of an item of a list the item, or its first key.
    pub key: Span,
    /// Its value.
    pub value: Value,
}

/// What a setting holds.
#[derive(Clone, Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Value {
    /// Nothing, or `null`.
    #[default]
    Null,
    /// A scalar.
    Scalar(Scalar),
    /// A mapping with so many keys.
    Map(usize),
    /// A list with so many items.
    List(usize),
}

impl Setting {
    /// Its scalar.
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The last key of its path.
    pub fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or(&self.path)
    }

    /// The place to point at: the scalar, or the key of what is none.
    pub fn span(&self) -> Span {
        self.scalar().map_or(self.key, |scalar| scalar.span)
    }
}

impl Settings {
    /// Reads what stands under a key.
    pub fn of(node: NodeRef<'_>, open: bool) -> Settings {
        let mut settings = Settings { root: Value::Null, entries: Vec::new(), open };
        settings.root = settings.value(node);
        walk(node, &mut |step| {
            if settings.entries.len() >= BUDGET {
                return Next::End;
            }
            settings.open |= step.key.is_some_and(NodeRef::is_unknown);
            let first = || step.value.pairs().next().map(|(key, _)| key.span());
            let key = step.key.map(NodeRef::span).or_else(first);
            let value = settings.value(step.value);
            let inside = matches!(value, Value::Map(1..) | Value::List(1..));
            settings.open |= step.deepest && inside;
            let key = key.unwrap_or_else(|| step.value.span());
            settings.entries.push(Setting { path: step.path.to_owned(), key, value });
            Next::Below
        });
        settings.open |= settings.entries.len() >= BUDGET;
        settings
    }

    fn value(&mut self, node: NodeRef<'_>) -> Value {
        self.open |= node.is_unknown();
        if node.is_mapping() {
            return Value::Map(node.pairs().len());
        }
        if node.is_sequence() {
            return Value::List(node.items().len());
        }
        match Scalar::of(node) {
            Some(scalar) if !node.is_null() || !scalar.known => Value::Scalar(scalar),
            _ => Value::Null,
        }
    }

    /// The setting at a path.
    pub fn at(&self, path: &str) -> Option<&Setting> {
        self.entries.iter().find(|setting| setting.path == path)
    }

    /// The scalar at a path.
    pub fn get(&self, path: &str) -> Option<&Scalar> {
        self.at(path).and_then(Setting::scalar)
    }

    /// All settings below a path, which itself is not among them.
    pub fn under<'s>(&'s self, path: &'s str) -> impl Iterator<Item = &'s Setting> {
        self.entries.iter().filter(move |setting| is_below(&setting.path, path))
    }

    /// What a predicate sees at a path.
    pub fn held(&self, path: &str) -> Held<'_> {
        match self.at(path) {
            Some(setting) => match &setting.value {
                Value::Scalar(scalar) => scalar.held(),
                Value::Null => Held::Nothing,
                Value::Map(_) => Held::Text("{}"),
                Value::List(_) => Held::Text("[]"),
            },
            None if self.open => Held::Unknown,
            None => Held::Nothing,
        }
    }

    /// These settings with those of a later layer laid over them: mappings merge, everything
    /// else replaces.
    pub fn merged(&self, later: &Settings) -> Settings {
        let (Value::Map(_), Value::Map(_)) = (&self.root, &later.root) else {
            return later.clone();
        };
        let mut merged = self.clone();
        merged.open |= later.open;
        for setting in &later.entries {
            let at = merged.entries.iter().position(|known| known.path == setting.path);
            let Some(at) = at else {
                merged.entries.push(setting.clone());
                continue;
            };
            let both = (&merged.entries[at].value, &setting.value);
            if !matches!(both, (Value::Map(_), Value::Map(_))) {
                merged.entries.retain(|known| !is_below(&known.path, &setting.path));
                let at = merged.entries.iter().position(|known| known.path == setting.path);
                if let Some(at) = at {
                    merged.entries[at] = setting.clone();
                }
            }
        }
        merged
    }
}

fn is_below(path: &str, above: &str) -> bool {
    let rest = path.strip_prefix(above);
    rest.is_some_and(|rest| above.is_empty() && !rest.is_empty() || rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use super::Settings;
    use crate::parse::offsets::OffsetMap;
    use crate::parse::yaml;
    use crate::source::SourceId;

    fn read(text: &str) -> Settings {
        let map = OffsetMap::slice(SourceId(0), 0);
        let tree = yaml::parse(&yaml::Input { text, map: &map, masked: &[] });
        let root = tree.documents().next();
        root.map_or_else(Settings::default, |root| Settings::of(root, false))
    }

    fn text(settings: &Settings) -> String {
        let scalar = |path: &str| settings.get(path).map_or("-", |scalar| scalar.text.as_str());
        let line = settings.entries.iter().map(|it| format!("{}={}", it.path, scalar(&it.path)));
        line.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_later_layer_merges_mappings_and_replaces_the_rest() {
        let first = read("a: {b: 1, c: [{d: 1}, {d: 2}]}\ne: {f: 1}");
        let later = read("a: {c: [{d: 3}], g::h: 2}\ne: null");
        assert_eq!(
            text(&first),
            "a=- a.b=1 a.c=- a.c[0]=- a.c[0].d=1 a.c[1]=- a.c[1].d=2 e=- e.f=1"
        );
        assert_eq!(text(&first.merged(&later)), "a=- a.b=1 a.c=- e=- a.c[0]=- a.c[0].d=3 a.g.h=2");
    }
}
