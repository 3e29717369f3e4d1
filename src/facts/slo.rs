//! Service level objectives of every dialect in one normal form.
//!
//! Each dialect has a reader of its own; what they write differently (objective as percentage
//! or ratio, good or bad events, window as duration, count or days) is the same fact here.

pub mod evaluator;
pub mod value;

mod generator;
mod nobl9;
mod openslo;
mod pyrra;
mod sloth;
mod standard;
mod template;
pub(super) mod terraform;

use super::expression::{Expression, is_metricsql};
use super::scalar::{Pairs, Scalar, held};
use super::subject::{Held, SubjectKind};
use super::{DocumentId, FileFacts, Subject};
use crate::parse::tree::NodeRef;
use crate::source::Span;
use value::{Objective, Window};

/// Who defines the form of an objective.
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
pub enum SloDialect {
    /// The standard's own: services, their objectives, `sli_definition`.
    Standard,
    /// OpenSLO.
    OpenSlo,
    /// Sloth, as a file or an object.
    Sloth,
    /// Pyrra.
    Pyrra,
    /// Google's slo-generator.
    Generator,
    /// Grafana SLO (Terraform).
    Grafana,
    /// Datadog (Terraform).
    Datadog,
    /// Nobl9, as an object or in Terraform.
    Nobl9,
    /// Google Cloud Monitoring (Terraform).
    Google,
}

impl SloDialect {
    /// The name in messages.
    pub fn name(self) -> &'static str {
        match self {
            SloDialect::Standard => "the SLO file",
            SloDialect::OpenSlo => "OpenSLO",
            SloDialect::Sloth => "Sloth",
            SloDialect::Pyrra => "Pyrra",
            SloDialect::Generator => "slo-generator",
            SloDialect::Grafana => "Grafana SLO",
            SloDialect::Datadog => "Datadog",
            SloDialect::Nobl9 => "Nobl9",
            SloDialect::Google => "Google Cloud Monitoring",
        }
    }

    /// Whether a tool computes the window, the budget and its use from the objective.
    pub fn is_evaluated(self) -> bool {
        self != SloDialect::Standard
    }

    /// Whether a service computes all of it, out of reach of the repository.
    pub fn is_vendor(self) -> bool {
        matches!(
            self,
            SloDialect::Grafana | SloDialect::Datadog | SloDialect::Nobl9 | SloDialect::Google
        )
    }
}

/// One objective of one service.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Slo {
    /// Where it came from.
    pub document: DocumentId,
    /// Its form.
    pub dialect: SloDialect,
    /// The whole entry.
    pub span: Span,
    /// The token that names it.
    pub anchor: Span,
    /// Its number among all objectives of the run.
    pub number: usize,
    /// Its number among the objectives of one object.
    pub index: usize,
    /// The top-level key it stands under in the standard's format: `slos`, `business_slos`.
    pub group: Option<Scalar>,
    /// The service it belongs to.
    pub service: Option<Scalar>,
    /// Its name.
    pub name: Option<Scalar>,
    /// What is promised.
    pub objective: Option<Objective>,
    /// Over which time.
    pub window: Option<Window>,
    /// The error budget, where one is written down.
    pub budget: Option<Scalar>,
    /// What is measured.
    pub indicator: Option<Indicator>,
    /// The bound of a latency or another measured value.
    pub bound: Option<Scalar>,
    /// Who is told.
    pub alerting: Alerting,
    /// Its fields as written, for formats without a reader of their own; keys by last part.
    pub settings: Pairs,
    /// Time slices are counted, not events.
    pub timeslices: bool,
    /// Parts may be filled in elsewhere.
    pub open: bool,
}

/// What a query of an indicator counts.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum Role {
    /// Good events.
    Good,
    /// Bad events.
    Bad,
    /// All events.
    Total,
    /// The share of good events, or a value held against the objective.
    Value,
    /// The share of bad events.
    ErrorRatio,
    /// A measured value held against a bound of its own.
    Measured,
}

/// One query of an indicator.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct SliQuery {
    /// What it counts.
    pub role: Role,
    /// The key it stands under.
    pub key: Span,
    /// Text and tree; the tree has the extents of the text as written.
    pub expression: Expression,
    /// The tool fills in a window.
    pub windowed: bool,
    /// The tool puts functions around the query: the text is no expression of its own.
    pub wrapped: bool,
}

/// A service level indicator.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Indicator {
    /// The key that holds it.
    pub key: Span,
    /// Its PromQL queries.
    pub queries: Vec<SliQuery>,
    /// The name of an indicator defined elsewhere.
    pub reference: Option<Scalar>,
    /// It is computed from logs, by a vendor or by a plugin: no PromQL to read here.
    pub foreign: bool,
    /// Labels by which the tool makes one objective for each value.
    pub grouping: Vec<Scalar>,
}

impl Indicator {
    fn new(key: Span) -> Indicator {
        Indicator { key, queries: Vec::new(), reference: None, foreign: false, grouping: vec![] }
    }

    /// The query with this role.
    pub fn query(&self, role: Role) -> Option<&SliQuery> {
        self.queries.iter().find(|query| query.role == role)
    }
}

/// Whether a tool makes burn-rate alerts for an objective.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
pub enum Generated {
    /// It does.
    Yes,
    /// Some are turned off.
    Partly,
    /// They are turned off.
    Off,
    /// Nothing makes alerts from this form.
    #[default]
    Never,
    /// Nobody can know.
    Unknown,
}

/// Alert settings of an objective.
#[derive(Clone, Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Alerting {
    /// The settings' key.
    pub key: Option<Span>,
    /// `alerting_threshold` of the standard's format.
    pub threshold: Option<Scalar>,
    /// Alerts that a tool makes.
    pub generated: Generated,
    /// What turns them off.
    pub off: Option<Span>,
    /// Policies named.
    pub policies: Vec<Scalar>,
}

/// An OpenSLO object that objectives refer to.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct SloPart {
    /// Where it came from.
    pub document: DocumentId,
    /// `SLI`, `Service`, `AlertPolicy`, `DataSource`, …
    pub kind: String,
    /// `metadata.name`.
    pub name: Scalar,
    /// The indicator of an `SLI`.
    pub indicator: Option<Indicator>,
}

/// An entry of the standard's format that is no mapping.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Misshapen {
    /// Where it came from.
    pub document: DocumentId,
    /// Its key.
    pub key: Scalar,
    /// What stands in place of an objective, in words.
    pub found: String,
}

/// Reads the objectives of a document.
pub fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    let text = |key| root.get(key).and_then(NodeRef::scalar).unwrap_or_default();
    let api = text("apiVersion").split('/').next().unwrap_or_default();
    match (api, text("kind")) {
        (api, kind) if api.starts_with("openslo") || (api.is_empty() && kind == "SLO") => {
            openslo::read(root, id, masked, facts);
        }
        ("n9", _) => nobl9::read(root, id, masked, facts),
        ("sre.google.com", _) => generator::read(root, id, masked, facts),
        ("pyrra.dev", _) => pyrra::read(root, id, masked, facts),
        ("sloth.slok.dev", _) | (_, "PrometheusServiceLevel") => {
            sloth::read_object(root, id, masked, facts);
        }
        (_, "ServiceLevelObjective") if root.at(&["spec", "service_level_indicator"]).is_some() => {
            generator::read(root, id, masked, facts);
        }
        (_, "ServiceLevelObjective") => pyrra::read(root, id, masked, facts),
        _ if sloth::is_file(root) || sloth::is_part(root) => {
            sloth::read(root, id, masked, facts);
        }
        _ => standard::read(root, id, masked, facts),
    }
    leave_metricsql(id, facts);
}

/// One query of MetricsQL says that the server behind all of a document speaks it.
fn leave_metricsql(id: DocumentId, facts: &mut FileFacts) {
    let mut own: Vec<&mut SliQuery> = facts
        .slos
        .iter_mut()
        .filter(|slo| slo.document == id)
        .filter_map(|slo| slo.indicator.as_mut())
        .flat_map(|indicator| &mut indicator.queries)
        .collect();
    let faulty = |query: &SliQuery| {
        query.expression.parsed.as_ref().is_some_and(|parsed| !parsed.faults.is_empty())
    };
    let foreign =
        |query: &&mut SliQuery| faulty(query) && is_metricsql(&query.expression.scalar.text);
    if own.iter().any(foreign) {
        for query in own.iter_mut().filter(|query| faulty(query)) {
            query.expression.parsed = None;
        }
    }
}

/// The field table of a document, if its form has one.
pub(super) fn table_of(root: NodeRef<'_>) -> Option<&'static str> {
    let text = |key| root.get(key).and_then(NodeRef::scalar).unwrap_or_default();
    match (text("apiVersion"), text("kind")) {
        ("openslo/v1", "SLO") => Some("openslo-slo"),
        ("openslo/v1", "SLI") => Some("openslo-sli"),
        ("openslo/v1", "AlertPolicy") => Some("openslo-alert-policy"),
        ("openslo/v1", "AlertCondition") => Some("openslo-alert-condition"),
        ("sloth.slok.dev/v1", "PrometheusServiceLevel") => Some("sloth-object"),
        ("pyrra.dev/v1alpha1", "ServiceLevelObjective") => Some("pyrra-object"),
        ("", "") if sloth::is_file(root) => Some("sloth-file"),
        _ => None,
    }
}

impl Slo {
    fn new(document: DocumentId, dialect: SloDialect, span: Span, anchor: Span) -> Slo {
        Slo {
            document,
            dialect,
            span,
            anchor,
            number: 0,
            index: 0,
            group: None,
            service: None,
            name: None,
            objective: None,
            window: None,
            budget: None,
            indicator: None,
            bound: None,
            alerting: Alerting::default(),
            settings: Pairs::default(),
            timeslices: false,
            open: false,
        }
    }

    /// Service and name as output shows them.
    pub fn label(&self) -> String {
        let text = |scalar: &Option<Scalar>| {
            scalar.as_ref().filter(|it| it.known).map(|scalar| scalar.text.clone())
        };
        match (text(&self.service), text(&self.name)) {
            (Some(service), Some(name)) => format!("{service}.{name}"),
            (one, other) => one.or(other).unwrap_or_else(|| "without a name".to_owned()),
        }
    }

    /// Whether it belongs to a service, however the name is written.
    pub fn is_of(&self, service: &str) -> bool {
        let plain = |text: &str| -> String {
            let letters = text.chars().filter(char::is_ascii_alphanumeric);
            let text = letters.collect::<String>().to_ascii_lowercase();
            text.strip_suffix("service").filter(|it| !it.is_empty()).unwrap_or(&text).to_owned()
        };
        let named = self.service.as_ref().or(self.name.as_ref());
        named.is_some_and(|own| plain(&own.text).contains(&plain(service)))
    }

    /// The objective as a share of one, if it is one.
    pub fn ratio(&self) -> Option<f64> {
        self.objective.as_ref().and_then(Objective::ratio)
    }

    /// Its queries.
    pub fn queries(&self) -> impl Iterator<Item = &SliQuery> {
        self.indicator.iter().flat_map(|indicator| &indicator.queries)
    }
}

impl Subject for SloPart {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Slo
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("{} {}", self.kind, self.name.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
}

impl Subject for Slo {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Slo
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("SLO {}", self.label())
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => held(self.name.as_ref()),
            "service" => held(self.service.as_ref()),
            "objective" => held(self.objective.as_ref().map(|objective| &objective.scalar)),
            "window" => held(self.window.as_ref().map(|window| &window.scalar)),
            "error_budget" => held(self.budget.as_ref()),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        let scalar = match path {
            "name" => self.name.as_ref(),
            "service" => self.service.as_ref(),
            "objective" => self.objective.as_ref().map(|objective| &objective.scalar),
            "window" => self.window.as_ref().map(|window| &window.scalar),
            "error_budget" => self.budget.as_ref(),
            _ => None,
        };
        scalar.map(|scalar| scalar.span)
    }
}
