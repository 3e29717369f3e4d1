//! A rule file that does not parse. Rule: rules/rule/parse.yaml

use crate::catalogue::model::Severity;
use crate::check::{Case, refusal};
use crate::facts::Document;

const LATER: &str = "only the first document of a rule file is loaded, and it ends before this: these rules do not exist";

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    if !refusal::is_read(document) {
        case.flag(document.anchor).severity(Severity::Warning).with("what", LATER);
        return;
    }
    for issue in &document.text_issues {
        let flag = case.flag(issue.span).with(
            "what",
            format!(
                "{}: Prometheus refuses the whole file, and none of its rules run",
                issue.message
            ),
        );
        if let Some(first) = issue.first {
            flag.related(first, "the first of the two");
        }
    }
}
