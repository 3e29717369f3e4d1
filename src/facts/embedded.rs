//! Which parts of a document are documents of their own.

use super::{ObjectName, terraform};
use crate::identify::{self, Kind};
use crate::parse::embed::{self, Host, Placed};
use crate::parse::tree::{Entries, NodeRef};
use crate::source::Span;

/// A document inside another.
pub(super) struct Part<'t> {
    pub(super) inner: Inner<'t>,
    /// The key that holds it.
    pub(super) key: Option<NodeRef<'t>>,
    /// What it is, where its place says so; otherwise its content does.
    pub(super) kind: Option<Kind>,
}

/// How it is written.
pub(super) enum Inner<'t> {
    /// As part of the host's own tree.
    Node(NodeRef<'t>),
    /// As a text of its own.
    Text(Placed),
}

/// Deepest level of Helm values that is looked at.
const VALUES_DEPTH: usize = 8;

/// The documents inside a document of this kind.
pub(super) fn parts<'t>(kind: Kind, root: NodeRef<'t>, host: Host<'_>) -> Vec<Part<'t>> {
    let mut parts = Vec::new();
    match kind {
        Kind::Kubernetes => object(root, host, &mut parts),
        Kind::PrometheusOperator => operator_object(root, &mut parts),
        Kind::HelmValues => values(root, host, 0, &mut parts),
        Kind::OtelCollector | Kind::JaegerConfig => collector(root, &mut parts),
        Kind::Terraform => terraform::parts(root, host, &mut parts),
        Kind::LogstashPipelines => pipelines(root, host, &mut parts),
        Kind::CortexTenant => {
            for files in ["rules_files", "template_files"] {
                for (key, value) in children(root.get(files)) {
                    text(key, value, host, &mut parts);
                }
            }
            if let Some((key, value)) = root.entry("alertmanager_config") {
                text(key, value, host, &mut parts);
            }
        }
        Kind::Compose => {
            for (_, config) in children(root.get("configs")) {
                if let Some((key, content)) = config.entry("content") {
                    text(key, content, host, &mut parts);
                }
            }
            for (_, service) in children(root.get("services")) {
                scripts(service, &["entrypoint", "command"], host, &mut parts);
            }
        }
        _ => {}
    }
    parts
}

/// Items of a Kubernetes `List`, each an object of its own; or objects one under the other in a
/// list, as the tools of Nobl9 take and write them.
pub(super) fn list_items<'t>(root: NodeRef<'t>, kind: Option<Kind>) -> Option<NodeRef<'t>> {
    if kind.is_none() {
        let version = root.items().next()?.get("apiVersion")?.scalar()?;
        return version.starts_with("n9/").then_some(root);
    }
    let listed = kind == Some(Kind::Kubernetes) && root.get("kind")?.scalar()?.ends_with("List");
    root.get("items").filter(|items| listed && items.is_sequence())
}

/// Identity of an object; `None` without `kind`.
pub(super) fn object_name(root: NodeRef<'_>) -> Option<ObjectName> {
    let text = |path: &[&str]| root.at(path).and_then(|node| node.scalar()).map(str::to_owned);
    let labels = root
        .at(&["metadata", "labels"])
        .map(|labels| {
            let pairs = labels.entries();
            pairs
                .filter_map(|(key, value)| {
                    Some((key.scalar()?.to_owned(), value.scalar()?.to_owned()))
                })
                .collect()
        })
        .unwrap_or_default();
    Some(ObjectName {
        api_version: text(&["apiVersion"]).unwrap_or_default(),
        kind: text(&["kind"])?,
        name: text(&["metadata", "name"])
            .or_else(|| text(&["metadata", "generateName"]))
            .unwrap_or_default(),
        namespace: text(&["metadata", "namespace"]),
        labels,
        data_key: None,
    })
}

/// The token that names a document: its object's name, or the key that makes it what it is.
pub(super) fn anchor(kind: Kind, root: NodeRef<'_>) -> Span {
    let keys: &[&str] = match kind {
        Kind::PrometheusConfig => &["scrape_configs", "global", "rule_files"],
        Kind::PrometheusRules => &["groups"],
        Kind::PrometheusRuleTest => &["tests", "rule_files"],
        Kind::AlertmanagerConfig => &["route", "receivers"],
        Kind::Strategy => &["observability"],
        Kind::Slo => &["slos"],
        Kind::GrafanaDashboard => &["panels"],
        Kind::CiPipeline => &["jobs", "stages", "steps"],
        Kind::Compose => &["services"],
        Kind::IndexTemplate => &["index_patterns", "template", "mappings", "settings"],
        Kind::LifecyclePolicy => &["policy", "phases"],
        Kind::OtelCollector | Kind::JaegerConfig => &["service", "receivers"],
        _ => &[],
    };
    let name = root.at(&["metadata", "name"]).filter(|name| {
        root.get("kind").is_some() && name.scalar().is_some_and(|name| !name.is_empty())
    });
    let named = name.map(|name| name.span());
    let key = || keys.iter().find_map(|key| root.entry(key)).map(|(key, _)| key.span());
    let first = || {
        let mut at = root;
        while at.is_sequence() && at.items().len() > 0 {
            let Some(item) = at.items().next() else { break };
            at = item;
            if at.is_alias() {
                break;
            }
        }
        at.pairs().next().map(|(key, _)| key.span())
    };
    named.or_else(key).or_else(first).unwrap_or_else(|| first_line(root))
}

fn first_line(root: NodeRef<'_>) -> Span {
    root.span().at_start()
}

fn children(node: Option<NodeRef<'_>>) -> Entries<'_> {
    node.map(NodeRef::entries).unwrap_or_default()
}

fn text<'t>(key: NodeRef<'t>, value: NodeRef<'t>, host: Host<'_>, parts: &mut Vec<Part<'t>>) {
    if value.is_alias() || value.scalar().is_none_or(|text| text.len() < 8) {
        return;
    }
    if let Some(placed) = embed::embedded(value, host) {
        let kind = key.scalar().and_then(named);
        parts.push(Part { inner: Inner::Text(placed), key: Some(key), kind });
    }
}

/// The kind of a text that the name of its key leaves no doubt of.
fn named(key: &str) -> Option<Kind> {
    match key {
        "elasticsearch.yml" => Some(Kind::ElasticsearchConfig),
        "kibana.yml" => Some(Kind::KibanaConfig),
        "opensearch.yml" => Some(Kind::OpensearchConfig),
        _ => None,
    }
}

/// Commands that send requests.
fn scripts<'t>(container: NodeRef<'t>, keys: &[&str], host: Host<'_>, parts: &mut Vec<Part<'t>>) {
    for (key, command) in keys.iter().filter_map(|key| container.entry(key)) {
        let lines: Vec<NodeRef<'t>> = match command.scalar() {
            Some(_) => vec![command],
            None => command.items().collect(),
        };
        for line in lines.into_iter().filter(|line| {
            line.scalar().is_some_and(|line| line.contains("curl ") && line.contains("/_"))
        }) {
            text(key, line, host, parts);
        }
    }
}

fn encoded<'t>(key: NodeRef<'t>, value: NodeRef<'t>, parts: &mut Vec<Part<'t>>) {
    if value.is_alias() || value.is_unknown() {
        return;
    }
    if let Some(placed) = embed::decoded(value) {
        parts.push(Part { inner: Inner::Text(placed), key: Some(key), kind: None });
    }
}

fn node<'t>(key: NodeRef<'t>, value: NodeRef<'t>, kind: Option<Kind>) -> Part<'t> {
    Part { inner: Inner::Node(value), key: Some(key), kind }
}

fn object<'t>(root: NodeRef<'t>, host: Host<'_>, parts: &mut Vec<Part<'t>>) {
    let kind = root.get("kind").and_then(|kind| kind.scalar()).unwrap_or_default();
    match kind {
        "ConfigMap" | "Secret" => {
            let plain = if kind == "Secret" { "stringData" } else { "data" };
            let base64 = if kind == "Secret" { "data" } else { "binaryData" };
            for (key, value) in children(root.get(plain)) {
                text(key, value, host, parts);
            }
            for (key, value) in children(root.get(base64)) {
                encoded(key, value, parts);
            }
        }
        "VMRule" | "Rules" | "ClusterRules" | "GlobalRules" => {
            spec(root, Kind::PrometheusRules, parts);
        }
        // Of Loki's operator.
        "AlertingRule" | "RecordingRule" if root.at(&["spec", "tenantID"]).is_some() => {
            spec(root, Kind::PrometheusRules, parts);
        }
        "OpenTelemetryCollector" => {
            let config = root.get("spec").and_then(|spec| spec.entry("config"));
            if let Some((key, config)) = config {
                match config.is_mapping() {
                    true => parts.push(node(key, config, Some(Kind::OtelCollector))),
                    // What an expression of Terraform comes to, nobody sees.
                    false if config.is_unknown() => {}
                    // In the first version of the object it is a text.
                    false => {
                        let before = parts.len();
                        text(key, config, host, parts);
                        for part in &mut parts[before..] {
                            part.kind = Some(Kind::OtelCollector);
                        }
                    }
                }
            }
        }
        "Elasticsearch" => {
            root.get("spec").into_iter().for_each(|spec| stack_part(kind, spec, parts));
        }
        "Kibana" | "Beat" | "Logstash" if is_elastic(root) => {
            let spec = root.get("spec");
            spec.into_iter().for_each(|spec| stack_part(kind, spec, parts));
        }
        "Jaeger" => {
            let sampling = root.at(&["spec", "sampling"]);
            if let Some((key, options)) = sampling.and_then(|sampling| sampling.entry("options")) {
                match options.is_mapping() {
                    true => parts.push(node(key, options, Some(Kind::JaegerStrategies))),
                    false => text(key, options, host, parts),
                }
            }
        }
        "OpenSearchCluster" => {
            let pools = root.at(&["spec", "nodePools"]).into_iter().flat_map(|it| it.items());
            for part in root.at(&["spec", "general"]).into_iter().chain(pools) {
                if let Some((key, config)) = part.entry("additionalConfig") {
                    parts.push(node(key, config, Some(Kind::OpensearchConfig)));
                }
            }
        }
        "GrafanaDashboard" => {
            if let Some((key, json)) = root.get("spec").and_then(|spec| spec.entry("json")) {
                text(key, json, host, parts);
            }
        }
        "HelmRelease" => {
            if let Some((key, given)) = root.get("spec").and_then(|spec| spec.entry("values")) {
                parts.push(node(key, given, Some(Kind::HelmValues)));
            }
        }
        "HelmChart" | "HelmChartConfig" => {
            if let Some((key, given)) = root.get("spec").and_then(|it| it.entry("valuesContent")) {
                text(key, given, host, parts);
            }
        }
        "Application" => application(root.get("spec"), host, parts),
        "ApplicationSet" => application(root.at(&["spec", "template", "spec"]), host, parts),
        _ => workload(root, host, parts),
    }
}

/// The values that Argo CD gives to the charts of an application.
fn application<'t>(spec: Option<NodeRef<'t>>, host: Host<'_>, parts: &mut Vec<Part<'t>>) {
    let Some(spec) = spec else { return };
    let several = spec.get("sources").into_iter().flat_map(NodeRef::items);
    for helm in spec.get("source").into_iter().chain(several).filter_map(|it| it.get("helm")) {
        if let Some((key, given)) = helm.entry("valuesObject") {
            parts.push(node(key, given, Some(Kind::HelmValues)));
        }
        if let Some((key, given)) = helm.entry("values") {
            text(key, given, host, parts);
        }
    }
}

/// The configurations in what an operator's object of this kind specifies.
fn stack_part<'t>(kind: &str, spec: NodeRef<'t>, parts: &mut Vec<Part<'t>>) {
    let config = spec.entry("config").filter(|(_, config)| config.is_mapping());
    let of = match kind {
        "Kibana" => Kind::KibanaConfig,
        "Beat" => Kind::BeatConfig,
        "Logstash" => Kind::LogstashConfig,
        "Elasticsearch" => {
            let sets = spec.get("nodeSets").into_iter().flat_map(NodeRef::items);
            for (key, config) in sets.filter_map(|set| set.entry("config")) {
                parts.push(node(key, config, Some(Kind::ElasticsearchConfig)));
            }
            return;
        }
        _ => return,
    };
    if let Some((key, config)) = config {
        parts.push(node(key, config, Some(of)));
    }
    if let Some((key, list)) = spec.entry("pipelines").filter(|_| kind == "Logstash") {
        parts.push(node(key, list, Some(Kind::LogstashPipelines)));
    }
}

/// The object that a chart of the stack's operator makes of the values below its name.
fn chart_of_eck(name: &str) -> Option<&'static str> {
    Some(match name {
        "eck-elasticsearch" => "Elasticsearch",
        "eck-kibana" => "Kibana",
        "eck-beats" => "Beat",
        "eck-logstash" => "Logstash",
        _ => return None,
    })
}

/// Commands of a workload's containers.
fn workload<'t>(root: NodeRef<'t>, host: Host<'_>, parts: &mut Vec<Part<'t>>) {
    let paths: [&[&str]; 3] = [
        &["spec"],
        &["spec", "template", "spec"],
        &["spec", "jobTemplate", "spec", "template", "spec"],
    ];
    for spec in paths.iter().filter_map(|path| root.at(path)) {
        for list in ["initContainers", "containers"] {
            for container in spec.get(list).into_iter().flat_map(NodeRef::items) {
                scripts(container, &["command", "args"], host, parts);
            }
        }
    }
}

/// An object of the operator that runs the Elastic stack.
fn is_elastic(root: NodeRef<'_>) -> bool {
    let version = root.get("apiVersion").and_then(NodeRef::scalar).unwrap_or_default();
    version.contains("k8s.elastic.co/")
}

/// The pipelines that a list of them holds as texts.
fn pipelines<'t>(root: NodeRef<'t>, host: Host<'_>, parts: &mut Vec<Part<'t>>) {
    for item in root.items().filter(|item| !item.is_alias()) {
        let Some((key, value)) = item.entry("config.string") else { continue };
        if let Some(placed) = embed::embedded(value, host).filter(|_| !value.is_alias()) {
            let kind = Some(Kind::LogstashPipeline);
            parts.push(Part { inner: Inner::Text(placed), key: Some(key), kind });
        }
    }
}

fn operator_object<'t>(root: NodeRef<'t>, parts: &mut Vec<Part<'t>>) {
    let rules = root.at(&["spec", "groups"]).is_some();
    let kind = root.get("kind").and_then(|kind| kind.scalar());
    if kind == Some("PrometheusRule") || (rules && kind.is_none()) {
        spec(root, Kind::PrometheusRules, parts);
    }
}

fn spec<'t>(root: NodeRef<'t>, kind: Kind, parts: &mut Vec<Part<'t>>) {
    if let Some(spec) = root.get("spec").filter(|spec| spec.is_mapping()) {
        parts.push(Part { inner: Inner::Node(spec), key: None, kind: Some(kind) });
    }
}

fn collector<'t>(root: NodeRef<'t>, parts: &mut Vec<Part<'t>>) {
    for (name, receiver) in children(root.get("receivers")) {
        let name = name.scalar().unwrap_or_default();
        if name.split('/').next() != Some("prometheus") {
            continue;
        }
        if let Some((key, config)) = receiver.entry("config").filter(|(_, node)| node.is_mapping())
        {
            // Jobs in other files alone say too little to be known by.
            let rest = match config.get("scrape_config_files") {
                Some(_) => Kind::PrometheusConfig,
                None => Kind::PrometheusFragment,
            };
            let kind = identify::classify(config).unwrap_or(rest);
            parts.push(node(key, config, Some(kind)));
        }
    }
}

/// Keys of Helm values whose value is a configuration or holds several.
const VALUES_KEYS: &[&str] = &[
    "config",
    "alternateConfig",
    "configuration",
    "customConfig",
    "structuredConfig",
    "userconfig",
    "additionalScrapeConfigs",
    "extraScrapeConfigs",
    "scrapeConfigs",
    "jobList",
    "additionalPrometheusRules",
    "additionalPrometheusRulesMap",
    "serverFiles",
    "alertmanagerFiles",
    "ruleFiles",
    "dashboards",
    "rules",
    "groups",
];

fn values<'t>(at: NodeRef<'t>, host: Host<'_>, depth: usize, parts: &mut Vec<Part<'t>>) {
    if depth > VALUES_DEPTH || at.is_alias() {
        return;
    }
    for (key, value) in at.pairs() {
        let name = key.scalar().unwrap_or_default();
        if value.is_alias() {
            continue;
        }
        if value.scalar().is_some_and(|text| text.contains('\n') || named(name).is_some()) {
            text(key, value, host, parts);
        } else if name == "prometheusSpec" && value.is_mapping() {
            parts.push(node(key, value, Some(Kind::PrometheusOperator)));
            values(value, host, depth + 1, parts);
        } else if matches!(name, "additionalServiceMonitors" | "additionalPodMonitors") {
            let monitors = value.items().filter(|it| it.is_mapping() && !it.is_alias());
            parts.extend(monitors.map(|it| node(key, it, Some(Kind::PrometheusOperator))));
        } else if name == "alerting" && value.is_mapping() {
            // Files of Grafana's chart.
            let alerting = |file: &NodeRef<'_>| {
                ["groups", "contactPoints", "policies"].iter().any(|key| file.get(key).is_some())
            };
            for (key, file) in value.pairs().filter(|(_, file)| alerting(file)) {
                parts.push(node(key, file, Some(Kind::GrafanaProvisioning)));
            }
        } else if name == "nodeSets" && value.is_sequence() {
            for (key, config) in value.items().filter_map(|set| set.entry("config")) {
                parts.push(node(key, config, Some(Kind::ElasticsearchConfig)));
            }
        } else if let Some(of) = chart_of_eck(name).filter(|_| value.is_mapping()) {
            // Some releases of these charts have all of it below `spec`.
            for at in [Some(value), value.get("spec")].into_iter().flatten() {
                stack_part(of, at, parts);
            }
        } else if VALUES_KEYS.contains(&name) {
            held(key, value, host, depth, parts);
        } else if value.is_mapping() || value.is_sequence() {
            values(value, host, depth + 1, parts);
        }
    }
    for item in at.items() {
        values(item, host, depth + 1, parts);
    }
}

/// A value that may be a configuration, or hold one under each of its keys or in each item.
fn held<'t>(
    key: NodeRef<'t>,
    value: NodeRef<'t>,
    host: Host<'_>,
    depth: usize,
    parts: &mut Vec<Part<'t>>,
) {
    if let Some(kind) = configuration(value) {
        return parts.push(node(key, value, Some(kind)));
    }
    for (name, inner) in value.pairs().filter(|(_, inner)| !inner.is_alias()) {
        match configuration(inner) {
            Some(kind) => parts.push(node(name, inner, Some(kind))),
            None if inner.scalar().is_some_and(|text| text.contains('\n')) => {
                text(name, inner, host, parts);
            }
            None => values(inner, host, depth + 2, parts),
        }
    }
    for item in value.items().filter(|item| !item.is_alias()) {
        match configuration(item) {
            Some(kind) => parts.push(node(key, item, Some(kind))),
            None => values(item, host, depth + 2, parts),
        }
    }
}

/// The kind of a value that is a program's configuration, not an object or more values.
fn configuration(value: NodeRef<'_>) -> Option<Kind> {
    if !value.is_mapping() && !value.is_sequence() {
        return None;
    }
    identify::classify(value).filter(|kind| {
        // A chart that builds its rules from values of its own has no list of groups.
        let rules = value.get("groups").is_some_and(NodeRef::is_sequence);
        (*kind != Kind::PrometheusRules || rules)
            && !matches!(kind, Kind::Kubernetes | Kind::HelmValues | Kind::HelmChart | Kind::OnCall)
    })
}
