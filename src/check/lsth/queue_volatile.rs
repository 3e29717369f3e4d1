//! Records that wait in memory only. Rule: rules/lsth/queue-volatile.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::logstash::Role;
use crate::facts::logstash::node::Node;
use crate::lang::placeholder;

/// Inputs that keep what was not confirmed.
const BROKERS: &[&str] =
    &["kafka", "redis", "rabbitmq", "sqs", "azure_event_hubs", "jms", "s3", "elasticsearch"];

pub(super) fn check(node: &Node, case: &mut Case<'_>) {
    let containers = case.repo.runs_with(node.document, crate::repo::runs::LOGSTASH);
    let from_env = |name: &str| {
        let value = containers.iter().find_map(|one| one.env.get(name));
        value.map(|value| value.text.clone())
    };
    let setting = |key: &str, env: &str| {
        let own = node.settings.get(key).and_then(|setting| setting.value.as_ref());
        from_env(env).or_else(|| own.map(|value| value.text.clone()))
    };
    let kind = setting("queue.type", "QUEUE_TYPE");
    let letters = setting("dead_letter_queue.enable", "DEAD_LETTER_QUEUE_ENABLE");
    let unknown = |text: &Option<String>| text.as_deref().is_some_and(placeholder::is_in);
    if node.settings.open
        || unknown(&kind)
        || unknown(&letters)
        || containers.iter().any(|one| one.env.open)
    {
        return;
    }
    let kept = kind.as_deref() == Some("persisted") || letters.as_deref() == Some("true");
    if kept || case.repo.entries_persist() {
        return;
    }
    let own = node.settings.get("queue.type");
    let span = own.map_or(node.anchor, |setting| {
        setting.value.as_ref().map_or(setting.span, |value| value.span)
    });
    let broker =
        case.repo.facts.logstash_plugins.iter().any(|plugin| {
            plugin.role == Role::Input && BROKERS.contains(&plugin.name.text.as_str())
        });
    let flag = case.flag(span);
    if broker {
        flag.severity(Severity::Info);
    }
}
