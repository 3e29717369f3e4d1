//! Objectives that are on no panel. Rule: rules/dash/slo-dashboard-incomplete.yaml

use super::is_readable;
use super::slo_dashboard_missing::is_bundled;
use crate::check::Case;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let shown = case.model.on_panels();
    let slos = &repo.facts.slos;
    if slos.is_empty() || !shown.is_anything() || !is_readable(repo) {
        return case.skip();
    }
    for (slo, queries) in slos.iter().zip(&shown.objectives) {
        // Indicators in other languages may be on any panel.
        let readable = slo.queries().any(|query| query.expression.parsed.is_some());
        if queries.is_empty() && readable && !slo.open && !is_bundled(slo) {
            let what = format!("no panel shows objective `{}`", slo.label());
            case.flag(slo.anchor).with("what", what).subject(format!("objective {}", slo.label()));
        }
    }
    let every = shown.objectives.iter().flatten().chain(&shown.others);
    let first = every.min().and_then(|index| case.model.queries()[*index].panel());
    if let (true, Some(panel)) = (shown.budgets.is_empty(), first)
        && !slos.iter().all(is_bundled)
    {
        let board = repo.dashboard(panel.document).map_or(panel.anchor, |board| board.anchor);
        let what = "no panel shows how much error budget is left".to_owned();
        case.flag(board).with("what", what).related(panel.anchor, "this panel shows an objective");
    }
}
