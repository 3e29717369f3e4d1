//! Elasticsearch and OpenSearch: node settings, index templates, lifecycle policies, requests.

pub mod curator;
pub mod node;
pub mod object;
pub mod policy;
pub mod role;
pub mod table;
pub mod template;

use super::scalar::Scalar;
use super::{DocumentId, FileFacts};
use crate::identify::Kind;
use crate::parse::tree::NodeRef;

/// The two programs.
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
pub enum Engine {
    /// Elasticsearch.
    Elasticsearch,
    /// OpenSearch, and Open Distro before it.
    Opensearch,
}

impl Engine {
    /// How messages name it.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Elasticsearch => "Elasticsearch",
            Engine::Opensearch => "OpenSearch",
        }
    }

    /// Its table of settings.
    pub fn table(self) -> &'static table::Table {
        match self {
            Engine::Elasticsearch => &table::ELASTICSEARCH,
            Engine::Opensearch => &table::OPENSEARCH,
        }
    }
}

/// A request to an engine that is written down: in a console snippet, an `.http` file, a `curl`
/// command.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct EngineRequest {
    /// Where it stands.
    pub document: DocumentId,
    /// `PUT`, `POST`, …
    pub method: String,
    /// Its path, without leading slash and query.
    pub path: Scalar,
    /// The document its body is, if that is one.
    pub body: Option<DocumentId>,
}

impl EngineRequest {
    /// What the path asks for.
    pub fn endpoint(&self) -> Endpoint {
        Endpoint::of(&self.path.text)
    }
}

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `_index_template/X`.
    IndexTemplate,
    /// `_component_template/X`.
    ComponentTemplate,
    /// `_template/X`.
    LegacyTemplate,
    /// `_ilm/policy/X`.
    Ilm,
    /// `_plugins/_ism/policies/X`.
    Ism,
    /// `_data_stream/X/_lifecycle`.
    StreamLifecycle,
    /// `_slm/policy/X`, `_plugins/_sm/policies/X`, `_snapshot/X`.
    Snapshot,
    /// `_security/role/X`.
    Role,
    /// `_search` of anything.
    Search,
    /// `X/_settings`.
    Settings,
    /// `X/_mapping`.
    Mapping,
    /// An index's own name.
    Index,
    /// Anything else.
    Other,
}

impl Endpoint {
    /// Reads a path.
    pub fn of(path: &str) -> Endpoint {
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            ["_index_template", ..] => Endpoint::IndexTemplate,
            ["_component_template", ..] => Endpoint::ComponentTemplate,
            ["_template", ..] => Endpoint::LegacyTemplate,
            ["_ilm", "policy", ..] => Endpoint::Ilm,
            ["_plugins" | "_opendistro", "_ism", "policies", ..] => Endpoint::Ism,
            ["_data_stream", _, "_lifecycle"] => Endpoint::StreamLifecycle,
            ["_slm", "policy", ..] | ["_plugins", "_sm", "policies", ..] | ["_snapshot", ..] => {
                Endpoint::Snapshot
            }
            ["_security", "role", ..] | ["_xpack", "security", "role", ..] => Endpoint::Role,
            [.., last] if last.starts_with("_search") || *last == "_msearch" => Endpoint::Search,
            [_, "_settings"] => Endpoint::Settings,
            [_, "_mapping" | "_mappings"] => Endpoint::Mapping,
            [name] if !name.is_empty() && !name.starts_with('_') => Endpoint::Index,
            _ => Endpoint::Other,
        }
    }

    /// The kind of document that a request's body is.
    pub fn kind(self) -> Option<Kind> {
        match self {
            Endpoint::IndexTemplate
            | Endpoint::ComponentTemplate
            | Endpoint::LegacyTemplate
            | Endpoint::Settings
            | Endpoint::Mapping
            | Endpoint::Index => Some(Kind::IndexTemplate),
            Endpoint::Ilm | Endpoint::Ism | Endpoint::StreamLifecycle => {
                Some(Kind::LifecyclePolicy)
            }
            Endpoint::Search => Some(Kind::LogQuery),
            Endpoint::Role => Some(Kind::EngineRole),
            Endpoint::Snapshot | Endpoint::Other => None,
        }
    }
}

/// Reads a document of one of these kinds.
pub fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    let kind = facts.documents[id.index as usize].kind;
    match kind {
        Kind::ElasticsearchConfig | Kind::OpensearchConfig => {
            node::read(root, id, masked, facts);
            if root.get("index_patterns").is_some() || root.get("template").is_some() {
                template::read(root, id, masked, facts);
            }
        }
        Kind::IndexTemplate => {
            template::read(recorded_body(root), id, masked, facts);
        }
        Kind::EngineRole => role::read(root, id, facts),
        Kind::CuratorActions => curator::read(root, id, facts),
        Kind::LifecyclePolicy => policy::read(recorded_body(root), id, masked, facts),
        _ => {}
    }
}

/// The body of a request that was recorded as `{method, path, body}`.
fn recorded_body(root: NodeRef<'_>) -> NodeRef<'_> {
    let recorded =
        root.get("path").and_then(NodeRef::scalar).is_some_and(|path| path.starts_with('/'));
    root.get("body").filter(|body| recorded && body.is_mapping()).unwrap_or(root)
}

/// What the request that a document is the body of says: its endpoint and the name in its path.
pub(crate) fn request_of(id: DocumentId, facts: &FileFacts) -> Option<(Endpoint, String)> {
    let object = facts.documents[id.index as usize].object.as_ref()?;
    (object.api_version == REQUEST).then(|| (Endpoint::of(&object.kind), object.name.clone()))
}

/// Marks the object of a document that is a request's body: its `kind` is the path.
pub(crate) const REQUEST: &str = "engine-request";
