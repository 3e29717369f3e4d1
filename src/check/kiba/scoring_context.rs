//! Scores for conditions that have none. Rule: rules/kiba/scoring-context.yaml

use crate::check::Case;
use crate::facts::query::{Form, LogQuery};
use crate::finding::Edit;
use crate::source::Span;

pub(super) fn check(query: &LogQuery, case: &mut Case<'_>) {
    if !matches!(query.form, Form::Body | Form::Wrapped) {
        return case.skip();
    }
    for arm in &query.yes_no {
        let written = case.repo.text(arm.key);
        let at = written.find("must").filter(|_| arm.free);
        let edit = at.map(|at| {
            let start = arm.key.start as usize + at;
            let span = Span::new(arm.key.source, start, start + "must".len());
            Edit { span, text: "filter".to_owned() }
        });
        let flag = case.flag(arm.key);
        if let Some(edit) = edit {
            flag.fix(true, "filter by these conditions", vec![edit]);
        }
    }
}
