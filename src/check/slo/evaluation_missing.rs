//! Objectives that nothing computes. Rule: rules/slo/evaluation-missing.yaml

use crate::check::Case;
use crate::facts::slo::SloDialect;
use crate::repo::model::objective::is_budget;

pub(super) fn check(case: &mut Case<'_>) {
    let facts = &case.repo.facts;
    let Some(first) = facts.slos.iter().find(|slo| slo.dialect == SloDialect::Standard) else {
        return case.skip();
    };
    let tool = facts.slos.iter().any(|slo| slo.dialect.is_evaluated());
    let recorded = facts.recording_rules.iter().any(|rule| is_budget(&rule.name.text));
    let read = !facts.slo_readers.is_empty()
        || !facts.slo_evaluators.is_empty()
        || !facts.unread_evaluators.is_empty();
    // What is not read may compute them: Jsonnet, templates, languages without a reader.
    let hidden = case.repo.paths.iter().any(|path| {
        [".jsonnet", ".libsonnet", ".ipynb"].iter().any(|ending| path.ends_with(ending))
    });
    if tool || recorded || read || hidden {
        return;
    }
    let span = case.repo.document(first.document).anchor;
    case.flag(span);
}
