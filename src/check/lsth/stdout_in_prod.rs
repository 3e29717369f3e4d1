//! Events printed to the program's own log. Rule: rules/lsth/stdout-in-prod.yaml

use crate::check::Case;
use crate::facts::logstash::{Plugin, Role};

pub(super) fn check(plugin: &Plugin, case: &mut Case<'_>) {
    if !plugin.is(Role::Output, "stdout") {
        return case.skip();
    }
    let Some(pipeline) = case.repo.pipeline(plugin.document) else { return };
    // A condition of any kind makes it a choice.
    let guarded = pipeline.is_conditional(plugin.node);
    let null = plugin.codec().is_some_and(|codec| codec.text == "dots" || !codec.known);
    if guarded || null || case.repo.is_test_pipeline(plugin.document) {
        return;
    }
    case.flag(plugin.name.span);
}
