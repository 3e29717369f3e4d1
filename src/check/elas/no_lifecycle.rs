//! Logs that nothing takes away. Rule: rules/elas/no-lifecycle.yaml

use crate::check::Case;
use crate::facts::elastic::template::{Form, IndexTemplate};
use crate::repo::logfamilies::Lifecycle;

pub(super) fn check(template: &IndexTemplate, case: &mut Case<'_>) {
    let family = matches!(template.form, Form::Legacy | Form::Composable)
        && !template.patterns.is_empty()
        && case.repo.is_ours(template.document)
        && case.repo.holds_logs(template);
    if !family {
        return case.skip();
    }
    if let Lifecycle::Nothing = case.repo.lifecycle_of(template) {
        let pattern = template.patterns.first().map(|it| it.text.clone()).unwrap_or_default();
        case.flag(template.patterns_key.unwrap_or(template.anchor)).with("pattern", pattern);
    }
}
