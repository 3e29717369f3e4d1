//! An escalation that calls once and then nobody. Rule: rules/incr/escalation-single-step.yaml

use crate::check::Case;
use crate::facts::oncall::{OnCall, Role};

pub(super) fn check(policy: &OnCall, case: &mut Case<'_>) {
    if policy.role != Role::Escalation {
        return case.skip();
    }
    let Some((steps, repeats)) = written(policy, case) else { return case.skip() };
    if steps == 1 && !repeats {
        case.flag(policy.name.span);
    }
}

/// Steps that call somebody, and whether they begin again; `None` where that is not certain.
fn written(policy: &OnCall, case: &Case<'_>) -> Option<(usize, bool)> {
    if let (Some(steps), Some(repeats)) = (policy.steps, policy.repeats) {
        return Some((steps, repeats));
    }
    let address = policy.address.as_ref()?;
    let folder = |entry: &OnCall| {
        let path = &case.repo.source(entry.document.source).path;
        path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned()
    };
    let here = folder(policy);
    let steps = case.repo.facts.on_call.iter().filter(|step| step.role == Role::Step);
    let (mut count, mut repeats) = (0, false);
    for step in steps.filter(|step| folder(step) == here) {
        if step.address.as_ref().is_none_or(|chain| !chain.contains('.')) {
            // A step of nobody knows which chain.
            return None;
        }
        if step.address.as_ref() == Some(address) {
            let certain = !step.open;
            count += step.steps.filter(|_| certain)?;
            repeats |= step.repeats?;
        }
    }
    (count > 0).then_some((count, repeats))
}
