//! Settings of programs that read `a.b.c: x`, `a: { b: { c: x } }` and any mixture as one.

pub mod table;

use super::flat::{self, Next};
use super::scalar::Scalar;
use crate::lang::placeholder;
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// Most settings that are read of one document.
const MOST: usize = 5_000;

/// One setting.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Setting {
    /// All parts of its key, joined by dots.
    pub key: String,
    /// The last key as written: the token to edit.
    pub span: Span,
    /// Its value, if that is one scalar and not null.
    pub value: Option<Scalar>,
    /// The items, if it is a list.
    pub items: Vec<Scalar>,
    /// It is a list, be it empty.
    pub list: bool,
}

impl Setting {
    /// Its values: the scalar, or the items of the list.
    pub fn values(&self) -> &[Scalar] {
        match &self.value {
            Some(value) => std::slice::from_ref(value),
            None => &self.items,
        }
    }

    /// The boolean it is, if that can be known.
    pub fn boolean(&self) -> Option<bool> {
        self.value.as_ref()?.boolean()
    }

    /// Its text, if that can be known.
    pub fn text(&self) -> Option<&str> {
        self.value.as_ref()?.known_text()
    }
}

/// All settings of a document or a container.
#[derive(Clone, Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Settings {
    /// In the order of the file.
    pub entries: Vec<Setting>,
    /// Nothing may be concluded from what is absent.
    pub open: bool,
}

impl Settings {
    /// Reads a mapping.
    pub fn of(node: NodeRef<'_>, open: bool) -> Settings {
        let mut settings = Settings { entries: Vec::new(), open };
        // Items of lists are values here, and nothing to go into.
        flat::walk(node, &mut |step| {
            let Some(key) = step.key else { return Next::End };
            if settings.entries.len() >= MOST {
                settings.open = true;
                return Next::End;
            }
            let value = step.value;
            if key.is_unknown() || key.scalar().is_some_and(placeholder::is_in) {
                settings.open = true;
                return Next::Beside;
            }
            if value.is_mapping() && value.pairs().len() > 0 && !step.deepest {
                return Next::Below;
            }
            settings.push(step.path.to_owned(), key, value);
            Next::Beside
        });
        settings
    }

    fn push(&mut self, key: String, name: NodeRef<'_>, value: NodeRef<'_>) {
        let scalar = Scalar::of(value).filter(|_| !value.is_null() || value.is_unknown());
        self.open |= value.is_unknown() && value.scalar().is_none();
        self.entries.push(Setting {
            key,
            span: name.span(),
            value: scalar,
            items: value.items().filter_map(Scalar::of).collect(),
            list: value.is_sequence(),
        });
    }

    /// The last setting with this key: later ones win.
    pub fn get(&self, key: &str) -> Option<&Setting> {
        self.entries.iter().rev().find(|setting| setting.key == key)
    }

    /// The scalar of a key.
    pub fn scalar(&self, key: &str) -> Option<&Scalar> {
        self.get(key)?.value.as_ref()
    }

    /// The text of a key, if it can be known.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.scalar(key)?.known_text()
    }

    /// Where a key, or the first one below it, stands.
    pub fn place(&self, key: &str) -> Option<Span> {
        self.get(key).or_else(|| self.below(key).next()).map(|setting| setting.span)
    }

    /// Settings below a key.
    pub fn below<'s>(&'s self, key: &str) -> impl Iterator<Item = &'s Setting> {
        let prefix = format!("{key}.");
        self.entries.iter().filter(move |setting| setting.key.starts_with(&prefix))
    }

    /// Whether a key, or one below it, is set.
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some() || self.below(key).next().is_some()
    }
}

/// The value at a dotted path, however its parts are joined: `a.b` of `a: { b: x }`, `a.b: x`.
pub fn at<'t>(node: NodeRef<'t>, path: &str) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
    all_at(node, path).into_iter().next_back()
}

/// All values at a dotted path: `output: {a: 1}` beside `output.b: 2`.
pub fn all_at<'t>(node: NodeRef<'t>, path: &str) -> Vec<(NodeRef<'t>, NodeRef<'t>)> {
    let mut found = Vec::new();
    let mut open = vec![(node, path)];
    while let Some((node, path)) = open.pop() {
        for (key, value) in node.entries() {
            let Some(rest) = key.scalar().and_then(|name| path.strip_prefix(name)) else {
                continue;
            };
            match rest.strip_prefix('.') {
                None if rest.is_empty() => found.push((key, value)),
                Some(rest) if value.is_mapping() => open.push((value, rest)),
                _ => {}
            }
        }
    }
    found.sort_by_key(|(key, _)| key.span());
    found
}
