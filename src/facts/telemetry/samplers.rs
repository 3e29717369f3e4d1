//! Which share of traces a layer keeps: SDKs, meshes, collectors.

use crate::facts::deploy::Container;
use crate::facts::jaeger::v2::type_of;
use crate::facts::scalar::Scalar;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// Where a decision is made.
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
pub enum Layer {
    /// In the program that begins a trace, or the proxy before it.
    Head,
    /// By strategies that clients ask for.
    Remote,
    /// In a collector, for each trace by its id.
    Collector,
    /// In a collector, once a trace is complete.
    Tail,
}

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Share {
    /// This share of traces, from 0 to 1.
    Of(f64),
    /// What other conditions decide: a rate, a remote answer, properties of the trace.
    Other,
    /// Nobody can know.
    Unknown,
}

/// A decision of which traces to keep.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Sampler {
    /// Where it came from.
    pub document: DocumentId,
    /// Where it is decided.
    pub layer: Layer,
    /// The setting: `OTEL_TRACES_SAMPLER_ARG`.
    pub setting: Scalar,
    /// The value.
    pub value: Scalar,
    /// What is kept.
    pub share: Share,
}

/// `OTEL_TRACES_SAMPLER` and its kin: type, argument.
const PAIRS: &[(&str, &str)] = &[
    ("OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"),
    ("JAEGER_SAMPLER_TYPE", "JAEGER_SAMPLER_PARAM"),
];

/// Variables that hold a share by themselves.
const SHARES: &[&str] =
    &["MANAGEMENT_TRACING_SAMPLING_PROBABILITY", "SPRING_SLEUTH_SAMPLER_PROBABILITY"];

pub(super) fn containers(id: DocumentId, facts: &mut FileFacts) {
    let own = facts.containers.iter().filter(|container| container.document == id);
    let found: Vec<Sampler> = own.flat_map(of_container).collect();
    facts.samplers.extend(found);
}

fn of_container(container: &Container) -> Vec<Sampler> {
    let env = &container.env;
    let mut found = Vec::new();
    let document = container.document;
    for (kind, argument) in PAIRS {
        if let Some((setting, value)) = env.key(kind).zip(env.get(kind))
            && !value.text.is_empty()
        {
            let argument = env.key(argument).zip(env.get(argument));
            found.push(head(document, (setting, value), argument));
        }
    }
    for name in SHARES {
        if let Some((setting, value)) = env.key(name).zip(env.get(name)) {
            let (setting, value) = (setting.clone(), value.clone());
            let share = share_of(&value, 1.0);
            found.push(Sampler { document, layer: Layer::Head, setting, value, share });
        }
    }
    found
}

/// A sampler by type and argument, as SDKs read them.
fn head(
    document: DocumentId,
    (setting, kind): (&Scalar, &Scalar),
    argument: Option<(&Scalar, &Scalar)>,
) -> Sampler {
    let whole = |share| Sampler {
        document,
        layer: Layer::Head,
        setting: setting.clone(),
        value: kind.clone(),
        share,
    };
    let Some(name) = kind.known_text() else { return whole(Share::Unknown) };
    match name.strip_prefix("parentbased_").unwrap_or(name) {
        "always_on" => whole(Share::Of(1.0)),
        "always_off" => whole(Share::Of(0.0)),
        "traceidratio" | "probabilistic" | "const" => match argument {
            Some((setting, value)) => Sampler {
                document,
                layer: Layer::Head,
                setting: setting.clone(),
                value: value.clone(),
                share: share_of(value, 1.0),
            },
            // SDKs take everything where no ratio is given; Jaeger's clients a thousandth.
            None if name.contains("traceidratio") => whole(Share::Of(1.0)),
            None => whole(Share::Unknown),
        },
        _ => whole(Share::Other),
    }
}

fn share_of(value: &Scalar, unit: f64) -> Share {
    let number = value.known_text().and_then(|text| text.trim().parse::<f64>().ok());
    match number {
        Some(number) if (0.0..=unit).contains(&number) => Share::Of(number / unit),
        _ => Share::Unknown,
    }
}

pub(super) fn collector(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let pipelines = root.at(&["service", "pipelines"]).map(NodeRef::entries).unwrap_or_default();
    let lists = pipelines.clone().filter_map(|(_, pipeline)| pipeline.get("processors"));
    let used: Vec<&str> = lists.flat_map(|list| list.items().filter_map(NodeRef::scalar)).collect();
    for (key, processor) in root.get("processors").map(NodeRef::entries).unwrap_or_default() {
        let Some(setting) = Scalar::of(key) else { continue };
        // What no pipeline uses decides nothing.
        if pipelines.len() > 0 && !used.contains(&setting.text.as_str()) {
            continue;
        }
        match type_of(&setting.text) {
            "probabilistic_sampler" => {
                let Some(value) = Scalar::under(processor, "sampling_percentage") else { continue };
                let share = share_of(&value, 100.0);
                let layer = Layer::Collector;
                facts.samplers.push(Sampler { document, layer, setting, value, share });
            }
            "tail_sampling" => {
                let share = tail(processor);
                let (layer, value) = (Layer::Tail, setting.clone());
                facts.samplers.push(Sampler { document, layer, setting, value, share });
            }
            "adaptive_sampling" => {
                let (layer, value) = (Layer::Remote, setting.clone());
                let share = Share::Other;
                facts.samplers.push(Sampler { document, layer, setting, value, share });
            }
            _ => {}
        }
    }
}

/// What a tail sampler keeps, where one policy alone decides.
fn tail(processor: NodeRef<'_>) -> Share {
    let mut policies = processor.get("policies").into_iter().flat_map(NodeRef::items);
    let (Some(only), None) = (policies.next(), policies.next()) else { return Share::Other };
    match only.get("type").and_then(NodeRef::scalar) {
        Some("always_sample") => Share::Of(1.0),
        Some("probabilistic") => only
            .at(&["probabilistic", "sampling_percentage"])
            .and_then(Scalar::of)
            .map_or(Share::Unknown, |value| share_of(&value, 100.0)),
        _ => Share::Other,
    }
}

/// Objects that set the sampler of others: the OpenTelemetry operator's and the mesh's.
pub(super) fn object(root: NodeRef<'_>, kind: &str, document: DocumentId, facts: &mut FileFacts) {
    if kind == "Instrumentation" {
        let sampler = root.at(&["spec", "sampler"]);
        let pair = |field| {
            let (key, value) = sampler?.entry(field)?;
            Some((Scalar::of(key)?, Scalar::of(value)?))
        };
        if let Some((setting, value)) = pair("type") {
            let argument = pair("argument");
            let argument = argument.as_ref().map(|(setting, value)| (setting, value));
            facts.samplers.push(head(document, (&setting, &value), argument));
        }
    }
    if kind == "Telemetry" {
        for tracing in root.at(&["spec", "tracing"]).into_iter().flat_map(NodeRef::items) {
            percentage(tracing.entry("randomSamplingPercentage"), document, facts);
        }
    }
    if kind == "IstioOperator" {
        let tracing = root.at(&["spec", "meshConfig", "defaultConfig", "tracing"]);
        percentage(tracing.and_then(|tracing| tracing.entry("sampling")), document, facts);
    }
}

fn percentage(
    pair: Option<(NodeRef<'_>, NodeRef<'_>)>,
    document: DocumentId,
    facts: &mut FileFacts,
) {
    let Some((key, value)) = pair else { return };
    if let (Some(setting), Some(value)) = (Scalar::of(key), Scalar::of(value)) {
        let share = share_of(&value, 100.0);
        facts.samplers.push(Sampler { document, layer: Layer::Head, setting, value, share });
    }
}

impl Subject for Sampler {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Sampler
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        self.setting.text.clone()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.value.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "setting" => self.setting.held(),
            "value" => self.value.held(),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "setting" => Some(self.setting.span),
            "value" => Some(self.value.span),
            _ => None,
        }
    }
}
