//! The three-pillar strategy file of the standard.

use super::scalar::{Pairs, Scalar, held};
use super::subject::{Held, SubjectKind};
use super::{DocumentId, FileFacts, Subject};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// A mapping with `observability.{metrics,logs,traces}`.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Strategy {
    /// Where it came from.
    pub document: DocumentId,
    /// The `observability` key.
    pub anchor: Span,
    /// `strategy`.
    pub strategy: Option<Scalar>,
    /// Names of the blocks present and not null: `metrics`, `logs`, `traces`, `events`, …
    pub blocks: Vec<Scalar>,
    /// Names of the blocks present but null.
    pub empty: Vec<Scalar>,
    /// Parts may be filled in elsewhere.
    pub open: bool,
}

/// One pillar, or another block of the strategy such as `events`.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Pillar {
    /// Where it came from.
    pub document: DocumentId,
    /// `metrics`, `logs`, `traces` or `events`: its key.
    pub name: Scalar,
    /// All scalar fields by dotted path below the pillar: `retention`, `retention.raw`,
    /// `retention.downsampled_5m`, `sampling_rate`, …; the keys have the spans of the last part.
    pub settings: Pairs,
    /// Fields that hold no scalar (a mapping, a list, nothing), by dotted path.
    pub blocks: Vec<Scalar>,
}

/// The three pillars.
pub const PILLARS: &[&str] = &["metrics", "logs", "traces"];

/// Words of a strategy's fields, by which one is told from switches of an application.
const FIELDS: &[&str] = &[
    "retention",
    "collection_interval",
    "cardinality_limit",
    "structured_format",
    "compression",
    "log_level",
    "sampling_rate",
    "max_trace_duration",
];

/// Deepest nesting of fields that is read.
const MAX_DEPTH: usize = 8;

/// Reads the strategy of a document, if the document holds one.
pub fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    let Some((key, node)) = root.entry("observability").filter(|(_, node)| node.is_mapping())
    else {
        return;
    };
    let entries = node.entries();
    let mut strategy = Strategy {
        document: id,
        anchor: key.span(),
        strategy: Scalar::under(node, "strategy"),
        blocks: Vec::new(),
        empty: Vec::new(),
        open: masked || node.is_unknown(),
    };
    let mut pillars = Vec::new();
    for (key, value) in entries {
        let Some(name) = Scalar::of(key) else { continue };
        // A key that is itself filled in could be any of the blocks.
        strategy.open |= !name.known;
        if value.is_null() && !value.is_unknown() {
            strategy.empty.push(name);
        } else if value.is_mapping() || PILLARS.contains(&name.text.as_str()) {
            strategy.blocks.push(name.clone());
            pillars.push(pillar(id, name, value, masked));
        } else {
            strategy.blocks.push(name);
        }
    }
    let alone = root.pairs().len() == 1;
    if is_strategy(&strategy, &pillars, alone) {
        facts.strategies.push(strategy);
        facts.pillars.append(&mut pillars);
    }
}

/// At least two of the three pillars, and no mere switches of an application (`metrics: true`,
/// `logs: { enabled: true }`), which stand under the same names in many settings files.
fn is_strategy(strategy: &Strategy, pillars: &[Pillar], alone: bool) -> bool {
    let named = strategy.blocks.iter().chain(&strategy.empty);
    let count = named.filter(|name| PILLARS.contains(&name.text.as_str())).count();
    let says = |pillar: &Pillar, fields: &[&str]| {
        let keys = pillar.settings.keys().chain(pillar.blocks.iter().map(|key| key.text.as_str()));
        keys.into_iter().any(|key| key.split('.').any(|part| fields.contains(&part)))
    };
    let speaks = strategy.strategy.is_some() || pillars.iter().any(|pillar| says(pillar, FIELDS));
    let switches = pillars.iter().any(|pillar| pillar.settings.get("enabled").is_some())
        || pillars.iter().any(Pillar::is_switch);
    count >= 2 && (speaks || (alone && !switches))
}

fn pillar(document: DocumentId, name: Scalar, node: NodeRef<'_>, masked: bool) -> Pillar {
    let mut settings = Pairs { entries: Vec::new(), open: masked || node.is_unknown() };
    // A pillar that a placeholder stands for can hold anything.
    if let Some(value) = Scalar::of(node) {
        settings.open |= !value.known;
        settings.entries.push((Scalar { text: String::new(), ..name.clone() }, value));
    }
    let mut pillar = Pillar { document, name, settings, blocks: Vec::new() };
    pillar.fields(node, "", 0);
    pillar
}

impl Pillar {
    fn fields(&mut self, node: NodeRef<'_>, prefix: &str, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for (key, value) in node.entries() {
            let Some(mut name) = Scalar::of(key) else { continue };
            self.settings.open |= !name.known;
            if !prefix.is_empty() {
                name.text = format!("{prefix}.{}", name.text);
            }
            if let Some(scalar) =
                Scalar::of(value).filter(|_| !value.is_null() || value.is_unknown())
            {
                self.settings.entries.push((name, scalar));
                continue;
            }
            for (index, item) in value.items().enumerate() {
                self.fields(item, &format!("{}[{index}]", name.text), depth + 1);
            }
            self.fields(value, &name.text, depth + 1);
            self.blocks.push(name);
        }
    }

    /// Whether this is a scalar in place of a block: `traces: true`.
    pub fn is_switch(&self) -> bool {
        self.settings.get("").is_some_and(|value| value.boolean().is_some())
    }

    /// Whether it is one of the three pillars, not `events` or another block.
    pub fn is_signal(&self) -> bool {
        PILLARS.contains(&self.name.text.as_str())
    }

    /// Whether it says of itself that it is turned off.
    pub fn is_off(&self) -> bool {
        let off = |key| self.settings.get(key).and_then(Scalar::boolean) == Some(false);
        off("enabled") || off("")
    }

    /// Fields whose last part is `name`: key and value.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a Scalar, &'a Scalar)> {
        self.settings
            .entries
            .iter()
            .filter(move |(key, _)| last_part(&key.text) == name)
            .map(|(key, value)| (key, value))
    }

    /// How long raw data is kept: `retention`, or `raw` in it.
    pub fn retention(&self) -> Option<&Scalar> {
        self.settings.get("retention").or_else(|| self.settings.get("retention.raw"))
    }

    /// Downsampling tiers (`retention.downsampled_5m`): resolution as written, key, value.
    pub fn tiers(&self) -> impl Iterator<Item = (&str, &Scalar, &Scalar)> {
        self.settings.entries.iter().filter_map(|(key, value)| {
            let resolution = last_part(&key.text).strip_prefix("downsampled_")?;
            Some((resolution, key, value))
        })
    }
}

/// The last part of a dotted path.
pub fn last_part(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

impl Subject for Strategy {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Strategy
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "observability strategy".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
    fn field(&self, path: &str) -> Held<'_> {
        if path == "strategy" { held(self.strategy.as_ref()) } else { Held::Nothing }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        self.strategy.as_ref().filter(|_| path == "strategy").map(|strategy| strategy.span)
    }
}

impl Subject for Pillar {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Pillar
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("pillar {}", self.name.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        if path == "name" { self.name.held() } else { self.settings.held(path) }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        if path == "name" {
            Some(self.name.span)
        } else {
            self.settings.get(path).map(|value| value.span)
        }
    }
}
