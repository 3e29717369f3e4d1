//! Label selectors of Kubernetes objects, answered three-valued.

use super::scalar::{Pairs, Scalar};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// `matchLabels` and `matchExpressions`.
#[derive(Clone, Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct LabelSelector {
    /// `matchLabels`.
    pub labels: Pairs,
    /// `matchExpressions`.
    pub expressions: Vec<Requirement>,
    /// Part of it cannot be known.
    pub open: bool,
}

/// One entry of `matchExpressions`.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Requirement {
    /// `key`.
    pub key: Scalar,
    /// `operator`.
    pub operator: String,
    /// `values`.
    pub values: Vec<Scalar>,
}

/// A selector of an operator object and the namespaces it looks into.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct ObjectSelector {
    /// The key that holds it.
    pub key: Span,
    /// Which objects.
    pub labels: LabelSelector,
    /// In which namespaces.
    pub namespaces: Namespaces,
}

/// Namespaces a selector looks into.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Namespaces {
    /// That of the object itself.
    Own,
    /// All of them.
    Any,
    /// These.
    Named(Vec<Scalar>),
    /// Those whose labels fit.
    Labelled(LabelSelector),
    /// Nobody can tell.
    Unknown,
}

impl LabelSelector {
    /// Reads a selector; an empty one selects everything.
    pub fn of(node: NodeRef<'_>, masked: bool) -> LabelSelector {
        let labels =
            node.get("matchLabels").map_or_else(Pairs::default, |it| Pairs::of(it, masked));
        let expressions = node.get("matchExpressions").into_iter().flat_map(NodeRef::items);
        let expressions = expressions
            .filter_map(|it| {
                Some(Requirement {
                    key: Scalar::under(it, "key")?,
                    operator: it.get("operator")?.scalar()?.to_owned(),
                    values: it
                        .get("values")
                        .into_iter()
                        .flat_map(NodeRef::items)
                        .filter_map(Scalar::of)
                        .collect(),
                })
            })
            .collect();
        LabelSelector { labels, expressions, open: masked || node.is_unknown() }
    }

    /// The selector of a service: labels only.
    pub fn plain(labels: &Pairs) -> LabelSelector {
        LabelSelector { labels: labels.clone(), expressions: Vec::new(), open: labels.open }
    }

    /// Whether it selects an object with these labels; `open` if the object may have more.
    pub fn selects<'l>(&self, label: impl Fn(&str) -> Option<&'l str>, open: bool) -> Option<bool> {
        let mut certain = !self.open;
        for (key, wanted) in &self.labels.entries {
            let answer = match (label(&key.text), wanted.known && key.known) {
                (Some(value), true) => Some(value == wanted.text),
                (None, true) if !open => Some(false),
                _ => None,
            };
            match answer {
                Some(true) => {}
                Some(false) => return Some(false),
                None => certain = false,
            }
        }
        for requirement in &self.expressions {
            match requirement.holds(label(&requirement.key.text), open) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => certain = false,
            }
        }
        certain.then_some(true)
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.labels.entries.is_empty() && self.expressions.is_empty() && !self.open
    }
}

impl Requirement {
    fn holds(&self, value: Option<&str>, open: bool) -> Option<bool> {
        if value.is_none() && open || !self.key.known || self.values.iter().any(|it| !it.known) {
            return None;
        }
        let listed = value.is_some_and(|value| self.values.iter().any(|it| it.text == value));
        match self.operator.as_str() {
            "In" => Some(listed),
            "NotIn" => Some(!listed),
            "Exists" => Some(value.is_some()),
            "DoesNotExist" => Some(value.is_none()),
            _ => None,
        }
    }
}

impl Namespaces {
    /// Reads `namespaceSelector` of a monitor: `any`, or `matchNames`.
    pub fn of_monitor(node: Option<NodeRef<'_>>, masked: bool) -> Namespaces {
        let Some(node) = node else {
            return if masked { Namespaces::Unknown } else { Namespaces::Own };
        };
        if node.get("any").and_then(NodeRef::scalar) == Some("true") {
            return Namespaces::Any;
        }
        match node.get("matchNames") {
            Some(names) => Namespaces::Named(names.items().filter_map(Scalar::of).collect()),
            None if masked => Namespaces::Unknown,
            None => Namespaces::Own,
        }
    }

    /// Reads `…NamespaceSelector` of a server: absent for its own, empty for all.
    pub fn of_server(node: Option<NodeRef<'_>>, masked: bool) -> Namespaces {
        let Some(node) = node else {
            return if masked { Namespaces::Unknown } else { Namespaces::Own };
        };
        let selector = LabelSelector::of(node, masked);
        if selector.is_empty() { Namespaces::Any } else { Namespaces::Labelled(selector) }
    }
}
