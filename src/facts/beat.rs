//! Beats: what they read, and where they send it.

use super::scalar::{Credential, Scalar};
use super::settings::{self, Setting, Settings};
use super::subject::{Held, SubjectKind};
use super::{DocumentId, FileFacts, Subject};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// The Beats by the namespace that is theirs.
pub const BEATS: &[&str] = &[
    "filebeat",
    "metricbeat",
    "heartbeat",
    "packetbeat",
    "auditbeat",
    "winlogbeat",
    "functionbeat",
    "journalbeat",
];

/// The configuration of a Beat, or a file of inputs or modules.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Beat {
    /// Where it came from.
    pub document: DocumentId,
    /// Which Beat, if that can be known.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub name: Option<&'static str>,
    /// All settings, inputs and modules left out.
    pub settings: Settings,
    /// Processors and other steps in its lists, and its modules: the list, and the name.
    pub listed: Vec<(String, Scalar)>,
    /// The token that names it.
    pub anchor: Span,
    /// A list of inputs or modules that another file loads.
    pub part: bool,
    /// An operator's object, which adds the output itself.
    pub operator: bool,
}

/// An input of Filebeat, or the part of a template that becomes one.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct BeatInput {
    /// Where it came from.
    pub document: DocumentId,
    /// `type`.
    pub kind: Scalar,
    /// Its settings.
    pub settings: Settings,
    /// Parsers, processors and other steps in its lists: the list, and the name.
    pub listed: Vec<(String, Scalar)>,
    /// Where it stands.
    pub place: Place,
}

/// Where an input stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Place {
    /// In `filebeat.inputs`, or in a file of inputs.
    List,
    /// In a template of `autodiscover`, made once for each container.
    Template,
    /// What hints begin with.
    Hints,
}

/// An output of a Beat.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct BeatOutput {
    /// Where it came from.
    pub document: DocumentId,
    /// `elasticsearch`, `logstash`, `kafka`, `redis`, `file`, `console`, …
    pub name: String,
    /// The token that names it.
    pub anchor: Span,
    /// Its settings.
    pub settings: Settings,
    /// Of a policy of the Elastic Agent, which may have many.
    pub agent: bool,
}

impl BeatInput {
    /// Whether it is switched on; `None` where that cannot be known.
    pub fn enabled(&self) -> Option<bool> {
        enabled(&self.settings)
    }
}

impl BeatOutput {
    /// Whether it is switched on; `None` where that cannot be known.
    pub fn enabled(&self) -> Option<bool> {
        enabled(&self.settings)
    }
}

fn enabled(settings: &Settings) -> Option<bool> {
    match settings.get("enabled") {
        None => (!settings.open).then_some(true),
        Some(setting) => setting.boolean(),
    }
}

impl Subject for Beat {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Beat
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        self.name.unwrap_or("Beat").to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
}

impl Subject for BeatInput {
    fn kind(&self) -> SubjectKind {
        SubjectKind::BeatInput
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("input {}", self.kind.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.kind.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "type" => self.kind.held(),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "type").then_some(self.kind.span)
    }
}

impl Subject for BeatOutput {
    fn kind(&self) -> SubjectKind {
        SubjectKind::BeatOutput
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("output {}", self.name)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => Held::Text(&self.name),
            _ => Held::Nothing,
        }
    }
}

/// Reads a configuration, or a list of inputs or modules.
pub(super) fn read(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let held = &facts.documents[document.index as usize];
    let (masked, anchor) = (held.masked, held.anchor);
    let object = held.object.as_ref().filter(|_| held.host.is_some());
    let operator = object.is_some_and(|object| object.api_version.contains("k8s.elastic.co"));
    if root.is_sequence() {
        inputs(root, Place::List, document, masked, facts);
        let settings = Settings { entries: Vec::new(), open: true };
        let listed = modules("modules", root).collect();
        facts.beats.push(Beat {
            document,
            name: None,
            settings,
            listed,
            anchor,
            part: true,
            operator,
        });
        return;
    }
    let settings = Settings::of(root, masked);
    let name = BEATS.iter().copied().find(|name| {
        settings.entries.iter().any(|setting| setting.key.split('.').next() == Some(*name))
    });
    for path in ["filebeat.inputs", "filebeat.prospectors"] {
        for (_, list) in settings::all_at(root, path) {
            inputs(list, Place::List, document, masked, facts);
        }
    }
    for beat in ["filebeat", "heartbeat", "metricbeat"] {
        for (_, list) in settings::all_at(root, &format!("{beat}.autodiscover.providers")) {
            providers(list, document, masked, facts);
        }
    }
    outputs(root, document, masked, facts);
    credentials(document, &settings, &mut facts.credentials);
    let mut listed = steps(root);
    for beat in MODULAR {
        let path = format!("{beat}.modules");
        let lists = settings::all_at(root, &path).into_iter();
        listed.extend(lists.flat_map(|(_, list)| modules(&path, list)));
    }
    facts.beats.push(Beat { document, name, settings, listed, anchor, part: false, operator });
}

/// Beats that are made of modules.
const MODULAR: &[&str] = &["filebeat", "metricbeat", "auditbeat"];

/// Modules of a list that are not switched off.
fn modules(path: &str, list: NodeRef<'_>) -> impl Iterator<Item = (String, Scalar)> {
    let on = |item: &NodeRef<'_>| {
        Scalar::under(*item, "enabled").is_none_or(|it| it.boolean() == Some(true))
    };
    let names = list.items().filter(on).filter_map(|item| Scalar::under(item, "module"));
    names.map(move |name| (path.to_owned(), name))
}

/// The items of lists by name, such as `ndjson` of `parsers: [{ ndjson: … }]`.
fn steps(node: NodeRef<'_>) -> Vec<(String, Scalar)> {
    let mut steps = Vec::new();
    for (key, list) in node.entries() {
        // What a module has are settings.
        let Some(list_name) = key.scalar().filter(|name| !name.ends_with("modules")) else {
            continue;
        };
        for (name, _) in list.items().flat_map(NodeRef::pairs) {
            // `drop_event.when.regexp: …` is a `drop_event`.
            let name = Scalar::of(name).map(|name| match name.text.split_once('.') {
                Some((first, _)) if list_name == "processors" => {
                    Scalar { text: first.to_owned(), ..name }
                }
                _ => name,
            });
            steps.extend(name.map(|name| (list_name.to_owned(), name)));
        }
    }
    steps
}

fn inputs(
    list: NodeRef<'_>,
    place: Place,
    document: DocumentId,
    masked: bool,
    facts: &mut FileFacts,
) {
    for item in list.items() {
        let Some(kind) = Scalar::under(item, "type") else { continue };
        let settings = Settings::of(item, masked);
        credentials(document, &settings, &mut facts.credentials);
        let listed = steps(item);
        facts.beat_inputs.push(BeatInput { document, kind, settings, listed, place });
    }
}

/// `autodiscover`: templates with their `config`, and what hints begin with.
fn providers(list: NodeRef<'_>, document: DocumentId, masked: bool, facts: &mut FileFacts) {
    for provider in list.items() {
        for template in provider.get("templates").into_iter().flat_map(NodeRef::items) {
            if let Some(config) = template.get("config") {
                inputs(config, Place::Template, document, masked, facts);
            }
        }
        if let Some((_, config)) = settings::at(provider, "hints.default_config")
            && let Some(kind) = Scalar::under(config, "type")
        {
            let settings = Settings::of(config, masked);
            let place = Place::Hints;
            let listed = steps(config);
            facts.beat_inputs.push(BeatInput { document, kind, settings, listed, place });
        }
    }
}

/// `output: { x: … }` and `output.x: …`, joined where both speak of one.
fn outputs(root: NodeRef<'_>, document: DocumentId, masked: bool, facts: &mut FileFacts) {
    let first = facts.beat_outputs.len();
    let add = |name: &str, anchor: Span, mut settings: Settings, facts: &mut FileFacts| {
        let known = facts.beat_outputs[first..].iter_mut().find(|output| output.name == name);
        match known {
            Some(output) => {
                output.settings.open |= settings.open;
                output.settings.entries.append(&mut settings.entries);
            }
            None => {
                let name = name.to_owned();
                facts.beat_outputs.push(BeatOutput {
                    document,
                    name,
                    anchor,
                    settings,
                    agent: false,
                });
            }
        }
    };
    for (key, value) in root.entries() {
        let Some(rest) = key.scalar().and_then(|key| key.strip_prefix("output")) else { continue };
        match rest.strip_prefix('.') {
            None if rest.is_empty() => {
                for (key, value) in value.entries() {
                    let Some(name) = key.scalar().filter(|_| !value.is_null()) else { continue };
                    let (name, below) = name.split_once('.').unwrap_or((name, ""));
                    add(name, key.span(), of(key, value, below, masked), facts);
                }
            }
            // Nothing but the key: all that stood below is commented out.
            Some(_) if value.is_null() => {}
            Some(rest) => {
                let (name, below) = rest.split_once('.').unwrap_or((rest, ""));
                add(name, key.span(), of(key, value, below, masked), facts);
            }
            None => {}
        }
    }
    // Outputs of a policy of the Elastic Agent, by the type they have.
    for (key, value) in root.get("outputs").map(NodeRef::entries).unwrap_or_default() {
        let Some(kind) = value.get("type").and_then(NodeRef::scalar) else { continue };
        let name = kind.to_owned();
        let settings = Settings::of(value, masked);
        credentials(document, &settings, &mut facts.credentials);
        let anchor = key.span();
        facts.beat_outputs.push(BeatOutput { document, name, anchor, settings, agent: true });
    }
}

/// The settings of an output whose key goes on to `below`.
fn of(key: NodeRef<'_>, value: NodeRef<'_>, below: &str, masked: bool) -> Settings {
    if below.is_empty() {
        return Settings::of(value, masked || value.is_unknown());
    }
    let mut inner = Settings { entries: Vec::new(), open: masked };
    if value.is_mapping() {
        for mut setting in Settings::of(value, masked).entries {
            setting.key = format!("{below}.{}", setting.key);
            inner.entries.push(setting);
        }
        return inner;
    }
    inner.entries.push(Setting {
        key: below.to_owned(),
        span: key.span(),
        value: Scalar::of(value).filter(|_| !value.is_null() || value.is_unknown()),
        items: value.items().filter_map(Scalar::of).collect(),
        list: value.is_sequence(),
    });
    inner
}

/// Last parts of keys that hold secrets.
const SECRETS: &[&str] = &[
    "password",
    "api_key",
    "key_passphrase",
    "token",
    "client_secret",
    "secret_access_key",
    "secret",
];

fn credentials(document: DocumentId, settings: &Settings, found: &mut Vec<Credential>) {
    for setting in &settings.entries {
        let last = setting.key.rsplit('.').next().unwrap_or_default();
        let secret = SECRETS.contains(&last) || setting.key == "cloud.auth";
        let Some(value) = setting.value.as_ref().filter(|_| secret) else { continue };
        found.push(Credential {
            document,
            program: "beats",
            key: Scalar { text: last.to_owned(), span: setting.span, known: true, plain: true },
            path: setting.key.clone(),
            value: value.clone(),
        });
    }
}
