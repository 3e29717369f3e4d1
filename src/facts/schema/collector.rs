//! Configurations of a collector: the frame, and each component by the table of its type.

use super::walk::{self, Reading};
use super::{DocumentId, FileFacts, Refusal, SchemaIssue};
use crate::facts::collector::{Section, kind_of, normal};
use crate::lang::placeholder;
use crate::parse::tree::NodeRef;
use crate::source::Span;
use std::collections::BTreeMap;

/// Compares a configuration with the tables.
pub(super) fn compare(root: NodeRef<'_>, id: DocumentId, facts: &mut FileFacts) {
    let masked = facts.documents[id.index as usize].masked;
    let mut issues = Vec::new();
    let reading = |name: &str| {
        let reading = Reading::of("otel-collector", name, id)?;
        Some(Reading { open: masked, ..reading })
    };
    if let Some(reading) = reading("collector") {
        issues.extend(walk::walk(reading, root).issues);
    }
    ids(root, &mut issues);
    for section in Section::ALL {
        let Some(components) = root.get(section.key()).filter(|node| node.is_mapping()) else {
            continue;
        };
        for (key, config) in components.entries() {
            let Some(name) = key.scalar().filter(|name| !placeholder::is_in(name)) else {
                continue;
            };
            let kind = format!("{}/{}", section.key(), kind_of(name));
            let Some(reading) = reading(&kind).filter(|_| !config.is_unknown()) else { continue };
            let outcome = match config.is_null() {
                true => walk::walk_absent(reading, root, key.span()),
                false => walk::walk(reading, config),
            };
            let prefix = format!("{}.{name}", section.key());
            issues.extend(
                outcome
                    .issues
                    .into_iter()
                    .map(|issue| SchemaIssue { path: format!("{prefix}.{}", issue.path), ..issue }),
            );
        }
    }
    // A template may put together what never stands together: only a slip of letters is certain.
    let is_maybe = |issue: &SchemaIssue| {
        masked && issue.refusal == Refusal::UnknownField && issue.suggestion.is_none()
    };
    issues.retain(|issue| !is_maybe(issue));
    facts.documents[id.index as usize].schema_issues = issues;
}

/// Ids that are equal once they are read.
fn ids(root: NodeRef<'_>, issues: &mut Vec<SchemaIssue>) {
    for section in Section::ALL {
        keys(root.get(section.key()), section.key(), issues);
    }
    keys(root.at(&["service", "pipelines"]), "pipelines", issues);
}

fn keys(node: Option<NodeRef<'_>>, section: &'static str, issues: &mut Vec<SchemaIssue>) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (key, _) in node.map(NodeRef::entries).unwrap_or_default() {
        let Some(name) = key.scalar().filter(|_| !key.is_unknown()) else { continue };
        if placeholder::is_in(name) {
            continue;
        }
        let plain = normal(name);
        match seen.get(&plain) {
            Some(first) if first != name => {
                let what = format!("is the same id as `{first}`");
                issues.push(issue(key.span(), section, name, what));
            }
            _ => {
                seen.insert(plain, name.to_owned());
            }
        }
    }
}

fn issue(span: Span, section: &'static str, name: &str, message: String) -> SchemaIssue {
    SchemaIssue {
        refusal: Refusal::BadValue,
        span,
        path: format!("{section}.{name}"),
        context: "Id",
        field: name.to_owned(),
        message,
        suggestion: None,
    }
}

/// Longest type and longest name.
const LENGTHS: (usize, usize) = (63, 1024);

/// Why an id is none: a type of letters, digits and `_`, and after a `/` a name without blanks.
pub(crate) fn fault(id: &str) -> Option<&'static str> {
    let (kind, name) = match id.split_once('/') {
        Some((kind, name)) => (kind.trim(), Some(name.trim())),
        None => (id.trim(), None),
    };
    if kind.is_empty() {
        return Some("has no type before the `/`");
    }
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let begins = kind.starts_with(|c: char| c.is_ascii_alphabetic());
    if !begins || !kind.chars().all(word) || kind.len() > LENGTHS.0 {
        return Some("has a type that is not made of letters, digits and `_`");
    }
    match name {
        Some("") => Some("has no name after the `/`"),
        Some(name) if name.len() > LENGTHS.1 => Some("has a name that is too long"),
        Some(name) if name.chars().any(is_refused) => {
            Some("has a name with blanks, control characters or symbols")
        }
        _ => None,
    }
}

/// Separators, control characters and symbols (`$+<=>^`|~`), as far as ASCII goes.
fn is_refused(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "$+<=>^`|~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn ids_have_a_type_and_may_have_a_name() {
        for id in ["otlp", "otlp/a", "otlp/a/b", " otlp / a ", "k8s_attributes/1", "otlp/a.b-c:d"] {
            assert_eq!(fault(id), None, "{id}");
        }
        for id in ["", "/a", "otlp/", "1otlp", "ot-lp", "otlp.x", "otlp/a b", "otlp/a+b"] {
            assert!(fault(id).is_some(), "{id}");
        }
    }
}
