//! Panels of numbers without a unit. Rule: rules/dash/missing-unit.yaml

use crate::check::Case;
use crate::facts::dashboard::Panel;

/// Panels whose axis or number has a unit.
const VALUES: &[&str] =
    &["bargauge", "barchart", "gauge", "graph", "singlestat", "stat", "timeseries", "trend"];

pub(super) fn check(panel: &Panel, case: &mut Case<'_>) {
    let open = case.repo.dashboard(panel.document).is_none_or(|board| board.open);
    // Numbers that are shown as words need none.
    if open
        || panel.library
        || panel.mapped
        || !VALUES.contains(&panel.plugin())
        || !panel.has_queries()
    {
        return case.skip();
    }
    if panel.units.is_empty() {
        case.flag(panel.anchor).with("name", panel.name());
    }
}
