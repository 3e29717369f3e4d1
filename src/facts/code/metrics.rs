//! Metrics that code declares, in every language: name as the server sees it, type, labels, unit,
//! buckets, and where and with which registry it is made.
//!
//! What a call declares is data (`libraries/*.yaml`): the row says which arguments, options or
//! calls of a chain hold which part.

mod declared;
mod exposed;
mod lists;
mod open;
mod parts;
mod place;

use super::file::File;
use crate::facts::scalar::Scalar;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{CallForm, ExprId, ExprKind, Import};
use crate::source::Span;
pub(super) use declared::{Declarations, name_before};
pub use open::{NamePart, OpenName};
pub(super) use place::{Places, holder_of};

/// The type of a declared metric.
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
pub enum MetricType {
    /// Only goes up.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by bucket.
    Histogram,
    /// Count, sum and perhaps quantiles.
    Summary,
    /// Constant text as labels.
    Info,
    /// One of several states.
    StateSet,
    /// The declaration does not say.
    Any,
}

impl MetricType {
    /// The word used in output.
    pub fn name(self) -> &'static str {
        match self {
            MetricType::Counter => "counter",
            MetricType::Gauge => "gauge",
            MetricType::Histogram => "histogram",
            MetricType::Summary => "summary",
            MetricType::Info => "info",
            MetricType::StateSet => "state set",
            MetricType::Any => "metric",
        }
    }

    fn of(word: &str) -> MetricType {
        match word {
            "counter" => MetricType::Counter,
            "gauge" => MetricType::Gauge,
            "histogram" => MetricType::Histogram,
            "summary" => MetricType::Summary,
            "info" => MetricType::Info,
            "stateset" => MetricType::StateSet,
            _ => MetricType::Any,
        }
    }
}

/// Where a metric is registered.
#[derive(Clone, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Registry {
    /// In the one of the whole process.
    Default,
    /// In one that is given.
    Own,
    /// In none where it is declared.
    None,
}

/// Where in a program a metric is made, and so how often.
#[derive(Clone, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Made {
    /// Once, when the file is loaded.
    Once,
    /// In a function that may run often or once.
    Function,
    /// Behind a condition or a handler of errors, which may see to it that it is made once.
    Guarded,
    /// Each time a request is handled: the name of the handler.
    Handler(Span),
    /// In each round of a loop: its head.
    Loop(Span),
    /// With each object of a class.
    Constructor {
        /// Where the class is named.
        class: Span,
        /// Places in the same file that make an object; in a loop or a handler of requests, twice.
        objects: Vec<Span>,
        /// It is told apart by what it is given.
        takes: bool,
    },
}

/// The variable or field that holds a metric.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
pub struct Holder {
    /// The class, or the module as the user of it names it.
    pub scope: Option<String>,
    /// Its name.
    pub name: String,
    /// The scope is the name of a value whose class the file does not tell.
    pub of_unknown: bool,
}

/// A metric that code declares.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct MetricDefinition {
    /// The file.
    pub document: DocumentId,
    /// Its number among those of the file.
    pub number: usize,
    /// The name as written; unknown where it is put together.
    pub name: Scalar,
    /// The name that the server sees; of a histogram or a summary without `_bucket`, `_sum`,
    /// `_count`. Empty where nobody knows.
    pub exposed: String,
    /// What its name is put together of, where constants of other files are among it.
    pub open: Option<OpenName>,
    /// Its type.
    pub kind: MetricType,
    /// Its labels, where they are certain.
    pub labels: Option<Vec<Scalar>>,
    /// Upper edges of the buckets without infinity, where they are certain.
    pub buckets: Option<Vec<f64>>,
    /// The buckets as written; none where they are the library's own.
    pub buckets_span: Option<Span>,
    /// Declared through OpenTelemetry, so that labels come from its uses.
    pub telemetry: bool,
    /// What the call that declares it is known to do.
    #[borsh(deserialize_with = "crate::libraries::numbered")]
    pub api: &'static Api,
    /// The language it is written in.
    pub language: Language,
    /// Its unit as it is told.
    pub unit: Option<Scalar>,
    /// A unit is told that cannot be followed.
    pub unit_open: bool,
    /// Where it is registered.
    pub registry: Registry,
    /// Where it is made.
    pub made: Made,
    /// What holds it.
    pub holder: Option<Holder>,
    /// Its buckets are made by the library as values come, or by something that is not followed.
    pub native: bool,
    /// Quantiles that it computes itself.
    pub percentiles: Option<Span>,
    /// The call that declares it.
    pub call: Span,
}

impl MetricDefinition {
    /// What the library's row says under a key.
    pub fn says(&self, key: &str) -> Option<&'static str> {
        self.api.get(key)
    }

    /// The name as written, if it is known.
    pub fn known_name(&self) -> Option<&str> {
        self.name.known_text()
    }

    /// Whether a client of Prometheus declares it, which serves what it holds by itself.
    pub fn is_native(&self) -> bool {
        self.says("system") == Some("prometheus")
    }
}

impl Subject for MetricDefinition {
    fn kind(&self) -> SubjectKind {
        SubjectKind::MetricDefinition
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        match self.name.known {
            true => format!("metric {}", self.name.text),
            false => "metric".to_owned(),
        }
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => self.name.held(),
            "type" => Held::Text(self.kind.name()),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "name").then_some(self.name.span)
    }
}

/// What is done with the metrics of a process.
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
pub enum ServeForm {
    /// They are served or sent.
    Served,
    /// What would serve them is imported and never used.
    Unused,
    /// A library counts requests by itself.
    Automatic,
    /// Views change what instruments collect.
    Viewed,
    /// A registry of prom-client speaks OpenMetrics, and gives counters their `_total` itself.
    OpenMetrics,
}

/// A place where metrics are served, sent or changed as a whole.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct MetricServing {
    /// The file.
    pub document: DocumentId,
    /// What is done.
    pub form: ServeForm,
    /// What more the library does: `http` where it counts requests by itself, `opentelemetry`
    /// where it serves instruments of that.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub of: Option<&'static str>,
    /// The call, or the name that is passed on.
    pub at: Span,
}

/// Reads declarations, and where metrics are served.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let declarations = Declarations::of(file);
    facts.metric_definitions.extend(declarations.all.iter().map(|(_, it)| it.clone()));
    super::uses::read(file, &declarations, facts);
    serving(file, facts);
}

fn serving(file: &File<'_, '_>, facts: &mut FileFacts) {
    let mut found: Vec<MetricServing> = Vec::new();
    let mut add = |apis: &[&'static Api], at: Span| {
        for (form, of) in apis.iter().filter_map(|api| served(api)) {
            found.push(MetricServing { document: file.document, form, of, at });
        }
    };
    for call in &file.calls {
        add(&call.roles, file.callee_span(call.id));
        for arg in file.unit.args(call.id) {
            // `views=[…]`, and a function that is passed on: `app.add_route("/metrics", handler)`.
            if let Some(name) = arg.name {
                add(&file.table.look_up(name), file.callee_span(call.id));
            }
            let passed =
                matches!(file.unit.expr(arg.value), ExprKind::Name(_) | ExprKind::Member { .. });
            if let Some(path) = file.names.path(arg.value).filter(|_| passed) {
                add(&file.table.look_up(&path), file.expr_span(arg.value));
            }
        }
    }
    for expr in &file.unit.exprs {
        let ExprKind::Map { entries, .. } = &expr.kind else { continue };
        for key in entries.iter().filter_map(|(key, _)| *key) {
            if file.unit.literal(key) == Some("views") {
                add(&file.table.look_up("views"), file.expr_span(key));
            }
        }
    }
    found.extend(paths(file));
    found.extend(bundles(file));
    found.extend(unused(file));
    found.extend(open_metrics(file));
    found.sort_by_key(|one| (one.at, one.form));
    found.dedup_by_key(|one| (one.at, one.form));
    facts.metric_servings.extend(found);
}

/// Java: parts of a house's own that are built in and serve metrics, by their names:
/// `bootstrap.addBundle(new PrometheusBundle())`.
fn bundles(file: &File<'_, '_>) -> Vec<MetricServing> {
    const PARTS: &[&str] = &["Bundle", "Endpoint", "Exporter", "Feature", "Servlet"];
    let unit = file.unit;
    if unit.language != Language::Java {
        return Vec::new();
    }
    let is_part = |name: &str| {
        (name.contains("Prometheus") || name.contains("Metrics"))
            && PARTS.iter().any(|end| name.ends_with(end))
    };
    let made = unit.calls().filter(|id| {
        matches!(unit.expr(*id), ExprKind::Call { form: CallForm::New, .. })
            && file.called(*id).is_some_and(is_part)
    });
    made.map(|id| MetricServing {
        document: file.document,
        form: ServeForm::Served,
        of: None,
        at: file.callee_span(id),
    })
    .collect()
}

/// Paths that scrapers ask for, whoever answers.
fn paths(file: &File<'_, '_>) -> Vec<MetricServing> {
    let ids = (0..).map(ExprId).zip(&file.unit.exprs);
    let paths = ids.filter(|(_, expr)| {
        matches!(&expr.kind, ExprKind::Text(text) if text.ends_with("/metrics") || text.ends_with("/prometheus"))
    });
    paths
        .map(|(id, _)| MetricServing {
            document: file.document,
            form: ServeForm::Served,
            of: Some("path"),
            at: file.expr_span(id),
        })
        .collect()
}

/// What a serving is of that a call of an instrumentation stands for.
pub const INSTRUMENTED: &str = "instrumentation";

/// What a row says about metrics as a whole.
fn served(api: &&'static Api) -> Option<(ServeForm, Option<&'static str>)> {
    match (api.role, api.get("part")) {
        (Role::MetricServe, _) if api.get("of") == Some("http") => {
            Some((ServeForm::Automatic, Some("http")))
        }
        (Role::MetricServe, _) => Some((ServeForm::Served, api.get("of"))),
        // A reader that is asked for what instruments hold.
        (Role::Exporter | Role::Processor, _) if api.get("kind") == Some("pull") => {
            Some((ServeForm::Served, Some("opentelemetry")))
        }
        (Role::MetricPart, Some("view")) => Some((ServeForm::Viewed, None)),
        // What instruments a server counts requests where something takes what it counts.
        (Role::Instrument, _) if matches!(api.get("side"), Some("server" | "both")) => {
            Some((ServeForm::Automatic, Some(INSTRUMENTED)))
        }
        _ => None,
    }
}

/// prom-client: calls that have a registry speak OpenMetrics, always or by a choice:
/// `register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)`.
fn open_metrics(file: &File<'_, '_>) -> Vec<MetricServing> {
    const FORMS: &[&str] =
        &["OPENMETRICS_CONTENT_TYPE", "openMetricsContentType", "application/openmetrics-text"];
    let unit = file.unit;
    if !unit.imports.iter().any(|import| import.path.starts_with("prom-client")) {
        return Vec::new();
    }
    let says = |id: ExprId| {
        let text = unit.slice(&unit.place(id));
        FORMS.iter().any(|form| text.contains(form))
    };
    let sets = |call: &ExprId| {
        let takes = matches!(
            file.called(*call),
            Some("setContentType" | "Registry" | "AggregatorRegistry" | "ClusterRegistry")
        );
        takes
            && unit
                .args(*call)
                .iter()
                .any(|arg| says(arg.value) || file.names.value(arg.value).is_some_and(says))
    };
    let calls = unit.calls().filter(sets);
    calls
        .map(|call| MetricServing {
            document: file.document,
            form: ServeForm::OpenMetrics,
            of: None,
            at: file.callee_span(call),
        })
        .collect()
}

/// Imports of what serves metrics that the file never names again.
fn unused(file: &File<'_, '_>) -> Vec<MetricServing> {
    let serves = |import: &&Import<'_>| {
        let rows = file.table.look_up(&import.path);
        !import.all && rows.iter().any(|api| api.role == Role::MetricServe)
    };
    let named = |name: &str| {
        file.unit.exprs.iter().any(|expr| matches!(&expr.kind, ExprKind::Name(it) if *it == name))
    };
    let imports = file.unit.imports.iter().filter(serves).filter(|import| !named(import.local));
    imports
        .map(|import| {
            // The statement may import more.
            let text = file.unit.slice(&import.at);
            let from = text.rfind(import.local).unwrap_or_default();
            let start = import.at.start + u32::try_from(from).unwrap_or_default();
            let at = start..start + u32::try_from(import.local.len()).unwrap_or_default();
            MetricServing {
                document: file.document,
                form: ServeForm::Unused,
                of: None,
                at: file.span(&at),
            }
        })
        .collect()
}
