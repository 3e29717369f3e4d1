//! The settings of integrations that are templates.

use super::read::snake_case;
use crate::facts::scalar::Scalar;
use crate::lang::template::Language;
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// A setting that is run as a template.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Text {
    /// Its key.
    pub key: Span,
    /// Name of the setting, such as `fields.title`.
    pub path: String,
    /// The template.
    pub scalar: Scalar,
    /// The functions it has.
    pub language: Language,
}

/// Settings of each integration that Alertmanager 0.35 runs as templates. `*` is any key, `**`
/// everything below; lists are passed through.
const SETTINGS: &[(&str, &[&str])] = &[
    ("discord", &["content", "title", "message"]),
    ("email", &["to", "from", "html", "text", "headers.*"]),
    ("incidentio", &["metadata.*"]),
    (
        "jira",
        &[
            "summary",
            "summary.template",
            "description",
            "description.template",
            "project",
            "issue_type",
            "priority",
            "labels",
            "fields.**",
        ],
    ),
    (
        "mattermost",
        &[
            "channel",
            "username",
            "icon_url",
            "icon_emoji",
            "type",
            "text",
            "fallback",
            "color",
            "pretext",
            "author_name",
            "author_link",
            "author_icon",
            "title",
            "title_link",
            "thumb_url",
            "footer",
            "footer_icon",
            "image_url",
            "fields.title",
            "fields.value",
            "props.card",
            "priority.priority",
            "attachments.*",
            "attachments.fields.title",
            "attachments.fields.value",
        ],
    ),
    ("msteams", &["title", "text", "summary"]),
    ("msteamsv2", &["title", "text"]),
    (
        "opsgenie",
        &[
            "message",
            "description",
            "source",
            "tags",
            "note",
            "priority",
            "entity",
            "actions",
            "details.*",
            "responders.id",
            "responders.name",
            "responders.username",
            "responders.type",
        ],
    ),
    (
        "pagerduty",
        &[
            "description",
            "client",
            "client_url",
            "source",
            "severity",
            "class",
            "component",
            "group",
            "details.**",
            "images.src",
            "images.alt",
            "images.href",
            "links.href",
            "links.text",
        ],
    ),
    ("pushover", &["title", "message", "url", "url_title", "priority", "device", "sound"]),
    (
        "rocketchat",
        &[
            "channel",
            "color",
            "title",
            "title_link",
            "text",
            "message_text",
            "emoji",
            "icon_url",
            "image_url",
            "thumb_url",
            "fields.title",
            "fields.value",
            "actions.text",
            "actions.url",
            "actions.msg",
        ],
    ),
    (
        "slack",
        &[
            "channel",
            "username",
            "color",
            "title",
            "title_link",
            "pretext",
            "text",
            "message_text",
            "footer",
            "fallback",
            "callback_id",
            "icon_emoji",
            "icon_url",
            "image_url",
            "thumb_url",
            "fields.title",
            "fields.value",
            "actions.type",
            "actions.text",
            "actions.url",
            "actions.style",
            "actions.name",
            "actions.value",
            "actions.confirm.title",
            "actions.confirm.text",
            "actions.confirm.ok_text",
            "actions.confirm.dismiss_text",
        ],
    ),
    (
        "sns",
        &[
            "api_url",
            "topic_arn",
            "phone_number",
            "target_arn",
            "subject",
            "message",
            "attributes.*",
        ],
    ),
    ("telegram", &["message"]),
    (
        "victorops",
        &[
            "routing_key",
            "message_type",
            "state_message",
            "entity_display_name",
            "monitoring_tool",
            "custom_fields.*",
        ],
    ),
    ("webex", &["message", "room_id"]),
    ("webhook", &["url", "payload.**"]),
    ("wechat", &["message", "to_user", "to_party", "to_tag", "agent_id", "corp_id"]),
];

/// Settings that the loader reads while no functions but the language's own are there.
const BARE: &[(&str, &str)] = &[("webhook", "url"), ("opsgenie", "responders.type")];

/// Whether a setting at the top of an integration is a template.
pub fn is_template(kind: &str, setting: &str) -> bool {
    let settings = SETTINGS.iter().find(|(known, _)| *known == kind).map(|(_, settings)| *settings);
    settings
        .is_none_or(|settings| settings.iter().any(|path| path.split('.').next() == Some(setting)))
}

/// The templates of one integration, in the order of the table; `operator`: keys are written in
/// camel case.
pub fn collect(kind: &str, entry: NodeRef<'_>, operator: bool) -> Vec<Text> {
    let Some((_, settings)) = SETTINGS.iter().find(|(known, _)| *known == kind) else {
        return Vec::new();
    };
    let mut texts = Vec::new();
    for path in *settings {
        let parts: Vec<&str> = path.split('.').collect();
        let language = match BARE.contains(&(kind, path)) {
            true => Language::Bare,
            false => Language::Alertmanager,
        };
        walk(entry, &parts, operator, &mut |key, scalar| {
            texts.push(Text { key, path: (*path).to_owned(), scalar, language });
        });
    }
    texts
}

/// Finds the scalars at a path.
fn walk(entry: NodeRef<'_>, parts: &[&str], operator: bool, found: &mut impl FnMut(Span, Scalar)) {
    let mut stack = vec![(entry, parts, entry.span())];
    while let Some((node, parts, key)) = stack.pop() {
        if node.is_sequence() {
            let items: Vec<_> = node.items().collect();
            stack.extend(items.into_iter().rev().map(|item| (item, parts, key)));
            continue;
        }
        let Some((first, rest)) = parts.split_first() else {
            found_scalar(node, key, found);
            continue;
        };
        if *first == "**" && !node.is_mapping() {
            found_scalar(node, key, found);
            continue;
        }
        for (name, value) in node.entries().rev() {
            let text = name.scalar().unwrap_or_default();
            let is_it = match *first {
                "*" | "**" => true,
                first if operator => snake_case(text) == first,
                first => text == first,
            };
            if is_it {
                let rest = if *first == "**" { parts } else { rest };
                stack.push((value, rest, name.span()));
            }
        }
    }
}

fn found_scalar(node: NodeRef<'_>, key: Span, found: &mut impl FnMut(Span, Scalar)) {
    if let Some(scalar) = Scalar::template(node).filter(|_| !node.is_null() && !node.is_alias()) {
        found(key, scalar);
    }
}
