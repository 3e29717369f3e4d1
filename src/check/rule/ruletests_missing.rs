//! A rule file no unit test names. Rule: rules/rule/ruletests-missing.yaml

use crate::check::{Case, refusal};
use crate::facts::{Dialect, Document};
use crate::identify::Kind;
use crate::lang::path as paths;

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    let rules = case.repo.groups(document.id);
    let is_file = document.kind == Kind::PrometheusRules
        && document.host.is_none()
        && !document.masked
        && document.dialect != Some(Dialect::Loki)
        && refusal::is_read(document)
        && document.text_issues.is_empty();
    if !is_file || rules.is_empty() {
        return case.skip();
    }
    let path = case.repo.path(document.span);
    let named = case.repo.facts.rule_tests.iter().any(|test| {
        let from = &case.repo.source(test.document.source).path;
        test.rule_files.iter().any(|file| !file.known || paths::names(from, &file.text, path))
    });
    if !named {
        let path = path.to_owned();
        case.flag(document.anchor).with("path", path);
    }
}
