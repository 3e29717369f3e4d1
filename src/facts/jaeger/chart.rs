//! Values of the chart `jaeger`, which stand for a whole installation.

use super::links::StorageLink;
use super::{Component, Form, Part, flags};
use crate::facts::scalar::{Credential, Scalar};
use crate::facts::settings::Settings;
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// What the values say of one installation.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct ChartValues {
    /// Everything below the chart's key, or in the whole file.
    pub settings: Settings,
}

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

/// Reads the values of a file: below `jaeger`, or the whole file.
pub(super) fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    let is_one = |node: NodeRef<'_>| {
        let typed = node.at(&["storage", "type"]).is_some();
        typed && (OWN.iter().any(|key| node.get(key).is_some()) || node.get("collector").is_some())
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
    let values = ChartValues { settings: Settings::of(node, masked) };
    credentials(&values, id, facts);
    facts.storage_links.extend(link(&values, id));
    facts.jaeger_parts.push(Part {
        document: id,
        component: Component::Installation,
        name,
        form: Form::Values(Box::new(values)),
    });
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
