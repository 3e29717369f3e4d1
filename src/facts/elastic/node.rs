//! Settings of a node: `elasticsearch.yml`, `opensearch.yml`, and their embedded forms.

use super::Engine;
use crate::facts::deploy::Container;
use crate::facts::scalar::{Credential, Pairs, Scalar};
use crate::facts::settings::{Setting, Settings};
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::identify::Kind;
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// The configuration file of a node.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct NodeConfig {
    /// Where it came from.
    pub document: DocumentId,
    /// Its cluster's name, or its first key.
    pub anchor: Span,
    /// What its own content says it is for.
    pub engine: Engine,
    /// All settings, keys joined by dots.
    pub settings: Settings,
    /// Keys at the root that belong to an index or a template.
    pub strays: Vec<Scalar>,
}

/// Keys that make a template, and stand in no node's file.
const STRAYS: &[&str] = &[
    "index_patterns",
    "template",
    "mappings",
    "settings",
    "aliases",
    "composed_of",
    "data_stream",
];

/// Parts of keys whose values are credentials.
pub fn is_credential(key: &str) -> bool {
    let last = key.rsplit('.').next().unwrap_or(key);
    // A path to a file that holds it is none.
    let path = last.ends_with("path") || last.ends_with("file") || last.ends_with("filepath");
    !path
        && (last.contains("password")
            || last.contains("passphrase")
            || matches!(
                last,
                "secret_key" | "access_key" | "session_token" | "sas_token" | "secret"
            )
            || last.starts_with("secure_")
            || key == "keystore.seed")
}

/// Reads the settings of a document.
pub fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    if !root.is_mapping() {
        return;
    }
    let document = &facts.documents[id.index as usize];
    let mut settings = Settings::of(root, masked);
    let strays: Vec<Scalar> = root
        .pairs()
        .filter_map(|(key, _)| Scalar::of(key))
        .filter(|key| STRAYS.contains(&key.text.as_str()))
        .collect();
    // What lies below a template's keys is no setting of the node.
    settings.entries.retain(|setting| {
        let first = setting.key.split('.').next().unwrap_or_default();
        !STRAYS.contains(&first)
    });
    let named = settings.get("cluster.name").and_then(|setting| setting.value.as_ref());
    let first = root.pairs().next().map(|(key, _)| key.span());
    let anchor = named.map(|name| name.span).or(first).unwrap_or(document.anchor);
    let engine = match document.kind {
        Kind::OpensearchConfig => Engine::Opensearch,
        _ => Engine::Elasticsearch,
    };
    credentials(&settings, id, facts);
    facts.node_configs.push(NodeConfig { document: id, anchor, engine, settings, strays });
}

fn credentials(settings: &Settings, id: DocumentId, facts: &mut FileFacts) {
    for setting in settings.entries.iter().filter(|setting| is_credential(&setting.key)) {
        let Some(value) = setting.value.clone() else { continue };
        let key =
            Scalar { text: setting.key.clone(), span: setting.span, known: true, plain: true };
        facts.credentials.push(Credential {
            document: id,
            program: PROGRAM,
            key,
            path: setting.key.clone(),
            value,
        });
    }
}

/// How credentials of these engines are marked.
pub const PROGRAM: &str = "elasticsearch";

/// Variables whose values are passwords of users of an engine.
const PASSWORDS: &[&str] = &[
    "ELASTIC_PASSWORD",
    "ELASTICSEARCH_PASSWORD",
    "ES_PASSWORD",
    "KIBANA_PASSWORD",
    "KIBANA_SYSTEM_PASSWORD",
    "LOGSTASH_INTERNAL_PASSWORD",
    "LOGSTASH_SYSTEM_PASSWORD",
    "METRICBEAT_INTERNAL_PASSWORD",
    "FILEBEAT_INTERNAL_PASSWORD",
    "HEARTBEAT_INTERNAL_PASSWORD",
    "MONITORING_INTERNAL_PASSWORD",
    "BEATS_SYSTEM_PASSWORD",
    "OPENSEARCH_INITIAL_ADMIN_PASSWORD",
    "OPENSEARCH_PASSWORD",
    "INDEXER_PASSWORD",
    "bootstrap.password",
];

/// Passwords that the values of a chart give by variables, or under a key of the chart's own.
pub fn chart_credentials(part: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let list = part.get("extraEnvs").into_iter().flat_map(NodeRef::items);
    let variables = list
        .filter_map(|item| Some((Scalar::under(item, "name")?, Scalar::under(item, "value")?)))
        .filter(|(name, _)| PASSWORDS.contains(&name.text.as_str()));
    // The chart makes the first user's password of it.
    let own = part.get("secret").filter(|_| part.get("extraEnvs").is_some() || is_node(part));
    let own = own.and_then(|secret| secret.entry("password"));
    let own = own.and_then(|(key, value)| {
        let key = Scalar { text: "ELASTIC_PASSWORD".to_owned(), ..Scalar::of(key)? };
        Some((key, Scalar::of(value)?))
    });
    let found: Vec<Credential> = variables
        .chain(own)
        .map(|(key, value)| Credential {
            document,
            program: PROGRAM,
            path: key.text.clone(),
            key,
            value,
        })
        .collect();
    facts.credentials.extend(found);
}

/// Whether values are those of Elasticsearch's own chart.
fn is_node(part: NodeRef<'_>) -> bool {
    ["esConfig", "esJavaOpts", "masterService"].iter().any(|key| part.get(key).is_some())
}

/// Passwords that containers and environment files give.
pub fn known_credentials(facts: &mut FileFacts) {
    let given = facts.containers.iter().flat_map(|container| {
        container.env.entries.iter().map(|(name, value)| (container.document, name, value))
    });
    let lines = facts.env_values.iter().map(|line| (line.document, &line.name, &line.value));
    let found: Vec<Credential> = given
        .chain(lines)
        .filter(|(_, name, _)| PASSWORDS.contains(&name.text.as_str()))
        .map(|(document, name, value)| Credential {
            document,
            program: PROGRAM,
            key: name.clone(),
            path: name.text.clone(),
            value: value.clone(),
        })
        .collect();
    facts.credentials.extend(found);
}

/// Settings that an environment gives a node: of a container, or of the image that it is built from.
pub fn of_environment(env: &Pairs) -> Settings {
    let mut settings = Settings { entries: Vec::new(), open: env.open };
    for (name, value) in &env.entries {
        // The entrypoint passes on what has a value.
        let Some(key) = setting_name(&name.text).filter(|_| !value.known || !value.text.is_empty())
        else {
            continue;
        };
        settings.entries.push(given(key, name.span, value.clone()));
    }
    settings
}

/// Settings that a container's environment and arguments give a node: later ones win.
pub fn of_container(container: &Container) -> Settings {
    let mut settings = of_environment(&container.env);
    let mut args = container.args.iter().peekable();
    while let Some(arg) = args.next() {
        let pair = match arg.text.strip_prefix("-E") {
            Some("") => args.next().map(|next| (next.clone(), 0)),
            Some(_) => Some((arg.clone(), 2)),
            None => None,
        };
        let Some((word, skip)) = pair else { continue };
        let Some((key, value)) = word.text[skip..].split_once('=') else { continue };
        let value =
            Scalar { text: value.to_owned(), span: word.span, known: word.known, plain: true };
        settings.entries.push(given(key.to_owned(), word.span, value));
    }
    settings
}

fn given(key: String, span: Span, value: Scalar) -> Setting {
    let list = value.known && value.text.contains(',');
    let item = |text: &str| Scalar { text: text.trim().to_owned(), ..value.clone() };
    let items = if list { value.text.split(',').map(item).collect() } else { Vec::new() };
    Setting { key, span, value: Some(value), items, list }
}

/// The setting that an environment variable stands for in the official images: `discovery.type`,
/// or `ES_SETTING_DISCOVERY_TYPE`, in which two underscores are one.
fn setting_name(name: &str) -> Option<String> {
    if let Some(rest) = name.strip_prefix("ES_SETTING_") {
        let joined = rest.replace("__", "\0").replace('_', ".").replace('\0', "_");
        return Some(joined.to_ascii_lowercase());
    }
    let lower =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.' | '-');
    (name.contains('.') && name.chars().all(lower)).then(|| name.to_owned())
}

impl NodeConfig {
    /// The items of a list setting: of a list, or of a text with commas.
    pub fn list(&self, key: &str) -> Option<Vec<&str>> {
        self.settings.get(key).and_then(list_of)
    }
}

/// The items of a list, or of a text with commas; `None` where one cannot be known.
pub fn list_of(setting: &Setting) -> Option<Vec<&str>> {
    if !setting.items.is_empty() || setting.value.is_none() {
        return setting.items.iter().map(Scalar::known_text).collect();
    }
    let text = setting.text()?;
    Some(text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect())
}

impl Subject for NodeConfig {
    fn kind(&self) -> SubjectKind {
        SubjectKind::NodeConfig
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        match self.settings.get("cluster.name").and_then(Setting::text) {
            Some(name) => format!("node of {name}"),
            None => format!("{} node", self.engine.name()),
        }
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
    fn field(&self, path: &str) -> Held<'_> {
        let Some(key) = path.strip_prefix("settings.") else { return Held::Nothing };
        match self.settings.get(key) {
            Some(setting) => crate::facts::scalar::held(setting.value.as_ref()),
            None if self.settings.open => Held::Unknown,
            None => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        let setting = self.settings.get(path.strip_prefix("settings.")?)?;
        setting.value.as_ref().map(|value| value.span).or(Some(setting.span))
    }
}
