//! Tempo: its configuration, its operator's objects, and what charts set of it.

use super::settings::Settings;
use super::{DocumentId, FileFacts};
use crate::identify::Kind;
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// Where a setting of Tempo is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Form {
    /// Its own configuration.
    Config,
    /// The operator's `TempoStack`.
    Stack,
    /// The operator's `TempoMonolithic`.
    Monolithic,
    /// Values of the chart `tempo`.
    Values,
}

/// A configuration of Tempo.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Tempo {
    /// Where it came from.
    pub document: DocumentId,
    /// The token that shows it.
    pub anchor: Span,
    /// How it is written.
    pub form: Form,
    /// Everything in it.
    pub settings: Settings,
}

/// Reads a configuration, an operator's object, or the values of a chart.
pub fn read(root: NodeRef<'_>, id: DocumentId, facts: &mut FileFacts) {
    let document = &facts.documents[id.index as usize];
    let (masked, anchor) = (document.masked, document.anchor);
    let (form, node, anchor) = match document.kind {
        Kind::TempoConfig => (Form::Config, Some(root), anchor),
        Kind::Kubernetes => match root.get("kind").and_then(NodeRef::scalar) {
            Some("TempoStack") => (Form::Stack, root.get("spec"), anchor),
            Some("TempoMonolithic") => (Form::Monolithic, root.get("spec"), anchor),
            _ => return,
        },
        Kind::HelmValues => {
            let distributed = |it: &NodeRef<'_>| {
                it.at(&["compactor", "config", "compaction"]).is_some_and(NodeRef::is_mapping)
            };
            let single = root.entry("tempo").filter(|(_, it)| is_chart(*it));
            let below = ["tempo-distributed", "tempo"].iter().find_map(|key| root.entry(key));
            // The chart of many programs has its values at the top, or below its name.
            let several = || match below.filter(|(_, it)| distributed(it)) {
                Some(below) => Some(below),
                None => {
                    root.entry("compactor").filter(|_| distributed(&root)).map(|it| (it.0, root))
                }
            };
            let Some((key, tempo)) = single.or_else(several) else { return };
            // As a dependency of another chart, its values have a level of their own.
            let inner = tempo.entry("tempo").filter(|(_, inner)| is_chart(*inner));
            let (key, node) = inner.unwrap_or((key, tempo));
            (Form::Values, Some(node), key.span())
        }
        _ => return,
    };
    let mut settings = node.map(|node| Settings::of(node, masked)).unwrap_or_default();
    settings.open |= masked;
    facts.tempos.push(Tempo { document: id, anchor, form, settings });
}

/// Whether a value holds settings of the chart `tempo`.
fn is_chart(tempo: NodeRef<'_>) -> bool {
    tempo.get("retention").is_some()
        || tempo.at(&["storage", "trace"]).is_some()
        || tempo.get("metricsGenerator").is_some()
        || tempo.get("tempo").is_some()
}
