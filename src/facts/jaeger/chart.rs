//! Values of the chart `jaeger`, which stand for a whole installation.

use super::links::StorageLink;
use super::{Component, Form, Part, flags};
use crate::facts::scalar::{Credential, Scalar};
use crate::facts::settings::{Setting, Settings};
use crate::facts::terraform::Resource;
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// What the values say of one installation.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct ChartValues {
    /// Everything below the chart's key, or in the whole file.
    pub settings: Settings,
    /// Variables that they add to its programs.
    pub env: Vec<Variable>,
}

/// A variable that values add to one of the programs.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Variable {
    /// The program.
    pub component: Component,
    /// Its name.
    pub name: Scalar,
    /// Its value, if it is written here.
    pub value: Option<Scalar>,
}

/// Sections of the values by the program that each is for.
pub const PROGRAMS: &[(&str, Component)] = &[
    ("allInOne", Component::AllInOne),
    ("agent", Component::Agent),
    ("collector", Component::Collector),
    ("query", Component::Query),
    ("ingester", Component::Ingester),
];

impl ChartValues {
    /// The type of its storage, where it is said.
    pub fn storage(&self) -> Option<&Scalar> {
        self.settings.scalar("storage.type").filter(|kind| kind.known)
    }

    /// Where it is said that traces are kept in memory.
    pub fn memory(&self) -> Option<&Scalar> {
        self.storage().filter(|kind| match kind.text.as_str() {
            "memory" => true,
            // Without a type the program in one piece takes its own.
            "none" => self.is_on("allInOne.enabled"),
            "badger" => self.is_on("storage.badger.ephemeral"),
            _ => false,
        })
    }

    /// Whether a switch is on, as far as the values say.
    pub fn is_on(&self, key: &str) -> bool {
        self.settings.scalar(key).and_then(Scalar::boolean) == Some(true)
    }

    /// Whether a switch is off, as far as the values say.
    pub fn is_off(&self, key: &str) -> bool {
        self.settings.scalar(key).and_then(Scalar::boolean) == Some(false)
    }
}

/// Keys that only this chart has, one of which must be there.
const OWN: &[&str] = &[
    "provisionDataStore",
    "allInOne",
    "esIndexCleaner",
    "esRollover",
    "esLookback",
    "hotrod",
    "uiconfig",
    "userconfig",
];

/// Parts of the installation, which say enough beside a store that the chart knows.
const PARTS: &[&str] = &["collector", "agent", "query", "ingester", "cassandra", "schema"];
const STORES: &[&str] = &[
    "cassandra",
    "elasticsearch",
    "opensearch",
    "memory",
    "badger",
    "kafka",
    "grpc-plugin",
    "none",
];

/// Reads the values of a file: below `jaeger`, or the whole file.
pub(super) fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    let is_one = |node: NodeRef<'_>| {
        let kind = node.at(&["storage", "type"]);
        let known = kind.and_then(NodeRef::scalar).is_some_and(|kind| STORES.contains(&kind));
        let has = |keys: &[&str]| keys.iter().any(|key| node.get(key).is_some());
        kind.is_some() && (has(OWN) || (known && has(PARTS)))
    };
    let found = match root.entry("jaeger").filter(|(_, node)| is_one(*node)) {
        Some(below) => Some(below),
        None => root.entry("storage").filter(|_| is_one(root)).map(|(key, _)| (key, root)),
    };
    let Some((key, node)) = found else { return };
    // From release 4 on a whole configuration may stand here, and then nothing else counts.
    if node.get("userconfig").is_some_and(|own| own.is_mapping() && own.pairs().len() > 0) {
        return;
    }
    let Some(name) = Scalar::of(key) else { return };
    let values = ChartValues { settings: Settings::of(node, masked), env: variables(node) };
    credentials(&values, id, facts);
    facts.storage_links.extend(link(&values, id));
    facts.jaeger_parts.push(Part {
        document: id,
        component: Component::Installation,
        name,
        form: Form::Values(Box::new(values)),
    });
}

/// Reads the single values that Terraform gives a release of the chart: `set { name, value }`.
pub fn read_release(
    resource: &Resource<'_>,
    chart: &Scalar,
    id: DocumentId,
    facts: &mut FileFacts,
) {
    if chart.known_text().and_then(|name| name.rsplit('/').next()) != Some("jaeger") {
        return;
    }
    let blocks = resource.blocks("set").into_iter().chain(resource.blocks("set_sensitive"));
    let entries = blocks.filter_map(|block| {
        let name = Scalar::under(block, "name")?;
        let value = Scalar::under(block, "value");
        Some(Setting { key: name.text, span: name.span, value, items: Vec::new(), list: false })
    });
    let entries: Vec<Setting> = entries.collect();
    if entries.is_empty() {
        return;
    }
    let values = ChartValues { settings: Settings { entries, open: true }, env: Vec::new() };
    credentials(&values, id, facts);
    facts.storage_links.extend(link(&values, id));
    facts.jaeger_parts.push(Part {
        document: id,
        component: Component::Installation,
        name: chart.clone(),
        form: Form::Values(Box::new(values)),
    });
}

fn variables(node: NodeRef<'_>) -> Vec<Variable> {
    let mut found = Vec::new();
    for (section, component) in PROGRAMS {
        let Some(list) = node.at(&[section, "extraEnv"]) else { continue };
        for item in list.items() {
            let Some(name) = Scalar::under(item, "name") else { continue };
            let value = Scalar::under(item, "value");
            found.push(Variable { component: *component, name, value });
        }
    }
    found
}

fn credentials(values: &ChartValues, id: DocumentId, facts: &mut FileFacts) {
    let secrets = values.settings.entries.iter().filter(|setting| {
        let last = setting.key.rsplit('.').next().unwrap_or_default();
        setting.key.starts_with("storage.") && (last == "password" || flags::is_secret(last))
    });
    for setting in secrets {
        let Some(value) = setting.value.as_ref().filter(|value| !value.text.is_empty()) else {
            continue;
        };
        let text = setting.key.rsplit('.').next().unwrap_or_default().to_owned();
        facts.credentials.push(Credential {
            document: id,
            program: "jaeger",
            path: setting.key.clone(),
            key: Scalar { text, span: setting.span, known: true, plain: true },
            value: value.clone(),
        });
    }
    for variable in values.env.iter().filter(|it| flags::is_secret(&it.name.text)) {
        let Some(value) = variable.value.as_ref().filter(|value| !value.text.is_empty()) else {
            continue;
        };
        facts.credentials.push(Credential {
            document: id,
            program: "jaeger",
            path: variable.name.text.clone(),
            key: variable.name.clone(),
            value: value.clone(),
        });
    }
}

/// The store that the values name.
fn link(values: &ChartValues, document: DocumentId) -> Option<StorageLink> {
    let kind = values.storage()?.text.as_str();
    if !matches!(kind, "elasticsearch" | "opensearch") {
        return None;
    }
    let set = &values.settings;
    let host = set.get(&format!("storage.{kind}.host"))?;
    let value = host.value.as_ref().filter(|value| value.known)?;
    let scheme = set.text(&format!("storage.{kind}.scheme")).unwrap_or("http");
    let port = set.text(&format!("storage.{kind}.port")).unwrap_or("9200");
    let urls = Scalar { text: format!("{scheme}://{}:{port}", value.text), ..value.clone() };
    let setting = Scalar { text: host.key.clone(), span: host.span, ..value.clone() };
    // The chart sends a user and a password unless it is told not to.
    let credentials = !values.is_off(&format!("storage.{kind}.usePassword"));
    Some(StorageLink { document, setting, urls, credentials: Some(credentials) })
}
