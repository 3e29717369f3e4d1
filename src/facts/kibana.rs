//! Settings of Kibana and of OpenSearch Dashboards, in files, objects, environments and arguments.

use super::deploy::Container;
use super::scalar::{Credential, Scalar};
use super::settings::table::Table;
use super::settings::{Setting, Settings};
use super::subject::SubjectKind;
use super::{DocumentId, FileFacts, Subject};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// Settings of one Kibana at one place.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct KibanaConfig {
    /// Where it came from.
    pub document: DocumentId,
    /// Which of the two it is.
    pub program: Program,
    /// Where they stand.
    pub form: Form,
    /// The settings.
    pub settings: Settings,
    /// The token that names it.
    pub anchor: Span,
}

/// Which program reads the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Program {
    /// Kibana.
    Kibana,
    /// OpenSearch Dashboards.
    Dashboards,
}

/// Where settings stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Form {
    /// `kibana.yml`.
    File,
    /// An object of the operator, which adds what it knows.
    Operator,
    /// Environment and arguments of a container, whose name stands here.
    Container(Span),
}

impl Program {
    /// The table of its settings.
    pub fn table(self) -> Option<&'static Table> {
        Table::named(match self {
            Program::Kibana => "kibana",
            Program::Dashboards => "opensearch-dashboards",
        })
    }

    /// The namespace of the store it reads.
    pub fn store(self) -> &'static str {
        match self {
            Program::Kibana => "elasticsearch",
            Program::Dashboards => "opensearch",
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Program::Kibana => "Kibana",
            Program::Dashboards => "OpenSearch Dashboards",
        }
    }

    /// The program of an image, by its last segment.
    pub fn of_image(image: &str) -> Option<Program> {
        match image {
            "kibana" | "kibana-oss" | "kibana-ubi8" | "kibana-wolfi" => Some(Program::Kibana),
            "opensearch-dashboards" => Some(Program::Dashboards),
            _ => None,
        }
    }
}

impl KibanaConfig {
    /// A setting of the store: `hosts` is `elasticsearch.hosts`.
    pub fn store(&self, key: &str) -> Option<&Setting> {
        self.settings.get(&format!("{}.{key}", self.program.store()))
    }
}

impl Subject for KibanaConfig {
    fn kind(&self) -> SubjectKind {
        SubjectKind::KibanaConfig
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("{} settings", self.program.name())
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
}

/// Reads a settings file, or the settings of an operator's object.
pub(super) fn read(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let held = &facts.documents[document.index as usize];
    let object = held.object.as_ref().filter(|_| held.host.is_some());
    let operator = object.is_some_and(|object| object.api_version.contains("k8s.elastic.co"));
    let settings = Settings::of(root, held.masked);
    let dashboards = settings.entries.iter().any(|setting| setting.key.starts_with("opensearch"));
    let anchor = held.anchor;
    let program = if dashboards { Program::Dashboards } else { Program::Kibana };
    let form = if operator { Form::Operator } else { Form::File };
    credentials(document, &settings, &mut facts.credentials);
    facts.kibanas.push(KibanaConfig { document, program, form, settings, anchor });
}

/// Settings that containers are given in their environment and arguments.
pub(super) fn read_containers(from: usize, facts: &mut FileFacts) {
    let mut found = Vec::new();
    for container in &facts.containers[from..] {
        let image = container.image.as_ref().filter(|image| image.known);
        let foreign = image.is_none_or(|image| image.text.contains("bitnami"));
        let program = container.image_name().filter(|_| !foreign).and_then(Program::of_image);
        let Some(program) = program else { continue };
        let settings = of_container(program, container);
        credentials(container.document, &settings, &mut facts.credentials);
        found.push(KibanaConfig {
            document: container.document,
            program,
            form: Form::Container(container.name.span),
            settings,
            anchor: container.name.span,
        });
    }
    facts.kibanas.extend(found);
}

/// Settings that the values of Kibana's chart give by variables.
pub(super) fn read_values(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let below = root.entries().map(|(_, value)| value);
    for part in std::iter::once(root).chain(below.filter(|value| value.is_mapping())) {
        let program = match ["elasticsearchHosts", "kibanaConfig"].map(|key| part.get(key)) {
            [None, None] if part.get("opensearchHosts").is_some() => Program::Dashboards,
            [None, None] => continue,
            _ => Program::Kibana,
        };
        let Some((key, list)) = part.entry("extraEnvs") else { continue };
        let mut settings = Settings { entries: Vec::new(), open: true };
        for item in list.items() {
            if let (Some(name), Some(value)) =
                (Scalar::under(item, "name"), Scalar::under(item, "value"))
            {
                settings.entries.extend(of_variable(program, &name, value));
            }
        }
        credentials(document, &settings, &mut facts.credentials);
        let form = Form::Container(key.span());
        facts.kibanas.push(KibanaConfig { document, program, form, settings, anchor: key.span() });
    }
}

/// The setting that a variable is: the image turns `ELASTICSEARCH_HOSTS` into
/// `--elasticsearch.hosts`.
fn of_variable(program: Program, name: &Scalar, value: Scalar) -> Option<Setting> {
    let keys = program.table().map_or(&[][..], |table| table.keys);
    let removed = program.table().map_or(&[][..], |table| table.removed);
    let mut names = keys.iter().copied().chain(removed.iter().map(|removed| removed.key));
    let key = names.find(|key| is_variable_of(key, &name.text))?;
    Some(setting(key.to_owned(), name.span, value))
}

fn of_container(program: Program, container: &Container) -> Settings {
    let mut settings = Settings { entries: Vec::new(), open: container.env.open };
    for (name, value) in &container.env.entries {
        settings.entries.extend(of_variable(program, name, value.clone()));
    }
    for arg in &container.args {
        let pair = arg.text.strip_prefix("--").and_then(|text| text.split_once('='));
        let Some((key, value)) = pair.filter(|(key, _)| key.contains('.')) else { continue };
        let value =
            Scalar { text: value.to_owned(), span: arg.span, known: arg.known, plain: true };
        settings.entries.push(setting(key.to_owned(), arg.span, value));
    }
    settings
}

fn is_variable_of(key: &str, variable: &str) -> bool {
    key.len() == variable.len()
        && key.bytes().zip(variable.bytes()).all(|(key, variable)| match key {
            b'.' => variable == b'_',
            key => key.to_ascii_uppercase() == variable,
        })
}

fn setting(key: String, span: Span, value: Scalar) -> Setting {
    // A list is written as JSON.
    let items = value.text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let items: Vec<Scalar> = items
        .filter(|_| value.known)
        .map(|text| {
            let words = text.split(',').map(|word| word.trim().trim_matches(['"', '\'']));
            words
                .filter(|word| !word.is_empty())
                .map(|word| Scalar { text: word.to_owned(), ..value.clone() })
                .collect()
        })
        .unwrap_or_default();
    let list = !items.is_empty();
    let value = (!list && !value.text.is_empty()).then_some(value);
    Setting { key, span, value, items, list }
}

/// Last parts of keys that hold secrets.
const SECRETS: &[&str] = &[
    "password",
    "serviceAccountToken",
    "encryptionKey",
    "keyPassphrase",
    "wrappingKey",
    "clientSecret",
    "client_secret",
    "apiKey",
];

fn credentials(document: DocumentId, settings: &Settings, found: &mut Vec<Credential>) {
    for setting in &settings.entries {
        let last = setting.key.rsplit('.').next().unwrap_or_default();
        let Some(value) = setting.value.as_ref().filter(|_| SECRETS.contains(&last)) else {
            continue;
        };
        found.push(Credential {
            document,
            program: "kibana",
            key: Scalar { text: last.to_owned(), span: setting.span, known: true, plain: true },
            path: setting.key.clone(),
            value: value.clone(),
        });
    }
}
