//! One parsed thing in a file.

use super::Dialect;
use super::schema::SchemaIssue;
use crate::identify::Kind;
use crate::source::{SourceId, Span};

/// A document: the file it stands in and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId {
    /// The file.
    pub source: SourceId,
    /// Number within the file, embedded documents after their host.
    pub index: u32,
}

/// A syntax fault of a document, or a duplicate key.
pub use crate::parse::tree::Issue as TextIssue;

/// One parsed thing in a file.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Document {
    /// Its place in the run.
    pub id: DocumentId,
    /// What it is.
    pub kind: Kind,
    /// From its first content to its last.
    pub span: Span,
    /// The token that names it: its defining key, or its object's name.
    pub anchor: Span,
    /// The document it is embedded in.
    pub host: Option<DocumentId>,
    /// Kubernetes object kind and name, or the key of the ConfigMap it came from.
    pub object: Option<ObjectName>,
    /// Recognised dialect.
    pub dialect: Option<Dialect>,
    /// Read through a template mask: nothing may be concluded from what is absent.
    pub masked: bool,
    /// Number of this document in its stream, from 0: loaders that read one document stop after it.
    pub stream_index: u32,
    /// The text stops at a syntax error: only its first lines were understood.
    pub broken: bool,
    /// Faults of the text.
    pub text_issues: Vec<TextIssue>,
    /// Fields the reader of this format refuses.
    pub schema_issues: Vec<SchemaIssue>,
}

/// Identity of a Kubernetes object.
#[derive(Clone, Debug, Default, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct ObjectName {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`.
    pub namespace: Option<String>,
    /// `metadata.labels`.
    pub labels: Vec<(String, String)>,
    /// For a document embedded in a ConfigMap or Secret: the key that holds it.
    pub data_key: Option<String>,
}
