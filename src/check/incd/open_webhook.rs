//! An endpoint that acts for anybody. Rule: rules/incd/open-webhook.yaml

use super::{above, below, is_part};
use crate::check::Case;
use crate::facts::code::incidents::{IncidentAction, Says};
use crate::lang::duties::{Duty, squeezed};

/// Parts of names of functions that ask who calls.
const GUARDS: &[&str] =
    &["auth", "verify", "signature", "hmac", "checktoken", "checksecret", "validatetoken"];

pub(super) fn check(action: &IncidentAction, case: &mut Case<'_>) {
    if !action.says(Says::Routed) || !is_part(action, case) {
        return case.skip();
    }
    let acts = |one: &IncidentAction| one.has(Duty::Remediate) && one.stub.is_none();
    let Some(remedy) = below(action, case).find(|one| acts(one)) else { return case.skip() };
    let repo = case.repo;
    let automation = repo.automation();
    let asked = above(action, case).any(|one| one.says(Says::Checks))
        || automation.callees(action).iter().any(|number| {
            let name = squeezed(&repo.facts.incident_actions[*number].name.text);
            GUARDS.iter().any(|part| name.contains(part))
        });
    // Code that stands before every handler: a middleware, a hook.
    let guarded = repo.facts.guarded_files.contains(&action.document)
        || repo.facts.incident_actions.iter().any(|other| {
            let name = squeezed(&other.name.text);
            automation.is_same_program(other.number, action.number)
                && GUARDS.iter().any(|part| name.contains(part))
        });
    let fenced = repo.facts.documents.iter().any(|document| {
        document.object.as_ref().is_some_and(|object| object.kind == "NetworkPolicy")
    });
    if asked || guarded || fenced {
        return;
    }
    case.flag(action.name.span)
        .with("remedy", remedy.name.text.clone())
        .related(remedy.name.span, "what anybody can set off");
}
