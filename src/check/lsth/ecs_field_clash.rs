//! A text where ECS has an object. Rule: rules/lsth/ecs-field-clash.yaml

use crate::check::Case;
use crate::facts::logstash::{Plugin, Role, Value};
use crate::facts::scalar::Scalar;
use crate::identify::Kind;
use crate::lang::logstash::event::path;
use crate::lang::version::Version;
use crate::repo::runs::LOGSTASH;

/// Fields that hold other fields in ECS.
const OBJECTS: &[&str] = &[
    "agent",
    "cloud",
    "container",
    "error",
    "event",
    "host",
    "log",
    "process",
    "service",
    "url",
    "user",
];

pub(super) fn check(plugin: &Plugin, case: &mut Case<'_>) {
    if !plugin.is(Role::Filter, "mutate") {
        return case.skip();
    }
    let joined = case.repo.joined(plugin.document);
    let stream = joined.of_role(Role::Output).find(|output| is_stream(output));
    let Some(stream) = stream else { return };
    let old =
        case.repo.releases(plugin.document, LOGSTASH).reach(Version::new(8, 0, 0)) == Some(false);
    let disabled = joined.plugins().any(|one| one.text("ecs_compatibility") == Some("disabled"));
    // A template of one's own may map the field as a text.
    let own = case.repo.facts.documents.iter().any(|one| one.kind == Kind::IndexTemplate);
    if old || disabled || own || joined.is_open() {
        return;
    }
    for (field, name) in
        plugin.options.iter().flat_map(|option| written(&option.name.text, &option.value))
    {
        case.flag(field.span)
            .with("field", name)
            .related(stream.name.span, "events go to a data stream, whose template follows ECS");
    }
}

/// Whether an output certainly writes to a data stream.
fn is_stream(output: &Plugin) -> bool {
    output.is(Role::Output, "elasticsearch") && output.text("data_stream") == Some("true")
}

/// Objects of ECS that an option writes a single value to.
fn written<'p>(option: &str, value: &'p Value) -> Vec<(&'p Scalar, &'p str)> {
    let object = |scalar: &'p Scalar| {
        let name = match path(&scalar.text)[..] {
            [name] if scalar.known => OBJECTS.contains(&name).then_some(name),
            _ => None,
        };
        name.map(|name| (scalar, name))
    };
    match option {
        "add_field" | "replace" | "update" => value
            .pairs()
            .into_iter()
            .filter(|(_, value)| value.scalar().is_some())
            .filter_map(|(key, _)| object(key))
            .collect(),
        _ => Vec::new(),
    }
}
