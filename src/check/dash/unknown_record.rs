//! Panels that read what nobody records. Rule: rules/dash/unknown-record.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::config::World;
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some(panel) = query.panel() else { return case.skip() };
    if !case.repo.holds_all(World::Records) {
        return;
    }
    let imported = case.repo.dashboard(panel.document).is_some_and(|board| board.imported);
    for (_, selector) in query.ast().selectors() {
        let Some(name) = selector.metric().filter(|name| name.contains(':')) else { continue };
        let Some(extent) =
            selector.metric_extent().filter(|_| !case.model.records().contains(name))
        else {
            continue;
        };
        let span = case.place(query, extent);
        let severity = if imported { Severity::Info } else { Severity::Warning };
        case.flag(span).with("name", name).severity(severity);
    }
}
