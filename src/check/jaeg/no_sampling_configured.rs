//! Traces kept at a rate nobody chose. Rule: rules/jaeg/no-sampling-configured.yaml

use crate::check::Case;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let mut traced = repo.tracing_here().peekable();
    let Some(first) = traced.peek().map(|evidence| evidence.span) else { return case.skip() };
    if repo.has_sampling() == Some(false) {
        case.flag(first);
    }
}
