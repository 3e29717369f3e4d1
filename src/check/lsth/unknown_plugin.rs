//! A plugin that Logstash does not have. Rule: rules/lsth/unknown-plugin.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::logstash::{Plugin, Role};
use crate::lang::distance::nearest;
use crate::plugins;

/// What X-Pack registers for the pipelines that it makes itself.
const OF_XPACK: [(Role, &str); 2] =
    [(Role::Input, "metrics"), (Role::Output, "elasticsearch_monitoring")];

pub(super) fn check(plugin: &Plugin, case: &mut Case<'_>) {
    name(&plugin.name.text, plugin.name.known, plugin.role, plugin.name.span, case);
    // A codec without options is a word.
    let codec = plugin.option("codec").and_then(|option| option.value.scalar());
    if let Some(codec) = codec {
        name(&codec.text, codec.known, Role::Codec, codec.span, case);
    }
}

fn name(text: &str, known: bool, role: Role, span: crate::source::Span, case: &mut Case<'_>) {
    let word = role.word();
    let comes = plugins::plugin(word, text).is_some() || OF_XPACK.contains(&(role, text));
    if !known || comes || case.repo.is_installed(role, text) {
        return;
    }
    let other = plugins::is_other(word, text);
    let near = nearest(text, plugins::names(word), if text.len() > 4 { 2 } else { 1 });
    let elsewhere = [Role::Input, Role::Filter, Role::Output, Role::Codec]
        .into_iter()
        .find(|one| *one != role && plugins::plugin(one.word(), text).is_some());
    let hint = match (near, elsewhere) {
        _ if other => ": it does not come with Logstash and has to be installed".to_owned(),
        (Some(near), _) => format!(": did you mean `{near}`?"),
        (None, Some(role)) => format!(": it is {} {}", article(role), role.word()),
        _ => String::new(),
    };
    let flag = case.flag(span).with("role", word).with("plugin", text).with("hint", hint);
    // What is a plugin of somebody may be in the image that runs.
    if other || (near.is_none() && elsewhere.is_none()) {
        flag.severity(Severity::Warning);
    }
}

fn article(role: Role) -> &'static str {
    if matches!(role, Role::Input | Role::Output) { "an" } else { "a" }
}
