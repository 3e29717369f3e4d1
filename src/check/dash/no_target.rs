//! Panels that ask nothing. Rule: rules/dash/no-target.yaml

use crate::check::Case;
use crate::facts::dashboard::Panel;

/// Panels that show what a query returns.
const QUERYING: &[&str] = &[
    "barchart",
    "bargauge",
    "candlestick",
    "flamegraph",
    "gauge",
    "graph",
    "heatmap",
    "histogram",
    "logs",
    "nodeGraph",
    "piechart",
    "singlestat",
    "stat",
    "state-timeline",
    "status-history",
    "table",
    "table-old",
    "timeseries",
    "traces",
    "trend",
    "xychart",
];

pub(super) fn check(panel: &Panel, case: &mut Case<'_>) {
    let open = case.repo.dashboard(panel.document).is_none_or(|board| board.open);
    if open || panel.library || !QUERYING.contains(&panel.plugin()) {
        return case.skip();
    }
    // An empty list beside a text for want of a value is kept for what comes later.
    let kept = panel.no_value && panel.targets_key.is_some();
    if panel.targets.is_empty() && !panel.snapshot && !kept {
        case.flag(panel.targets_key.unwrap_or(panel.anchor)).with("name", panel.name());
    }
}
