//! Dashboards that Grafana cannot read. Rule: rules/dash/invalid.yaml

use crate::check::Case;
use crate::facts::Document;
use crate::parse::tree::IssueKind;

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    let syntax = document.text_issues.iter().find(|issue| issue.kind == IssueKind::Syntax);
    if let Some(issue) = syntax {
        case.flag(issue.span).with("what", format!("this is no JSON ({})", issue.message));
        return;
    }
    let Some(board) = case.repo.dashboard(document.id) else { return };
    // Parts from which a program makes dashboards have neither name.
    let named = board.title.is_some() || board.uid.is_some();
    if !board.has_panels && !board.open && named {
        case.flag(board.anchor).with("what", "it has neither `panels` nor `elements`");
    }
}
