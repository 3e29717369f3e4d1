//! Which language a query is written in: its data source tells.

use crate::facts::expression::{Expression, Text, is_metricsql};
use crate::facts::scalar::Scalar;
use crate::lang::promql::{self, HOLE};
use crate::lang::{grafana, placeholder};
use crate::parse::tree::NodeRef;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a data source speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Language {
    /// Prometheus and what answers like it.
    Promql,
    /// VictoriaMetrics: PromQL and more.
    Metricsql,
    /// Logs, SQL, expressions, and all else.
    Other,
    /// The data source is chosen elsewhere.
    Unknown,
}

impl Language {
    /// What a plugin speaks.
    pub(super) fn of_plugin(plugin: &str) -> Language {
        match plugin {
            "prometheus"
            | "grafana-amazonprometheus-datasource"
            | "grafana-azureprometheus-datasource" => Language::Promql,
            "victoriametrics-datasource" | "victoriametrics-metrics-datasource" => {
                Language::Metricsql
            }
            // Names what is no plugin: the mixed source, or the dashboard itself.
            "datasource" | "" => Language::Unknown,
            plugin if plugin.contains(['$', '{', '[']) => Language::Unknown,
            _ => Language::Other,
        }
    }

    /// What the usual names of data sources say.
    pub(in crate::facts) fn of_name(name: &str) -> Language {
        let name = name.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if has(&["victoria", "vmselect", "vmsingle"]) {
            Language::Metricsql
        } else if has(&["prometheus", "thanos", "mimir", "cortex"]) && !has(&["loki"]) {
            Language::Promql
        } else if has(&[
            "loki",
            "elastic",
            "opensearch",
            "influx",
            "graphite",
            "cloudwatch",
            "tempo",
            "jaeger",
            "zipkin",
            "postgres",
            "mysql",
            "mssql",
            "clickhouse",
            "stackdriver",
            "testdata",
            "__expr__",
            "-- grafana --",
            "-- dashboard --",
            "logs",
            "zabbix",
            "opentsdb",
        ]) {
            Language::Other
        } else {
            Language::Unknown
        }
    }
}

/// The data sources that a dashboard refers to by variables and inputs.
#[derive(Debug, Default)]
pub(in crate::facts) struct Sources {
    named: BTreeMap<String, Language>,
}

impl Sources {
    /// Learns that a variable or an input is a data source of this plugin.
    pub(super) fn learn(&mut self, name: &str, plugin: &str) {
        self.named.insert(name.to_owned(), Language::of_plugin(plugin));
    }

    /// What a data source speaks: an object with `type` and `uid`, or a name.
    pub(in crate::facts) fn language(&self, datasource: Option<NodeRef<'_>>) -> Language {
        let Some(node) = datasource else { return Language::Unknown };
        if let Some(name) = node.scalar() {
            return if node.is_null() { Language::Unknown } else { self.of_reference(name) };
        }
        let text = |key: &str| node.get(key).and_then(NodeRef::scalar);
        let plugin = text("type").map_or(Language::Unknown, Language::of_plugin);
        match plugin {
            Language::Unknown => {
                text("uid").or_else(|| text("name")).map_or(plugin, |uid| self.of_reference(uid))
            }
            plugin => plugin,
        }
    }

    fn of_reference(&self, text: &str) -> Language {
        match &*grafana::variables(text) {
            [one] if one.range == (0..text.len()) => match self.named.get(one.name) {
                Some(language) if *language != Language::Unknown => *language,
                _ => Language::of_name(one.name),
            },
            _ => Language::of_name(text),
        }
    }
}

/// The name or `uid` by which a data source is chosen; a variable has its `$`.
pub(super) fn reference(datasource: Option<NodeRef<'_>>) -> Option<Scalar> {
    let node = datasource.filter(|node| !node.is_null())?;
    let scalar = match node.scalar() {
        Some(_) => Scalar::template(node),
        None => node.get("uid").or_else(|| node.get("name")).and_then(Scalar::template),
    };
    scalar.filter(|scalar| !scalar.text.is_empty())
}

/// Reads a query in the language of its data source.
pub(in crate::facts) fn expression(scalar: Scalar, language: Language) -> Expression {
    let unread = !scalar.known || scalar.text.trim().is_empty() || language == Language::Other;
    if unread {
        return Expression { scalar, parsed: None, read: Text::Own };
    }
    let gaps = grafana::with_gaps(&scalar.text);
    let read = match gaps.contains(HOLE) {
        true => Text::Gaps(gaps.to_string()),
        false if gaps == scalar.text => Text::Own,
        false => Text::Filled(gaps.to_string()),
    };
    let parsed = read.parse(&scalar.text).filter(|parsed| {
        let unsure = language == Language::Unknown;
        let unnamed = |parsed: &promql::Parsed| {
            parsed
                .ast
                .selectors()
                .any(|(_, selector)| selector.name.is_none() && selector.metric_extent().is_none())
        };
        let foreign = !parsed.faults.is_empty()
            && (language == Language::Metricsql
                || is_metricsql(&scalar.text)
                || placeholder::is_in(&gaps.replace(HOLE, "_"))
                || (unsure && pipes(&gaps)));
        !(foreign || unsure && unnamed(parsed))
    });
    Expression { parsed: parsed.map(Arc::new), scalar, read }
}

/// Whether a `|` stands outside quotes: a log query's pipe.
fn pipes(text: &str) -> bool {
    let mut quote = None;
    let mut escaped = false;
    text.bytes().any(|byte| {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(b'"' | b'\'') if byte == b'\\' => escaped = true,
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None if matches!(byte, b'"' | b'\'' | b'`') => quote = Some(byte),
            None => return byte == b'|',
        }
        false
    })
}
