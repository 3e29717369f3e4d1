//! Spans of embedded documents, sliced from the host file, read back what they name.

use obsproof::facts::{FileFacts, read};
use obsproof::identify::Kind;
use obsproof::source::{Encoding, Source, SourceId, Span};
use proptest::prelude::*;

const RULES: &str = "groups:\n  - name: größe\n    rules:\n      - alert: Down\n        expr: up{job=\"a\"} == 0\n        labels:\n          severity: page\n";

fn read_text(text: &str) -> (Source, FileFacts) {
    let source = Source::new("file.yaml", text.to_owned(), Encoding::Utf8);
    let facts = read::read(SourceId(0), &source);
    (source, facts)
}

/// All scalars of rule facts with the text they hold.
fn scalars(facts: &FileFacts) -> Vec<(Span, String)> {
    let mut found = Vec::new();
    for group in &facts.rule_groups {
        found.extend(group.name.iter().map(|name| (name.span, name.text.clone())));
    }
    for alert in &facts.alert_rules {
        found.push((alert.name.span, alert.name.text.clone()));
        found.extend(alert.expr.iter().map(|expr| (expr.scalar.span, expr.scalar.text.clone())));
        for (key, value) in &alert.labels.entries {
            found.push((key.span, key.text.clone()));
            found.push((value.span, value.text.clone()));
        }
    }
    found
}

fn config_map(value: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: rules\ndata:\n  alerts.yml: {value}\n"
    )
}

fn indented(text: &str, by: usize) -> String {
    text.lines().map(|line| format!("{:by$}{line}\n", "")).collect()
}

/// Every way to write `text` as a scalar that keeps its letters.
fn hosts(text: &str) -> Vec<(&'static str, String)> {
    let double = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let folded: String = text.lines().map(|line| format!("    {line}\n\n")).collect();
    let single: String = text.replace('\'', "''").replace('\n', "\n\n    ");
    vec![
        ("literal", config_map(&format!("|\n{}", indented(text, 4)))),
        ("literal with indicator", config_map(&format!("|2-\n{}", indented(text, 4)))),
        ("folded", config_map(&format!(">\n{folded}"))),
        ("double", config_map(&format!("\"{double}\""))),
        ("single", config_map(&format!("'{}'", single.trim_end()))),
    ]
}

fn assert_reads_back(name: &str, host: &str, count: usize) {
    let crlf = host.replace('\n', "\r\n");
    for (form, text) in [("", host.to_owned()), ("BOM", format!("\u{feff}{host}")), ("CRLF", crlf)]
    {
        let (source, facts) = read_text(&text);
        let found = scalars(&facts);
        assert_eq!(found.len(), count, "{name} {form}: {text}\n{:?}", facts.documents);
        for (span, value) in found {
            // Escapes of the host stand between the letters.
            let raw = source.slice(span).replace("\\\"", "\"").replace("''", "'");
            assert_eq!(raw, value, "{name} {form}: {text}");
        }
    }
}

#[test]
fn every_style_of_host_keeps_positions() {
    for (name, host) in hosts(RULES) {
        if name == "single" || name == "folded" {
            // Folding loses the indentation of the lines: such a host holds no document.
            continue;
        }
        assert_reads_back(name, &host, 5);
    }
}

#[test]
fn folded_and_single_quoted_hosts_keep_positions() {
    let flow = "{groups: [{name: größe, rules: [{alert: Down, expr: 'up{job=\"a\"} == 0',\nlabels: {severity: page}}]}]}";
    let folded = config_map(&format!(">-\n{}", indented(flow, 4)));
    let single = config_map(&format!("'{}'", flow.replace('\'', "''").replace('\n', "\n    ")));
    let double =
        config_map(&format!("\"{}\"", flow.replace('"', "\\\"").replace('\n', "\\\n    ")));
    for (name, host) in [("folded", folded), ("single", single), ("double", double)] {
        let (source, facts) = read_text(&host);
        let found = scalars(&facts);
        assert_eq!(found.len(), 5, "{name}: {host}");
        for (span, value) in found {
            let raw = source.slice(span).replace("\\\"", "\"").replace("''", "'");
            assert_eq!(raw.trim_matches('\''), value, "{name}: {host}");
        }
    }
}

#[test]
fn a_text_in_a_text_keeps_positions() {
    let inner = config_map(&format!("|\n{}", indented(RULES, 4)));
    let release = format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: x\nspec:\n  source:\n    helm:\n      values: |\n{}",
        indented(&inner, 8)
    );
    assert_reads_back("nested", &release, 5);
    let escaped = inner.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let outer = format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\nstringData:\n  a.yaml: \"{escaped}\"\n"
    );
    assert_reads_back("nested in quotes", &outer, 5);
}

#[test]
fn base64_stands_at_its_value() {
    use base64::Engine;
    let encoded = base64::engine::general_purpose::STANDARD.encode(RULES);
    let text =
        format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  a.yaml: {encoded}\n");
    let (source, facts) = read_text(&text);
    let found = scalars(&facts);
    assert_eq!(found.len(), 5);
    assert!(found.iter().all(|(span, _)| source.slice(*span) == encoded));
}

#[test]
fn masked_text_keeps_positions_and_unwraps_escapes() {
    let text = "{{- if .Values.on }}\napiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: {{ .Release.Name }}-rules\n  labels:\n    {{- include \"labels\" . | nindent 4 }}\nspec:\n  groups:\n  - name: a\n    rules:\n    - alert: Down\n      expr: up{x=\"{{ .Values.x }}\"} == 0\n      annotations:\n        summary: '{{`Down: {{ $labels.job }}`}}'\n        description: '{{ \"{{\" }} $labels.job {{ \"}}\" }} is down'\n      labels:\n        severity: page\n    {{- range .Values.more }}\n    - alert: Up\n      expr: |\n        up == 1\n    {{- end }}\n{{- end }}\n";
    let (source, facts) = read_text(text);
    let kinds: Vec<Kind> = facts.documents.iter().map(|document| document.kind).collect();
    assert_eq!(kinds, [Kind::PrometheusOperator, Kind::PrometheusRules]);
    assert!(facts.documents.iter().all(|document| document.masked));
    let down = &facts.alert_rules[0];
    assert_eq!(source.slice(down.name.span), "Down");
    assert!(!down.expr.as_ref().is_some_and(|expr| expr.scalar.known));
    let summary = down.annotations.get("summary").map(|text| (text.text.clone(), text.known));
    assert_eq!(summary, Some(("Down: {{ $labels.job }}".to_owned(), true)));
    let description = down.annotations.get("description").map(|text| text.text.clone());
    assert_eq!(description.as_deref(), Some("{{ $labels.job }} is down"));
    assert_eq!(down.labels.get("severity").map(|label| source.slice(label.span)), Some("page"));
    let up = facts.alert_rules[1].expr.as_ref();
    assert!(up.is_some_and(|expr| expr.scalar.known && expr.scalar.text.trim() == "up == 1"));
}

#[test]
fn alert_templates_are_no_charts() {
    let text = "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up\n    annotations:\n      summary: |\n        {{ range query \"up\" }}\n        {{ . }} of {{ $labels.job }}\n        {{ end }}\n";
    let (_, facts) = read_text(text);
    assert!(!facts.documents[0].masked);
    assert!(facts.alert_rules[0].annotations.get("summary").is_some_and(|text| text.known));
    let broken = format!("{text}  bad: [\n");
    let (_, facts) = read_text(&broken);
    assert!(facts.skips.is_empty());
    assert_eq!(facts.documents[0].text_issues.len(), 1);
}

#[test]
fn deep_nesting_is_a_skip() {
    let text =
        format!("groups:\n- name: a\n  rules:\n  - alert: A\n    expr: {}\n", "[".repeat(5_000));
    let (_, facts) = read_text(&text);
    let reasons: Vec<&str> = facts.skips.iter().map(|skip| skip.reason.name()).collect();
    assert_eq!(reasons, ["too-deep"]);
    assert!(facts.documents.is_empty());
}

#[test]
fn alias_bombs_and_cycles_are_cheap() {
    let mut bomb = "a0: &a0 {groups: x}\n".to_owned();
    for level in 1..40 {
        let alias = format!("*a{}", level - 1);
        let items = vec![alias; 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    bomb.push_str("groups:\n- name: a\n  rules: [{alert: A, expr: up}]\nservices: *a39\n");
    assert_eq!(read_text(&bomb).1.alert_rules.len(), 1);
    read_text("groups: &a\n- name: x\n  rules: *a\n- *a\nimage: &i {repository: *i, tag: *i}\n");
    // Every format that is walked to any depth, with a cycle in each of its parts.
    for text in [
        "cluster.name: a\nnetwork.host: 0.0.0.0\ndiscovery: &c {type: *c, seed_hosts: [*c, *c]}\n",
        "server.host: a\nelasticsearch.hosts: [a]\nserver: &c {ssl: *c, name: [*c]}\n",
        "filebeat.inputs: &c\n- {type: log, paths: *c, processors: *c}\noutput.elasticsearch: &d {hosts: *c, ssl: *d}\n",
        "receivers: &c {otlp: *c}\nexporters: {debug: *c}\nprocessors: {batch: &d {x: *d, y: [*d]}}\nservice: {pipelines: {traces: {receivers: [otlp], exporters: [debug]}}, telemetry: *c}\n",
        "sources: {a: &c {type: file, include: *c}}\nsinks: {b: {type: console, inputs: [a], encoding: *c, x: [*c]}}\n",
        "pipeline:\n  inputs: &c\n  - {name: tail, path: *c, parser: *c}\n  outputs:\n  - {name: es, match: '*', x: *c}\nservice: &d {flush: *d}\n",
        "index_patterns: [a]\ntemplate: &c {mappings: {properties: *c}, settings: *c}\n",
        "policy: {phases: &c {hot: {actions: *c}, delete: *c}}\n",
        "query: &c {bool: {must: *c, filter: [*c]}}\naggs: &d {a: {terms: {field: x}, aggs: *d}}\n",
        "auth_enabled: false\nschema_config: &c {configs: [*c]}\nstorage_config: *c\nlimits_config: *c\ningester: *c\n",
        "clients: &c\n- {url: 'http://loki', x: *c}\nscrape_configs:\n- {job_name: a, pipeline_stages: *c, static_configs: [{targets: [a], labels: *c}]}\n",
        "esConfig: &c {elasticsearch.yml: *c}\nimage: *c\nkibanaConfig: *c\nreplicas: 1\nresources: *c\n",
        "apiVersion: jaegertracing.io/v1\nkind: Jaeger\nmetadata: {name: a}\nspec: &c {storage: {type: memory, options: *c}, strategy: *c, all: [*c]}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: &c {a: *c, b: [*c]}\n",
        "services: &c\n  a: {image: elasticsearch, environment: *c, ports: [*c], command: *c, build: {args: *c}}\n",
    ] {
        read_text(text);
    }
}

#[test]
fn list_items_are_documents() {
    let text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: {name: s}\n  spec: {ports: [{port: 80}]}\n- apiVersion: monitoring.coreos.com/v1\n  kind: PrometheusRule\n  metadata: {name: r}\n  spec: {groups: [{name: g, rules: [{alert: A, expr: up}]}]}\n";
    let (source, facts) = read_text(text);
    let found: Vec<(Kind, &str)> = facts
        .documents
        .iter()
        .map(|document| (document.kind, source.slice(document.anchor)))
        .collect();
    assert_eq!(
        found,
        [
            (Kind::Kubernetes, "s"),
            (Kind::PrometheusOperator, "r"),
            (Kind::PrometheusRules, "groups")
        ]
    );
    assert_eq!(facts.services.len(), 1);
    let object = facts.documents[2].object.as_ref();
    assert!(object.is_some_and(|object| object.name == "r"));
}

#[test]
fn helm_values_hold_documents() {
    let text = "kube-prometheus-stack:\n  prometheus:\n    prometheusSpec:\n      retention: 30d\n      additionalScrapeConfigs:\n        - job_name: a\n          static_configs: [{targets: [a]}]\n  alertmanager:\n    config:\n      route: {receiver: x}\n      receivers: [{name: x}]\n  additionalPrometheusRulesMap:\n    mine:\n      groups: [{name: g, rules: [{alert: A, expr: up}]}]\n";
    let (source, facts) = read_text(text);
    let found: Vec<(Kind, &str)> = facts
        .documents
        .iter()
        .map(|document| (document.kind, source.slice(document.anchor)))
        .collect();
    assert_eq!(
        found,
        [
            (Kind::HelmValues, "kube-prometheus-stack"),
            (Kind::PrometheusOperator, "retention"),
            (Kind::PrometheusFragment, "job_name"),
            (Kind::AlertmanagerConfig, "route"),
            (Kind::PrometheusRules, "groups"),
        ]
    );
    assert!(facts.documents[1..].iter().all(|document| document.host.is_some()));
}

proptest! {
    #[test]
    fn any_words_keep_positions(name in "[a-zA-Zäé][a-zA-Z0-9_ äé'\"-]{0,20}[a-z]", value in "[ -~äé]{1,30}") {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let inner = format!(
            "groups:\n  - name: g\n    rules:\n      - alert: {}\n        expr: up\n        labels:\n          x: {}\n",
            quoted(&name), quoted(&value)
        );
        for (style, host) in hosts(&inner) {
            if style == "single" || style == "folded" {
                continue;
            }
            let (source, facts) = read_text(&host);
            prop_assert_eq!(facts.alert_rules.len(), 1, "{} {}", style, host);
            for (span, text) in scalars(&facts) {
                let raw = source.slice(span);
                let raw = if style == "double" {
                    raw.replace("\\\"", "\"").replace("\\\\", "\\")
                } else {
                    raw.to_owned()
                };
                let bare = raw.strip_prefix('\'').and_then(|raw| raw.strip_suffix('\''));
                let bare = bare.map_or(raw.clone(), |raw| raw.replace("''", "'"));
                prop_assert_eq!(bare, text, "{} {}", style, &host);
            }
        }
    }

    #[test]
    fn any_text_is_read_without_panic(text in "(groups:|rules:|- |alert: |expr: |\n|  |\\{\\{|\\}\\}|\\{%|%\\}|`|\"|'|[|]|>|&a|\\*a|é|\r\n|x| ){0,60}") {
        let (source, facts) = read_text(&text);
        for document in &facts.documents {
            prop_assert!(source.text().get(document.span.range()).is_some());
            prop_assert!(source.text().get(document.anchor.range()).is_some());
        }
        let map = obsproof::parse::offsets::OffsetMap::slice(SourceId(0), 0);
        let masked = obsproof::parse::mask::mask(&text, &map);
        for (start, _) in masked.text.char_indices() {
            let span = masked.map.span(start, start + 1);
            prop_assert!(span.range().end <= text.len());
        }
    }
}
