//! The steps of a Grafana-managed alert: queries of data sources, and expressions over them.

use crate::facts::dashboard::language::{self, Language, Sources};
use crate::facts::expression::Expression;
use crate::facts::scalar::Scalar;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::yaml;

/// One step.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Step {
    /// `refId`.
    pub name: Option<Scalar>,
    /// What it does.
    pub kind: StepKind,
    /// The query of a Prometheus.
    pub expr: Option<Expression>,
    /// The data source it asks: `uid` or name.
    pub source: Option<Scalar>,
    /// The step that an expression reads.
    pub reads: Option<Scalar>,
    /// It hands on values as they are: the last, the highest, the mean of what it reads.
    pub plain: bool,
    /// `gt`, `lt` and their like, and the number it compares with, of a threshold with one.
    pub bound: Option<(Scalar, Scalar)>,
    /// How many seconds back it asks: `relativeTimeRange.from`.
    pub back: Option<Scalar>,
}

/// What a `reduce` makes of a series without another meaning of its values.
const PLAIN: &[&str] = &["avg", "last", "max", "mean", "median", "min"];

/// What a step does with labels and values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum StepKind {
    /// Asks a data source.
    Query,
    /// An expression whose results have the labels of what it reads.
    Keeps,
    /// Anything else: conditions that lose the labels, or what nobody here knows.
    Other,
}

impl Step {
    /// Reads an entry of `data`; `names` are what its keys are called.
    pub(super) fn read(step: NodeRef<'_>, names: &Names) -> Option<Step> {
        let model = step.get("model")?;
        let source = Scalar::under(step, names.source);
        let name = Scalar::under(step, names.name);
        let range = step.get(names.range).map(|range| range.items().next().unwrap_or(range));
        let back = range.and_then(|range| Scalar::under(range, "from"));
        if model.scalar().is_none() {
            return Some(Step { back, ..Step::of(model, name, source) });
        }
        // Exports to Terraform hold the model as a text; all of it stands at that text.
        let text = Scalar::of(model).filter(|text| text.known)?;
        let map = OffsetMap::whole(text.span);
        let tree = yaml::parse(&yaml::Input { text: &text.text, map: &map, masked: &[] });
        let root = tree.documents().next()?;
        Some(Step { back, ..Step::of(root, name, source) })
    }

    fn of(model: NodeRef<'_>, name: Option<Scalar>, source: Option<Scalar>) -> Step {
        let datasource = model.get("datasource");
        let of_expression = |text: &str| matches!(text, "__expr__" | "-100");
        let is_expression = source.as_ref().is_some_and(|source| of_expression(&source.text))
            || datasource
                .and_then(|it| it.get("uid").or_else(|| it.get("type")))
                .and_then(NodeRef::scalar)
                .is_some_and(of_expression);
        if is_expression {
            let sort = model.get("type").and_then(NodeRef::scalar);
            let kind = match sort {
                Some("reduce" | "threshold" | "math" | "resample") => StepKind::Keeps,
                _ => StepKind::Other,
            };
            let (reads, bound) = match sort {
                Some("classic_conditions") => classic(model).unzip(),
                Some("threshold") => (Scalar::under(model, "expression"), bound(model)),
                _ => (Scalar::under(model, "expression"), None),
            };
            let plain = sort == Some("reduce") && is_plain(model.get("reducer"));
            return Step { name, kind, expr: None, source, reads, plain, bound, back: None };
        }
        let text = model.get("expr").and_then(Scalar::template);
        let expr = text.map(|text| language::expression(text, language_of(model, source.as_ref())));
        Step {
            name,
            kind: StepKind::Query,
            expr,
            source,
            reads: None,
            plain: false,
            bound: None,
            back: None,
        }
    }
}

/// The query whose values a step hands on as they are; the step itself, if it is one.
pub fn source<'s>(steps: &'s [Step], name: &str) -> Option<&'s Step> {
    let named = |wanted: &str| {
        let is_it = |step: &&Step| step.name.as_ref().is_some_and(|name| name.text == wanted);
        steps.iter().find(is_it)
    };
    let mut step = named(name)?;
    for _ in 0..steps.len() {
        match step.kind {
            StepKind::Query => return Some(step),
            StepKind::Keeps if step.plain => step = named(&step.reads.as_ref()?.text)?,
            StepKind::Keeps | StepKind::Other => return None,
        }
    }
    None
}

/// The one threshold of an alert: the query it reads, how it compares and with which number.
pub fn threshold(steps: &[Step]) -> Option<(&Step, &Scalar, &Scalar)> {
    let mut bounds = steps.iter().filter(|step| step.bound.is_some());
    let (step, None) = (bounds.next()?, bounds.next()) else { return None };
    let (sign, number) = step.bound.as_ref()?;
    Some((source(steps, &step.reads.as_ref()?.text)?, sign, number))
}

/// How a threshold of one condition compares, and its one number.
fn bound(model: NodeRef<'_>) -> Option<(Scalar, Scalar)> {
    let mut conditions = model.get("conditions")?.items();
    let evaluator = conditions.next()?.get("evaluator")?;
    let sign = Scalar::under(evaluator, "type")?;
    let alone = conditions.next().is_none() && !sign.text.contains("range");
    let number = evaluator.get("params")?.items().next().and_then(Scalar::of)?;
    (alone && number.known).then_some((sign, number))
}

/// The query that conditions of the old form read, and their bound: they reduce, compare and forget
/// the labels in one step.
fn classic(model: NodeRef<'_>) -> Option<(Scalar, (Scalar, Scalar))> {
    let condition = model.get("conditions")?.items().next()?;
    let plain = is_plain(condition.at(&["reducer", "type"]));
    let query = condition.at(&["query", "params"])?.items().next().and_then(Scalar::of)?;
    Some((query, bound(model)?)).filter(|_| plain)
}

fn is_plain(reducer: Option<NodeRef<'_>>) -> bool {
    reducer.and_then(NodeRef::scalar).is_some_and(|reducer| PLAIN.contains(&reducer))
}

/// The plugin says it, else the name or `uid` of the data source.
fn language_of(model: NodeRef<'_>, source: Option<&Scalar>) -> Language {
    let sources = Sources::default();
    match sources.language(model.get("datasource")) {
        Language::Unknown => {
            source.map_or(Language::Unknown, |source| Language::of_name(&source.text))
        }
        language => language,
    }
}

/// What the keys of a step are called.
pub(super) struct Names {
    pub(super) name: &'static str,
    pub(super) source: &'static str,
    pub(super) range: &'static str,
}
