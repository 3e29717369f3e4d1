//! A coarser tier that ends before a finer one. Rule: rules/strat/tier-order.yaml

use super::milliseconds;
use crate::check::Case;
use crate::facts::strategy::Pillar;
use crate::lang::duration;

pub(super) fn check(pillar: &Pillar, case: &mut Case<'_>) {
    let raw = pillar.retention().map(|value| (0, "raw data", value));
    let tiers = pillar.tiers().filter_map(|(resolution, _, value)| {
        Some((duration::prometheus(resolution)?, resolution, value))
    });
    let mut tiers: Vec<_> = raw.into_iter().chain(tiers).collect();
    if tiers.len() < 2 {
        return case.skip();
    }
    // Zero means "for ever" to most stores: nothing follows from it.
    tiers.retain(|(_, _, value)| milliseconds(value).is_some_and(|ms| ms > 0));
    tiers.sort_by_key(|(resolution, ..)| *resolution);
    for pair in tiers.windows(2) {
        let ((_, finer_name, finer), (_, name, value)) = (pair[0], pair[1]);
        if milliseconds(finer) > milliseconds(value) {
            case.flag(value.span)
                .with("tier", name)
                .with("value", &value.text)
                .with("finer", finer_name)
                .with("longer", &finer.text)
                .related(finer.span, format!("{finer_name} kept for {} here", finer.text));
        }
    }
}
