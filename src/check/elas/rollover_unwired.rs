//! Rollovers that cannot happen. Rule: rules/elas/rollover-unwired.yaml

use crate::check::Case;
use crate::facts::elastic::template::{Form, IndexTemplate};
use crate::repo::logfamilies::policy_name;

pub(super) fn check(template: &IndexTemplate, case: &mut Case<'_>) {
    let repo = case.repo;
    // A component is completed by others, and so is what is made of components.
    let whole =
        matches!(template.form, Form::Legacy | Form::Composable) && template.composed_of.is_empty();
    let Some((name, span)) = policy_name(template).filter(|_| whole && !template.in_node_file)
    else {
        return case.skip();
    };
    let Some(policy) = repo.lifecycle_policy(name, template.document) else { return };
    let Some(rollover) = policy.rollover() else { return };
    let wired = template.data_stream.is_some()
        || template.setting("lifecycle.rollover_alias").is_some()
        || template.aliases.iter().any(|(_, write)| *write)
        || template.open
        || template.settings.open;
    if wired {
        return;
    }
    case.flag(span)
        .with("policy", name)
        .related(rollover.name.span, "the policy starts a new index here");
}
