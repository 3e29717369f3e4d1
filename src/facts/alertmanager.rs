//! Alertmanager: configuration, routing tree, receivers, integrations, inhibition.

use super::scalar::{Pairs, Scalar, held};
use super::subject::{Held, SubjectKind};
use super::{DocumentId, Subject};
use crate::parse::offsets::OffsetMap;
use crate::source::Span;

pub mod interval;
pub mod read;
pub mod refuse;
pub mod texts;
pub mod time;
pub mod tree;

pub use crate::lang::matcher::MatchOp;

/// An Alertmanager configuration, or an `AlertmanagerConfig` object.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct AlertmanagerConfig {
    /// Where it came from.
    pub document: DocumentId,
    /// The defining key: `route`.
    pub anchor: Span,
    /// An `AlertmanagerConfig` object: the operator adds a parent route and prefixes names.
    pub operator: bool,
    /// Parts may be filled in elsewhere.
    pub open: bool,
    /// `global`, scalars only.
    pub global: Pairs,
    /// The `route` key.
    pub route: Option<Span>,
    /// `receivers` key.
    pub receivers_key: Option<Span>,
    /// `inhibit_rules` key.
    pub inhibit_key: Option<Span>,
    /// `templates`.
    pub templates: Vec<Scalar>,
}

/// A node of the routing tree.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Route {
    /// Where it came from.
    pub document: DocumentId,
    /// Number of this route in its document, parents before children; the root is 0.
    pub index: u32,
    /// Number of the parent; `None` for the root.
    pub parent: Option<u32>,
    /// First key of the route.
    pub span: Span,
    /// `receiver` as written.
    pub receiver: Option<Scalar>,
    /// All matchers, old and new forms.
    pub matchers: Vec<Matcher>,
    /// `continue`.
    pub continues: Option<Scalar>,
    /// `group_by` as written.
    pub group_by: Option<Vec<Scalar>>,
    /// `group_wait`, `group_interval`, `repeat_interval` as written.
    pub timing: Pairs,
    /// The `group_by` key.
    pub group_by_key: Option<Span>,
    /// `matchers`, `match` and `match_re`, whichever stands first and is not empty.
    pub matchers_key: Option<Scalar>,
    /// `mute_time_intervals` and `active_time_intervals`, whichever stands first.
    pub intervals_key: Option<Scalar>,
    /// `mute_time_intervals`: when it is quiet.
    pub mutes: Vec<Scalar>,
    /// `active_time_intervals`: when alone it speaks.
    pub actives: Vec<Scalar>,
    /// Number of child routes.
    pub children: u32,
}

/// One matcher of a route or an inhibition rule.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Matcher {
    /// Label name.
    pub label: String,
    /// Comparison.
    pub op: MatchOp,
    /// Value or pattern.
    pub value: String,
    /// The matcher's text.
    pub span: Span,
    /// The deprecated key that holds it (`match`, `match_re`, `source_match` …), once per key.
    pub deprecated: Option<Scalar>,
    /// Whether its text can be known and was understood.
    pub known: bool,
    /// Why Alertmanager refuses it.
    pub fault: Option<String>,
}

/// A receiver.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Receiver {
    /// Where it came from.
    pub document: DocumentId,
    /// Number in its document.
    pub index: u32,
    /// First key of the receiver.
    pub span: Span,
    /// `name`.
    pub name: Option<Scalar>,
    /// Number of integrations.
    pub integrations: u32,
    /// Integrations may be filled in elsewhere.
    pub open: bool,
}

/// One integration of a receiver.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Integration {
    /// Where it came from.
    pub document: DocumentId,
    /// Number of its receiver in the document.
    pub receiver: u32,
    /// The receiver's name.
    pub receiver_name: Option<String>,
    /// `slack`, `pagerduty`, `email`, `webhook`, …
    pub kind: String,
    /// The key, such as `slack_configs`.
    pub key: Span,
    /// First key of the entry.
    pub span: Span,
    /// Scalar settings by their names in a file; what is set to a mapping is there, unknown.
    pub settings: Pairs,
    /// Settings that are run as templates.
    pub texts: Vec<texts::Text>,
}

/// A file of notification templates.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct TemplateFile {
    /// Where it came from.
    pub document: DocumentId,
    /// Its path; none for a text inside another document.
    pub path: Option<String>,
    /// The last part of its path, or the key that holds it.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Where the text stands.
    pub map: OffsetMap,
}

/// An inhibition rule.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct InhibitRule {
    /// Where it came from.
    pub document: DocumentId,
    /// Number in its document.
    pub index: u32,
    /// First key of the rule.
    pub span: Span,
    /// Source matchers.
    pub source: Vec<Matcher>,
    /// Target matchers.
    pub target: Vec<Matcher>,
    /// `equal`.
    pub equal: Vec<Scalar>,
}

impl Integration {
    /// Whether it wakes a person: a pager or a phone.
    pub fn pages(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "pagerduty" | "opsgenie" | "victorops" | "incidentio" | "pushover" | "sns"
        )
    }

    /// Whether it writes to a place where people read: chat or mail.
    pub fn reaches_people(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "slack"
                | "email"
                | "msteams"
                | "msteamsv2"
                | "discord"
                | "telegram"
                | "webex"
                | "wechat"
                | "rocketchat"
                | "mattermost"
        )
    }
}

impl Subject for AlertmanagerConfig {
    fn kind(&self) -> SubjectKind {
        SubjectKind::AlertmanagerConfig
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "Alertmanager configuration".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
}

impl Subject for Route {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Route
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        let matchers: Vec<String> = self
            .matchers
            .iter()
            .map(|matcher| format!("{}{}{}", matcher.label, matcher.op.sign(), matcher.value))
            .collect();
        match (self.parent, matchers.is_empty()) {
            (None, _) => "root route".to_owned(),
            (Some(_), true) => "route that takes everything".to_owned(),
            (Some(_), false) => format!("route {}", matchers.join(", ")),
        }
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.receiver.as_ref().map_or(self.span, |receiver| receiver.span))
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "receiver" => held(self.receiver.as_ref()),
            "continue" => held(self.continues.as_ref()),
            _ => self.timing.held(path),
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "receiver" => self.receiver.as_ref().map(|receiver| receiver.span),
            "continue" => self.continues.as_ref().map(|continues| continues.span),
            _ => self.timing.get(path).map(|value| value.span),
        }
    }
}

impl Subject for Receiver {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Receiver
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        let name = self.name.as_ref().map_or("without a name", |name| name.text.as_str());
        format!("receiver {name}")
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.as_ref().map_or(self.span, |name| name.span))
    }
    fn field(&self, path: &str) -> Held<'_> {
        if path == "name" { held(self.name.as_ref()) } else { Held::Nothing }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        self.name.as_ref().filter(|_| path == "name").map(|name| name.span)
    }
}

impl Subject for Integration {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Integration
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("{} of receiver {}", self.kind, self.receiver_name.as_deref().unwrap_or("?"))
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.key)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "kind" => Held::Text(&self.kind),
            "receiver" => self.receiver_name.as_deref().map_or(Held::Nothing, Held::Text),
            _ => {
                path.strip_prefix("settings.").map_or(Held::Nothing, |key| self.settings.held(key))
            }
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "kind" => Some(self.key),
            _ => path
                .strip_prefix("settings.")
                .and_then(|key| self.settings.key(key))
                .map(|key| key.span),
        }
    }
}

impl Subject for InhibitRule {
    fn kind(&self) -> SubjectKind {
        SubjectKind::InhibitRule
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("inhibition rule {}", self.index + 1)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.span)
    }
}
