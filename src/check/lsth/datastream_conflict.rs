//! Options that a data stream does not allow. Rule: rules/lsth/datastream-conflict.yaml

use crate::check::Case;
use crate::facts::logstash::{Plugin, Role, Setting};
use crate::lang::version::Version;
use crate::repo::runs::LOGSTASH;

/// Options of an index of one's own: where events go is said by the stream's parts.
const REFUSED: &[&str] = &[
    "index",
    "document_type",
    "template",
    "template_name",
    "template_overwrite",
    "template_api",
    "version",
    "version_type",
    "parent",
    "join_field",
    "upsert",
    "doc_as_upsert",
    "script",
    "script_type",
    "script_lang",
    "script_var_name",
    "scripted_upsert",
    "retry_on_conflict",
    "ilm_enabled",
    "ilm_rollover_alias",
    "ilm_pattern",
    "ilm_policy",
];

pub(super) fn check(plugin: &Plugin, case: &mut Case<'_>) {
    if !plugin.is(Role::Output, "elasticsearch") {
        return case.skip();
    }
    let stream = plugin.option("data_stream");
    let disabled = plugin.text("ecs_compatibility") == Some("disabled");
    match stream.map(|option| option.value.scalar().and_then(|value| value.known_text())) {
        Some(Some("true")) => {
            let stream = stream.map(|option| option.name.span);
            for option in plugin.options.iter().filter(|option| is_refused(option)) {
                flag(option, "`data_stream => true` does not allow it", stream, case);
            }
            // Before, the same was only a warning of the plugin.
            let modern = case.repo.releases(plugin.document, LOGSTASH).reach(Version::new(8, 0, 0));
            let own =
                plugin.option("ecs_compatibility").filter(|_| disabled && modern != Some(false));
            if let Some(option) = own {
                let why = "`data_stream => true` needs the fields of ECS";
                flag(option, why, stream, case);
            }
        }
        Some(Some("false")) => parts(plugin, "data streams are off", case),
        // What is not said is on only where nothing speaks against it.
        None | Some(Some("auto")) => {
            if let Some(against) = plugin.options.iter().find(|option| is_refused(option)) {
                let why = format!("`{}` turns data streams off", against.name.text);
                parts(plugin, &why, case);
            } else if disabled {
                parts(plugin, "without ECS data streams are off", case);
            }
        }
        _ => {}
    }
}

fn is_refused(option: &Setting) -> bool {
    let text = option.value.scalar().map(|value| (value.known, value.text.as_str()));
    match option.name.text.as_str() {
        "action" => matches!(text, Some((true, action)) if action != "create"),
        "manage_template" => matches!(text, Some((true, "true"))),
        name => REFUSED.contains(&name),
    }
}

fn parts(plugin: &Plugin, why: &str, case: &mut Case<'_>) {
    let stream =
        plugin.options.iter().filter(|option| option.name.text.starts_with("data_stream_"));
    for option in stream {
        flag(option, why, None, case);
    }
}

fn flag(option: &Setting, why: &str, because: Option<crate::source::Span>, case: &mut Case<'_>) {
    let flag = case.flag(option.name.span).with("option", &option.name.text).with("why", why);
    if let Some(because) = because {
        flag.related(because, "what demands a data stream");
    }
}
