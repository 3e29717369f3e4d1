//! Dashboards without an identity of their own. Rule: rules/dash/uid.yaml

use crate::check::Case;
use crate::facts::dashboard::Dashboard;

pub(super) fn check(board: &Dashboard, case: &mut Case<'_>) {
    let Some(uid) = board.uid.as_ref().filter(|uid| !uid.text.is_empty()) else {
        if board.open || board.uid.as_ref().is_some_and(|uid| !uid.known) {
            return;
        }
        if is_template(case.repo.path(board.anchor)) {
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

/// Whether a program makes the dashboard of this file: it may put the `uid` in.
fn is_template(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    [".tmpl", ".tpl", ".tftpl", ".template"].iter().any(|mark| name.contains(mark))
}
