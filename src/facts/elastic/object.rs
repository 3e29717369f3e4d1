//! What declares a whole cluster: objects of operators, values of charts.

use super::{Engine, node};
use crate::facts::scalar::Scalar;
use crate::facts::settings::{Setting, Settings};
use crate::facts::{DocumentId, FileFacts, embedded};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// A declaration of a cluster.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct EngineObject {
    /// Where it came from.
    pub document: DocumentId,
    /// What runs.
    pub engine: Engine,
    /// Who runs it.
    pub runner: Runner,
    /// Its name.
    pub anchor: Span,
    /// How many nodes; `None` where nobody can know.
    pub nodes: Option<u32>,
    /// Where TLS of its HTTP interface is switched off.
    pub plain_http: Option<Span>,
    /// Settings that its values give in the environment.
    pub env: Settings,
}

/// Who runs a declared cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Runner {
    /// The operator of Elastic: security and TLS are always on.
    Eck,
    /// The operator of OpenSearch.
    OpensearchOperator,
    /// A chart.
    Chart,
}

/// Reads an operator's object.
pub fn read_object(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let Some(owner) = embedded::object_name(root) else { return };
    let group = owner.api_version.split('/').next().unwrap_or_default();
    let (runner, engine, pools, count) = match owner.kind.as_str() {
        "Elasticsearch" if group.ends_with("k8s.elastic.co") => {
            (Runner::Eck, Engine::Elasticsearch, "nodeSets", "count")
        }
        "OpenSearchCluster" => {
            (Runner::OpensearchOperator, Engine::Opensearch, "nodePools", "replicas")
        }
        _ => return,
    };
    let pools = root.at(&["spec", pools]).into_iter().flat_map(NodeRef::items);
    let masked = facts.documents[document.index as usize].masked;
    facts.engine_objects.push(EngineObject {
        document,
        engine,
        runner,
        anchor: facts.documents[document.index as usize].anchor,
        nodes: (!masked).then(|| sum(pools.map(|pool| number(pool, count)))).flatten(),
        plain_http: root
            .at(&["spec", "http", "tls", "selfSignedCertificate", "disabled"])
            .and_then(Scalar::of)
            .filter(|off| off.boolean() == Some(true))
            .map(|off| off.span),
        env: Settings { entries: Vec::new(), open: masked },
    });
}

fn number(node: NodeRef<'_>, key: &str) -> Option<u32> {
    match Scalar::under(node, key) {
        Some(count) => count.known_text()?.parse().ok(),
        None => Some(1),
    }
}

fn sum(mut counts: impl Iterator<Item = Option<u32>>) -> Option<u32> {
    counts.try_fold(0u32, |sum, count| Some(sum.saturating_add(count?)))
}

/// Reads the values of a chart that runs a cluster: its own, or those of a chart that depends on
/// it.
pub fn read_values(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let children = root.entries().filter(|(_, value)| value.is_mapping());
    let parts = std::iter::once(root).chain(children.map(|(_, value)| value));
    for part in parts {
        let given: Vec<Setting> = part
            .get("extraEnvs")
            .into_iter()
            .flat_map(NodeRef::items)
            .filter_map(variable)
            .collect();
        let gives = |words: &[&str]| {
            given.iter().any(|it| words.iter().any(|word| it.key.starts_with(word)))
        };
        node::chart_credentials(part, document, facts);
        let image = part.at(&["image", "repository"]).and_then(NodeRef::scalar);
        let opensearch = part.get("config").is_some_and(|it| it.get("opensearch.yml").is_some())
            || image.is_some_and(|image| image.ends_with("/opensearch"))
            || gives(&["DISABLE_SECURITY_PLUGIN"]);
        // Kibana's chart has such variables too, and names the store.
        let views = ["elasticsearchHosts", "kibanaConfig", "opensearchHosts"];
        let views = views.iter().any(|key| part.get(key).is_some());
        let elastic = part.get("esConfig").is_some() || (!views && gives(&["xpack.security."]));
        let sets = part.get("nodeSets").filter(|sets| sets.is_sequence());
        if !opensearch && !elastic && sets.is_none() {
            continue;
        }
        let flag = |key: &str| Scalar::under(part, key).and_then(|it| it.boolean()) == Some(true);
        let nodes = match sets {
            Some(sets) => sum(sets.items().map(|set| number(set, "count"))),
            None if flag("singleNode") => Some(1),
            // Both charts run three nodes without a word.
            None if part.get("replicas").is_none() => Some(3),
            None => number(part, "replicas"),
        };
        let entries = given;
        let key =
            ["esConfig", "config", "nodeSets", "extraEnvs"].iter().find_map(|key| part.entry(key));
        let anchor = facts.documents[document.index as usize].anchor;
        facts.engine_objects.push(EngineObject {
            document,
            engine: if opensearch { Engine::Opensearch } else { Engine::Elasticsearch },
            runner: if sets.is_some() { Runner::Eck } else { Runner::Chart },
            anchor: key.map_or(anchor, |(key, _)| key.span()),
            nodes,
            plain_http: None,
            env: Settings { entries, open: false },
        });
    }
}

fn variable(item: NodeRef<'_>) -> Option<Setting> {
    let name = Scalar::under(item, "name")?;
    let value = Scalar::under(item, "value");
    Some(Setting { key: name.text, span: name.span, value, items: Vec::new(), list: false })
}
