//! Dashboards without an identity of their own. Rule: rules/dash/uid.yaml

use crate::check::{Case, refusal};
use crate::facts::dashboard::Dashboard;

pub(super) fn check(board: &Dashboard, case: &mut Case<'_>) {
    let Some(uid) = board.uid.as_ref().filter(|uid| !uid.text.is_empty()) else {
        if board.open || board.uid.as_ref().is_some_and(|uid| !uid.known) {
            return;
        }
        // Grafana's operator gives a dashboard the identity of its object.
        let object = case.repo.document(board.document).object.as_ref();
        let path = &case.repo.source(board.document.source).path;
        if object.is_some_and(|object| object.kind == "GrafanaDashboard")
            || case.repo.is_given_board(path)
        {
            return;
        }
        // The program that makes the dashboard of a template may put it in.
        if refusal::is_template(case, case.repo.document(board.document)) {
            return case.skip();
        }
        case.flag(board.anchor)
            .with("what", "this dashboard has no `uid`: each import makes a new address");
        return;
    };
    let repo = case.repo;
    let earlier = repo.repeated_boards().get(&board.document).and_then(|id| repo.dashboard(*id));
    if let Some(earlier) = earlier {
        let place = earlier.uid.as_ref().map_or(earlier.anchor, |uid| uid.span);
        let what = format!(
            "`uid` {} is taken by another dashboard: Grafana keeps one of the two",
            uid.text
        );
        case.flag(uid.span).with("what", what).related(place, "the other one");
    }
}
