//! The operator's object, which stands for a whole installation of Jaeger 1.

use super::{Component, Form, Part, flags};
use crate::facts::scalar::{Credential, Scalar, held};
use crate::facts::settings::Settings;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// A `Jaeger` object.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct JaegerObject {
    /// Where it came from.
    pub document: DocumentId,
    /// `metadata.name`.
    pub name: Scalar,
    /// Everything below `spec`.
    pub spec: Settings,
}

impl JaegerObject {
    /// How it is deployed, as the operator reads it.
    pub fn strategy(&self) -> Option<String> {
        match self.spec.scalar("strategy") {
            Some(strategy) => Some(strategy.known_text()?.to_ascii_lowercase()),
            None if self.spec.open => None,
            None => Some("allinone".to_owned()),
        }
    }

    /// The type of its storage; the operator's own where it names none.
    pub fn storage(&self) -> Option<&str> {
        match self.spec.scalar("storage.type") {
            Some(kind) => kind.known_text(),
            None if self.spec.open => None,
            None => Some("memory"),
        }
    }

    /// Where its storage is named, else its own name.
    pub fn storage_span(&self) -> Span {
        self.spec.scalar("storage.type").map_or(self.name.span, |kind| kind.span)
    }
}

/// Flags of its programs, which the operator hands on.
const OPTIONS: &str = "storage.options";

/// Reads a `Jaeger` object.
pub(super) fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    let api = root.get("apiVersion").and_then(NodeRef::scalar).unwrap_or_default();
    let kind = root.get("kind").and_then(NodeRef::scalar);
    if kind != Some("Jaeger") || !api.starts_with("jaegertracing.io/") {
        return;
    }
    let named = root.at(&["metadata", "name"]).or_else(|| root.get("kind"));
    let Some(name) = named.and_then(Scalar::of) else { return };
    let spec = match root.get("spec") {
        Some(spec) => Settings::of(spec, masked),
        None => Settings { open: masked, ..Settings::default() },
    };
    for option in spec.below(OPTIONS) {
        let name = option.key.get(OPTIONS.len() + 1..).unwrap_or_default();
        if let Some(value) = option.value.as_ref().filter(|value| !value.text.is_empty())
            && flags::is_secret(name)
        {
            let text = name.to_owned();
            facts.credentials.push(Credential {
                document: id,
                program: "jaeger",
                path: option.key.clone(),
                key: Scalar { text, span: option.span, known: true, plain: true },
                value: value.clone(),
            });
        }
    }
    let object = JaegerObject { document: id, name: name.clone(), spec };
    facts.jaeger_parts.push(Part {
        document: id,
        component: Component::Installation,
        name,
        form: Form::Object(Box::new(object.clone())),
    });
    facts.jaeger_objects.push(object);
}

impl Subject for JaegerObject {
    fn kind(&self) -> SubjectKind {
        SubjectKind::JaegerObject
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("Jaeger {}", self.name.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => self.name.held(),
            "strategy" => held(self.spec.scalar("strategy")),
            "storage" => held(self.spec.scalar("storage.type")),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "name" => Some(self.name.span),
            "strategy" => self.spec.scalar("strategy").map(|value| value.span),
            "storage" => self.spec.scalar("storage.type").map(|value| value.span),
            _ => None,
        }
    }
}
