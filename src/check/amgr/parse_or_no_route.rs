//! A configuration that does not parse or routes nothing. Rule: rules/amgr/parse-or-no-route.yaml

use super::model;
use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::identify::Kind;

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    if !refusal::is_read(document) {
        return case.skip();
    }
    for issue in &document.text_issues {
        let what = format!("{}: Alertmanager refuses the file", issue.message);
        let flag = case.flag(issue.span).with("what", what);
        if let Some(first) = issue.first {
            flag.related(first, "the first of the two");
        }
    }
    let config = case.repo.alertmanager(document.id);
    let whole = document.kind == Kind::AlertmanagerConfig && !document.masked;
    if let Some(config) = config.filter(|config| whole && !config.open && !config.operator)
        && config.route.is_none()
        && !model::is_merged(case, document.id)
    {
        case.flag(config.anchor)
            .with("what", "a configuration has no `route`: Alertmanager refuses the file");
    }
}
