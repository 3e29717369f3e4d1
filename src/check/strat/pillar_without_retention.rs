//! A pillar that does not say how long its data is kept.
//! Rule: rules/strat/pillar-without-retention.yaml

use crate::check::Case;
use crate::facts::strategy::Pillar;

pub(super) fn check(pillar: &Pillar, case: &mut Case<'_>) {
    if !pillar.is_signal() {
        return case.skip();
    }
    let stated = pillar.retention().is_some_and(|value| !value.known || !value.text.is_empty());
    if stated || pillar.settings.open {
        return;
    }
    // The key that lacks `raw`, or its value, is nearer to the edit than the pillar.
    let key = pillar.blocks.iter().find(|key| key.text == "retention");
    let span = key.map_or(pillar.name.span, |key| key.span);
    case.flag(span).with("pillar", &pillar.name.text);
}
