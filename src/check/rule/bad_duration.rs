//! Durations the rule loader refuses. Rule: rules/rule/bad-duration.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::schema::Refusal;
use crate::finding::Edit;

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    if !refusal::is_read(document) {
        return case.skip();
    }
    let issues = document.schema_issues.iter();
    for issue in issues.filter(|issue| issue.refusal == Refusal::BadDuration) {
        let written = case.repo.text(issue.span).to_owned();
        let flag = refusal::flag(issue, case);
        let digits = written.trim_matches(['"', '\'']);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let text = written.replace(digits, &format!("{digits}s"));
            let edit = Edit { span: issue.span, text };
            flag.fix(false, "count in seconds", vec![edit]);
        }
    }
}
