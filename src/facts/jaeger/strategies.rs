//! Sampling strategies, as Jaeger hands them to clients.

use crate::facts::scalar::Scalar;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::telemetry::{Layer, Sampler, Share};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// A file, an object's field or a value that holds strategies.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Strategies {
    /// Where it came from.
    pub document: DocumentId,
    /// The key that makes it what it is.
    pub anchor: Span,
    /// `default_strategy`, if it is a mapping.
    pub default: Option<Strategy>,
    /// All strategies in their order: the default's own, services, and their operations.
    pub all: Vec<Strategy>,
    /// Parts may be filled in elsewhere.
    pub open: bool,
}

/// Whose spans a strategy samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Reach {
    /// Of every service that has no strategy of its own.
    Default,
    /// Of one service.
    Service,
    /// Of one operation.
    Operation,
}

/// One strategy.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Strategy {
    /// Whose spans it samples.
    pub reach: Reach,
    /// The service or operation it names.
    pub name: Option<Scalar>,
    /// The token that names it, else its first key.
    pub anchor: Span,
    /// `type`.
    pub kind: Option<Scalar>,
    /// `param`.
    pub param: Option<Scalar>,
    /// It has operations of its own.
    pub has_operations: bool,
}

impl Strategy {
    /// The share of traces it keeps, if it is a share.
    pub fn share(&self) -> Option<(f64, Span)> {
        let kind = self.kind.as_ref()?.known_text()?;
        let param = self.param.as_ref()?;
        let share: f64 = param.known_text()?.parse().ok()?;
        (kind == "probabilistic").then_some((share, param.span))
    }
}

/// Reads a document of strategies.
pub(super) fn read(root: NodeRef<'_>, document: DocumentId, masked: bool, facts: &mut FileFacts) {
    let first = root.entry("default_strategy").or_else(|| root.entry("service_strategies"));
    let mut strategies = Strategies {
        document,
        anchor: first.map_or(root.span().at_start(), |(key, _)| key.span()),
        default: None,
        all: Vec::new(),
        open: masked || root.is_unknown(),
    };
    if let Some((key, default)) = root.entry("default_strategy") {
        strategies.open |= default.is_unknown();
        if default.is_mapping() {
            let one = strategy(default, Reach::Default, None, key.span());
            strategies.default = Some(one.clone());
            strategies.all.push(one);
            operations(default, &mut strategies.all);
        }
    }
    for service in root.get("service_strategies").into_iter().flat_map(NodeRef::items) {
        let name = Scalar::under(service, "service");
        let first = service.pairs().next().map_or(service.span().at_start(), |(key, _)| key.span());
        let anchor = name.as_ref().map_or(first, |name| name.span);
        strategies.all.push(strategy(service, Reach::Service, name, anchor));
        operations(service, &mut strategies.all);
    }
    if let Some(default) = &strategies.default
        && let (Some(param), Some((key, _))) = (&default.param, root.entry("default_strategy"))
        && let Some(setting) = Scalar::of(key)
    {
        let share = match default.share() {
            Some((share, _)) if (0.0..=1.0).contains(&share) => Share::Of(share),
            _ => Share::Other,
        };
        let (layer, value) = (Layer::Remote, param.clone());
        facts.samplers.push(Sampler { document, layer, setting, value, share });
    }
    facts.sampling_strategies.push(strategies);
}

fn operations(owner: NodeRef<'_>, all: &mut Vec<Strategy>) {
    for operation in owner.get("operation_strategies").into_iter().flat_map(NodeRef::items) {
        let name = Scalar::under(operation, "operation");
        let first =
            operation.pairs().next().map_or(operation.span().at_start(), |(key, _)| key.span());
        let anchor = name.as_ref().map_or(first, |name| name.span);
        all.push(strategy(operation, Reach::Operation, name, anchor));
    }
}

fn strategy(node: NodeRef<'_>, reach: Reach, name: Option<Scalar>, anchor: Span) -> Strategy {
    Strategy {
        reach,
        name,
        anchor,
        kind: Scalar::under(node, "type"),
        param: Scalar::under(node, "param"),
        has_operations: node.get("operation_strategies").is_some_and(|it| it.items().len() > 0),
    }
}

impl Subject for Strategies {
    fn kind(&self) -> SubjectKind {
        SubjectKind::SamplingStrategies
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "sampling strategies".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
    fn field(&self, _path: &str) -> Held<'_> {
        Held::Nothing
    }
    fn field_span(&self, _path: &str) -> Option<Span> {
        None
    }
}
