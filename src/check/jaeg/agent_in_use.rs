//! The agent, which is gone. Rule: rules/jaeg/agent-in-use.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::jaeger::{Component, Form, Part};
use crate::facts::scalar::Scalar;
use crate::source::Span;

pub(super) fn check(part: &Part, case: &mut Case<'_>) {
    match &part.form {
        Form::Container(_) if part.component == Component::Agent => {
            flag(case, part.name.span, format!("`{}` is the agent", part.name.text), false);
        }
        Form::Object(object) => {
            if let Some(key) = object.spec.place("agent").filter(|_| runs_agent(object)) {
                flag(case, key, "`agent` sets up the agent".to_owned(), false);
            }
        }
        Form::Values(values) => {
            let on = values.settings.scalar("agent.enabled");
            if let Some(on) = on.filter(|on| on.boolean() == Some(true)) {
                flag(
                    case,
                    on.span,
                    "`agent.enabled` of the chart runs the agent".to_owned(),
                    false,
                );
            }
        }
        Form::Sidecar => {
            let what = format!("`{}` puts the agent beside the workload", part.name.text);
            flag(case, part.name.span, what, false);
        }
        Form::Variable => {
            // A collector that still takes the agent's protocol keeps these programs running.
            let kept = legacy_receiver(case).filter(|_| !has_agent(case));
            let what = format!("`{}` sends traces to an agent", part.name.text);
            flag(case, part.name.span, what, kept.is_some());
        }
        Form::Container(_) | Form::Chart(_) | Form::Config(_) => {}
    }
}

fn runs_agent(object: &crate::facts::jaeger::JaegerObject) -> bool {
    let off = |value: &Scalar| matches!(value.text.as_str(), "none" | "disabled");
    !object.spec.scalar("agent.strategy").is_some_and(off)
}

fn flag(case: &mut Case<'_>, span: Span, what: String, kept: bool) {
    let flag = case.flag(span).with("what", what);
    if kept {
        flag.severity(Severity::Info);
    }
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
