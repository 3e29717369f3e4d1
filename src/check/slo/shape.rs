//! Documents of objectives that their tool refuses. Rule: rules/slo/shape.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::schema::{Refusal, SchemaIssue};

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    for issue in &document.text_issues {
        let what = format!("{}: no tool reads the file", issue.message);
        case.flag(issue.span).with("field", "the file").with("what", what);
    }
    // A slip of letters is not missing too.
    let misspelt = |issue: &SchemaIssue| {
        issue.refusal == Refusal::Missing
            && document.schema_issues.iter().any(|other| {
                other.suggestion.as_ref() == Some(&issue.field) && other.context == issue.context
            })
    };
    for issue in document.schema_issues.iter().filter(|issue| !misspelt(issue)) {
        refusal::flag(issue, case).with("field", format!("`{}`", issue.field));
    }
    let misshapen = &case.repo.facts.misshapen_slos;
    for entry in misshapen.iter().filter(|entry| entry.document == document.id) {
        let what = format!(
            "holds {} where an objective, its window and its indicator belong, so nothing evaluates it",
            entry.found
        );
        let field = format!("`{}`", entry.key.text);
        case.flag(entry.key.span).with("field", field).with("what", what);
    }
}
