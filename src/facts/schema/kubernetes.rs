//! What Prometheus refuses in `kubernetes_sd_configs`.

use super::Refusal;
use super::checks::{Known, known_text, set, text};
use super::fields::Fields;
use super::prometheus::{bad, conflict};
use super::walk::Walker;
use crate::parse::tree::NodeRef;

/// Keys of the HTTP client that must be left alone inside the cluster.
const CLIENT: &[&str] = &[
    "basic_auth",
    "authorization",
    "oauth2",
    "http_headers",
    "proxy_url",
    "bearer_token",
    "bearer_token_file",
    "no_proxy",
    "proxy_from_environment",
    "proxy_connect_header",
    "tls_config",
    "follow_redirects",
    "enable_http2",
];

pub(super) fn refuse(walker: &mut Walker<'_>, fields: &Fields<'_>) {
    let server = match fields.get("api_server") {
        Some(value) if value.is_unknown() => None,
        Some(value) => Some(!value.is_null()),
        None if fields.open => None,
        None => Some(false),
    };
    let kubeconfig = set(walker, fields, "kubeconfig_file");
    if server == Some(false) || kubeconfig == Known::Yes {
        for name in CLIENT.iter().filter(|name| is_changed(fields, name)) {
            let message = match kubeconfig {
                Known::Yes => "cannot stand beside `kubeconfig_file`".to_owned(),
                _ => {
                    "needs `api_server` beside it: inside the cluster the pod's own account is used"
                        .to_owned()
                }
            };
            let span = fields.entry(name).map_or(fields.owner, |(key, _)| key.span());
            walker.push(Refusal::Conflict, span, fields.table.name, name, message, None);
        }
    }
    let own = fields.get("namespaces").and_then(|node| node.get("own_namespace"));
    let own = own.and_then(known_text).is_some_and(|text| matches!(text, "true" | "True" | "TRUE"));
    if own && (server == Some(true) || kubeconfig == Known::Yes) {
        let message = "`own_namespace` works only inside the cluster".to_owned();
        conflict(walker, fields, "namespaces", message);
    }
    selectors(walker, fields);
}

/// Whether an HTTP client key differs from its default.
fn is_changed(fields: &Fields<'_>, name: &str) -> bool {
    let Some(value) = fields.get(name).filter(|value| !value.is_null() && !value.is_unknown())
    else {
        return false;
    };
    let off = |text: &str| matches!(text, "false" | "False" | "FALSE" | "no" | "off");
    match name {
        "follow_redirects" | "enable_http2" => known_text(value).is_some_and(off),
        "proxy_from_environment" => {
            known_text(value).is_some_and(|text| !text.is_empty() && !off(text))
        }
        "tls_config" => value
            .entries()
            .any(|(_, value)| known_text(value).is_some_and(|text| !text.is_empty() && !off(text))),
        "proxy_connect_header" => value.pairs().len() > 0,
        "bearer_token" | "bearer_token_file" | "no_proxy" => {
            known_text(value).is_some_and(|text| !text.is_empty())
        }
        _ => true,
    }
}

fn selectors(walker: &mut Walker<'_>, fields: &Fields<'_>) {
    let Some(role) = text(fields, "role").map(str::to_ascii_lowercase) else { return };
    let allowed: &[&str] = match role.as_str() {
        "pod" => &["pod", "node"],
        "service" => &["service"],
        "endpoints" => &["pod", "service", "endpoints"],
        "endpointslice" => &["pod", "service", "endpointslice"],
        "node" => &["node"],
        "ingress" => &["ingress"],
        _ => return,
    };
    let items: Vec<NodeRef<'_>> =
        fields.get("selectors").into_iter().flat_map(NodeRef::items).collect();
    for item in items {
        if item.is_null() {
            bad(walker, fields, "selectors", "holds an entry that is null".to_owned());
            continue;
        }
        let mut refuse = |value: NodeRef<'_>, name: &str, message: String| {
            walker.push(Refusal::BadValue, value.span(), "KubernetesSelector", name, message, None);
        };
        if let Some(value) = item.get("role")
            && let Some(text) = known_text(value).filter(|text| !text.is_empty())
            && !allowed.contains(&text)
        {
            refuse(value, "role", format!("`{text}` cannot select for role {role}"));
        }
        if let Some(value) = item.get("label")
            && let Some(text) = known_text(value).filter(|text| !is_label_selector(text))
        {
            refuse(value, "label", format!("`{text}` is no label selector"));
        }
        if let Some(value) = item.get("field")
            && let Some(text) = known_text(value).filter(|text| !is_field_selector(text))
        {
            refuse(value, "field", format!("`{text}` is no field selector"));
        }
    }
}

/// `path=value`, `path==value`, `path!=value`, separated by commas.
fn is_field_selector(text: &str) -> bool {
    text.split(',').filter(|term| !term.is_empty()).all(|term| term.contains('='))
}

/// `key`, `!key`, `key=v`, `key==v`, `key!=v`, `key in (a, b)`, `key notin (a)`.
fn is_label_selector(text: &str) -> bool {
    let mut terms = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                terms.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    terms.push(text[start..].trim());
    if depth > 0 {
        return false;
    }
    if terms == [""] {
        return true;
    }
    terms.into_iter().all(is_requirement)
}

fn is_requirement(term: &str) -> bool {
    let name = |text: &str| {
        let bare = text.rsplit('/').next().unwrap_or(text);
        !bare.is_empty() && is_label_value(bare)
    };
    if let Some(key) = term.strip_prefix('!') {
        return name(key.trim());
    }
    for (word, operator) in
        [(" notin ", "notin"), (" in ", "in"), (" notin(", "notin"), (" in(", "in")]
    {
        if let Some((key, _)) = term.split_once(word) {
            let list = term[key.len()..].trim_start().trim_start_matches(operator).trim();
            let inner = list.strip_prefix('(').and_then(|list| list.strip_suffix(')'));
            return name(key.trim())
                && inner.is_some_and(|inner| inner.split(',').all(|v| is_label_value(v.trim())));
        }
    }
    for operator in ["!=", "==", "="] {
        if let Some((key, value)) = term.split_once(operator) {
            return name(key.trim()) && is_label_value(value.trim());
        }
    }
    name(term)
}

/// At most 63 letters, digits, `-`, `_`, `.`, with a letter or digit at either end; or nothing.
fn is_label_value(text: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let end = |c: Option<char>| c.is_none_or(|c| c.is_ascii_alphanumeric());
    text.len() <= 63
        && text.chars().all(inside)
        && end(text.chars().next())
        && end(text.chars().next_back())
}
