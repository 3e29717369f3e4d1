//! Reads a standard; every fault points into its file.

use super::model::{Basis, Clause, Exemption, Kind, Method, Requirement, Standard, When};
use crate::catalogue::load::LoadError;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::yaml;
use crate::source::{SourceId, Span};

/// What a standard may name.
#[derive(Clone, Copy)]
pub struct Known {
    /// Whether there is an evidence query of this name.
    pub query: fn(&str) -> bool,
    /// Whether there is a rule with this code.
    pub rule: fn(&str) -> bool,
    /// Whether there is a control with this id.
    pub control: fn(&str) -> bool,
}

const KEYS: &[&str] = &["standard", "version", "title", "sha256", "requirements"];
const REQUIREMENT: &[&str] = &[
    "id",
    "title",
    "kind",
    "section",
    "line",
    "controls_standard",
    "controls_standard_from",
    "controls_mapped",
    "interpretation",
    "operational",
    "not_applicable",
    "partly_at_least",
    "managed",
    "attested_by_default",
    "same_as",
    "clauses",
];
const CLAUSE: &[&str] =
    &["id", "text", "evidence", "pending", "rules", "clean", "method", "optional", "core"];

/// Reads a standard. Its texts live as long as the program: it is read once.
///
/// # Errors
/// All faults found, with their spans.
pub fn load(text: &str, known: Known) -> Result<Standard, Vec<LoadError>> {
    let map = OffsetMap::slice(SourceId(0), 0);
    let tree = yaml::parse(&yaml::Input { text, map: &map, masked: &[] });
    let mut loader = Loader { known, errors: Vec::new() };
    for issue in tree.roots.iter().flat_map(|root| &root.issues) {
        loader.error(issue.span, issue.message.clone());
    }
    let standard = match tree.documents().next() {
        Some(root) if root.is_mapping() => Some(loader.standard(root)),
        Some(root) => {
            loader.error(root.span(), "a standard is one mapping");
            None
        }
        None => {
            loader.error(Span::new(SourceId(0), 0, 0), "the file is empty or does not parse");
            None
        }
    };
    match standard {
        Some(standard) if loader.errors.is_empty() => Ok(standard),
        _ => Err(loader.errors),
    }
}

struct Loader {
    known: Known,
    errors: Vec<LoadError>,
}

impl Loader {
    fn error(&mut self, span: Span, message: impl Into<String>) {
        self.errors.push(LoadError { span, message: message.into() });
    }

    fn standard(&mut self, root: NodeRef<'_>) -> Standard {
        self.keys(root, KEYS);
        let mut requirements: Vec<Requirement> = Vec::new();
        let nodes: Vec<NodeRef<'_>> = items(root, "requirements").collect();
        if nodes.is_empty() {
            self.error(root.span().at_start(), "`requirements` is missing: a list");
        }
        for node in &nodes {
            let requirement = self.requirement(*node);
            if requirements.iter().any(|other| other.id == requirement.id) {
                let span = node.get("id").map_or(node.span(), NodeRef::span);
                self.error(span, format!("there are two requirements `{}`", requirement.id));
            }
            requirements.push(requirement);
        }
        for (node, requirement) in nodes.iter().zip(&requirements) {
            let Some(other) = requirement.same_as else { continue };
            if !requirements.iter().any(|it| it.id == other && it.same_as.is_none()) {
                let span = node.get("same_as").map_or(node.span(), NodeRef::span);
                self.error(span, format!("`{other}` is no requirement with clauses of its own"));
            }
        }
        Standard {
            code: self.required(root, "standard"),
            version: self.required(root, "version"),
            title: self.required(root, "title"),
            sha256: self.required(root, "sha256"),
            requirements: Vec::leak(requirements),
        }
    }

    fn requirement(&mut self, node: NodeRef<'_>) -> Requirement {
        self.keys(node, REQUIREMENT);
        let kind = match self.required(node, "kind") {
            "required" => Kind::Required,
            "checklist" => Kind::Checklist,
            _ => self.other(node, "kind", "required or checklist", Kind::Required),
        };
        let exemptions: Vec<Exemption> =
            items(node, "not_applicable").map(|item| self.exemption(item)).collect();
        let mut clauses: Vec<Clause> = Vec::new();
        for item in items(node, "clauses") {
            let clause = self.clause(item);
            if clauses.iter().any(|other| other.id == clause.id) {
                let span = item.get("id").map_or(item.span(), NodeRef::span);
                self.error(span, format!("there are two clauses `{}`", clause.id));
            }
            clauses.push(clause);
        }
        let same_as = optional(node, "same_as");
        if clauses.is_empty() == same_as.is_none() {
            let message = "a requirement has either `clauses` or `same_as`";
            self.error(node.span().at_start(), message);
        }
        Requirement {
            id: self.required(node, "id"),
            title: self.required(node, "title"),
            kind,
            section: optional(node, "section").unwrap_or_default(),
            line: self.number(node, "line"),
            controls_standard: self.controls(node, "controls_standard"),
            controls_mapped: self.controls(node, "controls_mapped"),
            interpretation: optional(node, "interpretation") == Some("true"),
            operational: optional(node, "operational"),
            exemptions: Vec::leak(exemptions),
            partly_at_least: match optional(node, "partly_at_least") {
                Some(_) => self.number(node, "partly_at_least") as usize,
                None => 1,
            },
            managed: self.managed(node),
            attested_by_default: optional(node, "attested_by_default") == Some("true"),
            same_as,
            clauses: Vec::leak(clauses),
        }
    }

    fn exemption(&mut self, node: NodeRef<'_>) -> Exemption {
        let when = match (optional(node, "role"), optional(node, "without")) {
            (Some(role), None) => When::Role(role),
            (None, Some(query)) => {
                self.query(node, "without", query);
                When::Without(query)
            }
            _ => {
                self.error(node.span(), "an exemption has either `role` or `without`");
                When::Role("")
            }
        };
        Exemption { when, reason: self.required(node, "reason") }
    }

    fn clause(&mut self, node: NodeRef<'_>) -> Clause {
        self.keys(node, CLAUSE);
        let basis = match (optional(node, "evidence"), optional(node, "pending")) {
            (Some(query), None) => {
                self.query(node, "evidence", query);
                Basis::Evidence(query)
            }
            (None, Some(what)) => Basis::Pending(what),
            _ => {
                self.error(node.span(), "a clause has either `evidence` or `pending`");
                Basis::Pending("")
            }
        };
        let method = match self.required(node, "method") {
            "EXAMINE" => Method::Examine,
            "TEST" => Method::Test,
            _ => self.other(node, "method", "EXAMINE or TEST", Method::Examine),
        };
        Clause {
            id: self.required(node, "id"),
            text: self.required(node, "text"),
            basis,
            rules: self.rules(node, "rules"),
            clean: self.rules(node, "clean"),
            method,
            optional: optional(node, "optional") == Some("true"),
            core: optional(node, "core") == Some("true"),
        }
    }

    /// `managed: { logs: partly, traces: attest }`.
    fn managed(&mut self, node: NodeRef<'_>) -> &'static [(&'static str, bool)] {
        let mut rows = Vec::new();
        for (what, verdict) in node.get("managed").into_iter().flat_map(NodeRef::entries) {
            match verdict.scalar() {
                Some(word @ ("partly" | "attest")) => {
                    rows.push((leak(what.scalar().unwrap_or_default()), word == "partly"));
                }
                _ => self.error(verdict.span(), "`managed` is partly or attest"),
            }
        }
        Vec::leak(rows)
    }

    fn keys(&mut self, node: NodeRef<'_>, known: &[&str]) {
        for (key, _) in node.pairs() {
            if !known.contains(&key.scalar().unwrap_or_default()) {
                self.error(key.span(), format!("unknown key; there are {}", known.join(", ")));
            }
        }
    }

    fn required(&mut self, node: NodeRef<'_>, key: &str) -> &'static str {
        match optional(node, key).filter(|text| !text.trim().is_empty()) {
            Some(text) => text,
            None => {
                self.error(node.span().at_start(), format!("`{key}` is missing"));
                ""
            }
        }
    }

    fn other<T>(&mut self, node: NodeRef<'_>, key: &str, choices: &str, fallback: T) -> T {
        if let Some(value) = node.get(key) {
            self.error(value.span(), format!("`{key}` is {choices}"));
        }
        fallback
    }

    fn number(&mut self, node: NodeRef<'_>, key: &str) -> u32 {
        let Some(value) = node.get(key) else { return 0 };
        value.scalar().and_then(|text| text.parse().ok()).unwrap_or_else(|| {
            self.error(value.span(), format!("`{key}` is a number"));
            0
        })
    }

    fn query(&mut self, node: NodeRef<'_>, key: &str, query: &str) {
        if !(self.known.query)(query) {
            let span = node.get(key).map_or(node.span(), NodeRef::span);
            self.error(span, format!("no evidence query is called `{query}`"));
        }
    }

    fn rules(&mut self, node: NodeRef<'_>, key: &str) -> &'static [&'static str] {
        let known = self.known.rule;
        self.words(node, key, known, "no rule has the code")
    }

    fn controls(&mut self, node: NodeRef<'_>, key: &str) -> &'static [&'static str] {
        let known = self.known.control;
        self.words(node, key, known, "no control has the id")
    }

    fn words(
        &mut self,
        node: NodeRef<'_>,
        key: &str,
        known: fn(&str) -> bool,
        fault: &str,
    ) -> &'static [&'static str] {
        let mut words = Vec::new();
        for item in items(node, key) {
            match item.scalar() {
                Some(word) if known(word) => words.push(leak(word)),
                word => {
                    self.error(item.span(), format!("{fault} `{}`", word.unwrap_or_default()));
                }
            }
        }
        Vec::leak(words)
    }
}

fn optional(node: NodeRef<'_>, key: &str) -> Option<&'static str> {
    let value = node.get(key).filter(|value| !value.is_null())?;
    value.scalar().map(leak)
}

fn items<'t>(node: NodeRef<'t>, key: &str) -> impl Iterator<Item = NodeRef<'t>> + use<'t> {
    node.get(key).into_iter().flat_map(NodeRef::items)
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.trim().to_owned().into_boxed_str())
}
