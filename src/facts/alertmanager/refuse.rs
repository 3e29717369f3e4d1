//! What the loader of Alertmanager refuses beyond the field tables: integrations that lack a
//! setting both here and under `global`, and credentials that exclude each other.

use super::time;
use crate::facts::scalar::Scalar;
use crate::facts::schema::{Refusal, SchemaIssue};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// Context of issues about integrations that cannot send.
pub const INTEGRATION: &str = "integration";
/// Context of issues about credentials that exclude each other.
pub const CREDENTIAL: &str = "integration-credential";
/// Context of issues about time intervals.
pub const TIME: &str = "time-interval";

/// All refusals of a configuration file.
pub(super) fn collect(root: NodeRef<'_>, open: bool) -> Vec<SchemaIssue> {
    let mut collector = Collector { global: root.get("global"), open, issues: Vec::new() };
    collector.global();
    if let Some(route) = root.get("route") {
        collector.null_routes(route, 0);
    }
    let receivers = root.get("receivers").into_iter().flat_map(NodeRef::items);
    for (index, receiver) in receivers.enumerate() {
        for (key, list) in receiver.entries() {
            if key.scalar() == Some("labels") {
                collector.receiver_label(receiver, list, index);
            }
            let Some(kind) = key.scalar().and_then(|key| key.strip_suffix("_configs")) else {
                continue;
            };
            for (entry, node) in list.items().enumerate() {
                let path = format!("receivers[{index}].{kind}_configs[{entry}]");
                collector.integration(kind, key.span(), node, &path);
            }
        }
    }
    for field in ["mute_time_intervals", "time_intervals"] {
        for (index, named) in root.get(field).into_iter().flat_map(NodeRef::items).enumerate() {
            let path = format!("{field}[{index}]");
            let name = named.get("name").filter(|name| !name.is_null());
            if named.is_mapping() && name.is_none_or(|name| name.scalar() == Some("")) && !open {
                let first = named.pairs().next().map_or(named.span(), |(key, _)| key.span());
                let message = "of a time interval has no name".to_owned();
                collector.push(
                    Refusal::Missing,
                    TIME,
                    name.map_or(first, NodeRef::span),
                    &path,
                    "name",
                    message,
                );
            }
            for interval in named.get("time_intervals").into_iter().flat_map(NodeRef::items) {
                for fault in time::faults(interval) {
                    let refusal = if fault.newer { Refusal::TooNew } else { Refusal::BadValue };
                    collector.push(refusal, TIME, fault.span, &path, fault.field, fault.message);
                }
            }
        }
    }
    collector.issues
}

struct Collector<'t> {
    global: Option<NodeRef<'t>>,
    open: bool,
    issues: Vec<SchemaIssue>,
}

/// Whether a setting is there and not empty; what nobody can know counts as there.
fn set(node: NodeRef<'_>, field: &str) -> bool {
    node.get(field).is_some_and(|value| {
        value.is_unknown()
            || value.is_mapping()
            || (!value.is_null() && value.scalar().is_none_or(|text| !text.is_empty()))
    })
}

/// One setting an integration needs, given by any of these keys here or under `global`.
struct Need {
    kind: &'static str,
    here: &'static [&'static str],
    global: &'static [&'static str],
    what: &'static str,
}

const NEEDS: &[Need] = &[
    Need { kind: "email", here: &["smarthost"], global: &["smtp_smarthost"], what: "mail server" },
    Need { kind: "email", here: &["from"], global: &["smtp_from"], what: "sender address" },
    Need {
        kind: "opsgenie",
        here: &["api_key", "api_key_file"],
        global: &["opsgenie_api_key", "opsgenie_api_key_file"],
        what: "API key",
    },
    Need {
        kind: "victorops",
        here: &["api_key", "api_key_file"],
        global: &["victorops_api_key", "victorops_api_key_file"],
        what: "API key",
    },
    Need {
        kind: "wechat",
        here: &["api_secret", "api_secret_file"],
        global: &["wechat_api_secret", "wechat_api_secret_file"],
        what: "API secret",
    },
    Need {
        kind: "wechat",
        here: &["corp_id"],
        global: &["wechat_api_corp_id"],
        what: "corporation id",
    },
    Need {
        kind: "telegram",
        here: &["bot_token", "bot_token_file"],
        global: &["telegram_bot_token", "telegram_bot_token_file"],
        what: "bot token",
    },
    Need { kind: "jira", here: &["api_url"], global: &["jira_api_url"], what: "Jira URL" },
    Need {
        kind: "rocketchat",
        here: &["token_id", "token_id_file"],
        global: &["rocketchat_token_id", "rocketchat_token_id_file"],
        what: "token id",
    },
    Need {
        kind: "rocketchat",
        here: &["token", "token_file"],
        global: &["rocketchat_token", "rocketchat_token_file"],
        what: "token",
    },
    Need {
        kind: "mattermost",
        here: &["webhook_url", "webhook_url_file"],
        global: &["mattermost_webhook_url", "mattermost_webhook_url_file"],
        what: "webhook URL",
    },
];

/// URLs with a default that `null` under `global` takes away.
const URLS: &[(&str, &str, &str)] = &[
    ("pagerduty", "url", "pagerduty_url"),
    ("opsgenie", "api_url", "opsgenie_api_url"),
    ("wechat", "api_url", "wechat_api_url"),
    ("victorops", "api_url", "victorops_api_url"),
    ("webex", "api_url", "webex_api_url"),
    ("slack", "app_url", "slack_app_url"),
];

impl Collector<'_> {
    fn push(
        &mut self,
        refusal: Refusal,
        context: &'static str,
        span: Span,
        path: &str,
        field: &str,
        message: String,
    ) {
        self.issues.push(SchemaIssue {
            refusal,
            span,
            path: path.to_owned(),
            context,
            field: field.to_owned(),
            message,
            suggestion: None,
        });
    }

    fn global_set(&self, field: &str) -> bool {
        self.global.is_some_and(|global| global.is_unknown() || set(global, field))
    }

    /// Slack's app token beside its webhook.
    fn global(&mut self) {
        let Some(global) = self.global else { return };
        let (token, url) = (
            ["slack_app_token", "slack_app_token_file"]
                .into_iter()
                .find(|field| set(global, field)),
            ["slack_api_url", "slack_api_url_file"].into_iter().find(|field| set(global, field)),
        );
        let (Some(token), Some(url)) = (token, url) else { return };
        let text = |field: &str| global.get(field).and_then(Scalar::of);
        let app_url = text("slack_app_url");
        let default = "https://slack.com/api/chat.postMessage";
        let app_url = app_url.as_ref().map_or(default, |url| url.text.as_str());
        let same = url == "slack_api_url"
            && text(url).is_some_and(|value| !value.known || value.text == app_url);
        if !same {
            let span = global.entry(token).map_or(global.span(), |(key, _)| key.span());
            let message =
                format!("stands beside `{url}`: Alertmanager takes a token or a webhook, not both");
            self.push(Refusal::Conflict, CREDENTIAL, span, "global", token, message);
        }
    }

    /// `labels.name` of a receiver, which can only repeat its name.
    fn receiver_label(&mut self, receiver: NodeRef<'_>, labels: NodeRef<'_>, index: usize) {
        let label = labels.get("name").and_then(Scalar::of).filter(|label| label.known);
        let name = receiver.get("name").and_then(Scalar::of).filter(|name| name.known);
        let (Some(label), Some(name)) = (label, name) else { return };
        if label.text != name.text {
            let path = format!("receivers[{index}].labels.name");
            let message = format!("of `labels` must be the receiver's own name `{}`", name.text);
            self.push(Refusal::Conflict, INTEGRATION, label.span, &path, "name", message);
        }
    }

    /// Routes that are null: the program ends with a nil pointer.
    fn null_routes(&mut self, route: NodeRef<'_>, depth: usize) {
        for child in route.get("routes").into_iter().flat_map(NodeRef::items) {
            if self.issues.len() > 1000 || depth > 100 {
                return;
            }
            if child.is_null() && !child.is_unknown() {
                let span = route.entry("routes").map_or(child.span(), |(key, _)| key.span());
                let message = "has an empty entry".to_owned();
                self.push(Refusal::WrongType, "Routes", span, "route.routes", "routes", message);
            } else if !child.is_alias() {
                self.null_routes(child, depth + 1);
            }
        }
    }

    fn email(&mut self, node: NodeRef<'_>, path: &str) {
        let mut seen: Vec<(String, Span)> = Vec::new();
        for (key, _) in node.get("headers").map(NodeRef::entries).unwrap_or_default() {
            let name = canonical(key.scalar().unwrap_or_default());
            if seen.iter().any(|(known, _)| *known == name) {
                let message = format!("is the header `{name}` a second time");
                let field = key.scalar().unwrap_or_default();
                self.push(Refusal::Conflict, INTEGRATION, key.span(), path, field, message);
            } else {
                seen.push((name, key.span()));
            }
        }
        let Some(threading) = node.get("threading").filter(|threading| threading.is_mapping())
        else {
            return;
        };
        let enabled = Scalar::under(threading, "enabled");
        if enabled.as_ref().and_then(|value| value.boolean()) != Some(true) {
            return;
        }
        for (name, span) in &seen {
            if matches!(name.as_str(), "References" | "In-Reply-To") {
                let message = "excludes `threading`".to_owned();
                self.push(Refusal::Conflict, INTEGRATION, *span, path, name, message);
            }
        }
        let by = Scalar::under(threading, "thread_by_date");
        if by.as_ref().is_none_or(|by| by.known && !matches!(by.text.as_str(), "none" | "daily")) {
            let owner = threading.entry("enabled").map_or(threading.span(), |(key, _)| key.span());
            let span = by.map_or(owner, |by| by.span);
            let message = "of `threading` is none or daily".to_owned();
            self.push(Refusal::BadValue, INTEGRATION, span, path, "thread_by_date", message);
        }
    }

    fn integration(&mut self, kind: &str, key: Span, node: NodeRef<'_>, path: &str) {
        if node.is_unknown() {
            return;
        }
        if node.is_null() {
            let field = format!("{kind}_configs");
            let message = "has an empty entry".to_owned();
            self.push(Refusal::Missing, INTEGRATION, key, path, &field, message);
            return;
        }
        let mut missing = |field: &str, message: String| {
            self.issues.push(SchemaIssue {
                refusal: Refusal::Missing,
                span: key,
                path: path.to_owned(),
                context: INTEGRATION,
                field: field.to_owned(),
                message,
                suggestion: None,
            });
        };
        let global = self.global;
        let global_set =
            |field: &str| global.is_some_and(|global| global.is_unknown() || set(global, field));
        for need in NEEDS.iter().filter(|need| need.kind == kind && !self.open) {
            let given = need.here.iter().any(|field| set(node, field))
                || need.global.iter().any(|field| global_set(field));
            if !given {
                let message = format!(
                    "has no {}, neither `{}` here nor `{}` under `global`",
                    need.what, need.here[0], need.global[0]
                );
                missing(need.here[0], message);
            }
        }
        for (_, field, default) in URLS.iter().filter(|(of, ..)| *of == kind) {
            let removed = global
                .and_then(|global| global.get(default))
                .is_some_and(|value| value.is_null() && !value.is_unknown());
            if removed && !set(node, field) {
                missing(field, format!("has no URL: `{default}` under `global` is null"));
            }
        }
        match kind {
            "email" => self.email(node, path),
            "slack" => self.slack(key, node, path),
            "webex" if !has_authorization(node) && !self.open => {
                let message = "has no `http_config` with `authorization`".to_owned();
                self.push(Refusal::Missing, INTEGRATION, key, path, "http_config", message);
            }
            "incidentio" => self.incidentio(key, node, path),
            "sns" => self.sns(key, node, path),
            "victorops" => self.victorops(node, path),
            "opsgenie" => self.opsgenie(node, path),
            _ => {}
        }
    }

    fn slack(&mut self, key: Span, node: NodeRef<'_>, path: &str) {
        let authorized = has_authorization(node);
        let own_token = set(node, "app_token") || set(node, "app_token_file");
        let takes_token = !own_token && !authorized && !set(node, "api_url");
        let token = own_token
            || (takes_token
                && (self.global_set("slack_app_token") || self.global_set("slack_app_token_file")));
        let url = set(node, "api_url")
            || set(node, "api_url_file")
            || self.global_set("slack_api_url")
            || self.global_set("slack_api_url_file");
        if !token && !url && !self.open {
            let message = "has nowhere to send to, neither `api_url` here nor `slack_api_url` under `global`, nor a token".to_owned();
            self.push(Refusal::Missing, INTEGRATION, key, path, "api_url", message);
        }
        let http = node.get("http_config").filter(|http| !http.is_null());
        let clash = match http {
            Some(_) => authorized,
            None => self.global.is_some_and(has_authorization),
        };
        if token && clash {
            let span = node.entry("http_config").map_or(key, |(key, _)| key.span());
            let message = "has `authorization` beside an app token: Alertmanager takes one of them"
                .to_owned();
            self.push(Refusal::Conflict, CREDENTIAL, span, path, "http_config", message);
        }
        for field in ["update_message", "post_updates_to_thread"] {
            let on = Scalar::under(node, field).and_then(|value| value.boolean()) == Some(true);
            if let Some(message) = self.speaks_otherwise(node, token).filter(|_| on) {
                let span = node.entry(field).map_or(key, |(key, _)| key.span());
                self.push(Refusal::Missing, INTEGRATION, span, path, field, message);
            }
        }
    }

    /// What is wrong where a message is changed or answered, which Slack does at one address only:
    /// with a token at that of the app, else at the webhook's.
    fn speaks_otherwise(&self, node: NodeRef<'_>, token: bool) -> Option<String> {
        const ADDRESS: &str = "https://slack.com/api/chat.postMessage";
        let of_all = |field: &str| self.global.filter(|_| !self.open)?.get(field);
        let (own, all) = match token && !set(node, "api_url") {
            true => ("app_url", "slack_app_url"),
            false => ("api_url", "slack_api_url"),
        };
        if own == "api_url" && !set(node, own) {
            let from_file = set(node, "api_url_file")
                || of_all(all).is_none() && of_all("slack_api_url_file").is_some();
            if from_file {
                return Some(format!("needs `api_url: {ADDRESS}`, and takes none from a file"));
            }
        }
        let own = node.get(own).filter(|url| !url.is_null());
        let address = own.or_else(|| of_all(all)).and_then(Scalar::of)?;
        (address.known && address.text != ADDRESS).then(|| format!("needs the address {ADDRESS}"))
    }

    fn incidentio(&mut self, key: Span, node: NodeRef<'_>, path: &str) {
        let token = set(node, "alert_source_token") || set(node, "alert_source_token_file");
        let http = node.get("http_config").filter(|http| !http.is_null());
        match (token, http, has_authorization(node)) {
            (true, _, true) => {
                let span = node.entry("http_config").map_or(key, |(key, _)| key.span());
                let message = "has `authorization` beside an alert source token".to_owned();
                self.push(Refusal::Conflict, CREDENTIAL, span, path, "http_config", message);
            }
            (false, Some(_), false) => {
                let message = "has no `alert_source_token`".to_owned();
                self.push(Refusal::Missing, INTEGRATION, key, path, "alert_source_token", message);
            }
            _ => {}
        }
    }

    /// One of three targets, or, by a slip of the loader, all three.
    fn sns(&mut self, key: Span, node: NodeRef<'_>, path: &str) {
        let targets = ["target_arn", "topic_arn", "phone_number"];
        let count = targets.iter().filter(|field| set(node, field)).count();
        if count == 0 || count == 2 {
            let message =
                "needs exactly one of `target_arn`, `topic_arn` and `phone_number`".to_owned();
            let refusal = if count == 0 { Refusal::Missing } else { Refusal::Conflict };
            self.push(refusal, INTEGRATION, key, path, "topic_arn", message);
        }
    }

    fn victorops(&mut self, node: NodeRef<'_>, path: &str) {
        const RESERVED: &[&str] = &[
            "routing_key",
            "message_type",
            "state_message",
            "entity_display_name",
            "monitoring_tool",
            "entity_id",
            "entity_state",
        ];
        for (key, _) in node.get("custom_fields").map(NodeRef::entries).unwrap_or_default() {
            let name = key.scalar().unwrap_or_default();
            if RESERVED.contains(&name) {
                let message = "is a field of VictorOps itself and no custom one".to_owned();
                self.push(Refusal::Conflict, INTEGRATION, key.span(), path, name, message);
            }
        }
    }

    fn opsgenie(&mut self, node: NodeRef<'_>, path: &str) {
        for responder in node.get("responders").into_iter().flat_map(NodeRef::items) {
            let kind = responder.get("type").and_then(Scalar::of);
            let lower = kind.as_ref().map(|kind| kind.text.to_lowercase()).unwrap_or_default();
            let known = kind.as_ref().is_some_and(|kind| !kind.known)
                || matches!(lower.as_str(), "team" | "teams" | "user" | "escalation" | "schedule");
            if !known && responder.is_mapping() {
                let first =
                    responder.pairs().next().map_or(responder.span(), |(key, _)| key.span());
                let span = kind.map_or(first, |kind| kind.span);
                let message =
                    "of a responder is team, teams, user, escalation or schedule".to_owned();
                self.push(Refusal::BadValue, INTEGRATION, span, path, "type", message);
            }
        }
    }
}

/// A header's name as mail writes it: `in-reply-to` is `In-Reply-To`.
fn canonical(name: &str) -> String {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if !name.chars().all(token) {
        return name.to_owned();
    }
    let mut start = true;
    let letters = name.chars().map(|c| {
        let written = if start { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
        start = c == '-';
        written
    });
    letters.collect()
}

/// Whether the HTTP client of an integration sends an `Authorization` header of its own.
fn has_authorization(node: NodeRef<'_>) -> bool {
    node.get("http_config").is_some_and(|http| {
        http.is_unknown()
            || ["authorization", "bearer_token", "bearer_token_file"]
                .iter()
                .any(|field| set(http, field))
    })
}
