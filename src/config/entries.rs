//! Files of decisions that people write in YAML: lists of entries, every fault with its place.

use super::declare::Word;
use super::{ConfigError, nearest};
use crate::lang::day;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::{NodeRef, Tree};
use crate::parse::yaml;
use crate::source::{Encoding, Source, SourceId, Span};

/// What a key of an entry takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A text.
    Text,
    /// `YYYY-MM-DD`.
    Day,
    /// What its reader says.
    Any,
}

/// A key of an entry, and what it takes.
pub(super) type Field = (&'static str, Form);

/// One entry of the list: its known keys with their values.
pub(super) struct Entry<'t> {
    /// All of it.
    pub(super) node: NodeRef<'t>,
    values: Vec<(&'static str, NodeRef<'t>, NodeRef<'t>)>,
}

impl<'t> Entry<'t> {
    /// Key and value, where the value is not empty.
    pub(super) fn get(&self, name: &str) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        let found = self.values.iter().find(|(known, ..)| *known == name);
        found.map(|(_, key, value)| (*key, *value)).filter(|(_, value)| !is_empty(*value))
    }

    /// The text under a key, with its place.
    pub(super) fn word(&self, name: &str) -> Option<Word> {
        self.get(name).and_then(|(_, value)| word(value))
    }

    /// Where the entry is shown: its first key.
    pub(super) fn head(&self) -> Span {
        self.node.pairs().next().map_or(self.node.span(), |(key, _)| key.span())
    }
}

/// The text of a scalar, with its place.
pub(super) fn word(node: NodeRef<'_>) -> Option<Word> {
    let text = node.scalar()?.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(Word { text, span: Some(node.span()) })
}

fn is_empty(node: NodeRef<'_>) -> bool {
    node.is_null() || node.scalar().is_some_and(|text| text.trim().is_empty())
}

/// The texts of a scalar or of a list of them; `None` for anything else.
pub(super) fn words(node: NodeRef<'_>) -> Option<Vec<Word>> {
    if node.is_sequence() {
        return node.items().map(|item| word(item).filter(|_| !is_empty(item))).collect();
    }
    word(node).map(|word| vec![word])
}

/// Reads a file of entries and collects what is wrong with it.
pub(super) struct Entries<'s> {
    /// The file.
    pub(super) source: &'s Source,
    /// Faults, in the order they were found.
    pub(super) errors: Vec<ConfigError>,
}

impl Entries<'_> {
    pub(super) fn error(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.errors.push(ConfigError { span, message: message.into(), help: help.into() });
    }

    /// The line of a place.
    pub(super) fn line(&self, span: Span) -> u32 {
        self.source.line_of(span.start)
    }

    /// Says what is wrong with the text itself.
    pub(super) fn faults(&mut self, tree: &Tree) {
        for issue in tree.roots.iter().flat_map(|root| &root.issues) {
            self.error(issue.span, issue.message.clone(), "mend the YAML of this file");
        }
    }

    /// The entries of the list under `name`, or of the list that the file is.
    fn all<'t>(&mut self, tree: &'t Tree, name: &str, fields: &[Field]) -> Vec<Entry<'t>> {
        let form = format!("write `{name}:` and a list below it, each entry after `- `");
        self.faults(tree);
        let mut documents = tree.documents().filter(|node| !node.is_null());
        let Some(root) = documents.next() else { return Vec::new() };
        if let Some(second) = documents.next() {
            self.error(second.span().at_start(), "a second document begins here", form);
        }
        let mut list = root;
        if root.is_mapping() {
            for (key, value) in root.pairs() {
                match key.scalar() {
                    Some(word) if word == name => list = value,
                    _ => self.unknown(key, [name].into_iter()),
                }
            }
            if list.is_null() || list.id() == root.id() {
                return Vec::new();
            }
        }
        self.list(list, name, fields)
    }

    /// The entries of a list.
    pub(super) fn list<'t>(
        &mut self,
        list: NodeRef<'t>,
        name: &str,
        fields: &[Field],
    ) -> Vec<Entry<'t>> {
        if !list.is_sequence() {
            let form = format!("write `{name}:` and a list below it, each entry after `- `");
            self.error(list.span(), format!("`{name}` is a list"), form);
            return Vec::new();
        }
        list.items().filter_map(|item| self.entry(item, name, fields)).collect()
    }

    fn entry<'t>(&mut self, node: NodeRef<'t>, name: &str, fields: &[Field]) -> Option<Entry<'t>> {
        if !node.is_mapping() {
            let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
            let help = format!("its keys are {}", names.join(", "));
            self.error(node.span(), format!("an entry of `{name}` has keys"), help);
            return None;
        }
        let mut values = Vec::new();
        for (key, value) in node.entries() {
            let written = key.scalar().unwrap_or_default().replace(['_', ' '], "-");
            match fields.iter().find(|(known, _)| *known == written) {
                Some(&(known, form)) => {
                    self.fits(known, form, value);
                    values.push((known, key, value));
                }
                None => self.unknown(key, fields.iter().map(|(known, _)| *known)),
            }
        }
        Some(Entry { node, values })
    }

    /// Says of a key that nothing is called so.
    pub(super) fn unknown<'k>(&mut self, key: NodeRef<'_>, known: impl Iterator<Item = &'k str>) {
        let known: Vec<&str> = known.collect();
        let written = key.scalar().unwrap_or_default();
        let help = match nearest(written, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the keys are {}", known.join(", ")),
        };
        self.error(key.span(), format!("unknown key `{written}`"), help);
    }

    fn fits(&mut self, name: &str, form: Form, value: NodeRef<'_>) {
        if is_empty(value) || form == Form::Any {
            return;
        }
        let text = value.scalar();
        match (form, text) {
            (Form::Day, Some(text)) if day::number(text.trim()).is_some() => {}
            (Form::Day, _) => {
                let message = format!("`{name}` is no day");
                self.error(value.span(), message, "write YYYY-MM-DD, a day that there is");
            }
            (Form::Text, None) => {
                self.error(value.span(), format!("`{name}` takes a text"), "write it on one line");
            }
            _ => {}
        }
    }
}

/// Reads the entries of a file with `take`.
///
/// # Errors
/// All faults, with their spans, and the source they point into.
pub(super) fn read<T>(
    path: &str,
    text: String,
    name: &str,
    fields: &[Field],
    mut take: impl FnMut(&Entry<'_>, &mut Entries<'_>) -> Option<T>,
) -> Result<Vec<T>, (Box<Source>, Vec<ConfigError>)> {
    let source = Source::new(path, text, Encoding::Utf8);
    let start = source.content_start();
    let map = OffsetMap::slice(SourceId(0), start);
    let text = &source.text()[start..];
    let tree = yaml::parse(&yaml::Input { text, map: &map, masked: &[] });
    let mut reader = Entries { source: &source, errors: Vec::new() };
    let entries = reader.all(&tree, name, fields);
    let taken: Vec<T> = entries.iter().filter_map(|entry| take(entry, &mut reader)).collect();
    let mut errors = reader.errors;
    if errors.is_empty() {
        return Ok(taken);
    }
    errors.sort_by_key(|error| error.span);
    Err((Box::new(source), errors))
}
