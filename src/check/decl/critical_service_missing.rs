//! Critical services that are not there. Rule: rules/decl/critical-service-missing.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::config::Declaration;

pub(super) fn check(declaration: &Declaration, case: &mut Case<'_>) {
    if declaration.critical.is_empty() {
        return case.skip();
    }
    if !declaration.counts() {
        return;
    }
    for service in &declaration.critical {
        let Some(uncalled) = case.repo.uncalled(&service.text) else { continue };
        // Where more runs elsewhere it may be there, but for a name that is hardly another.
        let severity = match (uncalled.closed, &uncalled.near) {
            (true, _) => Severity::Warning,
            (false, Some(_)) => Severity::Info,
            (false, None) => continue,
        };
        let near = uncalled.near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        case.flag(service.span).severity(severity).with("name", &service.text).with("near", near);
    }
}
