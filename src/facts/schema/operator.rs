//! What the Prometheus operator refuses although the schema of the object lets it pass
//! (its `pkg/prometheus/validation` and `pkg/alertmanager/validation`, release 0.95).

use super::Refusal;
use super::checks::{Known, known_text, set, text};
use super::fields::Fields;
use super::relabel::refused_beside;
use super::walk::Walker;
use crate::lang::re2;
use crate::parse::tree::NodeRef;

/// Ways to authenticate of which a request takes one.
const AUTHENTICATION: &[&str] = &["basicAuth", "authorization", "oauth2", "sigv4", "azureAd"];

/// Lists of integrations, and of what each of their entries needs one.
const INTEGRATIONS: &[(&str, &[&[&str]])] = &[
    ("webhookConfigs", &[&["url", "urlSecret"]]),
    ("emailConfigs", &[&["to"]]),
    ("pagerdutyConfigs", &[&["routingKey", "serviceKey"]]),
    ("pushoverConfigs", &[&["userKey", "userKeyFile"], &["token", "tokenFile"]]),
    ("victoropsConfigs", &[&["routingKey"]]),
    ("telegramConfigs", &[&["botToken", "botTokenFile"], &["chatID"]]),
];

pub(super) fn refuse(walker: &mut Walker<'_>, fields: &Fields<'_>) {
    if fields.table.name == "Relabeling" {
        return relabeling(walker, fields);
    }
    authentication(walker, fields);
    let part = walker.path.rsplit('.').next().unwrap_or_default();
    let list = part.split('[').next().unwrap_or_default();
    let known = INTEGRATIONS.iter().find(|(name, _)| *name == list && part.ends_with(']'));
    for needs in known.into_iter().flat_map(|(_, needs)| *needs) {
        if needs.iter().any(|name| set(walker, fields, name) != Known::No) {
            continue;
        }
        let what = match needs {
            [_] => "is required and missing".to_owned(),
            _ => format!("is missing: one of `{}` must be set", needs.join("`, `")),
        };
        let (context, span) = (fields.table.name, fields.owner);
        walker.push(Refusal::Missing, span, context, needs[0], what, None);
    }
}

fn authentication(walker: &mut Walker<'_>, fields: &Fields<'_>) {
    let mut given = AUTHENTICATION.iter().filter(|name| {
        fields.get(name).is_some_and(|value| value.is_mapping() && value.pairs().len() > 0)
    });
    if let (Some(first), Some(second)) = (given.next(), given.next())
        && let Some((key, _)) = fields.entry(second)
    {
        let what = format!("cannot stand beside `{first}`: a request takes one of them");
        walker.push(Refusal::Conflict, key.span(), fields.table.name, second, what, None);
    }
}

fn relabeling(walker: &mut Walker<'_>, fields: &Fields<'_>) {
    let context = fields.table.name;
    if let Some(value) = fields.get("regex")
        && let Some(fault) = known_text(value).and_then(re2::fault_anchored)
    {
        let what = format!("is no regular expression: {fault}");
        walker.push(Refusal::BadValue, value.span(), context, "regex", what, None);
    }
    let Some(action) = text(fields, "action").map(str::to_ascii_lowercase) else { return };
    let action = if action.is_empty() { "replace" } else { action.as_str() };
    let span = fields.entry("action").map_or(fields.owner, |(_, value)| value.span());
    if action == "hashmod" && set(walker, fields, "modulus") == Known::No {
        let what = "is required for `hashmod` and missing".to_owned();
        walker.push(Refusal::Missing, span, context, "modulus", what, None);
    }
    let makes = ["replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal"];
    if makes.contains(&action) && set(walker, fields, "targetLabel") == Known::No {
        let what = format!("is required for `{action}` and missing");
        walker.push(Refusal::Missing, span, context, "targetLabel", what, None);
    }
    for name in refused_beside(action) {
        // Objects write these two in another case.
        let name = match *name {
            "source_labels" => "sourceLabels",
            "target_label" => "targetLabel",
            name => name,
        };
        if let Some((key, value)) = fields.entry(name)
            && is_changed(name, value)
        {
            let what = format!("must not be set with action `{action}`");
            walker.push(Refusal::Conflict, key.span(), context, name, what, None);
        }
    }
}

/// Whether a field has another value than the one that stands for none.
fn is_changed(name: &str, value: NodeRef<'_>) -> bool {
    if name == "sourceLabels" {
        return value.items().len() > 0;
    }
    let Some(text) = known_text(value) else { return false };
    match name {
        "regex" => !matches!(text, "" | "(.*)"),
        "modulus" => text != "0",
        "separator" => text != ";",
        "replacement" => text != "$1",
        _ => !text.is_empty(),
    }
}
