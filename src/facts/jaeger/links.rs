//! Addresses of Elasticsearch or OpenSearch that Jaeger is given.

use super::{JaegerConfig, JaegerObject, component_of, flags, is_settings};
use crate::facts::configmap::ConfigMap;
use crate::facts::deploy::Container;
use crate::facts::scalar::Scalar;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::source::Span;

/// The address of a store.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct StorageLink {
    /// Where it came from.
    pub document: DocumentId,
    /// The variable, flag or field.
    pub setting: Scalar,
    /// The address, or several with commas between them.
    pub urls: Scalar,
    /// Whether a user, a token or a certificate goes with it; `None` where nobody can know.
    pub credentials: Option<bool>,
}

const VARIABLE: &str = "ES_SERVER_URLS";
/// Settings that carry credentials.
const CREDENTIALS: &[&str] = &[
    "ES_USERNAME",
    "ES_PASSWORD",
    "ES_PASSWORD_FILE",
    "ES_TOKEN_FILE",
    "ES_BEARER_TOKEN_PROPAGATION",
    "ES_TLS_CERT",
];

/// Reads the links of a document whose containers, maps and Jaeger facts were read before.
pub fn read(id: DocumentId, facts: &mut FileFacts) {
    let mut links: Vec<StorageLink> = Vec::new();
    for container in facts.containers.iter().filter(|container| container.document == id) {
        links.extend(of_container(container));
    }
    for map in facts.config_maps.iter().filter(|map| map.document == id) {
        links.extend(of_map(map));
    }
    for object in facts.jaeger_objects.iter().filter(|object| object.document == id) {
        links.extend(of_object(object));
    }
    for config in facts.jaeger_configs.iter().filter(|config| config.document == id) {
        links.extend(of_config(config));
    }
    facts.storage_links.extend(links);
}

fn of_container(container: &Container) -> Option<StorageLink> {
    let image = container.image.as_ref()?;
    component_of(&image.text)?;
    let flag = flags::flag(VARIABLE).and_then(|flag| Some((flag.name, container.flag(flag.name)?)));
    let (setting, urls) = match flag {
        Some((name, arg)) => {
            let at = arg.text.find('=').map_or(arg.text.len(), |at| at + 1);
            (Scalar { text: name.to_owned(), ..arg.clone() }, arg.tail(at))
        }
        None => (container.env.key(VARIABLE)?.clone(), container.env.get(VARIABLE)?.clone()),
    };
    let named = CREDENTIALS.iter().any(|name| {
        container.env.get(name).is_some()
            || flags::flag(name).is_some_and(|flag| container.flag(flag.name).is_some())
    });
    let open = container.env.open || container.args.iter().any(|arg| !arg.known);
    let credentials = if named { Some(true) } else { (!open).then_some(false) };
    Some(StorageLink { document: container.document, setting, urls, credentials })
}

fn of_map(map: &ConfigMap) -> Option<StorageLink> {
    if map.object.kind != "ConfigMap" || !is_settings(map) {
        return None;
    }
    let mut entries = map.data.entries.iter();
    let (setting, urls) = entries.find(|(key, _)| flags::variable(&key.text) == VARIABLE)?;
    let known = urls.known && !crate::lang::placeholder::is_in(&urls.text);
    let urls = Scalar { known, ..urls.clone() };
    // Where its password comes from, only who reads the map knows.
    Some(StorageLink { document: map.document, setting: setting.clone(), urls, credentials: None })
}

fn of_object(object: &JaegerObject) -> Option<StorageLink> {
    let spec = &object.spec;
    let option = spec.get("storage.options.es.server-urls")?;
    let urls = option.value.clone()?;
    let setting = Scalar { text: "es.server-urls".to_owned(), span: option.span, ..urls.clone() };
    let named = spec.has("storage.secretName")
        || ["username", "password", "token-file", "tls"]
            .iter()
            .any(|key| spec.has(&format!("storage.options.es.{key}")));
    let credentials = if named { Some(true) } else { (!spec.open).then_some(false) };
    Some(StorageLink { document: object.document, setting, urls, credentials })
}

fn of_config(config: &JaegerConfig) -> Vec<StorageLink> {
    let mut links = Vec::new();
    for backend in &config.backends {
        let Some(list) = backend.settings.get("server_urls") else { continue };
        let credentials =
            match backend.settings.has("auth") || backend.settings.has("tls.cert_file") {
                true => Some(true),
                false => (!backend.settings.open).then_some(false),
            };
        for urls in list.values() {
            let setting =
                Scalar { text: "server_urls".to_owned(), span: list.span, ..urls.clone() };
            let (document, urls) = (config.document, urls.clone());
            links.push(StorageLink { document, setting, urls, credentials });
        }
    }
    links
}

impl Subject for StorageLink {
    fn kind(&self) -> SubjectKind {
        SubjectKind::StorageLink
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        self.setting.text.clone()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.urls.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "setting" => self.setting.held(),
            "urls" => self.urls.held(),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "setting" => Some(self.setting.span),
            "urls" => Some(self.urls.span),
            _ => None,
        }
    }
}
