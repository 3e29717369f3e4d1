//! Copies that no node can hold. Rule: rules/elas/replicas-on-single-node.yaml

use crate::check::Case;
use crate::facts::elastic::template::IndexTemplate;
use crate::finding::Edit;
use crate::repo::engines::{Cluster, Size};
use crate::repo::logfamilies::number;
use crate::repo::standing::is_sample;

pub(super) fn check(cluster: &Cluster, case: &mut Case<'_>) {
    let repo = case.repo;
    let only = |document| repo.only_cluster(document).is_some_and(|it| std::ptr::eq(it, cluster));
    for template in repo.facts.index_templates.iter().filter(|it| only(it.document)) {
        of_template(cluster, template, case);
    }
    let Size::One(said) = cluster.size else { return };
    for policy in repo.facts.lifecycle_policies.iter().filter(|it| only(it.document)) {
        let actions = policy.phases.iter().flat_map(|phase| &phase.actions);
        for action in actions {
            let Some(value) = action.option("number_of_replicas") else { continue };
            let count = value.known_text().and_then(|text| text.parse::<u32>().ok());
            if count.is_some_and(|count| count > 0) {
                case.flag(value.span)
                    .with("what", alone(&value.text))
                    .related(said.unwrap_or(cluster.anchor), "the only node");
            }
        }
    }
}

fn alone(count: &str) -> String {
    format!(
        "{count} copies of each shard, and one node: they are never allocated, the cluster stays yellow"
    )
}

fn of_template(cluster: &Cluster, template: &IndexTemplate, case: &mut Case<'_>) {
    let repo = case.repo;
    let Some(setting) = template.setting("number_of_replicas") else { return };
    let Some((count, span)) = number(setting) else { return };
    if template.setting("auto_expand_replicas").is_some() {
        return;
    }
    match (cluster.size, count) {
        (Size::One(said), 1..) => {
            let key = repo.text(setting.span).replace("number_of_replicas", "auto_expand_replicas");
            let edits = vec![
                Edit { span: setting.span, text: key },
                Edit { span, text: "\"0-1\"".to_owned() },
            ];
            case.flag(span)
                .with("what", alone(&count.to_string()))
                .related(said.unwrap_or(cluster.anchor), "the only node")
                .fix(false, "Let the cluster choose", edits);
        }
        (Size::Several, 0) if repo.holds_logs(template) => {
            let path = repo.path(span);
            if !is_sample(path) {
                case.flag(span)
                    .with("what", "no copy of the logs, though there are several nodes: one lost disk loses them")
                    .related(cluster.anchor, "the cluster");
            }
        }
        _ => {}
    }
}
