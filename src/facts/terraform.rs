//! Terraform: resources by type, each read by the reader that knows it.
//!
//! A reader sees the resource's body in the layout of `parse/hcl.rs`, which is also that of
//! `.tf.json`. To read one more type, add a line to [`READERS`]; for a text or an object inside
//! a resource that is a document of its own, a line to [`PARTS`].

use super::bucket;
use super::elastic::policy;
use super::embedded::{Inner, Part};
use super::grafana;
use super::jaeger;
use super::monitor;
use super::oncall;
use super::package::Package;
use super::scalar::Scalar;
use super::slo;
use super::{DocumentId, FileFacts};
use crate::identify::Kind;
use crate::parse::embed::{self, Host};
use crate::parse::tree::{NodeRef, Style};
use aho_corasick::AhoCorasick;
use std::sync::OnceLock;

/// What a resource is called by the program that it is for.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct ResourceName {
    /// Where it came from.
    pub document: DocumentId,
    /// Type and label: `grafana_contact_point.pager`.
    pub address: String,
    /// `name`.
    pub name: Scalar,
}

/// One `resource` block.
#[derive(Clone, Copy)]
pub struct Resource<'t> {
    /// Its type: the first label.
    pub kind: NodeRef<'t>,
    /// Its name in the module: the second label.
    pub name: NodeRef<'t>,
    /// Its attributes and blocks.
    pub body: NodeRef<'t>,
}

impl<'t> Resource<'t> {
    /// The address that other resources call it by.
    pub fn address(&self) -> String {
        let text = |node: NodeRef<'_>| node.scalar().unwrap_or_default().to_owned();
        format!("{}.{}", text(self.kind), text(self.name))
    }

    /// Whether nobody can know how many of it there are.
    pub fn is_counted(&self) -> bool {
        self.body.get("count").is_some() || self.body.get("for_each").is_some()
    }

    /// Keeps the name by which others refer to it.
    pub(super) fn keep_name(&self, document: DocumentId, facts: &mut FileFacts) {
        if let Some(name) = self.scalar("name").filter(|_| !self.is_counted()) {
            facts.resource_names.push(ResourceName { document, address: self.address(), name });
        }
    }

    /// An attribute.
    pub fn scalar(&self, key: &str) -> Option<Scalar> {
        Scalar::under(self.body, key)
    }

    /// The blocks of one name: those of the body, or of a body inside it.
    pub fn blocks(&self, key: &str) -> Vec<NodeRef<'t>> {
        blocks(self.body, key)
    }
}

/// The bodies under `key`, however many stand there.
pub fn blocks<'t>(body: NodeRef<'t>, key: &str) -> Vec<NodeRef<'t>> {
    body.get(key).map(bodies).unwrap_or_default()
}

fn bodies(node: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    if node.is_sequence() { node.items().collect() } else { vec![node] }
}

/// All resources of a document.
pub fn resources(root: NodeRef<'_>) -> impl Iterator<Item = Resource<'_>> {
    root.pairs()
        .filter(|(key, _)| key.scalar() == Some("resource"))
        .flat_map(|(_, types)| bodies(types))
        .flat_map(NodeRef::pairs)
        .flat_map(|(kind, names)| {
            bodies(names).into_iter().flat_map(NodeRef::pairs).map(move |pair| (kind, pair))
        })
        .flat_map(|(kind, (name, body))| {
            bodies(body).into_iter().map(move |body| Resource { kind, name, body })
        })
}

type Reader = fn(&Resource<'_>, DocumentId, &mut FileFacts);

/// Who reads which type of resource.
const READERS: &[(&str, Reader)] = &[
    ("datadog_service_level_objective", slo::terraform::read_datadog),
    ("google_monitoring_slo", slo::terraform::read_google),
    ("aws_s3_bucket", bucket::read_amazon),
    ("aws_s3_bucket_lifecycle_configuration", bucket::read_amazon),
    ("aws_cloudwatch_composite_alarm", monitor::read),
    ("aws_cloudwatch_log_group", bucket::read_log_group),
    ("aws_cloudwatch_metric_alarm", monitor::read),
    ("azurerm_monitor_metric_alert", monitor::read),
    ("azurerm_storage_management_policy", bucket::read_azure),
    ("datadog_monitor", monitor::read),
    ("google_monitoring_alert_policy", monitor::read),
    ("google_storage_bucket", bucket::read_google),
    ("elasticstack_elasticsearch_index_lifecycle", policy::read_resource),
    ("helm_release", read_release),
    ("grafana_contact_point", grafana::read_contact_point),
    ("grafana_mute_timing", grafana::read_mute_timing),
    ("grafana_notification_policy", grafana::read_policy),
    ("grafana_rule_group", grafana::read_rule_group),
    ("grafana_oncall_escalation", oncall::read_grafana_step),
    ("grafana_oncall_escalation_chain", oncall::read_grafana_chain),
    ("grafana_oncall_schedule", oncall::read_schedule),
    ("grafana_slo", slo::terraform::read_grafana),
    ("nobl9_slo", slo::terraform::read_nobl9),
    ("opsgenie_escalation", oncall::read_opsgenie_escalation),
    ("opsgenie_schedule", oncall::read_schedule),
    ("pagerduty_escalation_policy", oncall::read_pagerduty_policy),
    ("pagerduty_schedule", oncall::read_schedule),
];

/// Documents inside resources: type, path of keys (`*` is every item or value), and what it is
/// where the place says so.
const PARTS: &[(&str, &[&str], Option<Kind>)] = &[
    // Grafana takes a title alone for a dashboard: only its content says that there is one.
    ("grafana_dashboard", &["config_json"], None),
    ("aws_prometheus_alert_manager_definition", &["definition"], None),
    ("aws_prometheus_rule_group_namespace", &["data"], Some(Kind::PrometheusRules)),
    ("elasticsearch_composable_index_template", &["body"], Some(Kind::IndexTemplate)),
    ("elasticsearch_component_template", &["body"], Some(Kind::IndexTemplate)),
    ("elasticsearch_index_lifecycle_policy", &["body"], Some(Kind::LifecyclePolicy)),
    ("elasticsearch_index_template", &["body"], Some(Kind::IndexTemplate)),
    ("elasticsearch_opensearch_ism_policy", &["body"], Some(Kind::LifecyclePolicy)),
    ("elasticsearch_xpack_index_lifecycle_policy", &["body"], Some(Kind::LifecyclePolicy)),
    ("elasticstack_elasticsearch_component_template", &[], Some(Kind::IndexTemplate)),
    ("elasticstack_elasticsearch_index_template", &[], Some(Kind::IndexTemplate)),
    ("elasticstack_elasticsearch_logstash_pipeline", &["pipeline"], Some(Kind::LogstashPipeline)),
    ("opensearch_component_template", &["body"], Some(Kind::IndexTemplate)),
    ("opensearch_composable_index_template", &["body"], Some(Kind::IndexTemplate)),
    ("opensearch_index_template", &["body"], Some(Kind::IndexTemplate)),
    ("opensearch_ism_policy", &["body"], Some(Kind::LifecyclePolicy)),
    ("helm_release", &["values", "*"], Some(Kind::HelmValues)),
    ("kubectl_manifest", &["yaml_body"], None),
    ("kubernetes_config_map", &["data", "*"], None),
    ("kubernetes_config_map_v1", &["data", "*"], None),
    ("kubernetes_manifest", &["manifest"], None),
    ("kubernetes_secret", &["data", "*"], None),
    ("kubernetes_secret_v1", &["data", "*"], None),
];

/// Reads a chart that is installed, and the single values that it is given.
fn read_release(resource: &Resource<'_>, document: DocumentId, facts: &mut FileFacts) {
    let Some(name) = resource.scalar("chart") else { return };
    let version = resource.scalar("version");
    jaeger::chart::read_release(resource, &name, document, facts);
    let key = name.text.clone();
    facts.packages.push(Package { document, name, version, key, conditions: Vec::new() });
}

/// Whether a text can hold a resource that somebody reads: a literal search, so that most files
/// are never parsed.
pub fn is_candidate(text: &str) -> bool {
    static FINDER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let types = || READERS.iter().map(|row| row.0).chain(PARTS.iter().map(|row| row.0));
    let finder = FINDER.get_or_init(|| AhoCorasick::new(types()).ok());
    finder.as_ref().is_none_or(|finder| finder.is_match(text))
}

/// Reads the facts of all resources.
pub fn read(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    for resource in resources(root) {
        let kind = resource.kind.scalar().unwrap_or_default();
        if let Some((_, reader)) = READERS.iter().find(|(known, _)| *known == kind) {
            reader(&resource, document, facts);
        }
    }
}

/// The documents inside the resources.
pub(super) fn parts<'t>(root: NodeRef<'t>, host: Host<'_>, parts: &mut Vec<Part<'t>>) {
    for resource in resources(root) {
        let kind = resource.kind.scalar().unwrap_or_default();
        for (_, path, document) in PARTS.iter().filter(|row| row.0 == kind) {
            let mut values = vec![(resource.name, resource.body)];
            for key in *path {
                values = values.into_iter().flat_map(|at| below(at, key)).collect();
            }
            for (key, value) in values {
                parts.extend(part(key, value, *document, host));
            }
        }
    }
}

/// The files that a job of Nomad writes: `data` of each `template`, by where it goes.
pub(super) fn written<'t>(root: NodeRef<'t>, host: Host<'_>) -> Vec<Part<'t>> {
    /// Deepest block of a job.
    const DEPTH: usize = 12;
    let mut parts = Vec::new();
    let mut open = vec![(root, 0)];
    while let Some((at, depth)) = open.pop() {
        let inside = at.pairs().map(|(_, value)| value).chain(at.items());
        let inside = inside.filter(|it| depth < DEPTH && it.scalar().is_none());
        open.extend(inside.map(|it| (it, depth + 1)));
        for template in blocks(at, "template") {
            let Some((key, data)) = template.entry("data") else { continue };
            let name = template.get("destination").unwrap_or(key);
            parts.extend(part(name, data, None, host).filter(|_| data.scalar().is_some()));
        }
    }
    parts
}

fn below<'t>(at: (NodeRef<'t>, NodeRef<'t>), key: &str) -> Vec<(NodeRef<'t>, NodeRef<'t>)> {
    if key != "*" {
        return at.1.entry(key).into_iter().collect();
    }
    let items = at.1.items().map(|item| (at.0, item));
    at.1.pairs().chain(items).collect()
}

fn part<'t>(
    key: NodeRef<'t>,
    value: NodeRef<'t>,
    kind: Option<Kind>,
    host: Host<'_>,
) -> Option<Part<'t>> {
    if value.scalar().is_none() {
        return Some(Part { inner: Inner::Node(value), key: Some(key), kind });
    }
    // An expression is no text.
    if value.style() == Some(Style::Plain) {
        return None;
    }
    let mut placed = embed::embedded(value, host)?;
    let mut text = placed.text.into_bytes();
    for byte in placed.unknown.iter().flat_map(|range| range.clone()) {
        // Something that parses wherever a value may stand.
        if let Some(byte) = text.get_mut(byte).filter(|byte| **byte != b'\n') {
            *byte = b'_';
        }
    }
    placed.text = String::from_utf8(text).ok()?;
    Some(Part { inner: Inner::Text(placed), key: Some(key), kind })
}
