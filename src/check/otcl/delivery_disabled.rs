//! Data that is dropped at the first failure. Rule: rules/otcl/delivery-disabled.yaml

use super::model::{self, LOCAL, is_kind};
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::collector::{Component, Section, kind_of};

/// Exporters that are read, or that keep what they send in a queue of their own.
const SERVED: &[&str] = &["prometheus", "kafka", "pulsar", "rabbitmq"];

pub(super) fn check(component: &Component, case: &mut Case<'_>) {
    let repo = case.repo;
    let network = component.section == Section::Exporters
        && component.id.known
        && !is_kind(&component.id.text, LOCAL)
        && !is_kind(&component.id.text, &["prometheus", "loadbalancing"]);
    if !network || !model::is_used(repo, component) || model::is_laid_over(repo, component) {
        return case.skip();
    }
    let settings = model::settings(repo, component);
    let settings = settings.first().unwrap_or(&component.settings);
    let mut off = false;
    for (key, effect) in [
        ("sending_queue", "what arrives while the backend is slow is refused"),
        ("retry_on_failure", "what fails once is dropped"),
    ] {
        let path = format!("{key}.enabled");
        let Some(value) = settings.get(&path) else { continue };
        // What is no boolean for the collector is refused: that is another fault.
        if value.boolean() == Some(false) && value.text.eq_ignore_ascii_case("false") {
            off = true;
            case.flag(value.span).with(
                "what",
                format!("`{key}` of exporter `{}` is off: {effect}", component.id.text),
            );
        }
    }
    if !off {
        volatile(component, settings, case);
    }
}

/// Logs that are only held in memory until they are sent.
fn volatile(component: &Component, settings: &crate::facts::flat::Settings, case: &mut Case<'_>) {
    let repo = case.repo;
    if settings.open
        || settings.at("sending_queue.storage").is_some()
        || is_kind(&component.id.text, SERVED)
        || model::is_dev(case, component.document)
        || !model::is_complete(repo, component.document)
    {
        return;
    }
    let audit = repo.collectors().of_document(component.document).find_map(|set| {
        let mut users = set.users(Section::Exporters, &component.id.text);
        let broker = set.pipelines().any(|(_, it)| {
            it.ids(repo, Section::Exporters).into_iter().any(|id| is_kind(id, SERVED))
        });
        users.find(|(name, _)| kind_of(name) == "logs" && !broker).map(|(name, _)| name.to_owned())
    });
    let Some(pipeline) = audit else { return };
    let key = settings.at("sending_queue").map_or(component.id.span, |setting| setting.key);
    let what = format!(
        "the queue of exporter `{}` for pipeline `{pipeline}` is in memory: a restart loses what waits in it",
        component.id.text
    );
    case.flag(key).with("what", what).severity(Severity::Info);
}
