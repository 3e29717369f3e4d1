//! Tiers that nothing makes. Rule: rules/strat/downsampling-without-backend.yaml

use crate::check::Case;
use crate::facts::strategy::Pillar;
use crate::repo::pillars::Part;

pub(super) fn check(pillar: &Pillar, case: &mut Case<'_>) {
    let tiers: Vec<_> = pillar.tiers().map(|(_, key, _)| key).collect();
    let Some((first, others)) = tiers.split_first() else { return case.skip() };
    if case.repo.evidence_of(Part::LongTermMetrics).next().is_some() {
        return;
    }
    let name = first.text.rsplit('.').next().unwrap_or_default();
    let mut flag = case.flag(first.span).with("tier", name);
    for other in others {
        flag = flag.related(other.span, "a further tier");
    }
}
