//! Logstash pipelines: the parsed text, and each plugin with its options.

pub mod installs;
pub mod node;
pub mod patterns;

use super::scalar::{Credential, Scalar};
use super::subject::{Held, SubjectKind};
use super::{DocumentId, FileFacts, Subject};
use crate::lang::logstash::{self, Extent, Kind, NodeId, Section, Tree, unquoted};
use crate::lang::placeholder;
use crate::parse::offsets::OffsetMap;
use crate::plugins;
use crate::source::Span;
use std::ops::Range;

/// Deepest nesting of values that is read.
const DEPTH: usize = 32;

/// A pipeline, or a part of one: Logstash joins the files of a folder.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Pipeline {
    /// Where it came from.
    pub document: DocumentId,
    /// The text that was parsed; what a template fills in is blank or a word of `_`.
    pub text: String,
    /// Where its bytes stand.
    pub map: OffsetMap,
    /// Ranges of it that a template fills in, ascending.
    pub unknown: Vec<Range<usize>>,
    /// The parsed text.
    pub tree: Tree,
    /// The first section's word, or the first line.
    pub anchor: Span,
}

/// What a plugin is for.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum Role {
    /// Takes events in.
    Input,
    /// Changes events.
    Filter,
    /// Sends events on.
    Output,
    /// Decodes or encodes for an input or output.
    Codec,
}

impl Role {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Role::Input => "input",
            Role::Filter => "filter",
            Role::Output => "output",
            Role::Codec => "codec",
        }
    }
}

/// A plugin of a pipeline.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Plugin {
    /// Where it came from.
    pub document: DocumentId,
    /// Its place in the pipeline's tree.
    pub node: NodeId,
    /// What it is for.
    pub role: Role,
    /// Its name.
    pub name: Scalar,
    /// Its options, in the order of the text.
    pub options: Vec<Setting>,
    /// The plugin that uses this codec.
    pub carrier: Option<NodeId>,
    /// Options may be missing: a template fills in a part of it, or a fault hides one.
    pub open: bool,
}

/// An option.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Setting {
    /// Its name.
    pub name: Scalar,
    /// Its value.
    pub value: Value,
}

/// The value of an option.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Value {
    /// One word, number or text.
    One(Scalar, Sort),
    /// A list.
    List(#[borsh(deserialize_with = "crate::kept::nested")] Vec<Value>, Span),
    /// A hash.
    Hash(#[borsh(deserialize_with = "crate::kept::nested")] Vec<(Scalar, Value)>, Span),
    /// A codec, by its node.
    Codec(NodeId, Scalar),
    /// Not understood.
    Unread(Span),
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Sort {
    /// Without quotes.
    Word,
    /// In quotes.
    Text,
    /// A number.
    Number,
}

impl Value {
    /// Its place.
    pub fn span(&self) -> Span {
        match self {
            Value::One(scalar, _) | Value::Codec(_, scalar) => scalar.span,
            Value::List(_, span) | Value::Hash(_, span) | Value::Unread(span) => *span,
        }
    }

    /// The scalar, if it is one.
    pub fn scalar(&self) -> Option<&Scalar> {
        match self {
            Value::One(scalar, _) => Some(scalar),
            _ => None,
        }
    }

    /// The scalar, or those of a list.
    pub fn scalars(&self) -> Vec<&Scalar> {
        match self {
            Value::One(scalar, _) => vec![scalar],
            Value::List(items, _) => items.iter().filter_map(Value::scalar).collect(),
            _ => Vec::new(),
        }
    }

    /// The entries of a hash, or the pairs of a list that stands for one.
    pub fn pairs(&self) -> Vec<(&Scalar, &Value)> {
        match self {
            Value::Hash(entries, _) => entries.iter().map(|(key, value)| (key, value)).collect(),
            Value::List(items, _) => {
                let pair = |two: &'_ [Value]| Some((two[0].scalar()?, two.get(1)?)).map(|_| ());
                let whole = items.chunks(2).all(|two| pair(two).is_some());
                let chunks = items.chunks(2).filter(|_| whole);
                chunks.filter_map(|two| Some((two[0].scalar()?, two.get(1)?))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Every scalar in it, keys included, however deep.
    pub fn texts(&self) -> Vec<&Scalar> {
        let mut found = Vec::new();
        let mut open = vec![self];
        while let Some(value) = open.pop() {
            match value {
                Value::One(scalar, _) => found.push(scalar),
                Value::List(items, _) => open.extend(items.iter().rev()),
                Value::Hash(entries, _) => {
                    found.extend(entries.iter().map(|(key, _)| key));
                    open.extend(entries.iter().rev().map(|(_, value)| value));
                }
                Value::Codec(..) | Value::Unread(_) => {}
            }
        }
        found
    }
}

impl Plugin {
    /// The first option with this name.
    pub fn option(&self, name: &str) -> Option<&Setting> {
        self.options.iter().find(|option| option.name.text == name)
    }

    /// The value of an option.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.option(name).map(|option| &option.value)
    }

    /// The scalar of an option.
    pub fn scalar(&self, name: &str) -> Option<&Scalar> {
        self.value(name).and_then(Value::scalar)
    }

    /// The text of an option, if it is one scalar that can be known.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.scalar(name).and_then(Scalar::known_text)
    }

    /// The boolean of an option, if it can be known.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.text(name)?.parse().ok()
    }

    /// Whether this is such a plugin.
    pub fn is(&self, role: Role, name: &str) -> bool {
        self.role == role && self.name.text == name
    }

    /// The name of its codec, whether that has options or not.
    pub fn codec(&self) -> Option<&Scalar> {
        match self.value("codec")? {
            Value::One(scalar, _) | Value::Codec(_, scalar) => Some(scalar),
            _ => None,
        }
    }
}

impl Pipeline {
    /// The place of a part of the text.
    pub fn span(&self, extent: Extent) -> Span {
        self.map.span(extent.start as usize, extent.end as usize)
    }

    /// The text of a part.
    pub fn slice(&self, extent: Extent) -> &str {
        self.text.get(extent.range()).unwrap_or_default()
    }

    /// Whether a template fills in a part of this range, or of the lines beside it.
    pub fn is_filled(&self, range: Range<usize>) -> bool {
        let first = self.unknown.partition_point(|one| one.end <= range.start);
        self.unknown.get(first).is_some_and(|one| one.start < range.end)
    }

    fn scalar(&self, extent: Extent, sort: Sort) -> Scalar {
        let whole = self.slice(extent);
        let inner = if sort == Sort::Text { unquoted(whole) } else { whole };
        let cut = (whole.len() - inner.len()) / 2;
        let (start, end) = (extent.start as usize + cut, extent.end as usize - cut);
        let span = if start == end { self.span(extent) } else { self.map.span(start, end) };
        let known = !self.is_filled(extent.range()) && !is_placeholder(inner);
        Scalar { text: inner.to_owned(), span, known, plain: sort != Sort::Text }
    }

    /// The name of a node, quotes gone.
    pub fn name(&self, node: NodeId) -> Scalar {
        let extent = self.tree.node(node).name;
        let quoted = self.slice(extent).starts_with(['"', '\'']);
        self.scalar(extent, if quoted { Sort::Text } else { Sort::Word })
    }

    /// The text of a leaf, quotes gone.
    pub fn leaf(&self, node: NodeId) -> Scalar {
        let found = self.tree.node(node);
        let sort = match found.kind {
            Kind::Text => Sort::Text,
            Kind::Number => Sort::Number,
            _ => Sort::Word,
        };
        self.scalar(found.extent, sort)
    }

    fn value(&self, node: NodeId, depth: usize) -> Value {
        let found = self.tree.node(node);
        let span = self.span(found.extent);
        let children = || self.tree.children(node);
        match found.kind {
            Kind::Bareword => Value::One(self.leaf(node), Sort::Word),
            Kind::Text => Value::One(self.leaf(node), Sort::Text),
            Kind::Number => Value::One(self.leaf(node), Sort::Number),
            Kind::Plugin => Value::Codec(node, self.name(node)),
            Kind::Array if depth < DEPTH => {
                Value::List(children().map(|item| self.value(item, depth + 1)).collect(), span)
            }
            Kind::Hash if depth < DEPTH => {
                let entry = |entry: NodeId| {
                    let value = self.tree.children(entry).next()?;
                    Some((self.name(entry), self.value(value, depth + 1)))
                };
                Value::Hash(children().filter_map(entry).collect(), span)
            }
            _ => Value::Unread(span),
        }
    }

    fn plugin(&self, node: NodeId, section: Section, document: DocumentId) -> Plugin {
        let found = self.tree.node(node);
        let is_plugin = |above: &NodeId| self.tree.node(*above).kind == Kind::Plugin;
        let inside =
            !matches!(self.tree.node(found.parent).kind, Kind::Section(_) | Kind::If | Kind::Else);
        let carrier = self.tree.ancestors(node).take(DEPTH).find(is_plugin).filter(|_| inside);
        let role = match section {
            _ if inside => Role::Codec,
            Section::Input => Role::Input,
            Section::Filter => Role::Filter,
            Section::Output => Role::Output,
        };
        let option = |option: NodeId| {
            let value = self.tree.children(option).next();
            let value = value.map_or_else(
                || Value::Unread(self.span(self.tree.node(option).extent)),
                |value| self.value(value, 0),
            );
            Setting { name: self.name(option), value }
        };
        let extent = found.extent;
        let hidden = self.tree.faults.iter().any(|fault| {
            fault.lost && fault.extent.start >= extent.start && fault.extent.start <= extent.end
        });
        Plugin {
            document,
            node,
            role,
            name: self.name(node),
            options: self.tree.children(node).map(option).collect(),
            carrier,
            open: hidden || self.is_filled(extent.range()),
        }
    }
}

/// Whether something fills in a part of this text before Logstash sees it as a value: the
/// environment, the keystore, a template. `%{field}` and `%{{date}}` are the language's own.
fn is_placeholder(text: &str) -> bool {
    if !text.contains("%{") {
        return placeholder::is_in(text);
    }
    placeholder::is_in(&text.replace("%{", "%"))
}

/// Reads a pipeline: its tree and its plugins.
pub(super) fn read(
    text: &str,
    map: &OffsetMap,
    unknown: &[Range<usize>],
    document: DocumentId,
    facts: &mut FileFacts,
) {
    let tree = logstash::parse(text);
    let named = tree.sections().map(|id| tree.node(id).name).find(|name| name.end > name.start);
    let place = &mut facts.documents[document.index as usize];
    let anchor =
        named.map_or(place.anchor, |name| map.span(name.start as usize, name.end as usize));
    place.anchor = anchor;
    place.broken = tree.faults.iter().any(|fault| fault.lost);
    let pipeline = Pipeline {
        document,
        text: text.to_owned(),
        map: map.clone(),
        unknown: unknown.to_vec(),
        tree,
        anchor,
    };
    for section in pipeline.tree.sections() {
        let Kind::Section(word) = pipeline.tree.node(section).kind else { continue };
        let nodes = pipeline.tree.subtree(section);
        let plugins = nodes.filter(|id| pipeline.tree.node(*id).kind == Kind::Plugin);
        for plugin in plugins.map(|id| pipeline.plugin(id, word, document)) {
            credentials(&plugin, facts);
            facts.logstash_plugins.push(plugin);
        }
    }
    facts.logstash_pipelines.push(pipeline);
}

/// Options that hold a secret, and addresses with one.
fn credentials(plugin: &Plugin, facts: &mut FileFacts) {
    let known = plugins::plugin(plugin.role.word(), &plugin.name.text);
    for option in &plugin.options {
        let name = option.name.text.as_str();
        let path = format!("{}.{}.{name}", plugin.role.word(), plugin.name.text);
        let kind = known.and_then(|known| known.option(name)).map(|table| table.kind);
        // The key of a fingerprint only makes it another one.
        let secret = (kind == Some(plugins::Type::Password) && plugin.name.text != "fingerprint")
            || name == "password"
            || name == "api_key"
            || name.ends_with("_password")
            || name.ends_with("_passphrase")
            || name.ends_with("_secret");
        let mut push = |value: Scalar| {
            facts.credentials.push(Credential {
                document: plugin.document,
                program: "logstash",
                key: option.name.clone(),
                path: path.clone(),
                value,
            });
        };
        match option.value.scalar().filter(|_| secret) {
            Some(value) => push(value.clone()),
            None => option.value.texts().into_iter().filter_map(user_info).for_each(push),
        }
    }
}

/// The password of `https://name:password@host`.
fn user_info(address: &Scalar) -> Option<Scalar> {
    let text = &address.text;
    let start = text.find("://")? + 3;
    let authority = text[start..].split(['/', '?', '#', ' ']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    let (name, password) = user.split_once(':')?;
    let from = start + name.len() + 1;
    let span = address.span;
    let span = match span.range().len() == text.len() {
        true => {
            let start = span.start as usize + from;
            Span::new(span.source, start, start + password.len())
        }
        false => span,
    };
    let known = address.known && !is_placeholder(password);
    (!password.is_empty()).then(|| Scalar { text: password.to_owned(), span, known, plain: false })
}

impl Subject for Pipeline {
    fn kind(&self) -> SubjectKind {
        SubjectKind::LogstashPipeline
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "Logstash pipeline".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
}

impl Subject for Plugin {
    fn kind(&self) -> SubjectKind {
        SubjectKind::LogstashPlugin
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("{} {}", self.role.word(), self.name.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => self.name.held(),
            "role" => Held::Text(self.role.word()),
            _ => match path.strip_prefix("options.") {
                Some(name) => match self.scalar(name) {
                    Some(scalar) => scalar.held(),
                    None if self.open => Held::Unknown,
                    None => Held::Nothing,
                },
                None => Held::Nothing,
            },
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "name" => Some(self.name.span),
            _ => path
                .strip_prefix("options.")
                .and_then(|name| self.option(name))
                .map(|it| it.name.span),
        }
    }
}
