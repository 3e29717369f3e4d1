//! The field tables of `schemas/`, as the build wrote them.

use regex::Regex;
use std::sync::OnceLock;

/// The library that reads a format, which decides how it types scalars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// go-yaml 2, strict: Prometheus and Alertmanager configurations.
    GoYamlV2,
    /// go-yaml 3, strict: rule files.
    GoYamlV3,
    /// The Kubernetes API server, by the schema of a custom resource.
    Kubernetes,
    /// go-yaml 3 into nothing, and from there by `mapstructure`, strict: the collector.
    Mapstructure,
}

/// What a field takes.
#[derive(Debug)]
pub enum Type {
    /// Any scalar.
    String,
    /// A whole number.
    Int,
    /// A whole number not below zero.
    Uint,
    /// A number.
    Float,
    /// A boolean.
    Bool,
    /// A Prometheus duration.
    Duration,
    /// A Go duration.
    GoDuration,
    /// A size such as `15MB`.
    Size,
    /// A URL.
    Url,
    /// RE2 text.
    Regex,
    /// Text that must not be seen.
    Secret,
    /// A URL that must not be seen.
    SecretUrl,
    /// The name of a label.
    LabelName,
    /// The name of a metric.
    MetricName,
    /// The value of a label.
    LabelValue,
    /// `host:port`.
    Address,
    /// A Go template.
    Template,
    /// An Alertmanager matcher.
    Matcher,
    /// Whatever there is.
    Any,
    /// Nothing.
    Null,
    /// A whole number or a text.
    IntOrString,
    /// The id of a collector's component.
    ComponentId,
    /// One of these.
    Enum(&'static [&'static str]),
    /// A list.
    List(&'static Type),
    /// A map: type of the keys, type of the values.
    Map(&'static Type, &'static Type),
    /// A type of the same table, by its number.
    Named(usize),
}

/// One field.
#[derive(Debug)]
pub struct Field {
    /// Its key.
    pub name: &'static str,
    /// The type that brought it in.
    pub origin: &'static str,
    /// What it takes.
    pub ty: Type,
    /// Must be there.
    pub required: bool,
    /// Null is refused: of a list, as an entry.
    pub nonnull: bool,
    /// Members of the enum are compared without case.
    pub fold: bool,
    /// The empty text passes although it is no member.
    pub empty_ok: bool,
    /// Numbers whose whole part is from one to the other stand for members of the enum.
    pub numbers: Option<(f64, f64)>,
    /// Release that no longer has it.
    pub removed: Option<&'static str>,
    /// Release that discourages it.
    pub deprecated: Option<&'static str>,
    /// What it is called now.
    pub renamed: Option<&'static str>,
    /// Known to this dialect only.
    pub dialect: Option<&'static str>,
    /// First release that has it.
    pub since: Option<&'static str>,
    /// Value when absent, where a check needs it.
    pub default: Option<&'static str>,
}

/// A condition on the fields of one mapping.
#[derive(Debug)]
pub struct Check {
    /// The type that brought it in.
    pub origin: &'static str,
    /// The condition.
    pub test: Test,
}

/// Conditions; see the head of `schemas/prometheus.yaml`.
#[derive(Debug)]
#[expect(missing_docs, reason = "the words of the tables, explained there")]
pub enum Test {
    AtMostOne(&'static [&'static str]),
    ExactlyOne(&'static [&'static str]),
    AtLeastOne(&'static [&'static str]),
    AnyKey(&'static [&'static str]),
    Requires(&'static str, &'static [&'static str]),
    RequiredIf(&'static str, &'static [&'static str], &'static [&'static str]),
    ForbiddenIf(&'static str, &'static [&'static str], &'static [&'static str]),
    ForbiddenUnless(&'static str, &'static [&'static str], &'static [&'static str]),
    Positive(&'static str),
    NonNegative(&'static str),
    Range(&'static str, f64, f64),
    Length(&'static str, usize, usize),
    NotGreater(&'static str, &'static str, bool),
    NonBlank(&'static str),
    NonEmpty(&'static str),
    Quantity(&'static str),
    StartsWith(&'static str, &'static str),
    Matches(&'static str, &'static Pattern),
    Unique(&'static [(&'static str, &'static [&'static str])]),
    UniqueItems(&'static str),
    ValueRemoved(&'static str, &'static str, &'static str),
}

/// A pattern that the build has tried, compiled when first asked.
#[derive(Debug)]
pub struct Pattern {
    text: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    const fn new(text: &'static str) -> Self {
        Pattern { text, compiled: OnceLock::new() }
    }

    /// Whether it matches; a pattern that does not compile matches everything.
    pub fn is_match(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| Regex::new(self.text).ok());
        compiled.as_ref().is_none_or(|regex| regex.is_match(text))
    }
}

/// One type of a table; what it inlines is part of it.
#[derive(Debug)]
pub struct TypeTable {
    /// Its name, such as `RelabelConfig`.
    pub name: &'static str,
    /// Its fields, sorted by name.
    pub fields: &'static [Field],
    /// Conditions on them.
    pub checks: &'static [Check],
    /// What a scalar in place of the mapping must be.
    pub scalar: Option<Type>,
    /// The whole value is one of these.
    pub lines: Option<Type>,
    /// It takes any other key too, with a value of this type; or a list.
    pub open: Option<Type>,
    /// A list in place of the mapping holds these.
    pub items: Option<Type>,
    /// A release of the table's range took other keys too, or nobody looked which.
    pub past_open: bool,
}

impl TypeTable {
    /// The field with this key.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        let at = self.fields.binary_search_by(|field| field.name.cmp(name)).ok()?;
        self.fields.get(at)
    }
}

/// One table.
#[derive(Debug)]
pub struct Schema {
    /// Its name: `prometheus`, `prometheus-rules`, `alertmanager`, `prometheus-operator`.
    pub name: &'static str,
    /// The program, as messages name it.
    pub program: &'static str,
    /// The first release of the range.
    pub oldest: &'static str,
    /// The release that documents are held against.
    pub newest: &'static str,
    /// Roots whose every release of the range was read: what one took and the newest does not is a field that
    /// was removed.
    pub known_since_oldest: &'static [&'static str],
    /// Who reads it.
    pub reader: Reader,
    /// Roots that another library reads.
    pub readers: &'static [(&'static str, Reader)],
    /// Documents that the table describes.
    pub roots: &'static [Field],
    /// All types.
    pub types: &'static [TypeTable],
}

impl Schema {
    /// The table with this name.
    pub fn named(name: &str) -> Option<&'static Schema> {
        SCHEMAS.iter().find(|schema| schema.name == name)
    }

    /// The root with this name.
    pub fn root(&self, name: &str) -> Option<&'static Field> {
        self.roots.iter().find(|root| root.name == name)
    }

    /// Whether every release of the range refuses a key that this type does not list, below this root.
    pub fn never_had(&self, root: &str, name: &str) -> bool {
        let listed = |ty: &&TypeTable| ty.name == name && !ty.past_open;
        self.known_since_oldest.contains(&root) && self.types.iter().any(|ty| listed(&ty))
    }

    /// The release that no longer has a field.
    pub fn removal(&self, name: &str, field: &str) -> Option<&'static str> {
        self.types.iter().find(|ty| ty.name == name)?.field(field)?.removed
    }

    /// The library that reads this root.
    pub fn reader_of(&self, root: &str) -> Reader {
        self.readers.iter().find(|(name, _)| *name == root).map_or(self.reader, |row| row.1)
    }
}

include!(concat!(env!("OUT_DIR"), "/schemas.rs"));
