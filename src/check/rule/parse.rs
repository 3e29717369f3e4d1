//! A rule file that does not parse. Rule: rules/rule/parse.yaml

use crate::catalogue::model::Severity;
use crate::check::{Case, refusal};
use crate::facts::Document;

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    if !refusal::is_read(document) {
        case.flag(document.anchor)
            .severity(Severity::Warning)
            .with("what", "only the first document of a rule file is loaded: the rules after this `---` do not exist");
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
