//! Policies that keep everything. Rule: rules/elas/policy-never-deletes.yaml

use crate::check::Case;
use crate::facts::elastic::policy::{LifecyclePolicy, Manager};
use crate::facts::scalar::Scalar;

pub(super) fn check(policy: &LifecyclePolicy, case: &mut Case<'_>) {
    if policy.open || (policy.manager != Manager::Stream && policy.phases.is_empty()) {
        return case.skip();
    }
    // A retention for all data streams stands behind one that names none.
    let off = |it: &Scalar| it.boolean() == Some(false);
    let stream = policy.manager == Manager::Stream;
    let switched_off =
        policy.stream.as_ref().is_some_and(|it| it.enabled.as_ref().is_some_and(off));
    if case.repo.is_kept(policy)
        || policy.deletion().is_some()
        || (stream && !switched_off && case.repo.cleaner().is_some())
    {
        return;
    }
    let what = match policy.manager {
        Manager::Ilm => "no phase `delete` with the action `delete`",
        Manager::Ism => "no state that it reaches has the action `delete`",
        Manager::Stream => "no `data_retention`",
    };
    case.flag(policy.anchor).with("what", what);
}
