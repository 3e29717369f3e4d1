//! Log shippers: the sections of Fluentd, Fluent Bit and Vector configurations in one shape.
//!
//! A section is what one plugin is given: an input, a filter, an output, and what stands inside
//! them. Properties are flat: `tls.verify` of Fluent Bit, `tls.verify_certificate` of Vector's
//! nested tables, and each item of a list is a property of its own.

mod agent;
mod fluentbit;
mod fluentd;
mod objects;
mod vector;

pub(super) use agent::{read_alloy, read_promtail};
pub(super) use fluentbit::{read_classic, read_yaml};
pub(super) use fluentd::read_fluentd;
pub(super) use objects::read_object;
pub(super) use vector::{read_vector, read_vector_part};

use super::scalar::{Credential, Scalar};
use super::subject::{Held, SubjectKind};
use super::{DocumentId, FileFacts, Subject};
use crate::lang::placeholder;
use crate::lang::text::{Fault, Piece};
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::{Issue, IssueKind};
use crate::source::Span;
use std::ops::Range;

/// The program that reads a configuration.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum Program {
    /// Fluentd.
    Fluentd,
    /// Fluent Bit.
    FluentBit,
    /// Vector.
    Vector,
    /// Promtail.
    Promtail,
    /// Grafana Alloy.
    Alloy,
}

impl Program {
    /// Its name for output.
    pub fn name(self) -> &'static str {
        match self {
            Program::Fluentd => "Fluentd",
            Program::FluentBit => "Fluent Bit",
            Program::Vector => "Vector",
            Program::Promtail => "Promtail",
            Program::Alloy => "Alloy",
        }
    }
}

/// What a section is for.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum Role {
    /// Takes records: `[INPUT]`, `<source>`, `sources.x`.
    Input,
    /// Changes records: `[FILTER]`, `<filter>`, `transforms.x`.
    Filter,
    /// Sends records on: `[OUTPUT]`, `<match>`, `<store>`, `sinks.x`.
    Output,
    /// Settings of the program: `[SERVICE]`, `<system>`.
    Service,
    /// A parser's definition.
    Parser,
    /// A multiline parser's definition.
    MultilineParser,
    /// `<label @X>`.
    Label,
    /// `<worker 0>`.
    Worker,
    /// A processor inside an input or output.
    Processor,
    /// Anything inside another section: `<buffer>`, `<parse>`, `<secondary>`, a group.
    Part,
    /// Any other section.
    Other,
}

/// A property of a section.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Property {
    /// Its name as written; dots stand for nesting.
    pub key: Scalar,
    /// Its value.
    pub value: Scalar,
}

/// One section of a shipper's configuration.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Section {
    /// Where it came from.
    pub document: DocumentId,
    /// Its number within the document.
    pub index: u32,
    /// The section around it.
    pub parent: Option<u32>,
    /// Who reads it.
    pub program: Program,
    /// What it is for.
    pub role: Role,
    /// What it is called in the file: `INPUT`, `match`, the name of a Vector component.
    pub header: Scalar,
    /// What follows the name of a Fluentd element: tags, a label.
    pub argument: Option<Scalar>,
    /// The plugin: `Name`, `@type`, `type`.
    pub plugin: Option<Scalar>,
    /// Properties, in order.
    pub properties: Vec<Property>,
    /// More may stand in it than can be seen: an include, masked text.
    pub open: bool,
    /// Written in YAML, JSON or TOML, where the format has a classic form as well.
    pub structured: bool,
}

impl Section {
    /// The first property of this name, letter case aside.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.key.text.eq_ignore_ascii_case(name))
    }

    /// All properties of this name, letter case aside.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Property> {
        self.properties.iter().filter(move |it| it.key.text.eq_ignore_ascii_case(name))
    }

    /// The value of a property.
    pub fn value(&self, name: &str) -> Option<&Scalar> {
        self.property(name).map(|property| &property.value)
    }

    /// The plugin's name in lower case, if it can be known.
    pub fn plugin_name(&self) -> Option<String> {
        self.plugin.as_ref()?.known_text().map(str::to_ascii_lowercase)
    }

    /// Whether it is of this plugin.
    pub fn is(&self, plugin: &str) -> bool {
        let name = self.plugin.as_ref().and_then(Scalar::known_text);
        name.is_some_and(|name| name.eq_ignore_ascii_case(plugin))
    }

    /// A property that is on (`true`, `on`, `yes`, `1`) or off; `None` where it cannot be known.
    pub fn switch(&self, name: &str) -> Option<bool> {
        switched(self.value(name)?)
    }

    /// The token that names it: the plugin, else its header.
    pub fn name_span(&self) -> Span {
        self.plugin.as_ref().map_or(self.header.span, |plugin| plugin.span)
    }
}

/// Whether a value is on or off, as the shippers read it.
pub fn switched(value: &Scalar) -> Option<bool> {
    match value.known_text()?.to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" | "1" => Some(true),
        "false" | "off" | "no" | "0" => Some(false),
        _ => None,
    }
}

impl Subject for Section {
    fn kind(&self) -> SubjectKind {
        SubjectKind::ShipperSection
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        let header = &self.header.text;
        match (&self.plugin, self.program) {
            (Some(plugin), Program::Vector) => {
                format!("{} `{header}` ({})", self.noun(), plugin.text)
            }
            (Some(plugin), _) => format!("{} `{}`", self.noun(), plugin.text),
            (None, _) => format!("section `{header}`"),
        }
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name_span())
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => self.plugin.as_ref().unwrap_or(&self.header).held(),
            "program" => Held::Text(self.program.name()),
            "role" => Held::Text(self.noun()),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "name").then(|| self.name_span())
    }
}

impl Section {
    /// What it is, in the words of its program.
    pub fn noun(&self) -> &'static str {
        match (self.program, self.role) {
            (Program::Vector, Role::Input) => "source",
            (Program::Vector, Role::Filter) => "transform",
            (Program::Vector, Role::Output) => "sink",
            (_, Role::Input) => "input",
            (_, Role::Filter) => "filter",
            (_, Role::Output) => "output",
            (_, Role::Parser) => "parser",
            (_, Role::MultilineParser) => "multiline parser",
            (_, Role::Processor) => "processor",
            _ => "section",
        }
    }
}

/// Another file that a configuration takes in.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Include {
    /// Where it came from.
    pub document: DocumentId,
    /// The path, perhaps with `*`.
    pub path: Scalar,
}

/// A text that is being read, and the facts that come of it.
pub(super) struct Reading<'a> {
    pub(super) text: &'a str,
    pub(super) map: &'a OffsetMap,
    /// Masked ranges of the text.
    pub(super) unknown: &'a [Range<usize>],
    /// All that is filled in are single values.
    pub(super) whole: bool,
    pub(super) document: DocumentId,
    pub(super) facts: &'a mut FileFacts,
}

impl Reading<'_> {
    /// Whether something else fills this text in: what is absent or odd in it proves nothing.
    pub(super) fn is_template(&self) -> bool {
        if self.whole {
            return false;
        }
        !self.unknown.is_empty()
            || self.facts.documents[self.document.index as usize].masked
            || ["{{", "{%", "<%"].iter().any(|open| self.text.contains(open))
    }

    fn scalar(&self, text: &str, piece: Piece, known: bool) -> Scalar {
        let masked =
            self.unknown.iter().any(|range| range.start < piece.end && piece.start < range.end);
        Scalar {
            text: text.to_owned(),
            span: self.map.span(piece.start, piece.end),
            known: known && !masked && !placeholder::is_in(text),
            plain: true,
        }
    }

    fn piece(&self, piece: Piece) -> Scalar {
        self.scalar(&self.text[piece.range()], piece, true)
    }

    /// Keeps what the program refuses, unless the text is a template.
    fn faults(&mut self, faults: &[Fault]) {
        if self.is_template() {
            self.facts.documents[self.document.index as usize].masked = true;
            return;
        }
        let issues = faults.iter().map(|fault| Issue {
            kind: IssueKind::Syntax,
            span: self.map.span(fault.piece.start, fault.piece.end),
            message: fault.message.to_owned(),
            first: None,
        });
        let issues: Vec<_> = issues.collect();
        let document = &mut self.facts.documents[self.document.index as usize];
        document.broken |= !issues.is_empty();
        document.text_issues.extend(issues);
    }
}

/// Adds the sections of a document, and the credentials in them.
fn keep(sections: Vec<Section>, facts: &mut FileFacts) {
    for section in &sections {
        for property in section.properties.iter().filter(|it| is_secret(&it.key.text)) {
            facts.credentials.push(Credential {
                document: section.document,
                program: section.program.name(),
                key: property.key.clone(),
                path: format!("{}.{}", section.header.text, property.key.text),
                value: property.value.clone(),
            });
        }
    }
    facts.shipper_sections.extend(sections);
}

/// Whether a property holds a secret, by the last part of its name.
pub fn is_secret(key: &str) -> bool {
    const SECRETS: &[&str] = &[
        "http_passwd",
        "http_password",
        "passwd",
        "password",
        "shared_key",
        "secret_key",
        "secret_access_key",
        "aws_sec_key",
        "api_key",
        "apikey",
        "access_token",
        "bearer_token",
        "auth_token",
        "splunk_token",
        "hec_token",
        "default_token",
        "token",
        "license_key",
        "client_secret",
        "key_passwd",
        "key_pass",
        "tls_client_private_key_passphrase",
        "client_key_pass",
        "client_key_password",
        "ssl_client_cert_key_password",
        "private_key_passphrase",
        "cloud_auth",
        "tenant_secret",
        "azure_storage_access_key",
        "account_key",
        "sasl_over_ssl_password",
        "rdkafka.sasl.password",
        "basic_auth_password",
    ];
    let key = key.to_ascii_lowercase();
    let last = key.rsplit('.').next().unwrap_or(&key);
    SECRETS.contains(&last) || SECRETS.contains(&key.as_str())
}
