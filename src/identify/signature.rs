//! Signatures: which keys at which depth speak for which kind.

use super::Kind;
use crate::parse::tree::NodeRef;

/// The keys of a document with their depth, from a tree or from lines.
pub(super) struct Shape {
    keys: Vec<(usize, String)>,
}

impl Shape {
    pub(super) fn of_node(root: NodeRef<'_>) -> Shape {
        let mut keys = Vec::new();
        collect(root, 0, &mut keys);
        Shape { keys }
    }

    pub(super) fn of_lines(text: &str) -> Shape {
        let keys = text
            .lines()
            .filter_map(|line| {
                let body = line.trim_start_matches([' ', '-']);
                let (key, _) = body.split_once(':')?;
                let depth = (line.len() - body.len()) / 2;
                Some((depth, key.trim_matches(['"', '\'']).to_owned()))
            })
            .collect();
        Shape { keys }
    }

    fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|(_, known)| known == key)
    }
}

fn collect(node: NodeRef<'_>, depth: usize, keys: &mut Vec<(usize, String)>) {
    if depth > 6 || keys.len() > 400 {
        return;
    }
    for (key, value) in node.pairs() {
        keys.push((depth, key.scalar().unwrap_or_default().to_owned()));
        collect(value, depth + 1, keys);
    }
    for item in node.items().take(5) {
        collect(item, depth + 1, keys);
    }
}

pub(super) fn is_candidate(text: &str) -> bool {
    ["groups", "scrape_configs", "route", "observability", "apiVersion", "services", "schemaVersion", "rule_files"]
        .iter()
        .any(|literal| text.contains(literal))
}

pub(super) fn classify(shape: &Shape) -> Option<Kind> {
    if shape.has("groups") && (shape.has("alert") || shape.has("record")) {
        Some(Kind::PrometheusRules)
    } else if shape.has("scrape_configs") || (shape.has("global") && shape.has("rule_files")) {
        Some(Kind::PrometheusConfig)
    } else if shape.has("route") && shape.has("receivers") {
        Some(Kind::AlertmanagerConfig)
    } else if shape.has("observability") && shape.has("metrics") {
        Some(Kind::Strategy)
    } else if shape.has("panels") && (shape.has("schemaVersion") || shape.has("templating")) {
        Some(Kind::GrafanaDashboard)
    } else if shape.has("rule_files") && shape.has("tests") {
        Some(Kind::PrometheusRuleTest)
    } else {
        None
    }
}
