//! Logs without a copy elsewhere. Rule: rules/elas/no-snapshot.yaml

use crate::check::Case;
use crate::facts::elastic::Endpoint;
use crate::repo::engines::Cluster;

pub(super) fn check(cluster: &Cluster, case: &mut Case<'_>) {
    let repo = case.repo;
    let near = |document| repo.run_together(document, cluster.document);
    let logs = repo
        .facts
        .index_templates
        .iter()
        .find(|template| near(template.document) && repo.holds_logs(template));
    let Some(logs) = logs.filter(|_| repo.is_ours(cluster.document)) else { return case.skip() };
    let requested = repo
        .facts
        .engine_requests
        .iter()
        .any(|request| request.endpoint() == Endpoint::Snapshot && near(request.document));
    let in_policy =
        repo.facts.lifecycle_policies.iter().filter(|it| near(it.document)).any(|policy| {
            let mut actions = policy.phases.iter().flat_map(|phase| &phase.actions);
            actions.any(|action| {
                matches!(
                    action.name.text.as_str(),
                    "wait_for_snapshot" | "snapshot" | "searchable_snapshot"
                )
            })
        });
    let by_curator =
        repo.facts.curator_actions.iter().any(|action| action.action.text == "snapshot");
    let by_job = repo.facts.containers.iter().any(|container| {
        container.args.iter().any(|arg| arg.text.contains("_snapshot") || arg.text.contains("_slm"))
    });
    if !(requested || in_policy || by_curator || by_job) {
        case.flag(cluster.anchor).related(logs.anchor, "the logs that are kept");
    }
}
