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
}

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
        if model.scalar().is_none() {
            return Some(Step::of(model, name, source));
        }
        // Exports to Terraform hold the model as a text; all of it stands at that text.
        let text = Scalar::of(model).filter(|text| text.known)?;
        let map = OffsetMap::whole(text.span);
        let tree = yaml::parse(&yaml::Input { text: &text.text, map: &map, masked: &[] });
        let root = tree.documents().next()?;
        Some(Step::of(root, name, source))
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
            let kind = match model.get("type").and_then(NodeRef::scalar) {
                Some("reduce" | "threshold" | "math" | "resample") => StepKind::Keeps,
                _ => StepKind::Other,
            };
            return Step { name, kind, expr: None, source };
        }
        let text = model.get("expr").and_then(Scalar::template);
        let expr = text.map(|text| language::expression(text, language_of(model, source.as_ref())));
        Step { name, kind: StepKind::Query, expr, source }
    }
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
}
