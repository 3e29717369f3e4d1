//! Uses of metrics: what is done with one, which labels it is given and where their values come
//! from, what amount.

mod labels;
mod paths;

use super::file::File;
use super::metrics::{Declarations, Holder, MetricDefinition, holder_of};
use super::values::{TimeUnit, ValueOrigin};
use crate::facts::scalar::Scalar;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, Place, StmtKind};
use crate::source::Span;
use std::collections::BTreeMap;

/// What is done with a metric.
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
pub enum Does {
    /// Adds to it.
    Add,
    /// Takes from it.
    Subtract,
    /// Sets it.
    Set,
    /// Records a value.
    Observe,
    /// Measures how long something takes.
    Time,
    /// Chooses its labels.
    Labels,
}

/// The metric that is used.
#[derive(Clone, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Target {
    /// The declaration of this number in the same file.
    Here(usize),
    /// What is held somewhere under a name.
    Held(Holder),
    /// Nobody can say which.
    Unknown,
}

/// A label that a use gives.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct LabelValue {
    /// Its name, where it is given by name.
    pub key: Option<Scalar>,
    /// Its value as written.
    pub value: Span,
    /// Where the value comes from.
    pub origin: ValueOrigin,
    /// The place that says so.
    pub said: Span,
    /// The value, if it is constant.
    pub text: Option<String>,
}

/// What is added or recorded.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Amount {
    /// The value as written.
    pub span: Span,
    /// It is a constant below zero.
    pub negative: bool,
    /// What it counts time in.
    pub unit: Option<TimeUnit>,
}

/// A use of a metric.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct MetricUse {
    /// The file.
    pub document: DocumentId,
    /// The metric.
    pub target: Target,
    /// What is done.
    pub does: Does,
    /// The word that does it: `inc`, `WithLabelValues`.
    pub method: Scalar,
    /// The row of the library.
    #[borsh(deserialize_with = "crate::libraries::numbered")]
    pub api: &'static Api,
    /// The language it is written in.
    pub language: Language,
    /// The labels that are given; none where nobody can follow them all.
    pub labels: Option<Vec<LabelValue>>,
    /// The labels are given by this call, and not by one before it.
    pub own_labels: bool,
    /// Nothing chose labels before.
    pub bare: bool,
    /// What is added or recorded.
    pub amount: Option<Amount>,
    /// The condition it stands under that holds for mistakes of clients too: `status >= 400`.
    pub client_errors: Option<Span>,
}

impl Subject for MetricUse {
    fn kind(&self) -> SubjectKind {
        SubjectKind::MetricUse
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        match &self.target {
            Target::Held(holder) => format!("metric {}", holder.name),
            _ => format!("metric use {}", self.method.text),
        }
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.method.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        if path == "method" { self.method.held() } else { Held::Nothing }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "method").then_some(self.method.span)
    }
}

/// Reads the uses of a file; instruments of OpenTelemetry get their labels from them.
pub(super) fn read(file: &File<'_, '_>, declarations: &Declarations, facts: &mut FileFacts) {
    let reader = Reader { file, declarations, conditions: conditions(file) };
    let mut calls: Vec<ExprId> = file.unit.calls().filter(|id| !file.is_faulty(*id)).collect();
    calls.sort_by_key(|id| {
        let at = file.unit.place(*id);
        (at.start, at.end)
    });
    let mut found: Vec<MetricUse> = calls.into_iter().filter_map(|id| reader.used(id)).collect();
    found.extend(declarations.all.iter().filter_map(|(id, it)| reader.tagged(*id, it)));
    let first = facts.metric_definitions.len().saturating_sub(declarations.all.len());
    for definition in &mut facts.metric_definitions[first..] {
        if definition.telemetry {
            definition.labels = attributes(definition.number, &found);
        }
    }
    facts.metric_uses.extend(found);
}

/// The attributes that an instrument is used with, if all of its uses in the file can be read.
fn attributes(number: usize, uses: &[MetricUse]) -> Option<Vec<Scalar>> {
    let mut found: BTreeMap<String, Scalar> = BTreeMap::new();
    let mut any = false;
    for one in uses.iter().filter(|one| one.target == Target::Here(number)) {
        any = true;
        for label in one.labels.as_ref()? {
            let key = label.key.clone()?;
            found.entry(key.text.clone()).or_insert(key);
        }
    }
    any.then(|| found.into_values().collect())
}

/// Places that run only where a status is an error, those of clients included.
fn conditions(file: &File<'_, '_>) -> Vec<(Place, Span)> {
    let unit = file.unit;
    let mut found = Vec::new();
    for stmt in &unit.stmts {
        let StmtKind::If { test, then, .. } = &stmt.kind else { continue };
        let (Some(first), Some(last)) = (then.first(), then.last()) else { continue };
        if is_client_error(file, *test) {
            let start = unit.stmts[first.0 as usize].at.start;
            let end = unit.stmts[last.0 as usize].at.end;
            let mut at = unit.place(*test);
            if unit.slice(&at).starts_with('(') {
                at = at.start + 1..at.end - 1;
            }
            found.push((start..end, file.span(&at)));
        }
    }
    found
}

/// `status >= 400`, `status > 399`, `400 <= status`.
fn is_client_error(file: &File<'_, '_>, test: ExprId) -> bool {
    let unit = file.unit;
    let ExprKind::Binary { op, left, right } = unit.expr(test) else { return false };
    let (status, number) = match *op {
        ">=" | ">" => (*left, *right),
        "<=" | "<" => (*right, *left),
        _ => return false,
    };
    let bound = if matches!(*op, ">=" | "<=") { 400.0 } else { 399.0 };
    let text = unit.slice(&unit.place(status)).to_ascii_lowercase();
    // `http.StatusBadRequest` is 400.
    let named = || {
        let text = unit.slice(&unit.place(number));
        bound == 400.0 && text.rsplit('.').next() == Some("StatusBadRequest")
    };
    (file.number(number) == Some(bound) || named())
        && (text.contains("status") || text.contains("code"))
}

/// What a call is made on.
fn receiver(file: &File<'_, '_>, call: ExprId) -> Option<ExprId> {
    let ExprKind::Call { callee, .. } = file.unit.expr(call) else { return None };
    match file.unit.expr(*callee) {
        ExprKind::Member { of, .. } => Some(*of),
        _ => None,
    }
}

struct Reader<'f, 'u, 'a> {
    file: &'f File<'u, 'a>,
    declarations: &'f Declarations,
    conditions: Vec<(Place, Span)>,
}

impl Reader<'_, '_, '_> {
    fn used(&self, id: ExprId) -> Option<MetricUse> {
        let file = self.file;
        let call = file.call(id);
        let known = call.and_then(|call| call.role(Role::MetricUse));
        let (root, rest) = match (file.rest(id), known) {
            (Some(found), _) => found,
            // `histogram!("a").record(…)`: what makes the metric has no module before its name.
            (None, Some(_)) => (receiver(file, id)?, String::new()),
            (None, None) => return None,
        };
        let (api, target, bare) = match known {
            Some(api) => {
                let (target, bare) = self.target(id, root);
                (api, target, bare)
            }
            None => self.by_name(id, root, &rest)?,
        };
        let does = match api.get("does")? {
            "add" => Does::Add,
            "subtract" => Does::Subtract,
            "set" => Does::Set,
            "observe" => Does::Observe,
            "time" => Does::Time,
            "labels" => Does::Labels,
            _ => return None,
        };
        let (labels, own_labels) = self.labels(id, api);
        let at = file.unit.place(id);
        let within = self
            .conditions
            .iter()
            .find(|(place, _)| does == Does::Add && place.start <= at.start && at.end <= place.end);
        let span = file.callee_span(id);
        let text = rest.rsplit(['.', ')']).next().unwrap_or_default().to_owned();
        Some(MetricUse {
            document: file.document,
            target,
            does,
            method: Scalar { text, span, known: true, plain: true },
            api,
            language: file.unit.language,
            labels,
            own_labels,
            bare,
            amount: self.amount(id, api),
            client_errors: within.map(|(_, test)| *test),
        })
    }

    /// The labels that a declaration itself gives values: tags of Micrometer, of macros.
    fn tagged(&self, id: ExprId, definition: &MetricDefinition) -> Option<MetricUse> {
        let file = self.file;
        let labels: Option<Vec<LabelValue>> = match definition.says("labels") {
            Some("named") => {
                let args = file.unit.args(id).iter();
                let named = args.filter_map(|arg| Some((arg.name?, arg.value)));
                Some(named.map(|(name, of)| self.value(Some(file.named(name, of)), of)).collect())
            }
            _ => {
                let pairs = self.declarations.pairs[definition.number].chunks(2);
                let labels = pairs.map(|pair| match pair {
                    [key, value] => Some(self.value(Some(self.key(*key)?), *value)),
                    _ => None,
                });
                labels.collect()
            }
        };
        let labels = labels.filter(|labels| !labels.is_empty())?;
        let text = file.call(id).map_or("", |call| call.name()).to_owned();
        Some(MetricUse {
            document: file.document,
            target: Target::Here(definition.number),
            does: Does::Labels,
            method: Scalar { text, span: file.callee_span(id), known: true, plain: true },
            api: definition.api,
            language: file.unit.language,
            labels: Some(labels),
            own_labels: true,
            bare: false,
            amount: None,
            client_errors: None,
        })
    }

    /// The metric, and whether nothing chose labels before.
    fn target(&self, id: ExprId, root: ExprId) -> (Target, bool) {
        let file = self.file;
        let of = match file.unit.expr(id) {
            ExprKind::Call { callee, .. } => match file.unit.expr(*callee) {
                ExprKind::Member { of, .. } => *of,
                _ => root,
            },
            _ => root,
        };
        if let Some(origin) = self.declarations.origin(file, of) {
            return (Target::Here(origin.declaration), origin.through.is_none());
        }
        match holder_of(file, root).filter(|_| !self.is_local(root)) {
            Some(holder) => (Target::Held(holder), of == root),
            None => (Target::Unknown, false),
        }
    }

    /// A use of something that is declared elsewhere, by the words alone.
    fn by_name(
        &self,
        id: ExprId,
        root: ExprId,
        rest: &str,
    ) -> Option<(&'static Api, Target, bool)> {
        let file = self.file;
        let api = file.table.role(&format!("?{rest}"), Role::MetricUse)?;
        if let Some(origin) = self.declarations.origin(file, root) {
            // The row of the thing itself would have been found by its path.
            let declared = &self.declarations.all[origin.declaration].1;
            let fits = declared.api.library == api.library;
            return fits.then_some((
                api,
                Target::Here(origin.declaration),
                origin.through.is_none(),
            ));
        }
        let path = file.names.path(root)?;
        // A package of Go is no metric.
        let package = file.unit.language == Language::Go
            && matches!(file.unit.expr(root), ExprKind::Name(name) if path != *name);
        if path.contains(['(', '<']) || package || self.is_local(root) {
            return None;
        }
        let of = match file.unit.expr(id) {
            ExprKind::Call { callee, .. } => match file.unit.expr(*callee) {
                ExprKind::Member { of, .. } => *of,
                _ => return None,
            },
            _ => return None,
        };
        Some((api, Target::Held(holder_of(file, root)?), of == root))
    }

    /// Whether a name is a parameter or a variable of the function around it.
    fn is_local(&self, id: ExprId) -> bool {
        let ExprKind::Name(name) = self.file.unit.expr(id) else { return false };
        let unit = self.file.unit;
        unit.outward(unit.function_of(id))
            .any(|function| unit.function(function).params.iter().any(|param| param.name == *name))
    }

    fn amount(&self, id: ExprId, api: &'static Api) -> Option<Amount> {
        let file = self.file;
        let said = api.get("value")?;
        let (position, name) = said.split_once(' ').unwrap_or((said, ""));
        let only = || match file.unit.args(id) {
            // Labels may be left out: `inc(2)`.
            [arg] if arg.name.is_none() => {
                let value = file.names.resolved(arg.value);
                let labels = matches!(file.unit.expr(value), ExprKind::Map { .. });
                (!labels).then_some(arg.value)
            }
            _ => None,
        };
        let value = file.unit.arg(id, position.parse().ok()?, name).or_else(only)?;
        Some(Amount {
            span: file.expr_span(value),
            negative: file.number(value).is_some_and(|number| number < 0.0),
            unit: file.time_unit(value),
        })
    }
}
