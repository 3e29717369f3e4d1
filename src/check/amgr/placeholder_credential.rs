//! A credential nobody filled in. Rule: rules/amgr/placeholder-credential.yaml

use super::credentials::{self, Sort};
use super::model;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::alertmanager::Receiver;
use crate::facts::scalar::Credential;
use crate::repo::runs::Program;
use crate::repo::standing;

/// Who reads these files.
const ALERTMANAGER: Program = Program(&["alertmanager"]);

pub(super) fn check(credential: &Credential, case: &mut Case<'_>) {
    if credential.program != "alertmanager" {
        return case.skip();
    }
    if credentials::sort(credential) == Sort::StandIn {
        if model::is_injected(case.repo.source(credential.key.span.source), &credential.key.text) {
            return;
        }
        if is_unrouted(credential, case) {
            return;
        }
        let text = credential.value.text.trim();
        let word = credentials::variable(text).unwrap_or(text);
        if case.repo.is_replaced(word, credential.document) {
            return;
        }
        // What nobody loads is there to be copied, or to be chosen instead.
        let sample = credentials::is_sample(case.repo.path(credential.key.span))
            || case.repo.is_passed_over(credential.document, ALERTMANAGER);
        // Who uses a role of Ansible gives its own in place of what the role brings.
        let brought = case.repo.has_path("meta/main.yml") && case.repo.has_path("tasks/main.yml");
        let shown = brought || standing::is_sample(case.repo.path(credential.key.span));
        let flag = case.flag(credential.value.span);
        if sample {
            flag.severity(Severity::Info);
        } else if shown {
            flag.severity(Severity::Warning);
        }
    }
}

/// Whether no route leads to the receiver that it belongs to: that sends nothing, which AMGR020 says.
fn is_unrouted(credential: &Credential, case: &Case<'_>) -> bool {
    let document = credential.document;
    let index = credential.path.strip_prefix("receivers[").and_then(|it| it.split_once(']'));
    let Some(index) = index.and_then(|(index, _)| index.parse::<u32>().ok()) else { return false };
    let own = |it: &&Receiver| it.document == document && it.index == index;
    let name = case.repo.facts.receivers.iter().find(own).and_then(|it| it.name.as_ref());
    !model::is_open(case, document)
        && name.is_some_and(|it| it.known && model::is_unrouted(case.repo, document, &it.text))
}
