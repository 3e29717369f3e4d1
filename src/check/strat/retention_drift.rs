//! A raw retention other than the server's. Rule: rules/strat/retention-drift.yaml

use super::{containers, milliseconds, servers};
use crate::check::Case;
use crate::facts::strategy::Pillar;
use crate::lang::duration;
use crate::repo::pillars::Part;
use crate::source::Span;

/// The flag's name since 2.8, and before.
const FLAGS: &[&str] = &["storage.tsdb.retention.time", "storage.tsdb.retention"];

pub(super) fn check(pillar: &Pillar, case: &mut Case<'_>) {
    let retention = pillar.retention().filter(|_| pillar.name.text == "metrics");
    let Some(retention) = retention else { return case.skip() };
    let Some(wanted) = milliseconds(retention) else { return };
    // One retention for all metrics is not the server's own where a longer store stands behind it.
    let split = pillar.settings.get("retention.raw").is_some();
    if !split && case.repo.evidence_of(Part::LongTermMetrics).next().is_some() {
        return;
    }
    let mut found: Vec<(Span, String)> = Vec::new();
    let explicit = servers(case)
        .filter_map(|server| server.retention.as_ref())
        .map(|value| (value.known_text(), value.span));
    let flags = containers(case)
        .filter_map(|container| FLAGS.iter().find_map(|flag| container.flag_value(flag)));
    for (actual, span) in explicit.chain(flags) {
        // One server that keeps to it is enough; a value filled in elsewhere may keep to it.
        match actual.and_then(duration::prometheus) {
            Some(actual_ms) if actual_ms != wanted => {
                found.push((span, actual.unwrap_or_default().to_owned()));
            }
            _ => return,
        }
    }
    let Some((_, first)) = found.first() else { return };
    let mut flag = case.flag(retention.span).with("value", &retention.text).with("actual", first);
    for (span, actual) in found.iter() {
        flag = flag.related(*span, format!("kept for {actual} here"));
    }
}
