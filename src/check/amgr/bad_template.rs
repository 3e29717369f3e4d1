//! Texts of notifications that cannot be run. Rule: rules/amgr/bad-template.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::repo::notifications::{Home, Notification};

pub(super) fn check<'a>(text: &'a Notification<'a>, case: &mut Case<'a>) {
    let model = case.model;
    let all = model.notifications();
    if let Home::Pattern(_, pattern) = text.home {
        if let Some(&certain) = all.empty.get(&text.index) {
            let what =
                format!("no file fits `{}`, so that no template of it is loaded", pattern.text);
            let severity = if certain { Severity::Warning } else { Severity::Info };
            case.flag(pattern.span).with("what", what).severity(severity);
        }
        return;
    }
    if !all.is_used(text) {
        return case.skip();
    }
    let failing = all.failing.get(&text.index).into_iter().flatten();
    for fault in text.parsed.faults.iter().chain(failing) {
        // `{{STORE_HOST}}`: a script puts the value in before Alertmanager reads it.
        let name = text.text().get(fault.extent.range()).unwrap_or_default();
        if is_replaced(name, text, case) {
            continue;
        }
        let span = text.place(case.repo, fault.extent);
        let effect = match text.home {
            Home::File(_) => "no notification that needs it is sent",
            _ => "the notification is not sent",
        };
        case.flag(span).with("what", format!("{}: {effect}", fault.message));
    }
}

/// Whether something in the repository replaces a word in capitals that stands for a function.
fn is_replaced(name: &str, text: &Notification<'_>, case: &Case<'_>) -> bool {
    matches!(text.home, Home::Setting(integration, _)
        if case.repo.is_replaced(name, integration.document))
}
