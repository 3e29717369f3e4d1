//! Grafana dashboards: panels with their queries and units, variables, provisioning.

mod classic;
pub(in crate::facts) mod language;
mod provision;
mod read;
mod v2;

use super::expression::{Expression, is_metricsql};
use super::scalar::{Scalar, held};
use super::subject::{Held, SubjectKind};
use super::{DocumentId, Subject};
use crate::source::Span;
pub use language::Language;
pub(super) use provision::read as read_provisioning;
pub(super) use read::read;

/// A committed dashboard.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Dashboard {
    /// Where it came from.
    pub document: DocumentId,
    /// `uid`, or `metadata.name` of the newer object form; without one the server picks it.
    pub uid: Option<Scalar>,
    /// Its title.
    pub title: Option<Scalar>,
    /// The token that names it.
    pub anchor: Span,
    /// It holds panels, rows or elements, be they empty.
    pub has_panels: bool,
    /// Published by somebody else: it has a number on grafana.com, or asks for inputs.
    pub imported: bool,
    /// Part of it was masked, so that nothing may be concluded from what is not there.
    pub open: bool,
    /// Names of `__inputs`, which an import replaces.
    pub inputs: Vec<String>,
}

/// A panel.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Panel {
    /// The document of its dashboard.
    pub document: DocumentId,
    /// Its number within the dashboard.
    pub index: u32,
    /// `title`.
    pub title: Option<Scalar>,
    /// The token that names it: its title, or else its type.
    pub anchor: Span,
    /// `type`: `timeseries`, `stat`, `row`, …
    pub plugin: Option<Scalar>,
    /// Taken from a library: what it shows stands elsewhere.
    pub library: bool,
    /// The language that its data source speaks; targets may have their own.
    pub language: Language,
    /// How it names its data source: by `uid`, by name, or by a variable.
    pub datasource: Option<Scalar>,
    /// The key `targets`, if it is there.
    pub targets_key: Option<Span>,
    /// It says that it has a data source and names none: the default one.
    pub default_source: bool,
    /// Queries.
    pub targets: Vec<Target>,
    /// Units of what it shows.
    pub units: Vec<Unit>,
    /// Numbers at which its colour or line changes.
    pub thresholds: Vec<Scalar>,
    /// `thresholds` are parts of the range between minimum and maximum.
    pub relative_thresholds: bool,
    /// The variable it is repeated for.
    pub repeat: Option<Scalar>,
    /// Words stand for its values.
    pub mapped: bool,
    /// It holds the data that it shows.
    pub snapshot: bool,
    /// A text stands in for what it does not show yet: `noValue`.
    pub no_value: bool,
    /// Transformations change what the queries return.
    pub transformed: bool,
}

/// A query of a panel.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Target {
    /// `refId`.
    pub ref_id: String,
    /// `expr`, of sources that have it.
    pub expr: Option<Expression>,
    /// The language it is written in.
    pub language: Language,
    /// How it names a data source of its own.
    pub datasource: Option<Scalar>,
    /// Not shown.
    pub hidden: bool,
}

/// A unit of a panel.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Unit {
    /// As written: `percentunit`, `s`, …
    pub value: Scalar,
    /// What it applies to.
    pub scope: Scope,
}

/// What a unit applies to.
#[derive(Clone, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Scope {
    /// Everything that has no other.
    All,
    /// What the query with this `refId` returns.
    Query(String),
    /// Some fields, nobody knows of which query.
    Some,
}

/// A variable of a dashboard.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Variable {
    /// The document of its dashboard.
    pub document: DocumentId,
    /// Its name.
    pub name: Scalar,
    /// `query`, `custom`, `datasource`, …, or the kind of the newer form.
    pub kind: String,
    /// The query that gives its values, or the list of them.
    pub query: Option<Scalar>,
}

/// A provider of dashboards: a folder that Grafana reads them from.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Provider {
    /// Where it came from.
    pub document: DocumentId,
    /// `name`.
    pub name: Option<Scalar>,
    /// `options.path`, as the container sees it.
    pub path: Option<Scalar>,
    /// The token that names it.
    pub anchor: Span,
}

/// A data source that Grafana is given.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct DataSource {
    /// Where it came from.
    pub document: DocumentId,
    /// `name`.
    pub name: Option<Scalar>,
    /// `uid`; Grafana makes one up without it.
    pub uid: Option<Scalar>,
    /// `type`.
    pub plugin: Option<Scalar>,
    /// `isDefault`.
    pub default: bool,
}

impl Panel {
    /// The queries that were read as PromQL.
    pub fn expressions(&self) -> impl Iterator<Item = (&Target, &Expression)> {
        self.targets.iter().filter_map(|target| Some((target, target.expr.as_ref()?)))
    }

    /// Whether it asks anything of a data source.
    pub fn has_queries(&self) -> bool {
        self.targets.iter().any(|target| !target.hidden)
    }

    /// Whether one of its queries is certainly MetricsQL.
    pub fn speaks_metricsql(&self) -> bool {
        self.targets.iter().any(|target| {
            let text = target.expr.as_ref().filter(|expr| expr.parsed.is_none());
            target.language == Language::Metricsql
                || (target.language == Language::Promql
                    && text.is_some_and(|expr| is_metricsql(&expr.scalar.text)))
        })
    }

    /// How output names it.
    pub fn name(&self) -> String {
        match &self.title {
            Some(title) if !title.text.is_empty() => title.text.clone(),
            _ => format!("number {}", self.index + 1),
        }
    }

    /// The text of its type.
    pub fn plugin(&self) -> &str {
        self.plugin.as_ref().map_or("", |plugin| plugin.text.as_str())
    }
}

impl Subject for Dashboard {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Dashboard
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("dashboard {}", self.title.as_ref().map_or("", |title| title.text.as_str()))
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "title" => held(self.title.as_ref()),
            "uid" => match &self.uid {
                None if self.open => Held::Unknown,
                uid => held(uid.as_ref()),
            },
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "title" => self.title.as_ref().map(|title| title.span),
            "uid" => self.uid.as_ref().map(|uid| uid.span),
            _ => None,
        }
    }
}

impl Subject for Panel {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Panel
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("panel {}", self.name())
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "title" => held(self.title.as_ref()),
            "type" => held(self.plugin.as_ref()),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "title" => self.title.as_ref().map(|title| title.span),
            "type" => self.plugin.as_ref().map(|plugin| plugin.span),
            _ => None,
        }
    }
}

impl Subject for Provider {
    fn kind(&self) -> SubjectKind {
        SubjectKind::DashboardProvider
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("provider {}", self.name.as_ref().map_or("", |name| name.text.as_str()))
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => held(self.name.as_ref()),
            "path" => held(self.path.as_ref()),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "name" => self.name.as_ref().map(|name| name.span),
            "path" => self.path.as_ref().map(|path| path.span),
            _ => None,
        }
    }
}
