//! Traces that a restart forgets. Rule: rules/jaeg/memory-storage-in-prod.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::deploy::Container;
use crate::facts::jaeger::{Component, Form, Part};
use crate::repo::Repo;
use crate::repo::jaeger::Given;
use crate::source::Span;

pub(super) fn check(part: &Part, case: &mut Case<'_>) {
    let found = match &part.form {
        Form::Container(container) => container_memory(part, container, case),
        Form::Object(object) => {
            let memory = object.storage() == Some("memory");
            let what = match object.spec.scalar("storage.type") {
                Some(_) => "the object keeps traces in memory",
                None => "the object names no storage, so the operator keeps traces in memory",
            };
            memory.then(|| (object.storage_span(), what.to_owned()))
        }
        Form::Config(config) => config.stores().into_iter().find_map(|backend| {
            let kind = backend.kind.as_ref().filter(|kind| kind.text == "memory")?;
            Some((kind.span, format!("backend `{}` keeps traces in memory", backend.name.text)))
        }),
        Form::Values(values) => values.memory().map(|kind| {
            (kind.span, format!("storage `{}` of the chart keeps traces in memory", kind.text))
        }),
        Form::Chart(_) | Form::Sidecar | Form::Variable(_) | Form::Base => return case.skip(),
    };
    // Also a file by whose name developers start it.
    let demo = !case.repo.stands(part.document);
    let developed = is_beside_builds(part, case.repo) || case.repo.is_shown();
    if let Some((span, what)) = found {
        let flag = case.flag(span).with("what", what);
        if demo {
            flag.severity(Severity::Info);
        } else if developed {
            flag.severity(Severity::Warning);
        }
    }
}

/// Whether the Compose file also builds what runs, and says nothing of where traces are kept: it may be
/// what whoever works on the code starts.
fn is_beside_builds(part: &Part, repo: &Repo) -> bool {
    let own = |container: &&Container| container.document == part.document;
    let quiet = matches!(&part.form, Form::Container(container)
        if container.workload == "compose"
            && matches!(repo.jaeger_setting(container, "SPAN_STORAGE_TYPE"), Given::Not));
    quiet && repo.facts.containers.iter().filter(own).any(|it| it.build.is_some())
}

fn container_memory(
    part: &Part,
    container: &Container,
    case: &mut Case<'_>,
) -> Option<(Span, String)> {
    let all_in_one = part.component == Component::AllInOne;
    let stores = all_in_one || part.component.is_v1() && part.component != Component::Agent;
    if part.component == Component::V2 {
        // Without a configuration it runs the one it brings, which is for trying it out.
        let bare = part.name.known
            && container.flag("config").is_none()
            && container.args.iter().all(|arg| arg.known);
        let what = || "without `--config` Jaeger keeps traces in memory".to_owned();
        return bare.then(|| (part.name.span, what()));
    }
    if !stores {
        case.skip();
        return None;
    }
    match case.repo.jaeger_setting(container, "SPAN_STORAGE_TYPE") {
        Given::Text("memory", span) => {
            Some((span, format!("`{}` keeps traces in memory", container.name.text)))
        }
        Given::Not if all_in_one => Some((
            part.name.span,
            "all-in-one keeps traces in memory unless `SPAN_STORAGE_TYPE` says otherwise"
                .to_owned(),
        )),
        _ => None,
    }
}
