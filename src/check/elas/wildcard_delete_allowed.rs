//! All indices can be deleted at once. Rule: rules/elas/wildcard-delete-allowed.yaml

use crate::check::Case;
use crate::finding::Edit;
use crate::repo::engines::Cluster;

pub(super) fn check(cluster: &Cluster, case: &mut Case<'_>) {
    for node in &cluster.nodes {
        let Some(setting) = node.get("action.destructive_requires_name") else { continue };
        let Some(value) = setting.value.as_ref().filter(|_| setting.boolean() == Some(false))
        else {
            continue;
        };
        let plain = case.repo.text(value.span) == "false";
        let flag = case.flag(value.span);
        if plain {
            let edit = Edit { span: value.span, text: "true".to_owned() };
            flag.fix(true, "Ask for names", vec![edit]);
        }
        return;
    }
}
