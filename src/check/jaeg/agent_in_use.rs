//! The agent, which is gone. Rule: rules/jaeg/agent-in-use.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::jaeger::{Component, Form, Part};
use crate::facts::scalar::Scalar;
use crate::source::Span;

pub(super) fn check(part: &Part, case: &mut Case<'_>) {
    match &part.form {
        Form::Container(_) if part.component == Component::Agent => {
            case.flag(part.name.span).with("what", format!("`{}` is the agent", part.name.text));
        }
        Form::Object(object) => {
            if let Some(key) = object.spec.place("agent").filter(|_| runs_agent(object)) {
                case.flag(key).with("what", "`agent` sets up the agent");
            }
        }
        Form::Values(values) => {
            let on = values.settings.scalar("agent.enabled");
            if let Some(on) = on.filter(|on| on.boolean() == Some(true)) {
                case.flag(on.span).with("what", "`agent.enabled` of the chart runs the agent");
            }
        }
        Form::Sidecar => {
            let what = format!("`{}` puts the agent beside the workload", part.name.text);
            case.flag(part.name.span).with("what", what);
        }
        Form::Variable(host) => {
            let host = host.as_ref().and_then(Scalar::known_text);
            // A collector that still takes the agent's protocol keeps these programs running.
            let kept = legacy_receiver(case).is_some() && !has_agent(case);
            // What a chart takes from its values is set by whoever installs it, or not at all.
            let left = host.is_none() && case.repo.document(part.document).masked;
            let what = format!("`{}` sends traces to an agent", part.name.text);
            let flag = case.flag(part.name.span).with("what", what);
            if kept || left || host.is_some_and(takes_it_otherwise) {
                flag.severity(Severity::Info);
            } else if host.is_some_and(may_be_whole) {
                flag.severity(Severity::Warning);
            }
        }
        Form::Container(_) | Form::Chart(_) | Form::Config(_) | Form::Base => {}
    }
}

/// Whether a host goes by the name of another program that takes the agent's protocol.
fn takes_it_otherwise(host: &str) -> bool {
    let others = ["otel", "opentelemetry", "collector", "grafana", "alloy", "tempo", "datadog"];
    !host.contains("jaeger") && others.iter().any(|other| host.contains(other))
}

/// Whether a whole Jaeger may be meant, which takes the agent's protocol too: the name of a host
/// that is neither an agent's nor the program's own.
fn may_be_whole(host: &str) -> bool {
    !host.contains("agent")
        && host != "localhost"
        && !host.starts_with(|c: char| c.is_ascii_digit())
}

fn runs_agent(object: &crate::facts::jaeger::JaegerObject) -> bool {
    let off = |value: &Scalar| matches!(value.text.as_str(), "none" | "disabled");
    !object.spec.scalar("agent.strategy").is_some_and(off)
}

fn has_agent(case: &Case<'_>) -> bool {
    case.repo.own_jaegers().any(|part| part.component == Component::Agent)
}

/// A receiver for the agent's protocol in a collector of the repository.
fn legacy_receiver(case: &Case<'_>) -> Option<Span> {
    let used = |pipeline: &crate::facts::collector::Pipeline| {
        let mut receivers = pipeline.receivers.items.iter();
        receivers.find(|name| name.text.split('/').next() == Some("jaeger")).map(|name| name.span)
    };
    let own = case.repo.facts.pipelines.iter().filter(|it| case.repo.is_ours(it.document));
    own.into_iter().find_map(used)
}
