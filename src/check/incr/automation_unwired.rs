//! Automation that nothing calls. Rule: rules/incr/automation-unwired.yaml

use crate::check::Case;
use crate::config::World;
use crate::facts::alertmanager::AlertmanagerConfig;
use crate::facts::code::{AlertHandler, Payload};
use crate::identify::Kind;
use crate::repo::Repo;

/// Services that Alertmanager calls and that may call the code.
const SERVICES: &[&str] =
    &["pagerduty", "opsgenie", "victorops", "incidentio", "jira", "rocketchat"];

pub(super) fn check(handler: &AlertHandler, case: &mut Case<'_>) {
    let repo = case.repo;
    let certain = handler.payload != Payload::Unknown && !handler.polls;
    let own = |config: &&AlertmanagerConfig| !repo.is_rehearsal(config.document);
    let mut configs = repo.facts.alertmanagers.iter().filter(own).peekable();
    let Some(first) = configs.peek().copied() else { return case.skip() };
    if !certain || repo.is_rehearsal(handler.document) || !repo.holds_all(World::Routes) {
        return case.skip();
    }
    if repo.facts.receivers.iter().any(|receiver| receiver.open) || has_contact_points(repo) {
        return case.skip();
    }
    let calls = |kind: &str| match kind {
        "webhook" | "sns" => true,
        _ => handler.payload == Payload::Vendor && SERVICES.contains(&kind),
    };
    if repo.facts.integrations.iter().any(|one| calls(&one.kind)) {
        return;
    }
    case.flag(handler.name.span)
        .with("handler", handler.name.text.clone())
        .related(first.anchor, "none of these receivers calls a webhook");
}

/// Whether Grafana may call the code by itself.
fn has_contact_points(repo: &Repo) -> bool {
    repo.facts.documents.iter().any(|document| {
        document.kind == Kind::GrafanaProvisioning
            && repo.text(document.span).contains("contactPoints")
    })
}
