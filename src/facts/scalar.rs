//! Raw scalars and flat maps of them: text and span together, typed by whoever asks.

use super::{DocumentId, Subject};
use crate::facts::subject::{Held, SubjectKind};
use crate::lang::placeholder;
use crate::parse::tree::{NodeRef, Style};
use crate::source::Span;

/// A scalar as written.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Scalar {
    /// Text with quotes and escapes resolved.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// Whether this value can be known: not masked, no placeholder.
    pub known: bool,
    /// Written without quotes, so that the reader types it.
    pub plain: bool,
}

impl Scalar {
    /// The scalar at `node`; text with a placeholder (`${VAR}`, `{{ … }}`) is unknown.
    pub fn of(node: NodeRef<'_>) -> Option<Scalar> {
        let mut scalar = Scalar::template(node)?;
        scalar.known = scalar.known && !placeholder::is_in(&scalar.text);
        Some(scalar)
    }

    /// Like [`Scalar::of`], for fields in which `{{ … }}` and `$1` are the field's own language.
    pub fn template(node: NodeRef<'_>) -> Option<Scalar> {
        let text = node.scalar()?;
        Some(Scalar {
            text: text.to_owned(),
            span: node.span(),
            // A tag of its own, such as `!Ref` or `!vault`, stands for something else.
            known: !node.is_unknown() && !node.tag().is_some_and(|tag| tag.starts_with('!')),
            plain: node.style() == Some(Style::Plain),
        })
    }

    /// The value under `key`, if it is a scalar and not null.
    pub fn under(node: NodeRef<'_>, key: &str) -> Option<Scalar> {
        node.get(key).filter(|value| !value.is_null() || value.is_unknown()).and_then(Scalar::of)
    }

    /// What a predicate sees.
    pub fn held(&self) -> Held<'_> {
        match (self.known, self.text.is_empty()) {
            (false, _) => Held::Unknown,
            (true, true) => Held::Nothing,
            (true, false) => Held::Text(&self.text),
        }
    }

    /// The text, if it can be known.
    pub fn known_text(&self) -> Option<&str> {
        self.known.then_some(self.text.as_str())
    }

    /// The place of a part of the text, where it stands letter by letter; else all of it.
    pub fn place(&self, start: usize, end: usize) -> Span {
        let span = self.span;
        let inset = match span.range().len().checked_sub(self.text.len()) {
            Some(0) => 0,
            Some(2) if !self.plain => 1,
            _ => return span,
        };
        let base = span.start as usize + inset;
        Span::new(span.source, base + start, base + end)
    }

    /// The text from `start` on as a scalar of its own.
    pub fn tail(&self, start: usize) -> Scalar {
        let span = self.place(start, self.text.len());
        Scalar { text: self.text[start..].to_owned(), span, ..self.clone() }
    }

    /// A boolean as go-yaml reads it (YAML 1.1 words).
    pub fn boolean(&self) -> Option<bool> {
        match self.known_text()? {
            "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" => {
                Some(true)
            }
            "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n"
            | "N" => Some(false),
            _ => None,
        }
    }
}

/// What a predicate sees of an optional scalar.
pub fn held(scalar: Option<&Scalar>) -> Held<'_> {
    scalar.map_or(Held::Nothing, Scalar::held)
}

/// A flat map of scalars: labels, annotations, environment.
#[derive(Clone, Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Pairs {
    /// Key and value, in the order of the file.
    pub entries: Vec<(Scalar, Scalar)>,
    /// Keys may be missing here: part of the map was masked or is filled in elsewhere.
    pub open: bool,
}

impl Pairs {
    /// Reads a mapping of scalars; `{{ … }}` in values is their own language.
    pub fn of(node: NodeRef<'_>, open: bool) -> Pairs {
        let pairs = node.entries();
        let mut entries = Vec::with_capacity(pairs.len());
        entries.extend(
            pairs
                .into_iter()
                .filter_map(|(key, value)| Some((Scalar::of(key)?, Scalar::template(value)?))),
        );
        Pairs { entries, open }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Scalar> {
        self.entries.iter().find(|(name, _)| name.text == key).map(|(_, value)| value)
    }

    /// The key itself.
    pub fn key(&self, key: &str) -> Option<&Scalar> {
        self.entries.iter().find(|(name, _)| name.text == key).map(|(name, _)| name)
    }

    /// What a predicate sees of a key.
    pub fn held(&self, key: &str) -> Held<'_> {
        match self.get(key) {
            Some(value) => value.held(),
            None if self.open => Held::Unknown,
            None => Held::Nothing,
        }
    }

    /// Keys as text.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(key, _)| key.text.as_str())
    }
}

/// A field whose value is a credential.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Credential {
    /// Where it came from.
    pub document: DocumentId,
    /// The program that reads it: `prometheus` or `alertmanager`.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub program: &'static str,
    /// The field's key.
    pub key: Scalar,
    /// Structural path, such as `receivers[0].slack_configs[0].api_url`.
    pub path: String,
    /// The value.
    pub value: Scalar,
}

impl Credential {
    /// A credential in source code: nothing but redaction asks for it.
    pub fn of_code(document: DocumentId, key: Scalar, value: Scalar) -> Credential {
        let path = key.text.clone();
        Credential { document, program: "code", key, path, value }
    }
}

impl Subject for Credential {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Credential
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("credential {}", self.path)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.key.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "key" => self.key.held(),
            "path" => Held::Text(&self.path),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "key").then_some(self.key.span)
    }
}
