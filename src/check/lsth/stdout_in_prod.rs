//! Events printed to the program's own log. Rule: rules/lsth/stdout-in-prod.yaml

use crate::check::{Case, mend};
use crate::facts::logstash::{Plugin, Role};
use crate::finding::Edit;
use crate::source::Span;

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
    let lines = lines(case, plugin.name.span);
    let flag = case.flag(plugin.name.span);
    if let Some(span) = lines {
        flag.fix(false, "remove it", vec![Edit { span, text: String::new() }]);
    }
}

/// The lines of the plugin, where it stands alone on them.
fn lines(case: &Case<'_>, name: Span) -> Option<Span> {
    let repo = case.repo;
    let text = repo.source(name.source).text();
    let rest = text.get(name.end as usize..)?;
    let open = rest.find('{').filter(|at| rest[..*at].trim().is_empty())?;
    let end = name.end as usize + open + 1 + mend::closing(&rest[open + 1..], b'}')? + 1;
    let first = mend::line(repo, name)?;
    let last = mend::line(repo, Span::new(name.source, end, end))?;
    let before = text.get(first.start as usize..name.start as usize)?;
    let after = text.get(end..last.end as usize)?;
    (before.trim().is_empty() && after.trim().is_empty()).then_some(Span { end: last.end, ..first })
}
