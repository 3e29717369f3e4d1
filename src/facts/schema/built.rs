//! What a collector refuses only when it builds its pipelines: of the components that stand in one.

use super::{Refusal, SchemaIssue};
use crate::facts::collector::kind_of;
use crate::lang::placeholder;
use crate::lang::re2;
use crate::parse::tree::NodeRef;
use crate::source::Span;
use std::collections::BTreeSet;

/// Speaks of the components in pipelines that could not be made.
pub(super) fn refuse(root: NodeRef<'_>, issues: &mut Vec<SchemaIssue>) {
    let Some(pipelines) = root.at(&["service", "pipelines"]) else { return };
    for (section, of) in
        [("receivers", "receivers"), ("processors", "processors"), ("exporters", "exporters")]
    {
        let Some(components) = root.get(section).filter(|node| node.is_mapping()) else { continue };
        let mut signals: BTreeSet<(&str, &str)> = BTreeSet::new();
        for (name, pipeline) in pipelines.entries() {
            let signal = name.scalar().map(kind_of).unwrap_or_default();
            let items = pipeline.get(of).into_iter().flat_map(NodeRef::items);
            signals.extend(items.filter_map(NodeRef::scalar).map(|id| (id.trim(), signal)));
        }
        for (key, config) in components.entries() {
            let Some(id) = key.scalar().filter(|_| !config.is_unknown()) else { continue };
            let used = |signal: &str| signals.contains(&(id.trim(), signal));
            let any = signals.iter().any(|(name, _)| *name == id.trim());
            if !any || placeholder::is_in(id) {
                continue;
            }
            let mut say = Say { issues, owner: key.span(), prefix: format!("{section}.{id}") };
            let traces = used("traces");
            match (section, kind_of(id)) {
                ("processors", "attributes") => {
                    say.actions(config.get("actions"));
                    if traces {
                        say.matches(config);
                    }
                }
                ("processors", "resource") => say.actions(config.get("attributes")),
                ("processors", "span") if traces => {
                    say.span(config);
                    say.matches(config);
                }
                ("exporters", "prometheusremotewrite" | "prometheus_remote_write") => {
                    say.remote(config);
                }
                ("receivers", "hostmetrics" | "host_metrics") => say.scrapers(config),
                _ => {}
            }
        }
    }
}

/// Whether something is set: `None` where nobody knows.
fn given(node: NodeRef<'_>, key: &str) -> Option<bool> {
    let Some(value) = node.get(key) else { return Some(false) };
    match value.scalar() {
        _ if value.is_unknown() => None,
        Some(text) if placeholder::is_in(text) => None,
        Some(text) => {
            Some(!value.is_null() && (!text.is_empty() || key == "value" || key == "default_value"))
        }
        None => Some(true),
    }
}

/// A text that is known; absent and null are empty.
fn text<'t>(node: NodeRef<'t>, key: &str) -> Option<&'t str> {
    let Some(value) = node.get(key) else { return Some("") };
    let text = value.scalar().filter(|text| !value.is_unknown() && !placeholder::is_in(text))?;
    Some(if value.is_null() { "" } else { text })
}

fn has_items(node: NodeRef<'_>, key: &str) -> Option<bool> {
    match node.get(key) {
        None => Some(false),
        Some(list) if list.is_sequence() => Some(list.items().len() > 0),
        Some(one) if one.is_null() && !one.is_unknown() => Some(false),
        Some(_) => None,
    }
}

/// Where an attribute's value comes from; one of them at most.
const SOURCES: &[&str] = &["value", "from_attribute", "from_context"];

/// What actions on attributes take.
struct Takes {
    words: &'static [&'static str],
    /// Of each group one field must be set.
    needs: &'static [&'static [&'static str]],
    never: &'static [&'static str],
}

const ACTIONS: &[Takes] = &[
    Takes {
        words: &["insert", "update", "upsert"],
        needs: &[&["key"], &["value", "from_attribute", "from_context", "default_value"]],
        never: &["pattern", "converted_type"],
    },
    Takes {
        words: &["delete", "hash"],
        needs: &[&["key", "pattern"]],
        never: &["value", "from_attribute", "converted_type"],
    },
    Takes {
        words: &["extract"],
        needs: &[&["key"], &["pattern"]],
        never: &["value", "from_attribute", "from_context", "converted_type"],
    },
    Takes {
        words: &["convert"],
        needs: &[&["key"], &["converted_type"]],
        never: &["value", "from_attribute", "from_context", "pattern"],
    },
];

struct Say<'i> {
    issues: &'i mut Vec<SchemaIssue>,
    owner: Span,
    prefix: String,
}

impl Say<'_> {
    fn issue(&mut self, refusal: Refusal, span: Span, field: &str, message: &str) {
        self.issues.push(SchemaIssue {
            refusal,
            span,
            path: format!("{}.{field}", self.prefix),
            context: "Built",
            field: field.to_owned(),
            message: message.to_owned(),
            suggestion: None,
        });
    }

    /// At the key, if it is there; else at what it is missing in.
    fn at(&mut self, node: NodeRef<'_>, owner: Span, refusal: Refusal, field: &str, message: &str) {
        let span = node.entry(field).map_or(owner, |(key, _)| key.span());
        self.issue(refusal, span, field, message);
    }

    fn actions(&mut self, list: Option<NodeRef<'_>>) {
        for entry in list.into_iter().flat_map(NodeRef::items).filter(|entry| entry.is_mapping()) {
            let first = entry.pairs().next().map_or(self.owner, |(key, _)| key.span());
            let owner =
                entry.get("key").filter(|key| key.scalar().is_some_and(|text| !text.is_empty()));
            self.action(entry, owner.map_or(first, NodeRef::span));
        }
    }

    fn action(&mut self, entry: NodeRef<'_>, owner: Span) {
        let Some(action) = text(entry, "action").map(str::to_ascii_lowercase) else { return };
        let missing = Refusal::Missing;
        if entry.get("action").is_none_or(NodeRef::is_null) {
            return self.at(entry, owner, missing, "action", "is required and missing");
        }
        let Some(takes) = ACTIONS.iter().find(|row| row.words.contains(&action.as_str())) else {
            return;
        };
        let is = |key: &&str, set: bool| given(entry, key) == Some(set);
        if let Some(group) = takes.needs.iter().find(|group| group.iter().all(|key| is(key, false)))
        {
            let what = match group {
                [_] => format!("is required for `{action}`"),
                _ => format!("is missing: one of `{}` must be set", group.join("`, `")),
            };
            return self.at(entry, owner, missing, group[0], &what);
        }
        let mut sources = SOURCES.iter().filter(|key| is(key, true));
        let many = sources.clone().count() > 1;
        let extra = takes.never.iter().find(|key| is(key, true));
        if let Some(field) = extra.or_else(|| sources.rfind(|_| many)) {
            let what = format!("is one too many beside `action: {action}`");
            return self.at(entry, owner, Refusal::Conflict, field, &what);
        }
        self.pattern(entry, owner, &action);
        let types = ["string", "int", "double"];
        let kind = text(entry, "converted_type").filter(|_| action == "convert");
        if kind.is_some_and(|kind| !types.contains(&kind)) {
            self.at(entry, owner, Refusal::BadValue, "converted_type", "is string, int or double");
        }
    }

    fn pattern(&mut self, entry: NodeRef<'_>, owner: Span, action: &str) {
        let Some(pattern) = text(entry, "pattern").filter(|pattern| !pattern.is_empty()) else {
            return;
        };
        if let Some(fault) = re2::fault(pattern) {
            let what = format!("is no regular expression: {fault}");
            self.at(entry, owner, Refusal::BadValue, "pattern", &what);
        } else if action == "extract" && !pattern.contains("(?P<") && !pattern.contains("(?<") {
            self.at(entry, owner, Refusal::BadValue, "pattern", "has no named group `(?P<name>…)`");
        }
    }

    fn span(&mut self, config: NodeRef<'_>) {
        let status = config.get("status").filter(|status| !status.is_null());
        let name = config.get("name").filter(|name| name.is_mapping());
        let from = name.map_or(Some(false), |name| has_items(name, "from_attributes"));
        let to = name.and_then(|name| name.get("to_attributes"));
        let to = to.map_or(Some(false), |to| has_items(to, "rules"));
        let unknown = config.get("name").is_some_and(NodeRef::is_unknown);
        if status.is_none() && from == Some(false) && to == Some(false) && !unknown {
            let owner = self.owner;
            let what = "is missing: `from_attributes`, `to_attributes` or a `status` must be set";
            self.at(config, owner, Refusal::Missing, "name", what);
        }
        let Some(status) = status.filter(|status| status.is_mapping()) else { return };
        let Some(code) = text(status, "code") else { return };
        let owner = config.entry("status").map_or(self.owner, |(key, _)| key.span());
        if !["Unset", "Error", "Ok"].contains(&code) {
            self.at(status, owner, Refusal::BadValue, "code", "is Ok, Error or Unset");
        } else if code != "Error" && given(status, "description") == Some(true) {
            self.at(
                status,
                owner,
                Refusal::Conflict,
                "description",
                "needs `code: Error` beside it",
            );
        }
    }

    /// What spans a processor takes.
    fn matches(&mut self, config: NodeRef<'_>) {
        for side in ["include", "exclude"] {
            let Some((key, node)) = config.entry(side).filter(|(_, node)| node.is_mapping()) else {
                continue;
            };
            let names = ["services", "span_names", "span_kinds"].map(|list| has_items(node, list));
            let others = ["attributes", "libraries", "resources"].map(|list| has_items(node, list));
            if names.iter().chain(&others).all(|list| *list == Some(false)) {
                let what = "says nothing: services, span names or kinds, attributes, libraries or resources";
                self.issue(Refusal::Missing, key.span(), side, what);
                continue;
            }
            let kind = text(node, "match_type");
            if names.contains(&Some(true)) && kind == Some("") {
                self.at(
                    node,
                    key.span(),
                    Refusal::Missing,
                    "match_type",
                    "is `strict` or `regexp`",
                );
            }
            if kind != Some("regexp") {
                continue;
            }
            for item in ["services", "span_names"]
                .into_iter()
                .filter_map(|list| node.get(list))
                .flat_map(NodeRef::items)
            {
                let known =
                    item.scalar().filter(|text| !item.is_unknown() && !placeholder::is_in(text));
                if let Some(fault) = known.and_then(re2::fault) {
                    let what = format!("is no regular expression: {fault}");
                    self.issue(
                        Refusal::BadValue,
                        item.span(),
                        item.scalar().unwrap_or_default(),
                        &what,
                    );
                }
            }
        }
    }

    fn remote(&mut self, config: NodeRef<'_>) {
        let owner = self.owner;
        let nested = config.get("http").is_some();
        if text(config, "endpoint") == Some("") && !nested {
            self.at(config, owner, Refusal::Missing, "endpoint", "is required and missing");
        }
        for (key, value) in config.get("external_labels").map(NodeRef::entries).unwrap_or_default()
        {
            let empty = value.scalar().is_some_and(|text| text.is_empty() || value.is_null());
            if empty && !value.is_unknown() {
                let name = key.scalar().unwrap_or_default();
                self.issue(Refusal::Missing, key.span(), name, "must not be empty");
            }
        }
    }

    fn scrapers(&mut self, config: NodeRef<'_>) {
        const LISTS: &[&str] = &["devices", "interfaces", "names", "fs_types", "mount_points"];
        for (_, scraper) in config.get("scrapers").map(NodeRef::entries).unwrap_or_default() {
            for (key, filter) in scraper.entries() {
                let side = key.scalar().unwrap_or_default();
                if !side.starts_with("include") && !side.starts_with("exclude") {
                    continue;
                }
                let used = LISTS.iter().any(|list| has_items(filter, list) == Some(true));
                let kind = text(filter, "match_type");
                if used && kind.is_some_and(|kind| !["strict", "regexp"].contains(&kind)) {
                    self.at(
                        filter,
                        key.span(),
                        Refusal::BadValue,
                        "match_type",
                        "is `strict` or `regexp`",
                    );
                }
            }
        }
    }
}
